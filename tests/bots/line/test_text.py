"""Lengths are LINE's, and what cannot be shown is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.line.text import columns, cut, cut_label, printable, storable, units
from bots.playground.line_units import length

FAMILY = "👨‍👩‍👧‍👦"
anything = st.text(st.characters(exclude_categories=[]), max_size=60)


@given(anything, st.integers(1, 40))
def test_a_cut_text_fits_and_is_whole_up_to_its_ellipsis(text: str, most: int) -> None:
    shown = cut(text, most)
    assert length(shown) <= most
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@given(anything, st.integers(1, 40))
def test_a_cut_label_fits_on_its_button(text: str, most: int) -> None:
    shown = cut_label(text, most)
    assert length(shown, "graphemes") <= most
    assert "\n" not in shown


def test_characters_are_not_cut_in_two() -> None:
    assert cut(FAMILY * 3, 25) == FAMILY * 2 + "…"
    assert cut_label(FAMILY * 21, 20) == FAMILY * 19 + "…"
    assert cut_label(FAMILY * 20, 20) == FAMILY * 20


def test_a_character_with_a_thousand_marks_does_not_fill_a_button() -> None:
    assert units(cut_label("a" + "\u0301" * 5000, 20)) <= 240


@given(anything)
def test_what_is_stored_has_neither_nul_nor_half_characters(text: str) -> None:
    assert "\x00" not in storable(text)
    storable(text).encode()


@pytest.mark.parametrize(
    "blank", ["", " \n\t", "\x00\x07", "\u202e\u2066", "\u200b\u3164\u3000", "\ud800", "\ufe0f"]
)
def test_what_nobody_can_see_is_empty(blank: str) -> None:
    assert printable(blank) == ""


def test_direction_marks_are_taken_out_and_emoji_stay_whole() -> None:
    assert printable("\u202eabc\u2069 \x00" + FAMILY + "\r\n次") == "abc " + FAMILY + "\n次"


def test_a_kanji_is_two_columns_wide() -> None:
    assert columns("会社A") == 5
