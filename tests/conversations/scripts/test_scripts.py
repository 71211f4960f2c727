"""Every conversation that is written down beside this file, one test each."""

from collections import Counter
from pathlib import Path

import pytest

from tests.conversations.scripts.conftest import Stage
from tests.conversations.scripts.play import HERE, PATTERNS, Player, read

SCRIPTS = sorted(HERE.glob("*.txt"))
LEAST = 60


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_it_goes_as_it_is_written(stage: Stage, path: Path) -> None:
    await Player(stage, read(path.read_text("utf-8"))).play()
    stage.accepted()


def test_there_are_enough_of_every_pattern() -> None:
    patterns = Counter(read(path.read_text("utf-8")).pattern for path in SCRIPTS)
    assert set(patterns) == set(PATTERNS)
    assert patterns.total() >= LEAST
    assert min(patterns.values()) >= 2
