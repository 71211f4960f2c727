"""Telling experts which new cases their saved searches have found: one card each, brought up to date where it stands.

Matches are rows (`saved_search_matching`); a timer of each search looks what of them is so at that moment. What has
closed meanwhile is not told, and waits for being opened again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, func, select, text, update

from services import case_interest, search_conditions, thesaurus_book
from services.case_index import IndexRow
from services.case_marks import Marks
from services.case_ranking import texts_of, understand
from services.case_records import OPEN_STATES, Case
from services.companies import Standing
from services.expert_records import Expert
from services.saved_search_matching import TELL
from services.saved_search_records import SavedSearch, SavedSearchCard, SavedSearchMatch, Telling
from services.saved_search_times import digest_at, heard_at
from services.search import Why
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

CARD = "saved_search"
"""The kind of the cards, as channels draw them."""
SHOWN = 5
_IN_INDEX = "SELECT case_id FROM case_index WHERE {conditions}"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
UNTOLD = and_(SavedSearchMatch.card_id.is_(None), SavedSearchMatch.seen_at.is_(None))


@dataclass(frozen=True)
class News:
    """What a card says: the search, how many cases it has found that are still open, and the newest with why."""

    search: SavedSearch
    count: int
    cases: Sequence[Case] = ()
    why: Mapping[int, Why] = field(default_factory=dict)
    replaced: bool = False


@due(TELL)
async def tell(services: Services, search_id: int) -> None:
    """Tell what a search has found since: on its card, on a new one, or on the Home alone; or later."""
    search = await services.session.get(
        SavedSearch, search_id, with_for_update={"key_share": True}, populate_existing=True
    )
    expert = await _to_be_told(services, search)
    if search is None or expert is None:
        return
    if (at := _not_before(services, search)) > services.now:
        await services.timers.set(TELL, search.id, at)
        return
    found = fitting(services, search, await own_companies(services, expert), UNTOLD)
    if await services.session.scalar(found.limit(1)) is None:
        return
    services.notices.home(expert.person_id)
    if search.telling != Telling.HOME:
        await _show(services, search, expert, found)


async def _to_be_told(services: Services, search: SavedSearch | None) -> Expert | None:
    """The expert of a search, as long as somebody wants to hear of it and may."""
    if search is None or search.deleted_at is not None:
        return None
    expert = await services.experts.get(search.expert_id)
    return expert if expert is not None and expert.standing == Standing.COMPLETED else None


def _not_before(services: Services, search: SavedSearch) -> datetime:
    at = services.now if search.paused_until is None else max(search.paused_until, services.now)
    return heard_at(services.programme, at)


async def _show(services: Services, search: SavedSearch, expert: Expert, found: Select[int]) -> None:
    """Put cases on the card of a search, on a new one if the old one was read or is old, or wait for that."""
    card, posting = await latest_card(services, search), True
    if card is not None:
        again_at = _again_at(services, search, card)
        posting = again_at <= services.now
        if not posting and card.opened_at is not None:
            await services.timers.set(TELL, search.id, again_at)
            return
    if card is None or posting:
        card = await _replace(services, search, expert, card)
    await _put(services, search, card, and_(UNTOLD, SavedSearchMatch.case_id.in_(found)))
    services.notices.draw(CARD, card.id, expert.person_id)


def _again_at(services: Services, search: SavedSearch, card: SavedSearchCard) -> datetime:
    """From when on there may be another message."""
    if search.telling == Telling.DIGEST:
        return digest_at(services.programme, card.posted_at)
    return card.posted_at + timedelta(minutes=services.programme.saved_searches.bundle_minutes)


async def _replace(
    services: Services, search: SavedSearch, expert: Expert, old: SavedSearchCard | None
) -> SavedSearchCard:
    """A new card; what stood on one that nobody opened stands on the new one."""
    card = SavedSearchCard(search_id=search.id, posted_at=services.now)
    services.session.add(card)
    await services.session.flush()
    if old is not None and old.opened_at is None:
        old.replaced_at = services.now
        await _put(services, search, card, SavedSearchMatch.card_id == old.id)
        services.notices.draw(CARD, old.id, expert.person_id)
    return card


async def _put(
    services: Services, search: SavedSearch, card: SavedSearchCard, which: ColumnElement[bool]
) -> None:
    await services.session.execute(
        update(SavedSearchMatch)
        .where(SavedSearchMatch.search_id == search.id, SavedSearchMatch.seen_at.is_(None), which)
        .values(card_id=card.id)
    )


async def latest_card(services: Services, search: SavedSearch) -> SavedSearchCard | None:
    """The newest card of a search."""
    return await services.session.scalar(
        select(SavedSearchCard)
        .where(SavedSearchCard.search_id == search.id)
        .order_by(SavedSearchCard.id.desc())
        .limit(1)
    )


async def own_companies(services: Services, expert: Expert) -> list[int]:
    """The companies whose cases are no news for an expert."""
    return [company.id for company in await services.experts.companies(expert)]


def fitting(
    services: Services, search: SavedSearch, own: Collection[int], which: ColumnElement[bool]
) -> Select[int]:
    """The ids of the cases among these matches that a search finds now, without those of an expert's own companies."""
    return (
        select(Case.id)
        .join(SavedSearchMatch, SavedSearchMatch.case_id == Case.id)
        .where(SavedSearchMatch.search_id == search.id, which)
        .where(Case.state.in_(OPEN_STATES), Case.proposal_deadline >= services.clock.today())
        .where(~case_interest.is_hidden(), Case.company_id.not_in(own), Case.id.in_(_found(services, search)))
    )


def _found(services: Services, search: SavedSearch) -> Select[int]:
    """What a search finds in the index."""
    conditions, values = ["true"], dict[str, Any]()
    if search.query is not None:
        conditions, values = ["vector @@ CAST(:needle AS tsquery)"], {"needle": search.query}
    for condition, more in search_conditions.conditions(search.looks_for, services.programme.money.sme_cap):
        conditions.append(_PLACEHOLDER.sub(r":\1", condition))
        values |= more
    found = text(_IN_INDEX.format(conditions=" AND ".join(conditions))).bindparams(**values)
    return select(found.columns(IndexRow.case_id).subquery().c.case_id)


async def news(services: Services, card_id: int) -> News | None:
    """What a card says now; None when nothing on it is open any more."""
    card = await services.session.get(SavedSearchCard, card_id)
    search = await services.session.get(SavedSearch, card.search_id) if card is not None else None
    expert = await services.experts.get(search.expert_id) if search is not None else None
    if card is None or search is None or expert is None:
        return None
    if card.replaced_at is not None:
        return News(search, 0, replaced=True)
    own = await own_companies(services, expert)
    found = fitting(services, search, own, SavedSearchMatch.card_id == card.id).subquery()
    count = await services.session.scalar(select(func.count()).select_from(found))
    if not count:
        return None
    newest = (
        select(Case).join(found, found.c.id == Case.id).order_by(Case.published_at.desc(), Case.id.desc())
    )
    cases = (await services.session.scalars(newest.limit(SHOWN))).all()
    return News(search, count, cases, await _why(services, search, cases))


async def _why(services: Services, search: SavedSearch, cases: Sequence[Case]) -> dict[int, Why]:
    query, thesaurus = search.looks_for, await thesaurus_book.current(services.connection)
    asked, _cases = await understand(services.connection, query.words, thesaurus)
    return {case.id: Why(query.filters, Marks(asked.needed, thesaurus, texts_of(case))) for case in cases}
