"""The whole of an open case, as an expert opens it from a list, from the Home or from a message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import case_card, days_left
from conversations.current import Part
from conversations.expert.enquiry import asked_about
from conversations.expert.search_query import query
from conversations.expert.search_results import KEPT, SEARCH, Spot, Where, actions, own_search
from conversations.messages import Button, Card, Pressed, Say, Screen, act
from locales import _
from services import search_hints
from services.answers import Draft
from services.case_marks import Marks
from services.cases import Case
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn


@on("case.open")
async def open_case(turn: Turn, pressed: Pressed) -> None:
    """The whole of an open case; one that closed since explains itself and offers the search."""
    services, args = turn.services, pressed.act.args
    await services.experts.require_registered()
    spot = Spot.of(pressed) if "d" in args else None
    search = await own_search(turn, spot.draft_id) if spot else None
    back = [Button(_("Back to the results"), act("search.more", **spot.args()))] if spot and search else []
    try:
        case = await services.search.open(number(args, "i"))
    except Refusal as refusal:
        turn.say(Screen(_("Case"), [Card(refusal.reason, buttons=[*back, SEARCH, KEPT])]))
        return
    parts: list[Part] = []
    if str(case.revision) != args.get("r", str(case.revision)):
        parts.append(Say(_("The company changed this case since. This is how it is now.")))
    kept = await services.search.bookmarked([case.id])
    codes = (await search_hints.areas(services, [case.id])).get(case.id, ())
    parts.append(
        # Its texts are read to be marked, which takes a hundredth of a second.
        await asyncio.to_thread(
            case_card,
            case,
            services.programme,
            proposals=await services.plans.count_for_case(case.id),
            note=days_left(case.proposal_deadline, services.clock.today()),
            buttons=[*actions(case, case.id in kept, Where.CASE, spot, "primary"), *back],
            marks=await _marks(turn, case, search),
            areas=[services.programme.area(code).label for code in codes],
        )
    )
    parts.extend(await asked_about(services, case))
    turn.say(Screen(_("Case"), parts))


async def _marks(turn: Turn, case: Case, search: Draft | None) -> Marks | None:
    """What of the search that the case was opened from stands in it."""
    words = "" if search is None else query(search, turn.facts).words
    return await search_hints.marks(turn.services, words, case) if words else None
