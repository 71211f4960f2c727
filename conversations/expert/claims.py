"""An expert's claims: where each stands, when the money comes, and what came back and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import claims_shown as shown
from conversations.acts import on
from conversations.current import Part, Place, shown_at
from conversations.menu import COMMANDS
from conversations.messages import Button, Card, Heading, Message, Pressed, Say, Screen, Words, act
from conversations.notices import worded
from locales import Text, _
from services.claims import STATES, Claim, ClaimState

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

MINE = Button(_("My claims"), act("claim.mine"))


async def card(services: Services, claim: Claim) -> Card:
    """One claim, with what can be done about it."""
    return await shown.claim_card(services, claim, _ways(claim))


def _ways(claim: Claim) -> list[Button]:
    if claim.state == ClaimState.DEFICIENT:
        return [Button(_("Correct it"), act("claim.begin", i=claim.contract_id), "primary")]
    return []


async def received_card(services: Services, claim: Claim) -> Card:
    """Thanks for a claim that was just handed in, and when to expect what."""
    lead: list[Words] = [_("Thank you. Claim {number} has arrived.")(number=claim.number)]
    estimate = await services.claims.estimate(claim)
    return Card(
        _("Claim {number}")(number=claim.number),
        badge=STATES[ClaimState(claim.state)],
        facts=await shown.claim_facts(services, claim),
        body=[*lead, *shown.estimate_words(estimate, ClaimState(claim.state))],
        buttons=[MINE],
        tone="good",
    )


@on("claim.mine")
async def mine(turn: Turn, pressed: Pressed) -> None:
    """Every claim of the acting expert."""
    await show_mine(turn)


async def show_mine(turn: Turn, rest: str = "") -> None:
    """Every claim of the acting expert, those that are not finished first."""
    handed_in = await turn.services.claims.mine()
    parts: list[Part] = [await card(turn.services, claim) for claim in handed_in]
    turn.say(Screen(_("My claims"), parts or [Say(_("You have not claimed anything yet."))], ref="claims"))


COMMANDS["claims"] = show_mine


@shown_at(Place.MONEY)
async def at_home(services: Services) -> list[Part]:
    """The claims that came back; of those on their way the contract's own card says when the money comes."""
    if services.person is None:
        return []
    handed_in = await services.claims.mine()
    returned = [claim for claim in handed_in if claim.state == ClaimState.DEFICIENT]
    if not returned:
        return []
    return [
        Heading(_("Your claims: {count}")(count=len(returned))),
        *[await card(services, claim) for claim in returned],
    ]


# --- notices -------------------------------------------------------------------------------------------


async def _told(services: Services, notice: Notice, title: Text, tone: str) -> list[Message]:
    claim = await services.claims.get(notice.ids["claim"])
    assert claim is not None
    drawn = await card(services, claim)
    return [
        Card(
            title(number=claim.number),
            badge=drawn.badge,
            facts=drawn.facts,
            body=drawn.body,
            buttons=drawn.buttons or [MINE],
            tone=tone,
        )
    ]


@worded("claim.received")
async def received(services: Services, notice: Notice) -> list[Message]:
    """The claim has arrived."""
    return await _told(services, notice, _("We have received your claim {number}."), "plain")


@worded("claim.deficient")
async def deficient(services: Services, notice: Notice) -> list[Message]:
    """Something is to be put right; all of it is named at once."""
    return await _told(services, notice, _("Please correct claim {number}."), "tip")


@worded("claim.approved")
async def approved(services: Services, notice: Notice) -> list[Message]:
    """The claim is approved for good."""
    return await _told(services, notice, _("Claim {number} is approved."), "good")


@worded("claim.rejected")
async def rejected(services: Services, notice: Notice) -> list[Message]:
    """The claim can't be accepted, and why."""
    return await _told(services, notice, _("Sorry, claim {number} could not be accepted."), "bad")


@worded("claim.lapsed")
async def lapsed(services: Services, notice: Notice) -> list[Message]:
    """The honorarium was not claimed, or the claim not put right, in time."""
    contract = await services.contracts.get(notice.ids["contract"])
    assert contract is not None
    claim = await services.claims.of_contract(contract.id)
    if claim is None:
        title = _("The honorarium of contract {number} was not claimed in time.")(number=contract.number)
    else:
        title = _("Claim {number} was not put right in time.")(number=claim.number)
    return [Card(title, body=[_("No honorarium is paid for this support.")], buttons=[MINE], tone="bad")]
