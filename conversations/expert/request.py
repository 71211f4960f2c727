"""An expert is asked directly by a company: reads the request, takes it on, or declines (DOMAIN 5.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import requests_shown as shown
from conversations.acts import number, on
from conversations.choices import Choice
from conversations.current import Part, Place, shown_at
from conversations.form import Form
from conversations.menu import COMMANDS, LISTENERS
from conversations.messages import Button, Card, Fact, Heading, Message, Pressed, Said, Screen, Words, act
from conversations.notices import worded
from conversations.questions import Facts, Options, Page, Story
from conversations.vocabulary import meant
from locales import _
from services.companies import Standing
from services.refusals import Refusal
from services.requests import Request, RequestState

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

LONGEST_WORDS = 300


def _open(request: Request) -> Button:
    return Button(_("Open"), act("request.open", i=request.id))


def _answers(request: Request) -> list[Button]:
    return [
        Button(
            _("Accept"),
            act("request.accept", i=request.id),
            "primary",
            _("Accept this request? Next you write the plan."),
        ),
        Button(_("Decline"), act("request.decline", i=request.id)),
    ]


def _write_plan(request: Request) -> Button:
    return Button(_("Write the plan"), act("plan.for_request", i=request.id), "primary")


async def _show(turn: Turn, request: Request, lead: Sequence[Words] = ()) -> None:
    """A request whole, with what can be done now."""
    buttons: list[Button] = []
    body: list[Words] = []
    match RequestState(request.state):
        case RequestState.SENT:
            buttons = _answers(request)
        case RequestState.ACCEPTED:
            plan = await turn.services.plans.live_of(request.expert_id, request_id=request.id)
            if plan is None:
                buttons = [_write_plan(request)]
                body.append(_("Next, write the support plan. The company waits for it."))
            else:
                body.append(_("You have sent plan {number} for it.")(number=plan.number))
        case _:
            body.append(turn.services.requests.what_became(request))
    card = await shown.card(
        turn.services,
        request,
        to_expert=True,
        body=[*lead, *body, *shown.texts_of(request)],
        buttons=buttons,
    )
    turn.say(Screen(_("Direct request"), [card], ref=f"request:{request.id}"))


@on("request.open")
async def open_request(turn: Turn, pressed: Pressed) -> None:
    """Show all that a company asks."""
    await _show(turn, await turn.services.requests.to_me(number(pressed.act.args, "i")))


@on("request.accept")
async def accept(turn: Turn, pressed: Pressed) -> None:
    """Take a request on; one that has ended meanwhile is shown with what became of it."""
    request_id = number(pressed.act.args, "i")
    try:
        request = await turn.services.requests.accept(request_id)
    except Refusal as refusal:
        await _show(turn, await turn.services.requests.to_me(request_id), [refusal.reason])
        return
    await _show(turn, request, [_("Thank you. The company has been told.")])


def reasons(facts: Facts) -> Options:
    """The programme's reasons that an expert may have."""
    return {
        reason.code: reason.label for reason in facts.programme.decline_reasons if not reason.companys_own
    }


class DeclineRequest(Form):
    """Why a request is declined, said kindly."""

    name = "request.decline"
    title = _("Decline the request")
    submit = _("Decline it")

    page = Page(_("Decline the request"), _("The company reads the reason and your words."))
    reason = Choice(
        _("Why do you decline?"),
        reasons,
        label=_("Reason"),
    )
    words = Story(
        _("Would you like to add a few words?"), at_most=LONGEST_WORDS, label=_("Your words")
    ).optional()

    async def complete(self, turn: Turn) -> None:
        """Decline, and show where the request stands."""
        request_id = int(self.draft.about)
        try:
            request = await turn.services.requests.decline(request_id, self.reason, self.words)
        except Refusal as refusal:
            await _show(turn, await turn.services.requests.to_me(request_id), [refusal.reason])
            return
        await _show(turn, request)


@on("request.decline")
async def decline(turn: Turn, pressed: Pressed) -> None:
    """Ask for the reason, unless there is nothing to decline any more."""
    request = await turn.services.requests.to_me(number(pressed.act.args, "i"))
    if request.state != RequestState.SENT:
        await _show(turn, request)
        return
    await turn.start(DeclineRequest, str(request.id))


# --- invitations ---------------------------------------------------------------------------------------


@on("request.invite")
async def invite_button(turn: Turn, pressed: Pressed) -> None:
    """A code, please."""
    await invite(turn)


async def invite(turn: Turn, rest: str = "") -> None:
    """A code that the expert hands to a company."""
    invitation = await turn.services.requests.invite()
    until = turn.services.programme.today(invitation.expires_at)
    turn.say(
        Card(
            _("Your invitation code"),
            badge=invitation.shown,
            facts=[Fact(_("Valid until"), _("{day}")(day=until))],
            body=[
                _("Give this code to a company that you know."),
                _("It types the code on LINE under “direct request”, and its request reaches you here."),
            ],
            tone="good",
        )
    )


async def listen(turn: Turn, said: Said) -> bool:
    """Claim the word for a code where experts write."""
    if turn.chatty or said.thread is not None or meant(said.text) != "invite":
        return False
    await invite(turn)
    return True


COMMANDS["invite"] = invite
LISTENERS.append(listen)


# --- Home ----------------------------------------------------------------------------------------------


@shown_at(Place.REQUESTS)
async def home(services: Services) -> list[Part]:
    """The requests that wait for an answer, and those that wait for a plan."""
    if not await _is_registered(services):
        return []
    parts: list[Part] = []
    waiting = await services.requests.waiting_for_me()
    if waiting:
        parts.append(Heading(_("Direct requests: {count} to answer")(count=len(waiting))))
        parts += [await _brief(services, request, _answers(request)) for request in waiting]
    accepted = await services.requests.without_plan()
    if accepted:
        parts.append(Heading(_("Direct requests: {count} wait for your plan")(count=len(accepted))))
        parts += [await _brief(services, request, [_write_plan(request)]) for request in accepted]
    return parts


async def _is_registered(services: Services) -> bool:
    expert = await services.experts.mine()
    return expert is not None and expert.standing == Standing.COMPLETED


async def _brief(services: Services, request: Request, buttons: list[Button]) -> Card:
    company = await shown.company_of(services, request)
    return Card(
        company.name,
        badge=shown.STATE[RequestState(request.state)],
        facts=shown.facts_of(request, services.programme)[:3],
        buttons=[*buttons, _open(request)],
    )


@shown_at(Place.SEARCH)
async def invitation(services: Services) -> list[Part]:
    """How to be asked by a company that one knows."""
    if not await _is_registered(services):
        return []
    return [
        Card(
            _("Do you know a company already?"),
            body=[_("With your code it can ask you directly.")],
            buttons=[Button(_("Make an invitation code"), act("request.invite"))],
        )
    ]


# --- notices -------------------------------------------------------------------------------------------


async def _named(services: Services, notice: Notice) -> Request:
    request = await services.requests.get(notice.ids["request"])
    assert request is not None
    return request


@worded("request.arrived")
async def arrived(services: Services, notice: Notice) -> list[Message]:
    """A company asks."""
    request = await _named(services, notice)
    return [
        await shown.card(
            services,
            request,
            to_expert=True,
            note=_("If there is no answer by then, the request ends by itself."),
            buttons=[*_answers(request), _open(request)],
        )
    ]


@worded("request.missed")
async def missed(services: Services, notice: Notice) -> list[Message]:
    """The last day for the answer is over."""
    request = await _named(services, notice)
    company = await shown.company_of(services, request)
    return [
        Card(
            _("The request of {company} has ended.")(company=company.name),
            badge=shown.STATE[RequestState.EXPIRED],
            body=[_("It was not answered in time. The company may ask you again.")],
            buttons=[_open(request)],
        )
    ]


@worded("request.cancelled")
async def cancelled(services: Services, notice: Notice) -> list[Message]:
    """The company took its request back."""
    request = await _named(services, notice)
    company = await shown.company_of(services, request)
    return [
        Card(
            _("{company} has taken its request back.")(company=company.name),
            badge=shown.STATE[RequestState.CANCELLED],
            body=[_("There is nothing for you to do.")],
            buttons=[_open(request)],
        )
    ]
