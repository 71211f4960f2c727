"""A company asks an expert whom it knows already: whom, what, until when, and by when an answer (DOMAIN 5.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from conversations import requests_shown as shown
from conversations.acts import number, on, on_word
from conversations.catalogue import last_support, tomorrow
from conversations.choices import Choice
from conversations.experts_shown import expert_card
from conversations.form import Form
from conversations.messages import Button, Card, Deck, Fact, Message, Pressed, Words, act
from conversations.questions import Facts, Line, Question, Story
from conversations.sme.case import areas, group_of_area, groups
from conversations.sme.menu import STATUS
from conversations.sme.ready import ReadyDay, ReadyHours
from conversations.sme.requests import AGAIN, LIVE, show_list
from locales import Text, _
from services import case_days, tips
from services.experts import Expert
from services.programme import Deadline
from services.refusals import Refusal
from services.requests import KnownBy, Order, RequestState
from services.tips import Advice
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.report_book import Reputation

MOST_HOURS = 200
ANSWER_DAYS = (3, 5, 10)
"""Business days offered for the answer."""
TOLD = {"content": "issue", "goal": "goal"}
"""The answers in a person's own words, by the name under which the tips know them."""


BEFORE: list[Callable[[Turn], Awaitable[Sequence[Message]]]] = []
"""Who has something to say before it is asked whom a company knows."""


# --- whom ----------------------------------------------------------------------------------------------


@on("menu.request")
async def request_button(turn: Turn, pressed: Pressed) -> None:
    """Ask an expert, go on with what was begun, or see what was asked already."""
    await begin(turn)


@on_word("request")
async def begin(turn: Turn) -> None:
    """Ask an expert, go on with what was begun, or see what was asked already."""
    await turn.services.companies.require_registered()
    await turn.services.requests.require_open()
    begun = [draft for draft in await turn.services.drafts.kept() if draft.form == RequestForm.name]
    live = [request for request in await turn.services.requests.mine() if request.state in LIVE]
    if begun:
        turn.say(
            Card(
                _("You have begun a request."),
                body=[_("Shall we go on with it?")],
                buttons=[Button(_("Go on"), act("form.resume", d=begun[0].id), "primary"), AGAIN],
            )
        )
    elif live:
        await show_list(turn)
    else:
        await _ask_whom(turn)


async def _ask_whom(turn: Turn) -> None:
    for say in BEFORE:
        turn.say(*await say(turn))
    await turn.start(Whom)


@on_word("invite")
async def begin_with_code(turn: Turn) -> None:
    """An invitation code is at hand."""
    await begin(turn)


@on("request.new")
async def ask_another(turn: Turn, pressed: Pressed) -> None:
    """Ask somebody else."""
    await turn.services.companies.require_registered()
    await turn.services.requests.require_open()
    await _ask_whom(turn)


class Whom(Form):
    """The expert whom a company wants to ask, as it knows him or her."""

    name = "request.whom"
    title = _("Ask an expert directly")
    at_once = True

    who = Line(
        _("Which expert would you like to ask?"),
        at_most=60,
        label=_("Expert"),
        hint=_("The expert's number, name or invitation code."),
    )

    async def complete(self, turn: Turn) -> None:
        """Show everybody who may be meant, so that the right one is chosen."""
        found = await turn.services.requests.find(self.who)
        if not found:
            raise Refusal(
                _("We found no expert of that name or number. Is the registration complete?"), about="who"
            )
        known = await turn.services.reports.reputations([expert.id for expert in found])
        cards = [_choice(turn, expert, known[expert.id]) for expert in found]
        if len(cards) == 1:
            turn.say(replace(cards[0], quick=[AGAIN]))
        else:
            turn.say(Deck(_("{count} experts fit. Which one is it?")(count=len(cards)), cards, [AGAIN]))


def _choice(turn: Turn, expert: Expert, reputation: Reputation) -> Card:
    return expert_card(
        expert,
        turn.services.programme,
        reputation,
        badge=_("Is it this expert?"),
        buttons=[Button(_("Ask this expert"), act("request.choose", i=expert.id), "primary")],
    )


# --- what ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Profile:
    """The public lines on an expert that stand on the card for checking."""

    number: str
    name: str
    price: Yen
    areas: tuple[str, ...]

    @classmethod
    def of(cls, expert: Expert) -> Profile:
        """What is shown of this expert."""
        return cls(expert.number, expert.display_name, Yen(expert.hourly_price_yen), tuple(expert.areas))

    def kept(self) -> str:
        """As it is kept among the answers."""
        return "\t".join((self.number, self.name, str(int(self.price)), *self.areas))


class Chosen(Question[Profile]):
    """The expert who was chosen before the form began: shown, never typed."""

    counts = False

    def hear(self, raw: str, facts: Facts) -> str:
        """What a page sends back of itself; nothing that is typed, for the choice is made before."""
        if raw.count("\t") < 2:
            raise Refusal(_("To ask another expert, please press “Stop for now” and begin again."))
        return raw

    def read(self, kept: str, facts: Facts) -> Profile:
        """The lines that were kept."""
        number, name, price, *codes = kept.split("\t")
        return Profile(number, name, Yen(int(price)), tuple(codes))

    def show(self, value: Any, facts: Facts) -> Words:
        """Name, number, price and areas."""
        known = [area.label for area in facts.programme.areas if area.code in value.areas]
        return _("{name} ({number})\n{price} an hour\n{areas}")(
            name=value.name, number=value.number, price=value.price, areas=known
        )


def last_answer(facts: Facts) -> date:
    """The last day for an answer: a contract must still be possible, and support not be over."""
    end = facts.values.get("period_end") or last_support(facts)
    return max(min(facts.programme.dates[Deadline.CONTRACT].closes, end), tomorrow(facts))


def ready_answers(facts: Facts) -> list[date]:
    """A few business days from now, as far as they fit."""
    days = [facts.programme.calendar.add_business_days(facts.today, count) for count in ANSWER_DAYS]
    return [day for day in days if day <= last_answer(facts)] or [last_answer(facts)]


class RequestForm(Form):
    """What a company asks of an expert: at most nine questions, most of them answered by a tap."""

    name = "request"
    title = _("Direct request")
    submit = _("Send to this expert")

    expert = Chosen(_("Whom do you ask?"), label=_("Expert"))
    group = Choice(
        _("What would you like help with?"), groups, typed=group_of_area, label=_("Field of the request")
    )
    area = Choice(_("Which of these fits best?"), areas, label=_("Area")).follows(group)
    content = Story(
        _("What would you like the expert to do?"),
        at_most=1000,
        label=_("What to ask"),
        hint=_("Who does what today, and what is difficult about it."),
    )
    goal = Story(_("What should be different, and by when?"), at_most=500, label=_("Goal"))
    period_end = ReadyDay(
        _("By when should the support be finished?"),
        lambda facts: case_days.ends(facts.programme, facts.today),
        first=tomorrow,
        last=last_support,
        label=_("Support until"),
        hint=_("You can also choose another day."),
    )
    hours = ReadyHours(
        _("How many hours of help do you have in mind?"),
        (10, 20, 40),
        at_most=MOST_HOURS,
        label=_("Rough hours"),
        hint=_("A rough figure is enough. The plan settles it."),
    ).or_unsure()
    known_by = Choice(
        _("How do you know each other?"),
        {known.value: word for known, word in shown.KNOWN_BY.items()},
        label=_("How you know each other"),
    )
    service = (
        Line(
            _("On which service did you meet?"),
            at_most=80,
            label=_("The other service"),
            hint=_("Its name, for example of a website. The expert and the secretariat see it."),
        )
        .when(known_by.is_(KnownBy.OTHER_SYSTEM))
        .follows(known_by)
    )
    relation = (
        Line(
            _("Could you tell us a little more?"),
            at_most=80,
            label=_("In your words"),
            hint=_("For example who introduced you, and when."),
        )
        .when(known_by.is_(KnownBy.INTRODUCED, KnownBy.OTHER))
        .follows(known_by)
    )
    answer_by = ReadyDay(
        _("By when would you like an answer?"),
        ready_answers,
        first=tomorrow,
        last=last_answer,
        label=_("Answer by"),
        hint=_("You can also choose another day."),
    ).follows(period_end)

    @classmethod
    def hint(cls, key: str, facts: Facts) -> tuple[Text | None, str | None]:
        """A good example of a goal that fits the area."""
        if key != "goal":
            return None, None
        area = facts.values.get("area")
        return tips.hint("goal", area=area), tips.example("goal", area=area, lang=facts.language)

    @classmethod
    def advise(cls, key: str, kept: str, facts: Facts) -> Sequence[Advice]:
        """What would make a text clearer, at once; a direct request must be concrete too (DOMAIN 5.3)."""
        return tips.check(TOLD[key], kept, area=facts.values.get("area")) if key in TOLD else ()

    async def complete(self, turn: Turn) -> None:
        """Send it, and say what happens next."""
        request = await turn.services.requests.send(
            Order(
                expert_of(self.draft.about),
                self.area,
                self.content,
                self.goal,
                self.period_end,
                self.hours,
                KnownBy(self.known_by),
                self.service or self.relation,
                self.answer_by,
            )
        )
        turn.say(
            Card(
                _("Your request is on its way."),
                badge=shown.STATE[RequestState.SENT],
                facts=[Fact(_("Number"), request.number)],
                body=[
                    _("{name} answers by {day}.")(
                        name=self.expert.name, day=turn.services.programme.today(request.answer_by)
                    ),
                    _("If the answer is yes, a support plan with the price comes next."),
                    _("Nothing costs anything until you agree to a plan."),
                ],
                buttons=[STATUS],
                tone="good",
            )
        )


ABOUT = "expert:"


def expert_of(about: str) -> int:
    """The expert whom a draft is about."""
    return int(about.removeprefix(ABOUT))


@on("request.choose")
async def choose(turn: Turn, pressed: Pressed) -> None:
    """It is this expert: go on with what to ask."""
    _company, expert = await turn.services.requests.require_possible(number(pressed.act.args, "i"))
    await turn.start(RequestForm, f"{ABOUT}{expert.id}", {"expert": Profile.of(expert).kept()})
