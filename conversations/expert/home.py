"""The expert's Home in Slack, and the words that lead there: where everything stands, and what happens next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from conversations import current, menu, words
from conversations.acts import on
from conversations.current import Part, Place, shown_at
from conversations.deadlines_shown import in_time
from conversations.expert import registration
from conversations.expert.offers import offer_facts
from conversations.expert.registration import ExpertRegistration
from conversations.menu import COMMANDS, GREETINGS, LISTENERS, MENUS
from conversations.messages import Button, Card, Fact, Heading, Pressed, Said, Say, Words, act
from conversations.turn import press
from conversations.vocabulary import meant
from locales import Text, _
from services.backplan import Task
from services.companies import Standing
from services.experts import GONE, Expert
from services.programme import Deadline, Programme

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

REGISTER = Button(_("Register"), act("expert.register"), "primary")
GO_ON = Button(_("Go on with the registration"), act("expert.register"), "primary")
CORRECT = Button(_("Correct it"), act("expert.correct"), "primary")
SHOW = Button(_("Your registration"), act("expert.show"))
MY_PLANS = act("plan.mine")
FIND = Button(_("Find cases"), act("search.open"), "primary")
PLANS = Button(_("My plans"), MY_PLANS)
BOOKMARKS = Button(_("Bookmarks"), act("search.bookmarks"))
HELP = Button(_("Help"), act("expert.help"))
HOME = Button(_("Home"), act("menu.show"))

DEADLINES: dict[Deadline, Text] = {
    Deadline.REGISTRATION: _("Registration closes"),
    Deadline.CONTRACT: _("Contracts close"),
    Deadline.SUPPORT: _("Support ends"),
    Deadline.REPORT: _("Reports close"),
}


@shown_at(Place.NEWCOMER)
async def parts(services: Services) -> list[Part]:
    """Where a registration stands that is not complete, or how it is begun; nothing for the secretariat's own people."""
    if services.person is None:
        return []
    expert = await services.experts.mine()
    if expert is None and await services.secretariat.includes_me():
        return []
    if expert is None or expert.standing in GONE:
        return await _newcomer(services, expert)
    return [] if expert.standing == Standing.COMPLETED else [await _standing(services, expert)]


@shown_at(Place.PROFILE)
async def profile(services: Services) -> list[Part]:
    """What a registered expert offers, and the ways to what can be done."""
    expert = await services.experts.mine() if services.person else None
    if expert is None or expert.standing != Standing.COMPLETED:
        return []
    return [await _standing(services, expert)]


@shown_at(Place.DATES)
async def dates(services: Services) -> list[Part]:
    """The next dates of the programme, for whoever registers or has registered."""
    expert = await services.experts.mine() if services.person else None
    if expert is not None and expert.standing not in GONE:
        return await _calendar(services, Deadline.CONTRACT)
    if services.person is None or await services.secretariat.includes_me():
        return []
    return await _calendar(services, Deadline.REGISTRATION)


async def _newcomer(services: Services, expert: Expert | None) -> list[Part]:
    programme = services.programme
    shown: list[Part] = []
    if expert is not None and expert.standing == Standing.REJECTED:
        review = await services.reviews.latest("expert", expert.id)
        shown.append(
            Card(
                _("Sorry, your registration could not be accepted."),
                badge=words.STANDING[Standing.REJECTED],
                body=[programme.own(remark.sentence) for remark in review.remark_list] if review else [],
                tone="bad",
            )
        )
    begun = await services.drafts.live(ExpertRegistration.name) is not None
    open_now = programme.is_open(Deadline.REGISTRATION, services.now)
    shown.append(
        Card(
            _("Help small businesses go digital"),
            body=[
                _("Companies tell what they need. You find a case and propose a plan."),
                _("The programme pays you up to {rate} an hour, the company pays the rest.")(
                    rate=programme.money.honorarium_cap
                ),
                _("First you register. It takes about ten minutes; each page is kept."),
            ],
            note=_("Have ready: identity document, face photo, certificate, passbook.")
            if open_now
            else _("Registration has closed."),
            buttons=[GO_ON if begun else REGISTER, HELP] if open_now or begun else [HELP],
        )
    )
    return shown


async def _standing(services: Services, expert: Expert) -> Card:
    """The registration: its state, and the one thing to do about it."""
    standing = Standing(expert.standing)
    body: list[Words] = []
    buttons = [SHOW, HELP]
    facts = [Fact(_("Number"), expert.number)]
    note, tone = None, "plain"
    match standing:
        case Standing.UNDER_REVIEW:
            review = await services.reviews.latest("expert", expert.id)
            body.append(_("The secretariat is looking at your application."))
            note = _("We answer by about {day}.")(day=review.due_at) if review else None
        case Standing.DEFICIENT:
            remarks = await services.experts.remarks(expert)
            body.append(_("Please correct {count} answers. Everything else is fine.")(count=len(remarks)))
            body.extend(services.programme.own(remark.sentence) for remark in remarks)
            buttons.insert(0, CORRECT)
            tone = "tip"
        case _:
            facts += offer_facts(services.programme, expert.offer)
            body.append(_("You can find cases and answer them."))
            buttons = [FIND, PLANS, BOOKMARKS, *buttons]
            tone = "good"
    return Card(
        expert.display_name,
        badge=words.STANDING[standing],
        facts=facts,
        body=body,
        note=note,
        buttons=buttons,
        tone=tone,
    )


async def _calendar(services: Services, first: Deadline) -> list[Part]:
    """The next dates of the programme, each with the days that are left, and by when a plan must be agreed on."""
    programme, order = services.programme, list(DEADLINES)
    coming = [
        one for one in order[order.index(first) :] if programme.today(services.now) <= _closes(programme, one)
    ]
    if not coming:
        return []
    lines = [
        _("{what}: {day} ({count} days left)")(
            what=DEADLINES[one],
            day=_closes(programme, one),
            count=(_closes(programme, one) - programme.today(services.now)).days,
        )
        for one in coming
    ]
    lines += await in_time(services, Task.PLAN)
    return [Heading(_("Next dates")), *(Say(line) for line in lines)]


def _closes(programme: Programme, deadline: Deadline) -> date:
    return programme.dates[deadline].closes


# --- ways here -----------------------------------------------------------------------------------------


async def show(turn: Turn) -> None:
    """All of the Home, in a window."""
    turn.say(await current.home(turn.services))


async def greet(turn: Turn) -> None:
    """The first words to somebody new: who we are, and one clear first action."""
    shown = [*await parts(turn.services), *await profile(turn.services)]
    turn.say(*[part for part in shown if isinstance(part, Card)])


@on("expert.help")
async def help_button(turn: Turn, pressed: Pressed) -> None:
    """What can be done here."""
    await help_here(turn)


async def help_here(turn: Turn, rest: str = "") -> None:
    """What can be done here, and by which words."""
    turn.say(
        Card(
            _("What you can do here"),
            body=[
                _("`/ouentai` shows where everything stands."),
                _("`/ouentai search` with a few words finds cases."),
                _("`/ouentai saved` shows the searches that you saved."),
                _("`/ouentai cost` says who pays what, `/ouentai faq` answers questions."),
                _("`/ouentai register` begins or continues your registration."),
                _("`/ouentai human` brings you to somebody of the secretariat."),
                _("Files are sent through the buttons on the pages, never in the chat."),
            ],
            note=_("What you entered on a page is kept when you press Next."),
            buttons=[HOME, menu.HUMAN, menu.LANGUAGE],
        )
    )


async def register(turn: Turn, rest: str) -> None:
    """Begin to register, go on with it, or say where it stands."""
    await registration.begin(turn)


async def listen(turn: Turn, said: Said) -> bool:
    """Claim what experts type in the direct message: words that small businesses use mean other things here."""
    if turn.person.identity.channel != "slack" or said.thread is not None:
        return False
    match meant(said.text):
        case "register" | "status":
            await greet(turn)
        case "proposals":
            await press(turn, Pressed(MY_PLANS))
        case "help":
            await help_here(turn)
        case "write_case" | "request":
            await menu.puzzled(turn)
        case _:
            return False
    return True


MENUS["slack"] = show
GREETINGS["slack"] = greet
LISTENERS.append(listen)
COMMANDS.update({"register": register, "help": help_here})
