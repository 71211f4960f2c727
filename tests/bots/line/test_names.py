"""A person's name stands above the bubble as LINE takes it, and never as LINE's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.line.names import MOST_NAME, sender_name
from bots.playground.line_rules import problems
from bots.playground.line_units import length


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("鈴木（事務局）", "鈴木（事務局）"),
        ("  鈴木\n美咲 （事務局）", "鈴木 美咲（事務局）"),
        ("Wolfeschlegelsteinhausen（事務局）", "Wolfeschlegels…（事務局）"),
        ("寿限無寿限無五劫の擦り切れ海砂利水魚の", "寿限無寿限無五劫の擦り切れ海砂利水魚の"),
        ("寿限無寿限無五劫の擦り切れ海砂利水魚の水行末", "寿限無寿限無五劫の擦り切れ海砂利水魚の…"),
        ("鈴木（兵庫県中小企業デジタル化支援事務局）", "鈴木（兵庫県中小企業デジタル化支援事務…"),
        ("（事務局）", "（事務局）"),
        ("Caroline", None),
        ("ＬＩＮＥ公式", None),
        ("L-I-N-E", None),
        ("\u202e\u200b", None),
        ("", None),
    ],
)
def test_a_name_is_shortened_before_its_ending(name: str, shown: str | None) -> None:
    assert sender_name(name) == shown


@given(st.text(max_size=60))
def test_whatever_a_name_is_line_takes_what_is_made_of_it(name: str) -> None:
    shown = sender_name(name)
    if shown is not None:
        assert length(shown, "utf16") <= MOST_NAME
        assert problems([{"type": "text", "text": "x", "sender": {"name": shown}}]) == []
