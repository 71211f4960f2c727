"""What people hear when a part of the programme is stopped, closes early, or goes on again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.menu import MENU
from conversations.messages import Card, Message, Words
from conversations.notices import worded
from locales import _

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice
    from services.switches import SwitchChange

BUDGET = _("The budget is nearly used up.")


def why(change: SwitchChange) -> Words:
    """The reason of a change, as everybody concerned reads it."""
    return BUDGET if change.by_itself else change.reason


@worded("switch.stopped")
async def stopped(services: Services, notice: Notice) -> list[Message]:
    """A part is stopped for now, or has closed early; what was begun is kept."""
    change = await services.switches.get(notice.ids["change"])
    assert change is not None
    part = services.switches.part(change.code).label
    title, then = _("Stopped for now: {part}"), [_("We tell you when it goes on.")]
    if change.by_itself:
        title, then = _("Closed early: {part}"), []
    return [
        Card(
            title(part=part),
            body=[
                why(change),
                _("What you entered is kept."),
                _("Running contracts, reports and claims go on."),
                *then,
            ],
            buttons=[MENU],
            tone="tip",
        )
    ]


@worded("switch.resumed")
async def resumed(services: Services, notice: Notice) -> list[Message]:
    """A part goes on again, where it was left."""
    change = await services.switches.get(notice.ids["change"])
    assert change is not None
    return [
        Card(
            _("It goes on: {part}")(part=services.switches.part(change.code).label),
            body=[why(change), _("Everything is where you left it.")],
            buttons=[MENU],
            tone="good",
        )
    ]
