"""What support costs: computed from a sentence, from a command, or from two questions; who pays which part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations.acts import on, on_word
from conversations.form import Form
from conversations.menu import COMMANDS
from conversations.messages import Button, Card, Fact, Message, Pressed, Say, Words, act
from conversations.plan_words import money
from conversations.questions import Duration, Money
from locales import Text, _
from services import fees, left
from services.companies import Standing
from services.cost_questions import CostQuestion, read, read_figures
from services.plan_content import hours
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.programme import Programme

CALCULATE = Button(_("Calculate the cost"), act("cost.open"))
LONGEST_HOURS = 10_000
HIGHEST_PRICE = 1_000_000
EXAMPLE_MINUTES = 20 * 60


class CostEstimate(Form):
    """Two figures from which a cost is computed; nothing is agreed by them."""

    name = "cost"
    title = _("What will it cost?")
    submit = _("Calculate")
    at_once = True

    price = Money(
        _("How much is one hour of the expert?"),
        at_least=1,
        at_most=HIGHEST_PRICE,
        label=_("Hourly price"),
        hint=_("Yen, tax included. You agree on it with the expert."),
    )
    hours = Duration(_("How many hours of support?"), at_most=LONGEST_HOURS, label=_("Hours in all"))

    async def complete(self, turn: Turn) -> None:
        """Say what it costs, and lead back to what was being written before."""
        asked = CostQuestion(self.values["price"], self.values["hours"].minutes)
        turn.say(await _card(turn, asked, quick=await _back(turn)))


@on("cost.open")
async def open_button(turn: Turn, pressed: Pressed) -> None:
    """Ask for a price and hours."""
    await turn.start(CostEstimate)


@on_word("cost")
async def open_on_word(turn: Turn) -> None:
    """Ask for a price and hours."""
    await turn.start(CostEstimate)


async def by_command(turn: Turn, rest: str) -> None:
    """Compute what follows the command; without anything ask for it."""
    if not rest:
        await turn.start(CostEstimate)
        return
    asked = read_figures(rest)
    turn.say(*(await _answer(turn, asked) if asked is not None else [unclear(turn.services.programme)]))


COMMANDS["cost"] = by_command


async def aside(turn: Turn, typed: str, *, in_form: bool) -> Sequence[Message]:
    """The cost that a sentence asks for; nothing for other sentences. Figures alone may be an answer in a form."""
    asked = read(typed)
    if asked is None or (in_form and not asked.asks):
        return []
    return await _answer(turn, asked)


async def _answer(turn: Turn, asked: CostQuestion) -> list[Message]:
    if asked.unclear:
        return [unclear(turn.services.programme)]
    try:
        return [await _card(turn, asked)]
    except Refusal as refusal:
        return [Say(refusal.reason), unclear(turn.services.programme)]


def unclear(programme: Programme) -> Say:
    """How to put it so that it can be computed."""
    example = _("{price} an hour for {hours} hours")(price=_usual(programme), hours=hours(EXAMPLE_MINUTES))
    return Say(
        _("Please give one hourly price and one time. For example: “{example}”.")(example=example),
        quick=[CALCULATE],
    )


async def _card(turn: Turn, asked: CostQuestion, quick: Sequence[Button] = ()) -> Card:
    """The whole cost, who pays which part of it, and whether the programme can pay so much. Raises Refusal."""
    programme = turn.services.programme
    price = _usual(programme) if asked.price is None else asked.price
    minutes = 60 if asked.minutes is None else asked.minutes
    quote = fees.quote(price, minutes, programme.rates)
    body: list[Words] = []
    if asked.price is None:
        body.append(_("Computed at {price} an hour. The expert may ask for another price.")(price=price))
    over, about_cap = _cap(turn, quote, await _room(turn))
    if programme.money.is_unusual(price):
        body.append(_("This is an unusually high price. The review may ask for the reason."))
    return Card(
        _("What it costs"),
        badge=_("Over the limit") if over else None,
        facts=[
            Fact(_("Price and time"), _time(price, minutes, asked)),
            *money(quote, to_company=turn.chatty),
        ],
        body=[*body, *about_cap],
        note=_("Tax included. Fees for tools are not included."),
        buttons=[Button(_("Calculate again"), act("cost.open"))],
        quick=quick,
        tone="bad" if over else "plain",
    )


def _time(price: Yen, minutes: int, asked: CostQuestion) -> Text:
    if asked.times > 1:
        return _("{price} × {hours} hours ({each} hours × {times})")(
            price=price, hours=hours(minutes), each=hours(asked.each), times=asked.times
        )
    return _("{price} × {hours} hours")(price=price, hours=hours(minutes))


def _usual(programme: Programme) -> Yen:
    """The price from which the programme pays the most an hour."""
    return Yen(programme.money.honorarium_cap + programme.money.self_paid_minimum)


async def _room(turn: Turn) -> Yen:
    """What the programme can still pay: for this company, for this expert, or for anybody."""
    services, cap = turn.services, turn.services.programme.money.sme_cap
    if turn.chatty:
        company = await services.companies.mine()
        registered = company is not None and company.standing == Standing.COMPLETED
        return (await left.of_company(services, company)).remaining if company and registered else cap
    expert = await services.experts.mine()
    if expert is None or expert.standing != Standing.COMPLETED:
        return cap
    return min(cap, (await left.of_expert(services, expert)).remaining)


def _cap(turn: Turn, quote: fees.Quote, room: Yen) -> tuple[bool, list[Words]]:
    """Whether it is more than the programme can pay, and what follows from that."""
    programme = turn.services.programme
    if quote.honorarium <= room:
        return False, [
            _("It uses {honorarium} of the {room} that the programme can pay.")(
                honorarium=quote.honorarium, room=room
            )
        ]
    most = fees.largest_minutes_within(quote.price, room, programme.rates)
    over = _("The programme can pay {room} at most here.")(room=room)
    if programme.money.over_cap == "sme_pays":
        excess = Yen(quote.honorarium - room)
        return True, [over, _("The {excess} above it are paid by the company.")(excess=excess)]
    if most < programme.limits.least_minutes:
        return True, [over, _("At {price} an hour it is no longer enough for a plan.")(price=quote.price)]
    return True, [
        over,
        _("At {price} an hour, {hours} hours are possible at most.")(price=quote.price, hours=hours(most)),
    ]


async def _back(turn: Turn) -> list[Button]:
    """The way back to the form that was being filled in before."""
    if not turn.chatty:
        return []
    kept = [
        draft
        for draft in await turn.services.drafts.kept()
        if draft.form in Form.all and draft.form != CostEstimate.name and draft.answers
    ]
    return [Button(_("Go on"), act("form.resume", d=kept[0].id))] if kept else []
