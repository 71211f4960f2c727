"""The figures as a table, and which of them are as good as was asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

AIMS = {5_000: 30.0, 200_000: 50.0}
"""What the 99th percentile of finding may take at so many open cases, in milliseconds."""
ADDING = 5.0
LOG_FROM = 10_000
_CUTS = ("p50", "p95", "p99")


def table(open_cases: int, cases: int, figures: dict[str, Any]) -> str:
    """What was measured at one size; times in milliseconds."""
    lines = [
        f"\n{open_cases:,} open of {cases:,} cases (loaded in {figures['load_seconds']} s, words counted in"
        f" {figures['count_seconds']} s); p50 p95 p99 (max) in ms",
        f"{'':20}{'find':^29}{'of it statements':^21}{'CPU':^21}{'ILIKE p50 p99':>18}{'ts_rank_cd p50 p99':>20}  queries (bounded)",
    ]
    for kind, found in figures["find"].items():
        plain = [figures[way].get(kind) for way in ("ILIKE", "ts_rank_cd")]
        cells = [
            _cells(found, (*_CUTS, "max")),
            *(_cells(figures[part][kind]) for part in ("database", "cpu")),
        ]
        count = (
            f"  {figures['queries'][kind]} ({figures['bounded'][kind]})" if kind in figures["queries"] else ""
        )
        beside = (f"{one['p50']:10.1f}{one['p99']:9.1f}" if one else " " * 19 for one in plain)
        lines.append(f"{kind:20}{''.join(cells)}{''.join(beside)}{count}")
    for what, label in (("add", "add one case"), ("add_cpu", "of it CPU"), ("close", "close one case")):
        lines.append(f"{label:20}{_cells(figures[what], (*_CUTS, 'max'))}")
    sizes = ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in figures["bytes"].items() if size > 1e5)
    return "\n".join([*lines, sizes])


def _cells(found: dict[str, float], cuts: Sequence[str] = _CUTS) -> str:
    return "".join(f"{found[cut]:7.1f}" for cut in cuts) + " "


def conclusion(result: dict[str, Any]) -> str:
    """What holds of what was asked for, and how the times grow beside the logarithm."""
    lines = [""]
    sizes: dict[int, Any] = result["sizes"]
    for size, figures in sizes.items():
        kinds = figures["find"] if size in AIMS else ()
        lines += [
            _met(f"{size:,} open, {kind}", figures["find"][kind], figures["cpu"][kind], AIMS[size])
            for kind in kinds
        ]
        lines.append(_met(f"{size:,} open, add one", figures["add"], figures["add_cpu"], ADDING, "p50"))
    lines += ["", *_growth(sizes), "", f"tokenizer, resident megabytes: {result['memory']}"]
    return "\n".join(lines)


def _met(what: str, clock: dict[str, float], cpu: dict[str, float], aim: float, cut: str = "p99") -> str:
    """Whether the clock, or at least the CPU, stays below the aim: other work of the machine is not ours."""
    verdict = "meets" if clock[cut] < aim else "meets in CPU" if cpu[cut] < aim else "MISSES"
    more = "" if cut == "p99" else f" (p99 {clock['p99']} ms, CPU {cpu['p99']} ms)"
    return f"{verdict:13}{aim:3g} ms: {what}: {cut} {clock[cut]} ms, CPU {cpu[cut]} ms{more}"


def _growth(sizes: dict[int, Any]) -> list[str]:
    grown = [size for size in sizes if size >= LOG_FROM]
    if len(grown) < 2:
        return []
    first = sizes[grown[0]]["cpu"]["all"]["p99"]
    return [f"growth of p99 (CPU) from {grown[0]:,} open, beside the logarithm of the number of cases"] + [
        f"{size:>9,} open: {sizes[size]['cpu']['all']['p99'] / first:.2f} x, logarithm"
        f" {math.log(size) / math.log(grown[0]):.2f} x"
        for size in grown
    ]
