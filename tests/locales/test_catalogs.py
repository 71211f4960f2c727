"""Every language says what it has to, and nothing too long (DESIGN 10)."""

from pathlib import Path

import pytest

from locales import check
from locales.language import DEFAULT, EASY, NAMES


@pytest.mark.parametrize("language", [DEFAULT, EASY])
def test_the_catalogs_are_complete_agree_and_are_short(language: str) -> None:
    assert check.problems(language) == []


def test_no_button_falls_back_to_another_language() -> None:
    own = {sentence for _path, sentence, said in check.catalogs(EASY) if said}
    assert check.on_buttons() & check.needed(EASY).keys() <= own


def test_what_companies_and_experts_read_is_needed_in_easy_japanese() -> None:
    needed = check.needed(EASY)
    assert "What would you like help with?" in needed
    assert "Claim the honorarium" in needed


def test_what_only_staff_reads_is_needed_in_plain_japanese_alone() -> None:
    only_staff = "Everything you choose is asked again at once."
    assert all(path.startswith(check.STAFF) for path in check.sentences_in_code()[only_staff])
    assert only_staff in check.needed(DEFAULT)
    assert only_staff not in check.needed(EASY)


@pytest.mark.parametrize(
    ("sentence", "said", "found"),
    [
        ("Correct {number}", "直す", "other placeholders"),
        ("Go on", "この申請の内容を事務局のみなさまへ今すぐに送る", "too long for a button"),
        ("Nothing is to be paid.", "お" * 51, "51 characters in one sentence"),
        ("Nobody says this.", "だれも言いません。", "is not in the code"),
        ("Send", "", "has no translation"),
    ],
)
def test_what_is_wrong_with_a_translation_is_found(
    monkeypatch: pytest.MonkeyPatch, sentence: str, said: str, found: str
) -> None:
    path = Path(check.HERE) / EASY / "core.po"
    monkeypatch.setattr(check, "catalogs", lambda _language: [(path, sentence, said)])
    assert any(found in problem and repr(sentence) in problem for problem in check.problems(EASY))


def test_a_sentence_that_is_missing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "catalogs", lambda _language: [])
    assert any("'Send' has no ja_easy translation" in problem for problem in check.problems(EASY))


def test_english_is_written_in_latin_letters() -> None:
    japanese = [
        sentence
        for sentence in check.needed("en")
        if any("\u3040" <= letter <= "\u30ff" or "\u4e00" <= letter <= "\u9fff" for letter in sentence)
    ]
    assert japanese == []


def test_every_language_can_be_chosen_in_its_own_words() -> None:
    assert NAMES == {"ja": "日本語", "ja_easy": "やさしい日本語", "en": "English"}
