"""`python -m tests.bench_search`: fills a PostgreSQL of its own with collections of growing size, and measures each."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop
from cryptography.fernet import Fernet

from services import embedded, programme
from services.migrations import upgrade
from services.secrets import open_vault
from tests.bench_search.loading import Collection
from tests.bench_search.measuring import Bench
from tests.bench_search.report import table

SIZES = (1_000, 5_000, 10_000, 50_000, 200_000)
"""Open cases; there are five times as many in all."""
IN_ALL = 5
QUICK = 5_000
ADDED_FROM = 900_000_000
"""From where on cases are numbered that are added one at a time."""


async def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Fill and measure, size after size."""
    open_vault([Fernet.generate_key().decode()])
    rules = programme.load("phase2")
    result: dict[str, Any] = {"memory": memory(), "sizes": {}}
    with (
        tempfile.TemporaryDirectory(prefix="ouentai-bench-", dir=arguments.folder) as folder,
        embedded.start(Path(folder)) as server,
    ):
        upgrade(server.url)
        collection = Collection(server.url, rules)
        for size in arguments.open:
            began = time.perf_counter()
            await collection.fill(size, size * IN_ALL)
            bench = Bench(server.url, rules)
            loaded = time.perf_counter() - began
            counted = await bench.count_words()
            figures = await bench.find(arguments.rounds)
            figures |= await bench.add(ADDED_FROM + size, arguments.added)
            figures |= {
                "bytes": await bench.sizes(),
                "load_seconds": round(loaded, 1),
                "count_seconds": counted,
            }
            await bench.close()
            result["sizes"][size] = figures
            print(table(size, size * IN_ALL, figures), flush=True)
        collection.close()
    return result


def memory() -> dict[str, float]:
    """Megabytes that the tokenizer takes, in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench_search.memory"], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(said.stdout)
    return found


def main() -> int:
    """Measure and print."""
    from tests.bench_search.report import conclusion

    parser = argparse.ArgumentParser(prog="python -m tests.bench_search", description=__doc__)
    parser.add_argument("--open", type=int, nargs="+", default=SIZES, help="numbers of open cases, rising")
    parser.add_argument(
        "--quick", action="store_const", const=(QUICK,), dest="open", help="5,000 open cases only"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds, each with every query")
    parser.add_argument("--added", type=int, default=150, help="how many cases are added and closed")
    parser.add_argument("--folder", type=Path, help="where the database lies while this runs")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    result = uvloop.run(run(arguments))
    print(conclusion(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
