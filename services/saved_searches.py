"""Searches that experts keep under a name, to hear of new cases that fit: kept, changed, paused, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from locales import _
from services.refusals import Refusal
from services.saved_search_matching import TELL
from services.saved_search_records import SavedSearch, SavedSearchCard, SavedSearchMatch, Telling
from services.saved_search_telling import fitting, own_companies
from services.saved_search_terms import dumped
from services.saved_search_times import digest_at, heard_at
from services.search_query import Query

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["SavedSearch", "SavedSearches", "Telling"]

SUBJECT = "saved search"
LONGEST_NAME = 40
MARKED = 100
"""How many cases are marked as news at most, where a search is shown."""


class SavedSearches:
    """The saved searches of the acting expert, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def mine(self) -> list[SavedSearch]:
        """The acting expert's, the newest first; raises Refusal for whoever is no registered expert."""
        expert = await self._services.experts.require_registered()
        kept = select(SavedSearch).where(SavedSearch.expert_id == expert.id, SavedSearch.deleted_at.is_(None))
        return list(await self._services.session.scalars(kept.order_by(SavedSearch.id.desc())))

    async def own(self, search_id: int, *, deleted: bool = False) -> SavedSearch:
        """One of the acting expert's; raises Refusal for any other, and for one that was deleted unless asked for."""
        expert = await self._services.experts.require_registered()
        search = await self._services.session.get(SavedSearch, search_id)
        if search is None or search.expert_id != expert.id:
            raise Refusal(_("There is no such saved search any more. Please look at the list."))
        if search.deleted_at is not None and not deleted:
            raise Refusal(_("You have deleted this saved search. Please look at the list."))
        return search

    async def keep(
        self, name: str, telling: Telling, query: Query, answers: Mapping[str, str]
    ) -> SavedSearch:
        """Keep a search with the answers of its form; cases that become findable from now on are news.

        Raises Refusal where there are too many, for the same search once more, and for words that find nothing ever.
        """
        services = self._services
        expert = await services.experts.require_registered()
        kept, wanted = await self.mine(), dumped(query)
        self._require_room(kept)
        for other in kept:
            if other.wanted == wanted:
                raise Refusal(_("You have saved this search already, as “{name}”.")(name=other.name))
        made = await services.saved_matching.needle(query)
        if query.words.strip() and not made.by_words:
            raise Refusal(
                _("These words can't be searched for, so they would find nothing new."), about="words"
            )
        search = SavedSearch(
            expert_id=expert.id,
            name=_named(name),
            answers=dict(answers),
            wanted=wanted,
            telling=telling,
            most_minutes=query.most_hours.minutes if query.most_hours else None,
            least_budget=query.least_budget,
            deadline_from=query.deadline_from,
            saved_at=services.now,
        )
        services.session.add(search)
        await services.saved_matching.take_up(search, made)
        await services.saved_matching.clean_tonight()
        await self._note("saved", search, {"name": search.name, "telling": telling, "wanted": wanted})
        return search

    async def change(self, search_id: int, name: str, telling: Telling) -> SavedSearch:
        """Give a search another name, or let it be told in another way; raises Refusal."""
        search = await self.own(search_id)
        before = {"name": search.name, "telling": search.telling}
        search.name, search.telling = _named(name), telling
        after = {"name": search.name, "telling": search.telling}
        if before != after:
            await self._arm(search)
            await self._note("changed", search, {"from": before, "to": after})
        return search

    async def pause(self, search_id: int) -> SavedSearch:
        """Tell nothing of a search for some days; what is still open then is told afterwards. Raises Refusal."""
        search = await self.own(search_id)
        days = self._services.programme.saved_searches.pause_days
        search.paused_until = self._services.now + timedelta(days=days)
        await self._arm(search)
        await self._note("paused", search)
        return search

    async def resume(self, search_id: int) -> SavedSearch:
        """Tell of a search again; raises Refusal."""
        search = await self.own(search_id)
        search.paused_until = None
        await self._arm(search)
        await self._note("resumed", search)
        return search

    async def delete(self, search_id: int) -> SavedSearch:
        """Look for nothing any more; it can be taken back for some time. Raises Refusal."""
        search = await self.own(search_id)
        search.deleted_at = self._services.now
        await self._services.saved_matching.drop(search)
        await self._services.timers.cancel(TELL, search.id)
        await self._note("deleted", search)
        return search

    async def restore(self, search_id: int) -> SavedSearch:
        """Take the deletion back; raises Refusal when there are too many meanwhile."""
        search = await self.own(search_id, deleted=True)
        if search.deleted_at is None:
            return search
        self._require_room(await self.mine())
        search.deleted_at = None
        made = await self._services.saved_matching.needle(search.looks_for)
        await self._services.saved_matching.take_up(search, made)
        await self._arm(search)
        await self._note("restored", search)
        return search

    async def unseen(self, search_id: int) -> list[int]:
        """The ids of the latest cases that one of the acting expert's searches has found and nobody has looked at.

        Raises Refusal.
        """
        search = await self.own(search_id)
        found = await self._services.session.scalars(
            select(SavedSearchMatch.case_id)
            .where(SavedSearchMatch.search_id == search.id, SavedSearchMatch.seen_at.is_(None))
            .order_by(SavedSearchMatch.case_id.desc())
            .limit(MARKED)
        )
        return list(found)

    async def see(self, search_id: int) -> SavedSearch:
        """The expert looks at what a search has found: none of it is news any more. Raises Refusal."""
        search, now = await self.own(search_id), self._services.now
        await self._services.session.execute(
            update(SavedSearchMatch)
            .where(SavedSearchMatch.search_id == search.id, SavedSearchMatch.seen_at.is_(None))
            .values(seen_at=now)
        )
        await self._services.session.execute(
            update(SavedSearchCard)
            .where(SavedSearchCard.search_id == search.id, SavedSearchCard.opened_at.is_(None))
            .values(opened_at=now)
        )
        self._home(search)
        return search

    async def news(self) -> dict[int, int]:
        """How many cases that are open and not seen each of the acting expert's searches has found."""
        expert = await self._services.experts.require_registered()
        unseen = select(SavedSearchMatch.search_id).where(
            SavedSearchMatch.search_id == SavedSearch.id, SavedSearchMatch.seen_at.is_(None)
        )
        waiting = select(SavedSearch).where(
            SavedSearch.expert_id == expert.id, SavedSearch.deleted_at.is_(None), unseen.exists()
        )
        searches = (await self._services.session.scalars(waiting)).all()
        own = await own_companies(self._services, expert) if searches else []
        found: dict[int, int] = {}
        for search in searches:
            fits = fitting(self._services, search, own, SavedSearchMatch.seen_at.is_(None))
            counted = select(func.count()).select_from(fits.subquery())
            found[search.id] = await self._services.session.scalar(counted) or 0
        return {search_id: count for search_id, count in found.items() if count}

    # --- the rest ----------------------------------------------------------------------------------------

    def _require_room(self, kept: list[SavedSearch]) -> None:
        most = self._services.programme.saved_searches.most
        if len(kept) >= most:
            raise Refusal(_("You can keep {count} searches. Please delete one first.")(count=most))

    async def _arm(self, search: SavedSearch) -> None:
        """Let what is not told yet be told in the way that holds from now on."""
        services = self._services
        await services.session.flush()
        at = max(services.now, search.paused_until or services.now)
        digest = search.telling == Telling.DIGEST
        await services.timers.set(
            TELL, search.id, (digest_at if digest else heard_at)(services.programme, at)
        )
        self._home(search)

    def _home(self, search: SavedSearch) -> None:
        assert self._services.person is not None
        self._services.notices.home(self._services.person.id)

    async def _note(self, action: str, search: SavedSearch, content: dict[str, object] | None = None) -> None:
        self._home(search)
        await self._services.audit.note(action, SUBJECT, search.id, content=content)


def _named(name: str) -> str:
    """A name as it is kept; raises Refusal for none, or a long one."""
    named = " ".join(name.split())
    if not named or len(named) > LONGEST_NAME:
        raise Refusal(_("Please give it a name of up to {most} letters.")(most=LONGEST_NAME), about="called")
    return named


def is_paused(search: SavedSearch, now: datetime) -> bool:
    """Whether nothing is told of a search at this moment."""
    return search.paused_until is not None and search.paused_until > now
