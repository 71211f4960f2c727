"""What people do in a season, as data: who does what with which record, and a number by which it varies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.bundle import Services
from services.refusals import Refusal
from tests.services.season.cast import Change, Season

REASON = "都合により"


@dataclass(frozen=True)
class Deed:
    """One thing that somebody does; `of` is the id of the record it is done to, `how` varies it."""

    what: str
    who: str
    of: int = 0
    how: int = 0
    after: timedelta = timedelta(seconds=1)
    """How much time passes before it."""


@dataclass(frozen=True)
class Kind:
    """How a deed is done, to what kind of record, and by whom in the ordinary run of things."""

    do: Callable[[Season, Services, Deed], Awaitable[Any]]
    of: str
    by: tuple[str, ...]


KINDS: dict[str, Kind] = {}


def deed(of: str, *by: str) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[Any]]]:
    """Something that can be done to a kind of record by some people; others may try."""

    def register(do: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        KINDS[do.__name__] = Kind(do, of, by)
        return do

    return register


async def perform(season: Season, done: Deed) -> Refusal | None:
    """Do it in a transaction of its own; returns why not, if it was refused."""
    await season.wait(done.after)
    return await season.act(done.who, doing(season, done))


def doing(season: Season, done: Deed) -> Change:
    """The same as something that is done with services."""

    async def change(services: Services) -> None:
        await KINDS[done.what].do(season, services, done)

    return change
