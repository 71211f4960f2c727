"""The secretariat sees what LINE pushes and may push, and whom the chat does not reach any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import Part, Place, shown_at
from conversations.messages import Button, Card, Fact, Heading, Pressed, Say, Screen, act
from locales import _
from services.addresses import CALLED, GONE, MAILED, Unreached
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

SHOWN = 5


# --- what LINE pushes ----------------------------------------------------------------------------------


@shown_at(Place.PROGRAMME)
async def use(services: Services) -> list[Part]:
    """This month's pushes, how many it will be, and what a whole case takes."""
    if not await services.secretariat.includes_me():
        return []
    month = await services.push_use.now()
    cases = month.cases
    facts = [
        Fact(_("So far"), _("{count}")(count=f"{month.used:,}")),
        Fact(_("Expected by the end of the month"), _("{count}")(count=f"{month.expected:,}")),
        Fact(_("Possible"), _("{count}")(count=f"{month.may:,}")),
    ]
    if cases.cases:
        took = _("{median} (at most {worst})")(median=f"{cases.median:g}", worst=cases.worst)
        facts.append(Fact(_("For a completed case"), took))
    spare = _("What can wait now goes with the next answer, or by e-mail. Deadlines are always sent.")
    return [
        Card(
            _("Messages sent on LINE this month"),
            badge=_("Running short") if month.scarce else None,
            facts=facts,
            body=[spare] if month.scarce else [],
            tone="bad" if month.scarce else "plain",
        )
    ]


# --- who has blocked us --------------------------------------------------------------------------------


@shown_at(Place.REPAIRS)
async def unreached(services: Services) -> list[Part]:
    """Whom LINE does not reach and who has missed something; nothing when everybody is reached."""
    if not await services.secretariat.includes_me():
        return []
    waiting = await services.addresses.waiting()
    if not waiting:
        return []
    parts: list[Part] = [
        Heading(_("LINE is blocked: {count}")(count=len(waiting))),
        *(_card(one) for one in waiting[:SHOWN]),
    ]
    if len(waiting) > SHOWN:
        parts.append(Say(_("And {count} more.")(count=len(waiting) - SHOWN)))
    return parts


def _card(one: Unreached) -> Card:
    return Card(
        _("{number} does not get our LINE messages.")(number=one.number),
        facts=[
            Fact(_("Blocked since"), _("{when}")(when=one.blocked_at)),
            Fact(
                _("Not delivered"),
                _("{missed} (of these by e-mail: {mailed})")(missed=one.missed, mailed=one.mailed),
            ),
        ],
        buttons=[
            Button(_("Phone and e-mail"), act("office.unreached", i=one.person_id)),
            Button(_("I have called"), act("office.unreached_done", i=one.person_id, w=CALLED), "primary"),
            Button(_("I have mailed"), act("office.unreached_done", i=one.person_id, w=MAILED)),
        ],
        tone="bad",
    )


@on("office.unreached")
async def contacts(turn: Turn, pressed: Pressed) -> None:
    """How to reach somebody, for the clerk alone."""
    services = turn.services
    await services.secretariat.require()
    person_id = number(pressed.act.args, "i")
    if person_id not in [one.person_id for one in await services.addresses.waiting()]:
        raise Refusal(GONE)
    known = await services.companies.of(person_id) or await services.experts.of(person_id)
    if known is None:
        turn.say(Say(_("We know neither a phone number nor an e-mail address.")))
        return
    await services.audit.note("contacts shown", "person", person_id, reason="blocked")
    facts = [Fact(_("Phone"), known.phone), Fact(_("E-mail"), known.email)]
    turn.say(Screen(_("How to reach them"), [Card(known.name, badge=known.number, facts=facts)]))


@on("office.unreached_done")
async def done(turn: Turn, pressed: Pressed) -> None:
    """Somebody has called or written."""
    await turn.services.addresses.done(number(pressed.act.args, "i"), pressed.act.args.get("w", ""))
    turn.say(Say(_("Thank you. It is off the list.")))
