"""Every notice has its row, every row its words, and a wrong table does not start."""

from pathlib import Path

import pytest

from conversations import everything
from conversations.notices import WORDINGS
from services.checked_toml import FileError
from services.notice_table import Row, Side, Urgency, load, table


def test_every_kind_that_has_words_has_its_row_and_every_row_has_words() -> None:
    everything.load()
    assert set(WORDINGS) - set(table()) == set(), "add a row to services/notices.toml"
    assert set(table()) - set(WORDINGS) == set(), "nobody words this kind"


def test_a_row_is_read_with_its_defaults(tmp_path: Path) -> None:
    file = tmp_path / "notices.toml"
    file.write_text('["plan.sent"]\nto = ["company"]\nurgency = "today"\n')
    assert load(file) == {"plan.sent": Row((Side.COMPANY,), Urgency.TODAY)}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ('to = ["company"]\nurgency = "soon"', "urgency"),
        ('to = ["neighbour"]\nurgency = "now"', "to"),
        ('to = []\nurgency = "now"', "to"),
        ('to = ["company", "company"]\nurgency = "now"', "twice"),
        ('to = ["company"]\nurgency = { expert = "now" }', "others"),
        ('to = ["company"]\nurgency = "merge"\nwaits = "-P1D"', "less than no time"),
    ],
)
def test_a_wrong_row_is_refused_with_the_reason(tmp_path: Path, wrong: str, why: str) -> None:
    file = tmp_path / "notices.toml"
    file.write_text(f'["plan.sent"]\n{wrong}\n')
    with pytest.raises(FileError, match=rf"notices.toml(.|\n)*{why}"):
        load(file)
