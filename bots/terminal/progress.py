"""A line that tells whoever watches how far something long has come."""

from __future__ import annotations

import sys
import time

WIDTH = 40
EVERY = 0.1


class Progress:
    """Shown on stderr, and only where that is a terminal."""

    def __init__(self, whole: int, unit: str) -> None:
        self._whole, self._unit = max(whole, 1), unit
        self._began = self._shown = time.monotonic()
        self._width = 0

    def show(self, part: int, count: int) -> None:
        """Tell that this part of the whole is done, and how many things that were."""
        now = time.monotonic()
        if not sys.stderr.isatty() or (now - self._shown < EVERY and part < self._whole):
            return
        self._shown = now
        filled = "#" * (WIDTH * min(part, self._whole) // self._whole)
        a_second = count / max(now - self._began, EVERY)
        line = f"[{filled:{WIDTH}}] {count:,} {self._unit}, {a_second:,.0f} a second"
        print(f"\r{line:{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = len(line)

    def clear(self) -> None:
        """Make room for what is said below."""
        if self._width:
            print(f"\r{'':{self._width}}\r", end="", file=sys.stderr, flush=True)
            self._width = 0
