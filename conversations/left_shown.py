"""“How much is left?”: the words in which both sides hear it, and the button and word by which they ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from conversations.acts import on, on_word
from conversations.messages import Button, Card, Fact, Pressed, Words, act
from locales import Text, _
from services.ledger import Stage
from services.plan_content import hours
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.left import Left
    from services.programme import Programme

ASK = Button(_("How much is left?"), act("money.left"))
SHOWN: dict[str, Callable[[Turn], Awaitable[None]]] = {}
"""Who answers on a channel: there the person is the one side or the other."""
USED = {
    Stage.CARRIED: _("From the phase before"),
    Stage.RESERVED: _("For approved plans"),
    Stage.CONFIRMED: _("Confirmed, not yet paid"),
    Stage.PAID: _("Paid out"),
    Stage.RECLAIMED: _("Asked back"),
}
"""What each stage is called to both sides."""
MOST_PRICES = 3


@on("money.left")
async def left_button(turn: Turn, pressed: Pressed) -> None:
    """How much is left, please."""
    await show(turn)


@on_word("left")
async def show(turn: Turn) -> None:
    """How much is left, in yen and in hours."""
    await SHOWN[turn.person.identity.channel](turn)


def card(
    title: Text, left: Left, programme: Programme, *, note: Text, buttons: Sequence[Button] = ()
) -> Card:
    """A cap: what it is, each part of it that is used, and what is left in yen and in hours."""
    used = [Fact(label, _yen(left.stands[stage])) for stage, label in USED.items() if left.stands[stage]]
    waiting = [Fact(_("Agreed, being checked"), _yen(left.waiting))] if left.waiting else []
    return Card(
        title,
        badge=in_hours(left, left.prices[0], programme),
        facts=[
            Fact(_("Limit, both phases"), _yen(left.cap)),
            *used,
            *waiting,
            Fact(_("Left"), _yen(left.remaining)),
        ],
        body=[_at(left, price, programme) for price in left.prices[:MOST_PRICES]],
        note=note,
        buttons=buttons,
    )


def short(left: Left, programme: Programme) -> Text:
    """What is left in one line."""
    return _("{left} ({hours})")(left=left.remaining, hours=in_hours(left, left.prices[0], programme))


def in_hours(left: Left, price: Yen, programme: Programme) -> Text:
    """What is left in hours at a price."""
    return _("{hours} hours left")(hours=hours(left.minutes(price, programme.rates)))


def _at(left: Left, price: Yen, programme: Programme) -> Words:
    minutes, rates = left.minutes(price, programme.rates), programme.rates
    if minutes < programme.limits.least_minutes:
        return _("At {price} an hour it is no longer enough for a plan.")(price=price)
    if price == rates.honorarium_cap + rates.self_paid_minimum:
        return _("At {price} an hour or more: {hours} hours.")(price=price, hours=hours(minutes))
    return _("At {price} an hour: {hours} hours.")(price=price, hours=hours(minutes))


def _yen(amount: Yen) -> Text:
    return _("{amount}")(amount=amount)
