"""What people really type finds the question that they mean, and what is no question finds none."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from locales.check import ENDS, LONGEST_SENTENCE, PLACEHOLDER
from locales.language import speaker
from services import faq_data
from services.checked_toml import FileError
from services.faq import Found, Side, asks, key
from services.programme import load
from tests.programmes import HARBOUR, PHASE2

FAQ = faq_data.of(PHASE2)
assert FAQ is not None

SME = """
cost: いくらかかる？
cost: 費用は？
cost: 費用ってどれくらいかかりますか
cost: お金はどれくらいかかるの？
cost: いくらですか？
cost: 自己負担っていくら？
cost: 1時間いくらで頼めますか
cost: おかねはいくらかかりますか
cost: うちが払うのはいくら？
cost: How much does it cost?
cost: what is the price
free: ただで使えるんですか？
free: 無料じゃないんですか
free: 自己負担なしで使えますか
receive: うちにお金はもらえるんですか
receive: 補助金はいつ振り込まれますか
cap: 上限はいくらですか？
cap: 何時間まで使えるんですか
left: いくら残ってる？
left: あと何時間使えますか？
left: 残りの金額を教えてください
price: 時給はいくらが普通ですか
price: 単価は誰が決めるんですか
pay: いつ払えばいいですか
pay: 支払い方法を教えてください
pay: 請求書はいつ来ますか？
pay: 前払いですか？
tools: ソフトの利用料も補助されますか
tools: ツールの月額料金は出ますか？
tax: 消費税は込みですか
tax: 領収書って出ますか？
other_support: IT導入補助金と併用できますか？
other_support: ほかの補助金ももらっているのですが
eligible: うちみたいな小さい会社でも使えますか？
eligible: 対象になるのはどんな会社ですか
eligible: 従業員は何人まで？
eligible: Am I eligible?
sole: 個人事業主でも大丈夫ですか？
sole: 一人でやっている店ですが使えますか
npo: NPO法人でも使えますか
npo: 任意団体は対象ですか？
young: 開業したばかりなんですが使えますか
young: 確定申告をまだしていないのですが
phase1: 第1期にも参加したのですが、また使えますか
place: 地方の店でも使えますか？
scope: どんなことを相談できますか？
scope: 何を手伝ってもらえるの？
scope: 対象外のことはありますか
website: ホームページを作ってくれますか？
website: ホームページつくってほしいんだけど
website: ネットショップの制作はお願いできますか
website: アプリの開発も頼めますか？
website: ほーむぺーじをつくってもらえますか
website: Can you build a website for us?
hardware: パソコンを買うお金は出ますか？
hardware: タブレットは買ってもらえますか
hardware: Can I buy a computer?
ads: チラシを作ってもらえますか？
ads: 広告費は対象になりますか
agency: データ入力を代わりにやってくれますか
agency: 補助金の申請書を書いてもらえますか？
training: 社員にエクセルを教えてもらえますか
unsure: 何を相談したらいいのかわからないのですが
unsure: ITは全然わからないけど大丈夫ですか
desk: 求人ステーションKOBEって何ですか
desk: 神戸で相談できる窓口はありますか？
dates: いつまで？
dates: 締め切りはいつですか？
dates: 登録はいつまでですか
dates: 支援はいつまで受けられますか？
dates: When is the deadline?
review: 審査はいつ終わる？
review: 審査って何日かかりますか
review: まだ審査中ですか？
review: 申請したのに返事が来ないのですが
review: How long does the review take?
documents: 必要な書類は何ですか？
documents: 何を用意すればいい？
documents: 登記簿は要りますか
returned: 不備って何ですか？
too_late: 期限を過ぎたらどうなりますか？
too_late: 締め切りに間に合わないのですが
suspended: 事業が止まったらどうなるの？
budget: 予算がなくなったらどうなりますか
next: 次に何をすればいい？
next: このあとどうなりますか？
next: What should I do next?
flow: 利用の流れを教えて
flow: どうやって始めるんですか？
what_is: この事業って何ですか
what_is: これは何のサービスですか？
write_case: 相談の書き方がわからないのですが
write_case: 例文はありますか？
proposals: 提案は何件くらい来ますか？
proposals: 提案が多すぎて困っています、どうすればいいですか
no_proposals: 提案が全然来ないのですが
decline: 提案を断ってもいいですか？
decline: 断っても失礼じゃないですか
direct: 知り合いの専門家に頼めますか？
direct: 直接提案依頼って何ですか
who_experts: 専門家ってどんな人ですか？
how_many: 何回まで使えますか？
how_many: 同時に二つ頼めますか
online: オンラインでもできますか？
online: 店まで来てもらえますか
online: 訪問してくれますか？
recording: 録画は必要ですか？
recording: 録画されるの嫌なんですけど
recording: ろくがはひつようですか
recording: 録画
recording: Is recording required?
before_contract: 契約する前に始めてもいいですか？
no_pc: パソコンがないんですが使えますか
no_pc: スマホだけでできますか？
cancel: 途中でやめられますか？
cancel: キャンセルできますか
cancel: キャンセル料はかかりますか？
cancel: 契約を解約したいのですが
cancel: Can I cancel?
change_expert: 専門家を変えてもらえますか？
change_expert: 別の専門家にしたいのですが
change_plan: 支援の時間を増やせますか？
session_wrong: 記録の時間が違うのですが
trouble: 専門家と連絡が取れないのですが
trouble: 専門家が来なかったのですがどうすればいいですか
privacy: 個人情報は大丈夫ですか？
privacy: 電話番号は専門家にわかりますか
conflict: 家族に頼んでもいいですか？
fraud: キックバックを持ちかけられたのですが
fraud: 怪しい勧誘がありました、どうすればいいですか
proxy: 代わりに登録してもらえますか？
colleague: 社員に引き継ぎたいのですが
colleague: 担当が退職したのですが
phone_changed: 機種変更したらどうなりますか？
phone_changed: スマホをなくしたのですが
blocked: 間違えてブロックしたらどうなりますか？
edit: 住所が変わったのですがどうすればいいですか
quit: 登録を取り消したいのですが
language: 英語でも使えますか？
human: 電話で話せますか？
human: 受付時間は何時までですか
human: 土日もやっていますか？
"""
EXPERT = """
honorarium: 謝金はいくらですか？
honorarium: いくらもらえますか
expert_cap: 謝金の上限はいくら？
left: 謝金の残りはいくらですか
paid_when: 謝金はいつ入りますか？
paid_when: お金はいつ入る？
paid_when: いつ振り込まれますか
paid_when: When will I be paid?
withholding: 源泉徴収はされますか？
withholding: 源泉
withholding: 税金は引かれますか
expert_tax: 謝金は税込ですか？
expert_travel: 交通費は出ますか？
expert_travel: 新幹線代は請求できますか
bank: 口座を変えたいのですが
bank: 法人口座でもいいですか？
claim_how: 謝金の申請はどうやるんですか？
company_unpaid: 企業が支払ってくれないのですが
expert_eligible: どんな資格が必要ですか？
expert_eligible: 資格がないとだめですか
side_job: 副業でも登録できますか？
expert_documents: 登録に必要な書類は何ですか
find_cases: 案件はどうやって探しますか？
plan_how: 支援計画はどう書けばいいですか
parallel: 同時に何社まで支援できますか？
evidence: 報告書には何が必要ですか
desk_work: 準備の時間も対象ですか？
recording: 録画は必要ですか？
conflict: 妻の会社を支援してもいいですか
before_contract: 契約前に始めてもいいですか？
review: 審査はいつ終わりますか
dates: いつまで？
suspended: 事業が停止したらどうなりますか？
"""
NO_QUESTIONS = """
従業員6名の和菓子店です。注文は電話とFAXで1日20件ほどです。
聞き間違いが月に2、3回あって困っています。
ホームページからの注文を増やしたいです。
インスタの投稿を続けたいが、何を書けばよいか分からず止まっている。
パソコン2台とスマホ、会計は弥生です
在庫を紙で管理しているので、数が合わないことがよくあります。
11月中にネット注文を始めたいです。どのサービスが合うか一緒に考えてほしい。
録画した動画をお客さんに配信する仕組みを知りたいと思っています
費用をかけずに集客する方法を見つけたい
レジの締め作業に毎日1時間かかっている
専門家に会計ソフトの設定を見てほしい
予約システムの導入
山本 あき
菓匠やまもと
650-0001
078-331-8181
aki@yamamoto.example
小売業
5人
はい
オンライン
来週の火曜日
30万円
4丁目2-1
先週から担当が休んでいるので、少し遅れます。
電話での注文が多く、通話中に別の電話が鳴ると取れません。
契約書はまだ読んでいませんが、明日読みます。
ありがとうございました、助かりました
予算は5万円くらいです
お店の写真をきれいに撮りたい
テレワークの規則を作りたい
税理士さんに資料を送る作業を減らしたい
インボイスの準備を始めたい
神戸市中央区で洋菓子を作って売っています
スタッフが3人いて、シフトは紙で作っています
"""
NOT_OURS = [
    "明日の天気は？",
    "おすすめのランチはどこですか",
    "何の数字？",
    "誰が首相ですか",
    "What's your name?",
    "元気？",
]


def rows(text: str) -> list[tuple[str, str]]:
    """Each line as the name of a question and how somebody put it."""
    return [
        (name, typed) for name, _colon, typed in (row.partition(": ") for row in text.strip().splitlines())
    ]


@pytest.mark.parametrize(("name", "typed"), rows(SME))
def test_what_a_business_asks_is_found(name: str, typed: str) -> None:
    assert FAQ.index.find(typed, Side.SME).sure == name


@pytest.mark.parametrize(("name", "typed"), rows(EXPERT))
def test_what_an_expert_asks_is_found(name: str, typed: str) -> None:
    assert FAQ.index.find(typed, Side.EXPERT).sure == name


@pytest.mark.parametrize("typed", NO_QUESTIONS.strip().splitlines())
def test_an_answer_or_a_story_is_no_question(typed: str) -> None:
    assert not asks(typed)
    assert len(typed) < 10 or FAQ.index.find(typed, Side.SME).sure is None


@pytest.mark.parametrize("typed", NOT_OURS)
def test_what_nobody_here_knows_is_not_answered(typed: str) -> None:
    assert FAQ.index.find(typed, Side.SME) == Found()


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(rows(SME)) + len(rows(EXPERT)) >= 120
    assert len(NO_QUESTIONS.strip().splitlines()) >= 30
    assert {name for name, _typed in rows(SME) + rows(EXPERT)} == set(FAQ.entries)


@pytest.mark.parametrize("name", FAQ.entries)
def test_every_way_to_put_it_that_the_file_has_finds_it(name: str) -> None:
    entry = FAQ.entries[name]
    for side in entry.sides:
        for language, written in entry.written.items():
            for typed in (written.title, *written.asked):
                found = FAQ.index.find(typed, side)
                assert found.sure == name or name in found.maybe, (language, typed, found)


def test_nearness_of_two_questions_is_asked_about() -> None:
    found = FAQ.index.find("時間は？", Side.SME)
    assert found.sure is None and len(found.maybe) <= 3


def test_a_question_is_heard_in_the_middle_of_a_story() -> None:
    typed = "和菓子店を6人でやっています。録画は必要ですか？"
    assert FAQ.index.find(typed, Side.SME).sure == "recording"


def test_one_side_never_hears_what_is_for_the_other() -> None:
    assert FAQ.index.find("源泉徴収はされますか？", Side.SME).sure != "withholding"
    assert FAQ.index.find("ホームページを作ってほしい", Side.EXPERT).sure != "website"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "。",
        "？",
        "?" * 200,
        "か" * 150,
        "\x00か",
        "👍",
        "👨‍👩‍👧‍👦？",
        "あ" * 150,
        "か\n" * 70,
        "𠮷野家は？",
    ],
)
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    FAQ.index.find(typed, Side.SME)
    key(typed)


def test_the_same_question_in_other_dress_is_counted_as_one() -> None:
    assert key("録画は必要ですか？") == key("録画って必要？") == key("録画、要りますか")
    assert key("録画は必要ですか？") != key("録画は誰が見ますか")


@pytest.mark.parametrize(
    "typed",
    [
        "いくらかかる",
        "費用は",
        "録画は必要ですか",
        "やり方を教えて",
        "How much is it",
        "何時まで",
        "だめなのかな",
        "相談できる?",
    ],
)
def test_a_question_is_known_by_how_it_ends_or_begins(typed: str) -> None:
    assert asks(typed)


def test_answering_costs_next_to_nothing() -> None:
    typed = [typed for _name, typed in rows(SME)]
    FAQ.index.find(typed[0], Side.SME)
    begun = time.process_time()
    for one in typed:
        FAQ.index.find(one, Side.SME)
    assert (time.process_time() - begun) / len(typed) < 0.002


# --- the file -------------------------------------------------------------------------------------------


def test_every_answer_can_be_said_in_every_language() -> None:
    values = faq_data.values(PHASE2)
    for entry in FAQ.entries.values():
        for language in ("ja", "ja_easy", "en"):
            say = speaker(language)
            for line in entry.answer(language, values):
                assert "{" not in say(line)
            assert say(entry.title()) and (not entry.act or say(entry.press()))


def test_answers_are_short_and_titles_fit_a_button() -> None:
    for entry in FAQ.entries.values():
        for language, written in entry.written.items():
            assert len(written.title) <= (40 if language == "en" else 16), written.title
            assert len(written.press) <= (30 if language == "en" else 20)
            if language != "en":
                for line in written.answer:
                    for part in ENDS.split(PLACEHOLDER.sub("", line)):
                        assert len(part) <= LONGEST_SENTENCE, line


def test_no_figure_of_the_programme_is_written_in_an_answer() -> None:
    figures = (
        "3,500",
        "3500",
        "500円",
        "30万",
        "300,000",
        "150万",
        "1,500,000",
        "2021",
        "2022",
        "11月1日",
        "12月17日",
    )
    for entry in FAQ.entries.values():
        for written in entry.written.values():
            assert not [one for line in written.answer for one in figures if one in line]


def test_figures_come_from_the_programme() -> None:
    cheaper = replace(PHASE2, money=replace(PHASE2.money, honorarium_cap=type(PHASE2.money.sme_cap)(4321)))
    say = speaker("ja")
    told = "".join(say(line) for line in FAQ.entries["cost"].answer("ja", faq_data.values(cheaper)))
    assert "4,321円" in told and "3,500円" not in told


def test_there_are_enough_questions_for_both_sides() -> None:
    assert sum(Side.SME in one.sides for one in FAQ.entries.values()) >= 40
    assert sum(Side.EXPERT in one.sides for one in FAQ.entries.values()) >= 25
    for side in Side:
        topics = FAQ.topics_of(side)
        assert 5 <= len(topics) <= 10
        assert all(len(FAQ.of_topic(topic, side)) <= 16 for topic in topics)


def test_a_programme_without_a_file_has_no_answers() -> None:
    assert faq_data.of(HARBOUR) is None
    assert faq_data.of(replace(PHASE2, file=None)) is None


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ('answer = ["{nonsense}"]', "nothing is called {nonsense}"),
        ('answer = ["a"]\nact = "menu.show"', "needs both act and press"),
        ('answer = ["a", "b", "c", "d"]', "at most 3"),
        ('answer = ["a"]\ncolour = "red"', "colour"),
    ],
)
def test_a_wrong_file_says_where_it_is_wrong(tmp_path: Path, wrong: str, why: str) -> None:
    (tmp_path / "small.faq.ja.toml").write_text(
        f'[topics]\na = "A"\n[questions.one]\nwho = "sme"\ntopic = "a"\ntitle = "t"\nasked = ["x"]\n{wrong}\n'
    )
    with pytest.raises(FileError, match=r"small\.faq\.ja\.toml") as refused:
        faq_data.of(replace(load("phase2"), file=tmp_path / "small.toml"))
    assert why in str(refused.value)


def test_a_translation_has_the_same_questions(tmp_path: Path) -> None:
    question = 'title = "t"\nanswer = ["a"]\n'
    (tmp_path / "small.faq.ja.toml").write_text(
        f'[topics]\na = "A"\n[questions.one]\nwho = "sme"\ntopic = "a"\nasked = ["x"]\n{question}'
    )
    (tmp_path / "small.faq.en.toml").write_text(f'[topics]\na = "A"\n[questions.two]\n{question}')
    with pytest.raises(FileError, match="one language only"):
        faq_data.of(replace(PHASE2, file=tmp_path / "small.toml"))
