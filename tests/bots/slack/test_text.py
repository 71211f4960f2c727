"""Words are measured as Slack measures them and never hide, ping or link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.slack.text import clean, cut, escape, split, unescape, units

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@given(st.text(), st.integers(1, 50))
def test_a_cut_text_fits_and_is_whole_where_it_fitted(text: str, most: int) -> None:
    text = clean(text)
    assert units(cut(text, most)) <= most
    assert cut(text, most) == text or units(text) > most


@given(st.text(max_size=300), st.integers(2, 40))
def test_a_split_text_fits_piece_by_piece_and_loses_no_words(text: str, most: int) -> None:
    text = clean(text)
    pieces = split(text, most)
    assert all(0 < units(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_an_emoji_is_never_cut_in_two() -> None:
    assert cut("\U0001f600" * 10, 4) == "\U0001f600\u2026"


def test_a_text_is_split_at_the_end_of_a_line() -> None:
    assert split("1234567\n89012345", 10) == ["1234567", "89012345"]


def test_what_hides_or_turns_the_reading_is_taken_out() -> None:
    assert clean("a\x00b\u202ec\u2066d\ud83de\ttab\nline") == "abcd\ufffde\ttab\nline"
    assert clean(FAMILY) == FAMILY


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_escaped_for_slack_reads_the_same_when_it_comes_back(text: str) -> None:
    assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("<!here>", "@here"),
        ("<!subteam^S1|@clerks>", "@clerks"),
        ("<!date^1^{date}|tomorrow>", "tomorrow"),
        ("<@U1>", "@U1"),
        ("<tel:0312345678|03-1234-5678>", "03-1234-5678"),
        ("<http://a.example>", "http://a.example"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
    ],
)
def test_what_slack_marks_up_becomes_words_again(sent: str, typed: str) -> None:
    assert unescape(sent) == typed
