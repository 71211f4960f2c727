"""What experts are told about their registration, in Slack and by e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import words
from conversations.expert.home import CORRECT, FIND, REGISTER, SHOW
from conversations.messages import Card, Fact, Message, Say
from conversations.notices import worded
from locales import _
from services.companies import Standing
from services.programme import Deadline

if TYPE_CHECKING:
    from services.bundle import Services
    from services.experts import Expert
    from services.notices import Notice
    from services.reviews import Review


async def _expert(services: Services, notice: Notice) -> Expert:
    expert = await services.experts.get(notice.ids["expert"])
    assert expert is not None
    return expert


async def _review(services: Services, notice: Notice) -> Review:
    review = await services.reviews.get(notice.ids["review"])
    assert review is not None
    return review


@worded("expert.received")
async def received(services: Services, notice: Notice) -> list[Message]:
    """The application has arrived."""
    expert = await _expert(services, notice)
    return [Say(_("We have received your application {number}.")(number=expert.number))]


@worded("expert.completed")
async def completed(services: Services, notice: Notice) -> list[Message]:
    """The registration is complete."""
    expert = await _expert(services, notice)
    return [
        Card(
            _("Your registration is complete!"),
            badge=words.STANDING[Standing.COMPLETED],
            facts=[Fact(_("Number"), expert.number)],
            body=[_("Next, find a case that fits you.")],
            buttons=[FIND, SHOW],
            tone="good",
        )
    ]


@worded("expert.deficient")
async def deficient(services: Services, notice: Notice) -> list[Message]:
    """Something is to be corrected; all of it is named at once."""
    review = await _review(services, notice)
    return [
        Card(
            _("Please correct a few answers."),
            badge=words.STANDING[Standing.DEFICIENT],
            body=[services.programme.own(remark.sentence) for remark in review.remark_list],
            note=_("Only these are asked again. It takes a minute."),
            buttons=[CORRECT],
            tone="tip",
        )
    ]


@worded("expert.rejected")
async def rejected(services: Services, notice: Notice) -> list[Message]:
    """The registration can't be accepted, and why."""
    review = await _review(services, notice)
    return [
        Card(
            _("Sorry, your registration could not be accepted."),
            badge=words.STANDING[Standing.REJECTED],
            body=[services.programme.own(remark.sentence) for remark in review.remark_list],
            buttons=[REGISTER] if services.programme.is_open(Deadline.REGISTRATION, services.now) else [],
            tone="bad",
        )
    ]
