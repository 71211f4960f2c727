"""Some weeks after the payment a company is asked once whether its share was really its own (DOMAIN 10.4 C10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.messages import Button, Card, Message, Pressed, Say, act
from conversations.notices import worded
from conversations.sme.menu import STATUS
from locales import _

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice


@worded("claim.refund")
async def asked(services: Services, notice: Notice) -> list[Message]:
    """The one question."""
    claim = await services.claims.get(notice.ids["claim"])
    assert claim is not None
    expert = await services.claims.expert_of(claim)
    return [
        Card(
            _("One question about the support by {name}")(name=expert.display_name),
            body=[
                _("You paid your own share. Did you get any of it back?"),
                _("Money, gifts, points and referral fees count too."),
            ],
            note=_("The secretariat asks every company. The expert is not told your answer."),
            buttons=[
                Button(_("No, nothing"), act("claim.no_refund", i=claim.id), "primary"),
                Button(_("Yes, something"), act("claim.refund", i=claim.id)),
            ],
        )
    ]


@on("claim.no_refund")
async def nothing(turn: Turn, pressed: Pressed) -> None:
    """Nothing came back."""
    await turn.services.claims.answer_refund(number(pressed.act.args, "i"), refunded=False)
    turn.say(Say(_("Thank you. That was all we wanted to know."), quick=[STATUS]))


@on("claim.refund")
async def something(turn: Turn, pressed: Pressed) -> None:
    """Something came back: that goes to the secretariat, so it is asked twice."""
    claim_id = number(pressed.act.args, "i")
    turn.say(
        Card(
            _("Shall we tell the secretariat?"),
            body=[_("They will call you and ask what happened. Telling it yourself is always better.")],
            buttons=[
                Button(_("Yes, tell them"), act("claim.refund_sure", i=claim_id), "primary"),
                Button(_("No, nothing came back"), act("claim.no_refund", i=claim_id)),
            ],
            tone="review",
        )
    )


@on("claim.refund_sure")
async def sure(turn: Turn, pressed: Pressed) -> None:
    """The secretariat hears of it."""
    await turn.services.claims.answer_refund(number(pressed.act.args, "i"), refunded=True)
    turn.say(Say(_("Thank you for telling us. The secretariat will call you."), quick=[STATUS]))
