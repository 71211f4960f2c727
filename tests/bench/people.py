"""Those who register: each walks through the real form, one answer after the other, as a phone lets them."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.line import Line, Obj, Turn
from tests.story.people import SOLE

WALK = (("follow", "hello"), ("tap", "登録をはじめる"), ("tap", "すべてはい"), *SOLE)
"""From adding the bot as a friend to where documents are sent, which is another page."""


class Walker:
    """One person who registers, or says the same words to a bot that only echoes."""

    def __init__(self, line: Line, origin: str, echoes: bool) -> None:
        self.user = "U" + secrets.token_hex(16)
        self.ahead = list(WALK)
        self._line, self._origin, self._echoes = line, origin, echoes
        self._shown: list[Obj] = []

    async def go_on(self) -> Turn:
        """Do the next thing and wait for its answer."""
        how, what = self.ahead.pop(0)
        turn = await self._line.turn(
            self._origin, self.user, self._event("say" if self._echoes else how, what)
        )
        self._shown = turn.messages
        return turn

    def _event(self, how: str, what: str) -> Obj:
        if how == "follow":
            return {"type": "follow", "follow": {"isUnblocked": False}}
        if how == "tap":
            data = next(action["data"] for action in _actions(self._shown) if action["label"] == what)
            return {"type": "postback", "postback": {"data": data}}
        message = {"type": "text", "id": "468789577898262530", "quoteToken": "q3Plxr4AgKd", "text": what}
        return {"type": "message", "message": message}


def _actions(shown: Any) -> Iterator[Obj]:
    if isinstance(shown, dict):
        if "label" in shown and "data" in shown:
            yield shown
        for value in shown.values():
            yield from _actions(value)
    elif isinstance(shown, list):
        for item in shown:
            yield from _actions(item)


async def at_full_speed(line: Line, origin: str, echoes: bool, at_once: int, seconds: float) -> list[Turn]:
    """So many people at once, each answering as soon as asked, and somebody new for each who has finished."""
    done: list[Turn] = []
    end = time.monotonic() + seconds

    async def keep_walking() -> None:
        walker = Walker(line, origin, echoes)
        while time.monotonic() < end:
            done.append(await walker.go_on())
            if not walker.ahead:
                walker = Walker(line, origin, echoes)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(keep_walking())
    return done


async def at_rate(line: Line, origin: str, echoes: bool, rate: float, seconds: float) -> list[Turn]:
    """So many events a second, however long each takes."""
    done: list[Turn] = []
    ready: list[Walker] = []
    loop = asyncio.get_running_loop()
    start = loop.time()

    async def go_on(walker: Walker) -> None:
        done.append(await walker.go_on())
        if walker.ahead:
            ready.insert(0, walker)

    async with asyncio.TaskGroup() as group:
        for number in range(round(rate * seconds)):
            await asyncio.sleep(start + number / rate - loop.time())
            # Somebody who has waited longest goes on; now and then somebody new begins.
            begins = not ready or number % len(WALK) == 0
            group.create_task(go_on(Walker(line, origin, echoes) if begins else ready.pop()))
    return done
