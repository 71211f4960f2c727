"""`python -m tests.bench`: this process is LINE and everybody who writes; the two bots are processes of their own."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop

from tests.bench.bots import SECRET, Bot, echo, ouentai
from tests.bench.line import Line, Turn
from tests.bench.people import at_full_speed, at_rate

AIM = 2.0
"""How many times the echo's CPU a durable turn may cost."""


@dataclass
class Figures:
    """What was measured of one bot: a value a round, and every turn's times at the fixed rate."""

    turns_a_second: list[float] = field(default_factory=list)
    server_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)
    rate_server_ms: list[float] = field(default_factory=list)
    rate_database_ms: list[float] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """The medians over the rounds, and the percentiles over all turns; times in milliseconds."""
        medians = {
            name: round(statistics.median(values), 3)
            for name, values in vars(self).items()
            if name != "turns"
        }
        return medians | {
            "to_200_ms": _percentiles([turn.acknowledged for turn in self.turns]),
            "to_reply_ms": _percentiles([turn.answered for turn in self.turns]),
        }


def _percentiles(seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100)
    return {name: round(cuts[index] * 1000, 2) for name, index in (("p50", 49), ("p95", 94), ("p99", 98))}


async def measure(line: Line, bots: list[Bot], arguments: argparse.Namespace) -> dict[str, Figures]:
    """Round after round, each bot in turn, so that whatever else the machine does hits both."""
    figures = {bot.name: Figures() for bot in bots}
    for number in range(arguments.rounds + 1):
        for bot in bots:
            echoes = bot.name == "echo"
            one = Figures() if number == 0 else figures[bot.name]
            gc.collect()
            before, began = bot.cpu(), time.perf_counter()
            done = await at_full_speed(line, bot.origin, echoes, arguments.people, arguments.seconds)
            one.turns_a_second.append(len(done) / (time.perf_counter() - began))
            _add(one.server_ms, one.database_ms, before, bot.cpu(), len(done))
            if number == 0:
                continue
            before = bot.cpu()
            done = await at_rate(line, bot.origin, echoes, arguments.rate, arguments.seconds)
            _add(one.rate_server_ms, one.rate_database_ms, before, bot.cpu(), len(done))
            one.turns.extend(done)
    return figures


def _add(
    server: list[float],
    database: list[float],
    before: tuple[float, float],
    after: tuple[float, float],
    turns: int,
) -> None:
    server.append((after[0] - before[0]) * 1000 / turns)
    database.append((after[1] - before[1]) * 1000 / turns)


def _ratios(figures: dict[str, Figures]) -> dict[str, Any]:
    """CPU a turn, Ouentai over echo, each round by itself and their median."""
    ours, plain = figures["ouentai"], figures["echo"]
    server = [a / b for a, b in zip(ours.server_ms, plain.server_ms, strict=True)]
    both = [(a + d) / b for a, d, b in zip(ours.server_ms, ours.database_ms, plain.server_ms, strict=True)]
    return {
        "server": round(statistics.median(server), 2),
        "server_rounds": [round(ratio, 2) for ratio in server],
        "with_database": round(statistics.median(both), 2),
        "with_database_rounds": [round(ratio, 2) for ratio in both],
        "aim": AIM,
    }


def _table(result: dict[str, Any]) -> str:
    ours, plain, ratio = result["ouentai"], result["echo"], result["ratio"]
    rows = [("", "echo", "Ouentai", "ratio")]
    for label, name in (
        ("turns a second, at full speed", "turns_a_second"),
        ("CPU a turn, server (ms)", "server_ms"),
        ("CPU a turn, database (ms)", "database_ms"),
        ("the same at the fixed rate, server", "rate_server_ms"),
        ("the same at the fixed rate, database", "rate_database_ms"),
    ):
        times = f"{ours[name] / plain[name]:.2f}" if plain[name] else ""
        rows.append((label, f"{plain[name]:.2f}", f"{ours[name]:.2f}", times))
    for label, name in (("webhook to 200", "to_200_ms"), ("webhook to reply", "to_reply_ms")):
        shown = [" ".join(f"{bot[name][p]:.1f}" for p in ("p50", "p95", "p99")) for bot in (plain, ours)]
        rows.append((f"{label}, p50 p95 p99 (ms)", *shown, ""))
    table = "\n".join(f"{a:<38}{b:>18}{c:>18}{d:>8}" for a, b, c, d in rows)
    rounds = ", ".join(map(str, ratio["server_rounds"]))
    return (
        f"{table}\n\nA durable turn costs {ratio['server']} x the echo's CPU (rounds: {rounds}); "
        f"{ratio['with_database']} x with its database. The aim is {AIM} x."
    )


async def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Start everything, measure, and stop everything."""
    line = Line(SECRET)
    await line.start()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ouentai-bench-")))
        bots = [
            await asyncio.to_thread(stack.enter_context, start)
            for start in (echo(line.base), ouentai(line.base, folder))
        ]
        figures = await measure(line, bots, arguments)
    result: dict[str, Any] = {name: one.summary() for name, one in figures.items()}
    return result | {"ratio": _ratios(figures), "settings": vars(arguments) | {"json": None}}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds, each with both bots")
    parser.add_argument("--people", type=int, default=16, help="how many answer at once at full speed")
    parser.add_argument("--rate", type=float, default=60, help="events a second at the fixed rate")
    parser.add_argument("--seconds", type=float, default=3, help="how long each measurement lasts")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    result = uvloop.run(run(arguments))
    print(_table(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
