"""What is told of a company's words: never who it is, how to reach it, or a figure by which it is known."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.similar_masks import MASK, Read, _everyday_words, secrets_of, secrets_of_place, shortened
from services.thesaurus import Thesaurus, built_in
from services.tips_masks import find_private
from services.tips_rules import letters
from services.tokens import is_place

ISSUE = "聞き間違いが月に2、3回あり、書き直しに毎日30分かかります。"
USUAL = frozenset({"和菓子", "販売", "菓子"})
lines = st.lists(
    st.sampled_from(
        [
            ISSUE,
            "従業員6名の和菓子店です。",
            "12月中に予約を半分にしたいです。",
            "注文は電話とFAXで受けています。",
            "freeeを使っています",
            "\n",
        ]
    ),
    min_size=1,
    max_size=5,
)


def told(text: str, *names: str, usual: frozenset[str] = USUAL) -> str:
    """What is told of a text."""
    return "".join(Read.of(text).told(usual, built_in(), secrets_of(*names)))


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    """The one that comes with the programme."""
    return built_in()


def test_a_problem_stays_readable_and_its_figures_become_rough() -> None:
    assert told(ISSUE) == "聞き間違いが月に数回あり、書き直しに毎日数十分かかります。"
    assert told("従業員６名で、1日20件の注文を受けます。") == "従業員数名で、1日数十件の注文を受けます。"


def test_days_hours_and_products_stay() -> None:
    assert told("12月31日までに、9時から18時の予約をExcel2016で受けたいです。") == (
        "12月31日までに、9時から18時の予約をExcel2016で受けたいです。"
    )
    assert told("freeeとスマレジを使っています。") == "freeeとスマレジを使っています。"


@pytest.mark.parametrize(
    "sentence",
    [
        "ピーク時の受注が漏れます。",
        "送料と材料費を引くと赤字です。",
        "値段と送料の決め方が分かりません。",
        "当日の受け渡しと前金の管理が大変です。",
    ],
)
def test_everyday_words_stay(sentence: str) -> None:
    assert told(sentence, usual=frozenset()) == sentence


def test_no_everyday_word_is_the_name_of_a_place() -> None:
    assert [word for word in _everyday_words() if is_place(word)] == []


def test_what_is_numbered_loses_its_number() -> None:
    assert told("第3工場の在庫が合いません。") == "第〇工場の在庫が合いません。"


def test_a_large_amount_is_still_an_amount() -> None:
    assert told("売上は月4,800万円です。") == "売上は月数千万円です。"
    assert told("売上は年2億円です。") == "売上は年数億円です。"


def test_years_of_the_calendar_go() -> None:
    assert "2021" not in told("2021年12月までに注文を半分にしたいです。")


@pytest.mark.parametrize(
    "sentence",
    [
        "神戸市灘区で注文を受けています。",
        "山田さんが電話を受けています。",
        "東京の取引先から電話が来ます。",
        "電話は078-331-8181です。",
        "注文はaki@yamamoto.exampleへ来ます。",
        "https://example.jp で予約を受けています。",
        "トヨタ自動車の注文を受けています。",
        "㈱まるはち水産の注文を受けています。",
        "まるはち水産有限会社の注文を受けています。",
        "「ことは」では注文を電話で受けています。",
        "『まるはち』の注文を受けています。",
    ],
)
def test_a_sentence_with_a_name_or_contact_data_is_left_out(sentence: str) -> None:
    assert told(sentence + ISSUE) == told(ISSUE)


def test_a_rare_word_is_masked_until_several_companies_use_it() -> None:
    text = "刀鍛冶の注文を電話で受けています。"
    assert told(text) == f"{MASK}の注文を電話で受けています。"
    assert told(text, usual=USUAL | {"刀鍛冶"}) == text
    assert told("刀鍛冶の水族館です。") == "", "what says only that something is hidden is not told"


def test_an_unknown_word_is_no_product() -> None:
    assert "ボヌール" not in told("ボヌールの注文を電話で受けています。")


def test_the_name_of_the_company_is_never_told_however_it_is_written() -> None:
    for text in (
        "菓匠やまもとの注文は電話です。",
        "菓匠 や ま も と の注文は電話です。",
        "株式会社菓匠やまもとです。",
    ):
        assert told(text + ISSUE, "株式会社　菓匠やまもと") == told(ISSUE)


names = st.text(min_size=2, max_size=12).filter(lambda name: len(letters(name)) >= 2)
phones = st.from_regex(r"0[789]0-[1-9][0-9]{3}-[0-9]{4}", fullmatch=True)
mails = st.from_regex(r"[a-z]{2,8}@[a-z]{2,8}\.(?:jp|com|example)", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(lines, names, phones, mails, st.integers(0, 5))
def test_no_phone_mail_or_name_is_ever_told(
    before: list[str], name: str, phone: str, mail: str, at: int
) -> None:
    sentences = [*before]
    for private in (name, f"電話は{phone}です。", f"{mail} へお願いします。", f"うちは{name}といいます。"):
        sentences.insert(at % (len(sentences) + 1), private)
    shown = told("".join(sentences), name)
    assert letters(name) not in letters(shown)
    assert phone not in shown and mail not in shown
    assert find_private(shown, names=True) == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_taken_and_no_large_figure_is_told(text: str) -> None:
    shown = told(text + "1日に２，５００件の注文があります。")
    assert not re.search(r"[1-9]\d{2,}件", shown)


def test_only_whole_sentences_are_told() -> None:
    assert shortened(["あ" * 40, "い" * 40, "う" * 40], 90) == "あ" * 40 + "い" * 40
    assert shortened(["あ" * 91], 90) == ""


def test_a_place_is_secret_in_all_its_parts() -> None:
    assert secrets_of_place("神戸市灘区", None) == ["神戸市灘区", "神戸市", "灘区", "神戸"]
