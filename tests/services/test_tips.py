"""The writing tips, read against sentences owners might write."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import tips
from services.tips import TipKind
from services.tips_rules import DATA, is_japanese

CORPUS = tomllib.loads(Path(__file__).with_name("tips_corpus.toml").read_text("utf-8"))
SENTENCES = [
    (kind, text)
    for kind, texts in CORPUS.items()
    if kind not in ("pieces", "several", "unsaid")
    for text in texts
]
UNSAID = {TipKind.NO_WHO, TipKind.NO_WHAT, TipKind.NO_HOW_OFTEN, TipKind.NO_BY_WHEN}
KEYS = ("title", "background", "issue", "goal", "current_tools")
AREAS = [
    "ISSUE_ANALYSIS",
    "TELEWORK",
    "WEB_CONFERENCE",
    "ONLINE_EVENT",
    "EC",
    "CASHLESS",
    "CROWDFUNDING",
    "INVOICE",
    "WORKSTYLE_REFORM",
    "RPA",
    "SECURITY",
    "IT_HARDWARE_SELECT",
    "SNS",
    "DIGITAL_MARKETING",
    "WEBSITE_ADVICE",
    "RESERVATION",
    "CRM_SFA",
    "ACCOUNTING",
    "HR_ATTENDANCE",
    "INVENTORY_PROD",
    "GROUPWARE",
    "DATA_USE",
    "CLOUD_MIGRATION",
    "OTHER",
]
TRADES = ["retail", "restaurant", "manufacturing", "construction", "lodging", "care", "service", "wholesale"]
FOUR_TIMES_AS_LONG = 8
"""What four times the text may cost at most beside it; sixteen times would be a search that goes back and forth."""
HARDLY_ANYTHING = 0.02
"""Seconds of the processor that are too short to compare."""


def wording(text: str, area: str | None = None) -> set[str]:
    return {advice.kind.name for advice in tips.check("goal", text, area=area) if advice.kind not in UNSAID}


def rewordings(text: str) -> dict[TipKind, str | None]:
    return {advice.kind: advice.rewording for advice in tips.check("goal", text)}


def test_the_corpus_has_at_least_120_sentences_and_no_sentence_twice():
    texts = [text for _, text in SENTENCES]
    assert len(texts) >= 120
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(("kind", "text"), SENTENCES)
def test_a_sentence_is_advised_on_as_labelled(kind, text):
    assert wording(text) == {kind} - {"NONE"}


@pytest.mark.parametrize("sentence", CORPUS["several"], ids=lambda sentence: sentence["text"])
def test_a_text_with_several_problems_gets_a_tip_for_each(sentence):
    assert wording(sentence["text"]) == set(sentence["kinds"])


@pytest.mark.parametrize("answer", CORPUS["unsaid"], ids=lambda answer: f"{answer['key']} {answer['text']}")
def test_a_clean_answer_is_told_what_it_leaves_unsaid(answer):
    assert [advice.kind.name for advice in tips.check(answer["key"], answer["text"])] == answer["kinds"]


@pytest.mark.parametrize(("kind", "text"), SENTENCES)
def test_a_rewording_solves_the_problem_it_was_offered_for(kind, text):
    for advised, rewording in rewordings(text).items():
        assert rewording is None or advised.name not in wording(rewording)


@pytest.mark.parametrize("kind", ["FINISHED_WORK", "BUYING", "PROXY_WORK", "PERSONAL_DATA", "SECRET"])
def test_what_can_be_reworded_always_is(kind):
    assert all(rewordings(text)[TipKind[kind]] for text in CORPUS[kind])


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("ホームページを作ってほしい", "ホームページの作り方や業者の選び方を、一緒に考えて助言してほしい"),
        ("ﾎｰﾑﾍﾟｰｼﾞを作って下さい。", "ﾎｰﾑﾍﾟｰｼﾞの作り方や業者の選び方を、一緒に考えて助言してほしい。"),
        (
            "注文が多いです。在庫のシステムを開発してほしいです。急ぎません。",
            "注文が多いです。在庫のシステムの選び方や業者への頼み方を、一緒に考えて助言してほしい。急ぎません。",
        ),
        ("名刺とチラシを作ってください", "名刺とチラシの頼み方や業者の選び方を、一緒に考えて助言してほしい"),
        ("補助金でタブレットを5台買いたい", "タブレットの選び方を、一緒に考えて助言してほしい"),
        ("電話は090-1234-5678です。予約の相談", "電話は（電話番号は後で）です。予約の相談"),
        ("経理の佐藤さんが請求を担当", "経理の（お名前は後で）が請求を担当"),
        ("パスワードはabc123です。設定を", "パスワードは（パスワードは省略）です。設定を"),
    ],
)
def test_the_better_words_keep_everything_else(text, better):
    assert list(rewordings(text).values()) == [better]


def test_a_tip_shows_where_in_the_original_text_it_found_the_words():
    text = "在庫を 見直す。ﾎｰﾑﾍﾟｰｼﾞ を作ってほしい。"
    [advice] = [one for one in tips.check("goal", text) if one.kind is TipKind.FINISHED_WORK]
    assert [text[start:end] for start, end in advice.matched] == ["ﾎｰﾑﾍﾟｰｼﾞ を作ってほしい"]


def test_raising_money_is_off_topic_except_where_it_is_the_area():
    assert wording("融資の相談をしたい") == {"OFF_TOPIC"}
    assert wording("融資の相談をしたい", area="CROWDFUNDING") == set()


def test_half_width_letters_alone_are_japanese_too():
    assert tips.check("goal", "ﾊﾟｿｺﾝﾉｷﾘｶｴ")[0].kind is TipKind.NO_BY_WHEN


def test_english_is_read_for_its_length_and_private_data_only():
    assert [advice.kind for advice in tips.check("goal", "a website")] == [TipKind.TOO_SHORT]
    assert tips.check("goal", "Please make us a website.") == []
    assert wording("Please call 090-1234-5678 about our website.") == {"PERSONAL_DATA"}


@pytest.mark.parametrize(
    "text",
    [
        "090-1234-5678",
        "０９０－１２３４－５６７８",
        "０９０ー１２３４ー５６７８",
        "(03) 1234-5678",
        "03.1234.5678",
        "0466-12-3456",
        "04992-1-2345",
        "+81 90-1234-5678",
        "+81-3-1234-5678",
        "〇九〇の一二三四の五六七八",
        "零三一二三四五六七八",
        "0・9・0・1・2・3・4・5・6・7・8",
        "0️⃣9️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
        "090\u200b1234\u200b5678",
        "info＠example.co.jp",
        "info(at)example.jp",
        "infoアットマークexampleドットjp",
        "https://line.me/ti/p/abc_DEF",
        "lin.ee/AbCdEf",
        "shop-example.com",
        "〒116-0013",
        "東京都荒川区西日暮里１−２−３",
        "つくば市吾妻一丁目2番3号",
        "3番地の5",
    ],
)
def test_contact_data_is_masked_whole(text):
    masked = tips.mask_contacts(f"連絡は「{text}」へ")
    assert masked.startswith("連絡は「（")
    assert masked.endswith("で）」へ")


@pytest.mark.parametrize(
    "text",
    [
        "2021-11-26の10:00-12:00に、3,500円で10時間",
        "請求書は毎月120-150通、登録番号はT7000012050002です",
        "Excel、kintone、Node.js、STORES.jp、Amazon.co.jpを使っています",
        "3丁目の店と2号店、従業員10-15名",
        "単価は@3500です",
        "JANは4901234567894です",
        "佐藤様、平日の午後でいかがでしょうか",
    ],
)
def test_ordinary_numbers_and_names_pass_unmasked(text):
    assert tips.mask_contacts(text) == text


def quality_of(area: str | None, trade: str | None, **more: str) -> tips.Quality:
    told = {key: tips.example(key, area=area, trade=trade) or "" for key in KEYS}
    return tips.quality(told | more)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_area_has_clean_examples_of_its_own(area, lang):
    for key in ("title", "issue", "goal"):
        text = tips.example(key, area=area, lang=lang)
        assert text != tips.example(key, lang=lang)
        assert tips.check(key, text, area=area) == []
        assert is_japanese(text) is (lang == "ja")


@pytest.mark.parametrize("trade", TRADES)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_trade_has_clean_examples_of_its_own(trade, lang):
    for key in ("background", "current_tools"):
        text = tips.example(key, trade=trade, lang=lang)
        assert text != tips.example(key, lang=lang)
        assert tips.check(key, text) == []


@pytest.mark.parametrize("area", [*AREAS, None])
@pytest.mark.parametrize("trade", [*TRADES, None])
def test_a_case_told_like_the_examples_is_told_well(area, trade):
    assert quality_of(area, trade).score >= 80
    assert quality_of(area, trade, desired_mode="online", desired_hours="10").score == 100


def test_no_example_belongs_to_an_area_or_trade_we_do_not_have():
    assert list(DATA["example"]["area"]) == AREAS
    assert set(DATA["example"]["trade"]) == set(TRADES) == set(DATA["trades"])


@pytest.mark.parametrize(
    ("owner_says", "trade"),
    [("和菓子店", "retail"), ("ラーメン店", "restaurant"), ("旅館", "lodging"), ("食品卸", "wholesale")],
)
def test_a_trade_is_known_by_what_its_owner_calls_it(owner_says, trade):
    assert tips.example("background", trade=owner_says) == tips.example("background", trade=trade)


def test_an_unknown_trade_or_question_is_no_mistake():
    assert tips.example("background", trade="養蜂") == tips.example("background")
    assert tips.example("favourite_colour") is None
    assert tips.hint("favourite_colour").message


def test_the_most_fitting_hint_is_shown():
    assert "site" in tips.hint("goal", area="WEBSITE_ADVICE", trade="retail").message
    assert "seats" in tips.hint("background", area="EC", trade="restaurant").message
    assert tips.hint("title", area=None, trade=None) == tips.hint("title", area="EC", trade="retail")


def test_an_empty_case_has_everything_to_say():
    empty = tips.quality({})
    assert empty.score == 0
    assert len(empty.missing) == 8


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({"issue": "注文の話"}, 20),
        ({"issue": "毎日です"}, 15),
        ({"goal": "半分に減らしたい"}, 15 + 15),
        ({"issue": "職人です"}, 15),
        ({"goal": "来月"}, 10),
        ({"current_tools": "?"}, 10),
        ({"desired_hours": "10"}, 10),
        ({"budget_self_yen": "10000"}, 10),
        ({"desired_mode": "online"}, 5),
    ],
)
def test_everything_worth_saying_has_its_points(answers, points):
    assert tips.quality(answers).score == points


def test_the_biggest_gap_is_asked_for_first():
    assert (
        tips.quality({"background": "うちは昨年から少し大変になりました"}).missing[0]
        == tips.WHAT_TO_DO[TipKind.NO_WHAT]
    )


def test_a_case_with_something_out_of_scope_is_not_called_good():
    case = quality_of("EC", "retail", goal="12月までに注文を半分に減らすため、ホームページを作ってください。")
    assert case.score == 50
    assert case.missing[0] == tips.WHAT_TO_DO[TipKind.FINISHED_WORK]


def test_copied_text_is_alike_and_different_cases_are_not():
    copied = "テレワーク導入の基本から教えてください"
    assert tips.likeness(copied, "テレワーク導入の基本から、教えてください！") == 1
    assert tips.likeness(copied, "在庫の数が合わず困っています") < 0.1
    assert tips.likeness("", copied) == 0


@given(st.text(), st.text())
def test_likeness_is_mutual_and_between_0_and_1(a, b):
    assert 0 <= tips.likeness(a, b) == tips.likeness(b, a) <= 1


PIECES = st.sampled_from(CORPUS["pieces"])
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))


@given(TEXTS)
def test_masking_twice_is_masking_once(text):
    once = tips.mask_contacts(text)
    assert tips.mask_contacts(once) == once


@given(st.sampled_from(KEYS), TEXTS)
def test_any_text_is_answered_and_every_span_lies_in_it(key, text):
    for advice in tips.check(key, text):
        assert all(0 <= start < end <= len(text) for start, end in advice.matched)
    assert 0 <= tips.quality({key: text}).score <= 100


@pytest.mark.parametrize(
    "piece",
    [
        "あ",
        "市",
        "😀",
        "\x00",
        "1",
        "一二三",
        "a@",
        "a.",
        "090-",
        "東京都荒川区",
        "パスワードは",
        "作ってほしい",
    ]
    + ["ホームページを", "ホームページの作ってほしい", "パソコンを1台", "○○さんに10時間", "ﾞ", "1 2 "],
)
def test_what_a_long_text_costs_grows_with_its_length(piece):
    short, long = (piece * 1250)[:1250], (piece * 5000)[:5000]
    assert _cost(long) < FOUR_TIMES_AS_LONG * _cost(short) + HARDLY_ANYTHING


def _cost(text: str) -> float:
    """Seconds of this thread's processor time, whatever else the machine is doing; the least of three attempts."""
    seconds = []
    for _attempt in range(3):
        start = time.thread_time()
        tips.check("goal", text)
        tips.mask_contacts(text)
        seconds.append(time.thread_time() - start)
    return min(seconds)
