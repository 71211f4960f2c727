"""What a company has asked of experts directly: where it stands, taking it back, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import requests_shown as shown
from conversations.acts import number, on
from conversations.messages import Button, Card, Deck, Fact, Message, Pressed, Say, Words, act
from conversations.notices import worded
from conversations.sme.menu import MORE, STATUS
from locales import _
from services.companies import Company
from services.experts import Expert
from services.refusals import Refusal
from services.requests import Request, RequestState
from services.tips import mask_contacts

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

LISTED = 10
IN_STATUS = 5
LIVE = (RequestState.SENT, RequestState.ACCEPTED)
AGAIN = Button(_("Ask another expert"), act("request.new"))
LIST = Button(_("See the requests"), act("request.list"))
WRITE_CASE = Button(_("Write a case"), act("menu.write_case"))


@on("request.list")
async def list_button(turn: Turn, pressed: Pressed) -> None:
    """Every request, the newest first."""
    await show_list(turn)


async def show_list(turn: Turn) -> None:
    """Every request, the newest first, each with what can be done."""
    requests = (await turn.services.requests.mine())[:LISTED]
    if not requests:
        raise Refusal(_("You have not asked any expert directly yet."))
    cards = [await _card(turn.services, request) for request in requests]
    turn.say(Deck(_("Your direct requests"), cards, [AGAIN]))


async def _card(services: Services, request: Request) -> Card:
    """A request as its company sees it, with what can be done."""
    note: Words | None = None
    buttons = []
    if request.state in LIVE:
        plan = await services.plans.live_of(request.expert_id, request_id=request.id)
        if plan is None:
            buttons.append(Button(_("Take it back"), act("request.cancel", i=request.id)))
        if request.state == RequestState.ACCEPTED:
            note = _("The expert writes a plan.") if plan is None else _("A plan has come.")
    else:
        note = services.requests.what_became(request)
    return await shown.card(services, request, to_expert=False, note=note, buttons=buttons)


async def standing(turn: Turn, company: Company) -> list[Message]:
    """Where the latest requests stand, for the status of the company."""
    requests = (await turn.services.requests.mine())[:IN_STATUS]
    if not requests:
        return []
    facts = []
    for request in requests:
        expert = await shown.expert_of(turn.services, request)
        state = shown.STATE[RequestState(request.state)]
        told: Words = state
        if request.state == RequestState.SENT:
            told = _("{state}, until {day}")(
                state=state, day=shown.answer_by(request, turn.services.programme)
            )
        facts.append(Fact(expert.display_name, told))
    return [Card(_("Direct requests"), facts=facts, buttons=[LIST])]


MORE.append(standing)


# --- taking it back ------------------------------------------------------------------------------------


@on("request.cancel")
async def cancel(turn: Turn, pressed: Pressed) -> None:
    """Ask once more before a request is taken back."""
    request = await turn.services.requests.of_my_company(number(pressed.act.args, "i"))
    if request.state not in LIVE:
        raise Refusal(turn.services.requests.what_became(request))
    expert = await shown.expert_of(turn.services, request)
    turn.say(
        Card(
            _("Take this request back?"),
            facts=[Fact(_("Number"), request.number), Fact(_("Expert"), expert.display_name)],
            body=[_("The expert is told. You can ask again later.")],
            buttons=[
                Button(_("Yes, take it back"), act("request.cancel_yes", i=request.id), "danger"),
                Button(_("No, keep it"), act("request.list")),
            ],
        )
    )


@on("request.cancel_yes")
async def cancel_for_good(turn: Turn, pressed: Pressed) -> None:
    """Take a request back."""
    request = await turn.services.requests.cancel(number(pressed.act.args, "i"))
    turn.say(
        Say(
            _("Request {number} is taken back. The expert has been told.")(number=request.number),
            quick=[AGAIN, STATUS],
        )
    )


# --- notices -------------------------------------------------------------------------------------------


async def _named(services: Services, notice: Notice) -> tuple[Request, Expert]:
    request = await services.requests.get(notice.ids["request"])
    assert request is not None
    return request, await shown.expert_of(services, request)


@worded("request.accepted")
async def accepted(services: Services, notice: Notice) -> list[Message]:
    """The expert has taken the request on."""
    request, expert = await _named(services, notice)
    return [
        Card(
            _("{name} has accepted your request!")(name=expert.display_name),
            badge=shown.STATE[RequestState.ACCEPTED],
            facts=[Fact(_("Number"), request.number)],
            body=[
                _("A support plan with hours and price comes next."),
                _("We tell you here when it is there."),
            ],
            buttons=[STATUS],
            tone="good",
        )
    ]


@worded("request.declined")
async def declined(services: Services, notice: Notice) -> list[Message]:
    """The expert can't take the request on, and why."""
    request, expert = await _named(services, notice)
    reason = services.requests.decline_reason(request.reason or "")
    body: list[Words] = [_("Reason: {what}")(what=reason.label)]
    if request.words:
        body.append(_("“{words}”")(words=mask_contacts(request.words)))
    return [
        Card(
            _("{name} can't take your request on this time.")(name=expert.display_name),
            badge=shown.STATE[RequestState.DECLINED],
            facts=[Fact(_("Number"), request.number)],
            body=body,
            note=_("You can ask another expert, or write a case that all experts see."),
            buttons=[AGAIN, WRITE_CASE],
        )
    ]


@worded("request.expired")
async def expired(services: Services, notice: Notice) -> list[Message]:
    """Nobody answered in time."""
    request, expert = await _named(services, notice)
    return [
        Card(
            _("There was no answer from {name} in time.")(name=expert.display_name),
            badge=shown.STATE[RequestState.EXPIRED],
            facts=[Fact(_("Number"), request.number)],
            body=[_("The request has ended. You can ask again.")],
            note=_("You can ask another expert, or write a case that all experts see."),
            buttons=[AGAIN, WRITE_CASE],
        )
    ]
