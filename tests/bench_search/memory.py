"""`python -m tests.bench_search.memory`: what the tokenizer takes of a process of its own, with one thread and with eight."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench_search.collection import Maker

THREADS = 8
MEGABYTE = 1 << 20


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE, 1)


def main() -> int:
    """Print megabytes as JSON."""
    from services.tokens import words_of

    texts = [f"{case.background}{case.issue}{case.goal}" for case in Maker().cases(1, 2000)]
    before = _resident()
    words_of(texts[0])
    loaded = _resident()
    for text in texts:
        words_of(text)
    one = _resident()
    with ThreadPoolExecutor(THREADS) as threads:
        for _ in threads.map(words_of, texts * 2):
            pass
    print(json.dumps({"before": before, "loaded": loaded, "one thread": one, "eight threads": _resident()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
