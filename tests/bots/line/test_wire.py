"""A button says the same when it comes back, and nobody else's words are taken for a button."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.line.wire import FORGED, MOST_UNITS, pack, unpack
from conversations.messages import Act, act

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
acts = st.builds(
    Act,
    st.from_regex(r"[a-z_]{1,8}(\.[a-z_]{1,8}){0,2}", fullmatch=True),
    st.dictionaries(words.filter(lambda key: key != "a"), words, max_size=3),
)


@given(acts)
def test_a_button_comes_back_as_it_was_sent(sent: Act) -> None:
    data = pack(sent)
    assert len(data) <= MOST_UNITS
    assert unpack(data) == sent


@given(st.one_of(st.none(), st.integers(), st.text(), st.text(alphabet="a=&%.x01", max_size=20)))
def test_whatever_arrives_is_a_button_or_a_forgery(data: object) -> None:
    found = unpack(data)
    assert found == FORGED or unpack(pack(found)) == found


@pytest.mark.parametrize(
    "data",
    [
        "",
        "hello",
        "d=1&a=form.answer",
        "a=",
        "a=Form",
        "a=x&a=y",
        "a=x&d=1&d=2",
        "a=x&d=%00",
        "a=x&d=%ff",
        "a=x" + "&" * 9,
        "a=x&d=" + "1" * 300,
    ],
)
def test_data_that_is_not_ours_is_a_forgery(data: str) -> None:
    assert unpack(data) == FORGED


@pytest.mark.parametrize(
    "bad", [act("x", v="あ" * 40), act("x", a=1), act("Menu Show"), act("x", v="\x00"), act("x", v="\ud800")]
)
def test_a_button_that_line_would_not_carry_is_refused_when_it_is_drawn(bad: Act) -> None:
    with pytest.raises(ValueError):
        pack(bad)
