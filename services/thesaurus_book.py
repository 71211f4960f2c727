"""The thesaurus in force: the one that comes with the programme, with the secretariat's changes."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.database import driver
from services.thesaurus import Group, Thesaurus, built_in, built_in_groups
from services.thesaurus_groups import Groups, in_force, shipped
from services.thesaurus_records import ThesaurusEdit

KEPT = 4
"""Editions that a process remembers: the one in force, and those that a transaction has not committed yet."""
# Read by every search, so without SQLAlchemy.
_MARK = "SELECT edition FROM thesaurus_edition"
_CHANGES = select(ThesaurusEdit.id, ThesaurusEdit.group, ThesaurusEdit.words).order_by(ThesaurusEdit.id)


@dataclass(frozen=True)
class Edition:
    """The thesaurus as it is in force, by its groups and as searches read it."""

    groups: Groups
    thesaurus: Thesaurus


@dataclass(frozen=True)
class _Change:
    id: int
    group: str
    words: Mapping[str, str]


_editions: OrderedDict[uuid.UUID, Edition] = OrderedDict()
_one_at_a_time = threading.Lock()


async def current(connection: AsyncConnection) -> Thesaurus:
    """The thesaurus as it is in force within this transaction: one small read, and built once for each edition."""
    return (await edition(connection)).thesaurus


async def edition(connection: AsyncConnection) -> Edition:
    """The edition that is in force within this transaction."""
    marks = await driver(connection).rows(_MARK, ())
    if not marks:
        return await asyncio.to_thread(_first)
    ((mark,),) = marks
    if (known := _editions.get(mark)) is not None:
        return known
    # A change that is committed between the two reads does no harm: nobody reads the mark before it again.
    return await asyncio.to_thread(_made, mark, await _changes(connection))


async def groups_after(connection: AsyncConnection, revision: int | None = None) -> Groups:
    """The groups as they are within this transaction, or were after the change of this number."""
    first = await asyncio.to_thread(_first)
    return in_force(first.groups, await _changes(connection, revision))


async def _changes(connection: AsyncConnection, revision: int | None = None) -> Sequence[_Change]:
    changes = _CHANGES if revision is None else _CHANGES.where(ThesaurusEdit.id <= revision)
    return [_Change(row.id, row.group, row.words) for row in await connection.execute(changes)]


def load() -> None:
    """Read the thesaurus that comes with the programme, which takes half a second, before somebody waits for it."""
    _first()


@cache
def _first() -> Edition:
    return _warm(Edition(shipped(built_in_groups()), built_in()))


def _warm(made: Edition) -> Edition:
    """The same with its sounds computed, here in a thread rather than in a search."""
    assert made.thesaurus.sounds
    return made


def _made(mark: uuid.UUID, changes: Sequence[_Change]) -> Edition:
    with _one_at_a_time:
        made = _editions.get(mark)
        if made is None:
            groups = in_force(_first().groups, changes)
            made = _editions[mark] = _warm(Edition(groups, as_thesaurus(groups)))
            while len(_editions) > KEPT:
                _editions.popitem(last=False)
        return made


def as_thesaurus(groups: Groups) -> Thesaurus:
    """These groups as searches read them."""
    return Thesaurus.of(Group(group.words, group.kinds) for group in groups.values())
