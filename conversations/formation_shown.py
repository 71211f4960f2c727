"""What both sides hear of the formation review: approved, returned to be corrected, or not accepted (DOMAIN 6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import plan_words
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Message, Words, act
from conversations.notices import worded
from conversations.plan_talk import open_button, told
from locales import _
from services.formation import FORM
from services.programme import Deadline

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice
    from services.plans import Plan
    from services.programme import Programme
    from services.reviews import Remark, Review


def correct_button(plan: Plan) -> Button:
    """Opens the revision of a returned plan, with only what was returned."""
    return Button(_("Correct it"), act("plan.correct", i=plan.id), "primary")


def named(programme: Programme, remarks: Sequence[Remark]) -> list[Fact]:
    """What the secretariat asks to correct, each under the name of its question."""
    form = Form.all[FORM]
    return [
        Fact(
            question.label if (question := form.question(remark.question)) else _("Reason"),
            programme.own(remark.sentence),
        )
        for remark in remarks
    ]


async def _review(services: Services, notice: Notice) -> Review:
    review = await services.reviews.get(notice.ids["review"])
    assert review is not None
    return review


@worded("plan.approved")
async def approved(services: Services, notice: Notice) -> list[Message]:
    """The plan has passed the review; the contract comes next, with everything in it, in a card of its own."""
    plan, to_sme = await told(services, notice)
    return [
        Card(
            _("The secretariat has approved plan {number}.")(number=plan.number),
            badge=plan_words.state(plan, to_sme=to_sme),
            body=[
                _("Next is the contract. Both sides sign it here by {day}.")(
                    day=services.programme.dates[Deadline.CONTRACT].closes
                ),
            ],
            tone="good",
        )
    ]


@worded("plan.returned")
async def returned(services: Services, notice: Notice) -> list[Message]:
    """The expert corrects a few answers; the company waits, and then agrees once more."""
    plan, to_sme = await told(services, notice)
    if to_sme:
        return [
            Card(
                _("The expert corrects plan {number} once more.")(number=plan.number),
                badge=plan_words.state(plan, to_sme=True),
                facts=[Fact(_("What it is about"), await plan_words.about(services, plan))],
                body=[
                    _("The secretariat has asked for a few corrections."),
                    _("There is nothing for you to do now."),
                    _("When it has come back, please look at it and agree once more."),
                ],
                buttons=[open_button(plan.id, by_sme=True)],
                tone="tip",
            )
        ]
    return [
        Card(
            _("Please correct plan {number}.")(number=plan.number),
            badge=plan_words.state(plan, to_sme=False),
            facts=named(services.programme, (await _review(services, notice)).remark_list),
            body=[_("Everything else stays as it is."), _("Then the company is asked to agree once more.")],
            note=_("Contracts are made until {day}.")(day=services.programme.dates[Deadline.CONTRACT].closes),
            buttons=[correct_button(plan), open_button(plan.id, by_sme=False)],
            tone="tip",
        )
    ]


@worded("plan.rejected")
async def rejected(services: Services, notice: Notice) -> list[Message]:
    """The plan can't be accepted, why, and what is possible now."""
    plan, to_sme = await told(services, notice)
    reasons: list[Words] = [
        services.programme.own(remark.sentence) for remark in (await _review(services, notice)).remark_list
    ]
    if to_sme and plan.case_id is not None:
        reasons.append(_("Your case is open for other proposals again."))
    elif to_sme:
        reasons.append(_("The expert can send another plan, or you can ask another expert."))
    return [
        Card(
            _("Sorry, plan {number} could not be accepted.")(number=plan.number),
            badge=plan_words.state(plan, to_sme=to_sme),
            facts=[Fact(_("What it is about"), await plan_words.about(services, plan))],
            body=reasons,
            buttons=[open_button(plan.id, by_sme=to_sme)],
            tone="bad",
        )
    ]
