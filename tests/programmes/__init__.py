"""The programme that is run and an invented one with other names, figures and dates: what holds, holds for both."""

from pathlib import Path

import pytest

from services.programme import load

FILE = Path(__file__).parent / "harbour.toml"
PHASE2, HARBOUR = load("phase2"), load(FILE)
BOTH = (PHASE2, HARBOUR)
for_each_programme = pytest.mark.parametrize("programme", BOTH, ids=lambda programme: programme.code)
