"""The menu of a small business on LINE: where everything stands, and what happens next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from conversations import words
from conversations.acts import on, on_word
from conversations.current import MENU_STATES
from conversations.deadlines_shown import in_time
from conversations.form import Form
from conversations.menu import GREETINGS, HELP, MENUS
from conversations.messages import Button, Card, Deck, Fact, Message, Pressed, Say, act
from conversations.notices import worded
from locales import Text, _
from services.backplan import Task
from services.companies import Company, Matching, Standing
from services.plan_records import PlanState
from services.programme import Deadline

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.answers import Draft
    from services.bundle import Services
    from services.notices import Notice
    from services.programme import Programme
    from services.reviews import Remark

REGISTER = Button(_("Register"), act("menu.register"), "primary")
ABOUT = Button(_("What is this?"), act("menu.about"))
CORRECT = Button(_("Correct it"), act("company.correct"), "primary")
STATUS = Button(_("See where it stands"), act("menu.status"))


async def greet(turn: Turn) -> None:
    """The first thing a new friend sees: who we are, and one clear first action."""
    company = await turn.services.companies.mine()
    if company is not None:
        turn.say(Say(_("Welcome back! Everything is where you left it.")))
        await show_status(turn)
        return
    turn.say(
        Card(
            _("Welcome! We help your business go digital."),
            body=[
                _("An IT expert helps you, and the programme pays part of the cost."),
                _("Your own share starts at {least} an hour.")(
                    least=turn.services.programme.money.self_paid_minimum
                ),
                _("First you register. It takes about three minutes."),
            ],
            note=_("We only write when there is something for you to know."),
            buttons=[REGISTER, ABOUT],
        )
    )


async def menu(turn: Turn) -> None:
    """What can be done where the business stands now."""
    company = await turn.services.companies.mine()
    if company is not None:
        await show_status(turn)
    elif begun := await _begun(turn):
        turn.say(_unfinished(begun, [ABOUT, HELP]))
    else:
        turn.say(
            Card(
                _("Menu"), body=[_("Begin with your registration.")], buttons=[REGISTER, ABOUT], quick=[HELP]
            )
        )


@on("menu.status")
async def status_button(turn: Turn, pressed: Pressed) -> None:
    """Where everything stands."""
    await menu(turn)


@on_word("status")
async def show_status(turn: Turn) -> None:
    """Where everything stands, and what happens next."""
    company = await turn.services.companies.mine()
    if company is None:
        await menu(turn)
        return
    found: list[Message] = [await standing_card(turn.services, company)]
    for show in MORE:
        found.extend(await show(turn, company))
    if begun := await _begun(turn):
        found.append(_unfinished(begun))
    turn.say(*most_urgent(found))


def most_urgent(found: Sequence[Message]) -> list[Message]:
    """As much as can be read at once: first what asks for something, then what came last; in the old order."""
    kept: set[int] = set()
    room = MOST
    for one in sorted(reversed(found), key=lambda message: not _asks(message)):
        # A deck is two messages: its words, and its cards.
        room -= 2 if isinstance(one, Deck) else 1
        if room < 0:
            break
        kept.add(id(one))
    return [one for one in found if id(one) in kept]


MOST = 4
"""Messages in a status: more is not read on a phone."""


def _asks(message: Message) -> bool:
    """Whether there is something to press first."""
    cards = message.cards if isinstance(message, Deck) else [message]
    buttons = [button for card in cards if isinstance(card, Card) for button in card.buttons]
    return any(button.style == "primary" for button in buttons)


async def _begun(turn: Turn) -> list[Draft]:
    """What was begun and can be gone on with here."""
    return [
        draft
        for draft in await turn.services.drafts.kept()
        if draft.form in Form.all and draft.form not in OFFERED_ELSEWHERE and draft.answers
    ]


def _unfinished(begun: Sequence[Draft], quick: Sequence[Button] = ()) -> Card:
    """Offers to go on with what was begun."""
    return Card(
        _("Not finished yet"),
        body=[_("Your answers are kept.")],
        buttons=[
            Button(
                _("Go on: {form}")(form=Form.all[draft.form].title),
                act("form.resume", d=draft.id),
                "plain" if place else "primary",
            )
            for place, draft in enumerate(begun[:3])
        ],
        quick=quick,
    )


OFFERED_ELSEWHERE: set[str] = set()
"""Forms whose drafts are shown where their own things stand."""
More = Callable[["Turn", Company], Awaitable[Sequence[Message]]]
MORE: list[More] = []
"""Each says where something else of the company stands: cases, requests, proposals."""


async def standing_card(services: Services, company: Company) -> Card:
    """The registration: its state, and the one thing to do about it."""
    body, buttons, note = [], [], None
    match Standing(company.standing):
        case Standing.UNDER_REVIEW:
            review = await services.reviews.latest("company", company.id)
            body.append(_("The secretariat is looking at your application."))
            if review is not None:
                note = _("We answer by about {day}.")(day=review.due_at)
        case Standing.DEFICIENT:
            remarks = await services.companies.remarks(company)
            body.append(_("Please correct {count} answers. Everything else is fine.")(count=len(remarks)))
            buttons.append(CORRECT)
        case Standing.COMPLETED:
            body.append(_("Your registration is complete."))
            body.extend(await _in_time(services, company))
        case Standing.REJECTED:
            body.append(_("Sorry, your registration could not be accepted."))
            buttons.extend(_again(services))
        case Standing.WITHDRAWN:
            buttons.append(REGISTER)
    return Card(
        company.name,
        badge=words.STANDING[Standing(company.standing)],
        facts=[Fact(_("Number"), company.number)],
        body=body,
        note=note,
        buttons=buttons,
        quick=[HELP],
    )


async def _in_time(services: Services, company: Company) -> list[Text]:
    """By when a plan must be agreed on, while none is."""
    chosen = await services.plans.for_company(company.id, (PlanState.AGREED, PlanState.APPROVED))
    return [] if chosen else await in_time(services, Task.PLAN)


def _again(services: Services) -> list[Button]:
    """The way to apply once more, while there is one."""
    return [REGISTER] if services.programme.is_open(Deadline.REGISTRATION, services.now) else []


@on("menu.about")
async def about(turn: Turn, pressed: Pressed) -> None:
    """The programme in a few sentences, with its figures."""
    programme = turn.services.programme
    turn.say(
        Card(
            programme.short_name,
            body=[
                _("An IT expert advises you: online shop, accounting, bookings, and much more."),
                _("The programme pays up to {rate} an hour.")(rate=programme.money.honorarium_cap),
                _("You pay the rest, at least {least} an hour.")(least=programme.money.self_paid_minimum),
                _("For each business it pays up to {cap} in all.")(cap=programme.money.sme_cap),
                _("Please register by {day}.")(day=programme.dates[Deadline.REGISTRATION].closes),
            ],
            note=_("It covers advice. Making a website or buying a computer is not covered."),
            buttons=[REGISTER] if await turn.services.companies.mine() is None else [STATUS],
        )
    )


async def menu_state(services: Services) -> str:
    """Which rich menu fits."""
    company = await services.companies.mine()
    if company is None:
        return "newcomer"
    if company.standing != Standing.COMPLETED:
        return "in_review"
    under_contract = await services.engagements.of_company()
    return "in_support" if any(not one.over for one in under_contract) else "registered"


MENUS["line"] = menu
GREETINGS["line"] = greet
MENU_STATES.append(menu_state)


# --- notices -------------------------------------------------------------------------------------------


@worded("company.received")
async def received(services: Services, notice: Notice) -> list[Message]:
    """The application has arrived."""
    company = await services.companies.get(notice.ids["company"])
    assert company is not None
    review = await services.reviews.latest("company", company.id)
    due = [Say(_("We answer by about {day}.")(day=review.due_at))] if review is not None else []
    return [Say(_("We have received your application {number}.")(number=company.number)), *due]


@worded("company.completed")
async def completed(services: Services, notice: Notice) -> list[Message]:
    """The registration is complete."""
    company = await services.companies.get(notice.ids["company"])
    assert company is not None
    body = _("Next, tell us what you would like help with.")
    buttons = [Button(_("Write a case"), act("menu.write_case"), "primary"), STATUS]
    if company.matching != Matching.UNMATCHED:
        body = _("Next, send a request to the expert whom you know. The expert registers here too.")
        buttons = [
            Button(_("Ask the expert"), act("menu.request"), "primary"),
            Button(_("Write a case"), act("menu.write_case")),
            STATUS,
        ]
    return [
        Card(
            _("Your registration is complete!"),
            badge=words.STANDING[Standing.COMPLETED],
            facts=[Fact(_("Number"), company.number)],
            body=[body],
            buttons=buttons,
            tone="good",
        )
    ]


@worded("company.deficient")
async def deficient(services: Services, notice: Notice) -> list[Message]:
    """Something is to be corrected; all of it is named at once."""
    review = await services.reviews.get(notice.ids["review"])
    assert review is not None
    return [
        Card(
            _("Please correct a few answers."),
            badge=words.STANDING[Standing.DEFICIENT],
            facts=named(Form.all[review.form], services.programme, review.remark_list),
            note=_("Only these are asked again. It takes a minute."),
            buttons=[CORRECT],
            tone="tip",
        )
    ]


def named(form: type[Form], programme: Programme, remarks: Sequence[Remark]) -> list[Fact]:
    """What the secretariat asks to correct, each under the name of its question."""
    return [
        Fact(
            question.label if (question := form.question(remark.question)) else _("Reason"),
            programme.own(remark.sentence),
        )
        for remark in remarks
    ]


@worded("company.rejected")
async def rejected(services: Services, notice: Notice) -> list[Message]:
    """The registration can't be accepted, and why."""
    review = await services.reviews.get(notice.ids["review"])
    assert review is not None
    return [
        Card(
            _("Sorry, your registration could not be accepted."),
            badge=words.STANDING[Standing.REJECTED],
            body=[services.programme.own(remark.sentence) for remark in review.remark_list],
            buttons=_again(services),
            tone="bad",
        )
    ]
