"""An act survives its way through Slack, whatever it carries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.slack import wire
from bots.slack.text import units
from conversations.messages import Act, act

letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
words = st.text(letters, max_size=40)


@given(st.text(letters, min_size=1, max_size=30), st.dictionaries(words, words))
def test_an_act_comes_back_as_it_was(name: str, args: dict[str, str]) -> None:
    assert wire.decode(wire.encode(Act(name, args))) == Act(name, args)


@given(words)
def test_a_date_picker_knows_its_act(value: str) -> None:
    assert wire.picker_act(wire.picker_id(Act("case.until", {"v": value}), 12)) == Act(
        "case.until", {"v": value}
    )


def test_words_in_japanese_stay_short() -> None:
    assert units(wire.value(act("expert.search", q="顧客管理" * 50))) < 250


def test_an_act_that_slack_could_not_carry_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="too long"):
        wire.value(act("x", q="a" * 2000))
    with pytest.raises(ValueError, match="too long"):
        wire.picker_id(act("x", q="a" * 250), 1)


@pytest.mark.parametrize("written", ["", "17", "a=", "b=x", "a", "=", "d=1&a=x", "a=x&q=%00", "a=x&q=\x00"])
def test_what_is_no_act_is_none(written: str) -> None:
    assert wire.decode(written) is None
