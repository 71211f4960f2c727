"""The secretariat demands paid honorarium back: one clerk proposes, another confirms, and what comes is entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import CARDS, Part, Place, shown_at
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Heading, Link, Pressed, Say, Screen, Words, act
from conversations.payments_shown import RECLAIM_STATE, RECLAIM_TONE, reclaim_facts
from conversations.questions import Day, Money, Page, Story
from locales import _
from services.claims import Claim
from services.reclaims import UNKNOWN, Reclaim, Reclaims, ReclaimState
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services


async def _claim(services: Services, claim_id: int) -> Claim:
    claim = await services.claims.get(claim_id)
    if claim is None:
        raise Refusal(UNKNOWN)
    return claim


async def reclaim_card(services: Services, reclaim_id: int) -> Card:
    """The card of a demand as it stands now: number and amounts, no names."""
    reclaim = await Reclaims(services).get(reclaim_id)
    assert reclaim is not None
    claim, state = await _claim(services, reclaim.claim_id), ReclaimState(reclaim.state)
    return Card(
        _("Demand on claim {number}")(number=claim.number),
        badge=RECLAIM_STATE[state],
        facts=reclaim_facts(reclaim),
        buttons=[Button(_("Open"), act("reclaim.open", i=reclaim.id))],
        tone=RECLAIM_TONE.get(state, "plain"),
    )


CARDS["reclaim"] = reclaim_card


@shown_at(Place.MONEY)
async def at_home(services: Services) -> list[Part]:
    """The demands that wait for a second person or for money."""
    if not await services.secretariat.includes_me():
        return []
    waiting = await Reclaims(services).open()
    if not waiting:
        return []
    parts: list[Part] = [Heading(_("Demanded back: {count}")(count=len(waiting)))]
    return parts + [await reclaim_card(services, reclaim.id) for reclaim in waiting[:5]]


# --- proposing -----------------------------------------------------------------------------------------


class Demand(Form):
    """How much of a paid claim is demanded back, and why."""

    name = "reclaim.demand"
    title = _("Demand it back")
    submit = _("Propose it")

    page = Page(_("Demand it back"), _("A colleague confirms it. Then the expert gets a letter."))
    yen = Money(
        _("How much should be paid back?"),
        at_least=1,
        at_most=10_000_000,
        label=_("Amount"),
        hint=_("Honorarium only, all of it or a part."),
    )
    reason = Story(
        _("Why? The expert reads this."),
        at_most=400,
        label=_("Reason"),
        hint=_("For example: “Two of the sessions did not take place.”"),
    )

    async def complete(self, turn: Turn) -> None:
        """Propose it."""
        reclaim = await Reclaims(turn.services).demand(int(self.draft.about), self.yen, self.reason)
        await show(turn, reclaim, _("Proposed. Now a colleague confirms it."))


@on("reclaim.begin")
async def begin(turn: Turn, pressed: Pressed) -> None:
    """How much, and why?"""
    await turn.services.secretariat.require()
    claim = await _claim(turn.services, number(pressed.act.args, "c"))
    await turn.start(Demand, str(claim.id))


# --- one demand ----------------------------------------------------------------------------------------


async def _named(turn: Turn, pressed: Pressed) -> Reclaim:
    reclaim = await Reclaims(turn.services).get(number(pressed.act.args, "i"))
    if reclaim is None:
        raise Refusal(UNKNOWN)
    return reclaim


@on("reclaim.open")
async def open_reclaim(turn: Turn, pressed: Pressed) -> None:
    """Everything about a demand."""
    await turn.services.secretariat.require()
    await show(turn, await _named(turn, pressed))


async def show(turn: Turn, reclaim: Reclaim, lead: Words | None = None) -> None:
    """A demand: why, what came back, and what can be done."""
    services, state = turn.services, ReclaimState(reclaim.state)
    claim = await _claim(services, reclaim.claim_id)
    buttons = []
    if reclaim.paper_id is not None:
        buttons.append(Button(_("Letter (PDF)"), Link(await services.papers.link(reclaim.paper_id))))
    came = [
        Fact(_("{day}")(day=one.received_on), _("{amount}")(amount=Yen(one.yen)))
        for one in await Reclaims(services).repayments(reclaim.id)
    ]
    parts: list[Part] = [Say(lead)] if lead else []
    parts.append(
        Card(
            _("Demand on claim {number}")(number=claim.number),
            badge=RECLAIM_STATE[state],
            facts=[
                *reclaim_facts(reclaim),
                Fact(_("Proposed by"), await services.reviews.name(reclaim.proposed_by)),
                *_confirmed(reclaim, await services.reviews.name(reclaim.confirmed_by)),
            ],
            body=[reclaim.reason],
            buttons=[*buttons, *_ways(turn, reclaim)],
            tone=RECLAIM_TONE.get(state, "plain"),
        )
    )
    if came:
        parts.append(Card(_("Paid back"), facts=came))
    turn.say(Screen(_("Demand"), parts, ref=f"reclaim:{reclaim.id}"))


def _confirmed(reclaim: Reclaim, who: str) -> list[Fact]:
    return [Fact(_("Confirmed by"), who)] if reclaim.confirmed_by is not None else []


def _ways(turn: Turn, reclaim: Reclaim) -> list[Button]:
    match ReclaimState(reclaim.state):
        case ReclaimState.PROPOSED:
            drop = Button(_("Drop it"), act("reclaim.drop", i=reclaim.id), "danger", _("Drop this demand?"))
            confirm = Button(
                _("Confirm and demand"),
                act("reclaim.confirm", i=reclaim.id),
                "primary",
                _("Demand {amount} back? The expert gets a letter.")(amount=Yen(reclaim.yen)),
            )
            return [drop] if reclaim.proposed_by == turn.person.id else [confirm, drop]
        case ReclaimState.DEMANDED:
            return [Button(_("Money came in"), act("reclaim.repay", i=reclaim.id), "primary")]
    return []


@on("reclaim.confirm")
async def confirm(turn: Turn, pressed: Pressed) -> None:
    """A second person demands it."""
    reclaim = await _named(turn, pressed)
    try:
        reclaim = await Reclaims(turn.services).confirm(reclaim.id)
    except Refusal as refusal:
        await turn.services.secretariat.require()
        await show(turn, reclaim, refusal.reason)
        return
    await show(turn, reclaim, _("Demanded. The expert has the letter."))


@on("reclaim.drop")
async def drop(turn: Turn, pressed: Pressed) -> None:
    """It is not demanded after all."""
    reclaim = await Reclaims(turn.services).drop(number(pressed.act.args, "i"))
    await show(turn, reclaim, _("Dropped. Nothing is demanded."))


class CameIn(Form):
    """An amount that came back."""

    name = "reclaim.repaid"
    title = _("Money came in")
    submit = _("Enter it")

    page = Page(_("Money came in"), _("The expert is told what is still open."))
    yen = Money(_("How much came in?"), at_least=1, at_most=10_000_000, label=_("Amount"))
    received_on = Day(
        _("On which day?"),
        last=lambda facts: facts.today,
        label=_("Came in on"),
        hint=_("As on the bank statement."),
    )

    async def complete(self, turn: Turn) -> None:
        """Enter it."""
        reclaim = await Reclaims(turn.services).repay(int(self.draft.about), self.yen, self.received_on)
        await show(turn, reclaim, _("Entered. The expert has been told."))


@on("reclaim.repay")
async def repay(turn: Turn, pressed: Pressed) -> None:
    """How much came in, and when?"""
    await turn.services.secretariat.require()
    reclaim = await _named(turn, pressed)
    if reclaim.state != ReclaimState.DEMANDED:
        await show(turn, reclaim)
        return
    await turn.start(CameIn, str(reclaim.id))
