"""What the tests of a season share."""

from __future__ import annotations

from typing import Any

import orjson
import pytest


@pytest.fixture
def quick_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers that hold their data and nothing else: 50 ms for each PDF would be half of the time of a test."""

    def written(template: str, data: Any) -> bytes:
        return orjson.dumps([template, data], default=str)

    monkeypatch.setattr("services.papers.render", written)
