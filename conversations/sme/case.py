"""A small business writes down what it wants help with, helped while it writes (DOMAIN 4.1-4.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from conversations import form as engine
from conversations.acts import number, on, on_word
from conversations.cases_shown import MODE, STATE, TOLD, case_card
from conversations.catalogue import prefectures
from conversations.choices import Choice, find_option
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Pressed, act
from conversations.questions import Facts, Options, Story
from conversations.sme.desk import desk_card
from conversations.sme.ready import KnownChoice, KnownLine, ReadyDay, ReadyHours, ReadyMoney
from conversations.sme.titles import LONGEST, Title, automatic_title
from locales import Text, _
from services import case_days, tips
from services.answers import OPEN, Draft
from services.cases import KIND, Case, CaseContent, CaseState, Mode
from services.companies import Company
from services.programme import Deadline
from services.refusals import Refusal
from services.tips import Advice
from services.trades import trade_in
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn

MOST_HOURS = 200
LOOKED_AT = "looked_at"
"""Beside the answers: which content its owner has seen as experts will see it."""
STEPS, FULL, EMPTY = 5, "\u25cf", "\u25cb"
MY_CASES = Button(_("My cases"), act("menu.cases"))


def groups(facts: Facts) -> Options:
    """The menus in which the areas stand."""
    return {group.code: group.label for group in facts.programme.groups}


def group_of_area(raw: str, facts: Facts) -> str | None:
    """The menu of an area whose name was typed at once."""
    named = find_option(raw, {area.code: area.label for area in facts.programme.areas}, facts)
    return facts.programme.area(named).group if named else None


def areas(facts: Facts) -> Options:
    """The areas of the menu that was chosen."""
    return {area.code: area.label for area in facts.programme.areas_in(facts.values.get("group", ""))}


def earliest(facts: Facts) -> date:
    """The first day that may be a deadline for proposals, and so the end of the support."""
    return case_days.first_deadline(facts.programme, facts.today)


def latest(facts: Facts) -> date:
    """The last day of support."""
    return case_days.last_end(facts.programme)


def deadlines(facts: Facts) -> list[date]:
    """The days offered as a deadline for proposals."""
    end = facts.values.get("period_end")
    return case_days.deadlines(facts.programme, facts.today, end or latest(facts))


def latest_deadline(facts: Facts) -> date:
    """The last day that may be a deadline for proposals."""
    end = facts.values.get("period_end")
    return max(case_days.last_deadline(facts.programme, end or latest(facts)), earliest(facts))


def probable_start(facts: Facts) -> str | None:
    """The day on which support can begin."""
    deadline, end = facts.values.get("proposal_deadline"), facts.values.get("period_end")
    if deadline is None or end is None:
        return None
    return case_days.probable_start(facts.programme, deadline, end).isoformat()


class CaseForm(Form):
    """What a business wants help with: at most twelve questions, most of them answered by a tap."""

    name = KIND
    title = _("Consultation case")
    submit = _("See it as experts will")

    group = Choice(
        _("What would you like help with?"), groups, typed=group_of_area, label=_("Field of the case")
    )
    area = Choice(_("Which of these fits best?"), areas, label=_("Area")).follows(group)
    trade = KnownLine(_("What kind of business are you in?"), at_most=60, label=_("Line of business"))
    background = Story(_("How is it done today?"), at_most=1000, label=_("Background"))
    issue = Story(_("What is the problem?"), at_most=1000, label=_("Problem"))
    goal = Story(_("What should be different, and by when?"), at_most=500, label=_("Goal"))
    current_tools = Story(
        _("Which tools do you use today?"), at_most=500, label=_("Tools in use")
    ).or_unsure()
    mode = Choice(
        _("How would you like to be helped?"),
        {mode.value: word for mode, word in MODE.items()},
        label=_("Way of support"),
    )
    prefecture = KnownChoice(
        _("In which prefecture should the expert visit you?"), prefectures, label=_("Prefecture of the visit")
    ).when(mode.is_(Mode.VISIT, Mode.EITHER))
    city = (
        KnownLine(_("In which city, ward, town or village?"), at_most=40, label=_("City of the visit"))
        .when(mode.is_(Mode.VISIT, Mode.EITHER))
        .follows(prefecture)
    )
    period_end = ReadyDay(
        _("By when should the support be finished?"),
        lambda facts: case_days.ends(facts.programme, facts.today),
        first=earliest,
        last=latest,
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
    budget = ReadyMoney(
        _("How much can you pay yourself, for all of it?"),
        (10_000, 30_000, 50_000, 100_000),
        at_least=1,
        at_most=10_000_000,
        label=_("Own budget"),
        hint=_("The programme pays the honorarium. This is your own share."),
    ).or_unsure()
    proposal_deadline = ReadyDay(
        _("Until when should proposals come?"),
        deadlines,
        first=earliest,
        last=latest_deadline,
        label=_("Deadline for proposals"),
        hint=_("Most proposals come within a few days."),
    ).follows(period_end)
    period_start = (
        ReadyDay(
            _("From when would you like support?"),
            lambda facts: (),
            first=lambda facts: facts.today,
            last=lambda facts: facts.values.get("period_end") or latest(facts),
            label=_("Support from"),
        )
        .follows(proposal_deadline, period_end)
        .filled(probable_start)
    )
    case_title = Title(_("What should the case be called?"), at_most=LONGEST, label=_("Title")).filled(
        automatic_title
    )

    @classmethod
    def hint(cls, key: str, facts: Facts) -> tuple[Text | None, str | None]:
        """A tip and a good example that fit the area and the trade; for the budget what it is at least."""
        values = facts.values
        if key in TOLD:
            fits: dict[str, Any] = {"area": values.get("area"), "trade": values.get("trade")}
            return tips.hint(TOLD[key], **fits), tips.example(TOLD[key], **fits, lang=facts.language)
        if key == "budget" and values.get("hours") is not None:
            least = int(facts.programme.money.self_paid_minimum) * values["hours"].minutes // 60
            told = _("For {hours} hours your own share is at least {least}.")
            return told(hours=str(values["hours"]), least=Yen(least)), None
        return None, None

    @classmethod
    def offers(cls, key: str, draft: Draft, facts: Facts) -> Sequence[Button]:
        """Cases like this one, while it is told in the owner's own words."""
        told = key in TOLD and key != "case_title" and facts.values.get("area") is not None
        return [Button(_("Cases like mine"), act("similar.cases", d=draft.id))] if told else []

    @classmethod
    def advise(cls, key: str, kept: str, facts: Facts) -> Sequence[Advice]:
        """What would make a text clearer, at once."""
        return tips.check(TOLD[key], kept, area=facts.values.get("area")) if key in TOLD else ()

    @classmethod
    def notes(cls, facts: Facts) -> Sequence[Text]:
        """The quality meter: how well it can be understood, and what would help most."""
        quality = tips.quality(_for_quality(facts.values))
        filled = min(quality.score * STEPS // 100, STEPS)
        meter = _("How clear it is: {bar} {score} of 100")(
            bar=FULL * filled + EMPTY * (STEPS - filled), score=quality.score
        )
        more = [_("Even better: {tip}")(tip=tip) for tip in quality.missing[:2]]
        return [meter, quality.level, *more]

    @property
    def content(self) -> CaseContent:
        """What was said, as the domain takes it."""
        return CaseContent(
            self.case_title,
            self.area,
            self.background,
            self.issue,
            self.goal,
            self.current_tools,
            Mode(self.mode),
            None if self.prefecture is None or self.city is None else (self.prefecture, self.city),
            self.period_start,
            self.period_end,
            self.hours,
            self.budget,
            self.proposal_deadline,
            self.trade,
        )

    async def complete(self, turn: Turn) -> None:
        """Show it as experts will see it; once that was seen, hand it in."""
        seen = _digest(self.kept)
        if self.draft.answers.get(LOOKED_AT) != seen:
            await self._preview(turn, seen)
            return
        case = await turn.services.cases.apply(
            self.content, self.name, self.kept, await _case_id(turn, self.draft)
        )
        turn.say(await receipt(turn, case))

    async def _preview(self, turn: Turn, seen: str) -> None:
        company = await turn.services.companies.require_registered()
        turn.services.cases.require_days(self.content)
        drafts = turn.services.drafts
        await drafts.put_aside()
        answers = dict(self.draft.answers) | {LOOKED_AT: seen}
        draft = await drafts.save(
            replace(self.draft, answers=answers, editing=None, state=OPEN), turn.services.now
        )
        turn.say(
            case_card(
                turn.services.cases.sketch(self.content, company),
                turn.services.programme,
                badge=_("As experts see it"),
                note=_("Names, phone numbers and the like are hidden from experts for now."),
                buttons=[
                    Button(
                        _("Send to the secretariat"),
                        act("form.send", d=draft.id, r=draft.revision),
                        "primary",
                    ),
                    Button(_("Change something"), act("form.resume", d=draft.id)),
                ],
            )
        )


def _for_quality(values: Mapping[str, Any]) -> dict[str, str]:
    """The answers under the names by which the tips know them."""
    named = {name: values.get(key) for key, name in TOLD.items()} | {
        "desired_hours": values.get("hours"),
        "budget_self_yen": values.get("budget"),
        "desired_mode": values.get("mode"),
        "desired_period": values.get("period_end"),
    }
    return {name: str(value) for name, value in named.items() if value is not None}


def _digest(kept: Mapping[str, str]) -> str:
    return hashlib.sha256(orjson.dumps(dict(kept), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


async def _case_id(turn: Turn, draft: Draft) -> int | None:
    """The case that a draft corrects; None for a new one."""
    review = await turn.services.reviews.get(int(draft.about)) if draft.about else None
    return None if review is None else review.subject_id


async def receipt(turn: Turn, case: Case) -> Card:
    """That a case has arrived, and by when it is reviewed."""
    review = await turn.services.reviews.latest(KIND, case.id)
    assert review is not None
    return Card(
        _("Thank you. We have received your case."),
        badge=STATE[CaseState(case.state)],
        facts=[Fact(_("Number"), case.number), Fact(_("Title"), case.title)],
        body=[
            _("We look at it by about {day} and tell you here and by e-mail.")(day=review.due_at),
            _("Then experts can see it and send you proposals."),
        ],
        buttons=[MY_CASES],
        tone="good",
    )


# --- before the form -----------------------------------------------------------------------------------


@on("menu.write_case")
async def begin_button(turn: Turn, pressed: Pressed) -> None:
    """Write a case, or go on with one."""
    await begin(turn)


@on_word("write_case")
async def begin(turn: Turn) -> None:
    """Write a case, or go on with one; a returned one comes first."""
    cases = turn.services.cases
    returned = [case for case in await cases.mine() if case.state == CaseState.DEFICIENT]
    if returned and await turn.services.drafts.live(CaseForm.name) is None:
        turn.say(
            Card(
                _("A case waits for your correction."),
                facts=[Fact(_("Number"), case.number) for case in returned],
                buttons=[
                    *(
                        Button(
                            _("Correct {number}")(number=case.number),
                            act("case.correct", i=case.id),
                            "primary",
                        )
                        for case in returned[:3]
                    ),
                    Button(_("Write a new case"), act("case.new")),
                ],
                tone="tip",
            )
        )
        return
    await write(turn)


@on("case.new")
async def new_button(turn: Turn, pressed: Pressed) -> None:
    """A new case, although another one waits."""
    await write(turn)


async def write(turn: Turn) -> None:
    """Ask the first question, or the one where it was left."""
    services = turn.services
    company = await services.companies.require_registered()
    await services.switches.require("cases")
    services.programme.require_open(Deadline.CONTRACT, services.now)
    if await services.drafts.live(CaseForm.name) is None:
        turn.say(*desk_card(services.programme, company))
    await turn.start(CaseForm, answers=known(turn.facts, company))


def known(facts: Facts, company: Company) -> dict[str, str]:
    """What the registration tells already: the line of business and where a visit would go."""
    industry = facts.say(facts.programme.industry(company.industry).label)
    return {
        "trade": trade_in(company.name) or industry,
        "prefecture": company.prefecture,
        "city": company.city,
    }


@on("case.correct")
async def correct(turn: Turn, pressed: Pressed) -> None:
    """Ask again only what was returned, with the reasons; everything else stays as it was."""
    case = await turn.services.cases.own(number(pressed.act.args, "i"))
    review = await turn.services.reviews.latest(KIND, case.id)
    if case.state != CaseState.DEFICIENT or review is None:
        raise Refusal(_("There is nothing to correct in this case at the moment."))
    reopened = {remark.question: remark.sentence for remark in review.remark_list}
    if "area" in reopened:
        # The right area may stand in another menu.
        reopened = {"group": reopened["area"]} | reopened
    await turn.start(CaseForm, str(review.id), typed_answers(turn.facts, review.answers, reopened), reopened)


def typed_answers(facts: Facts, kept: Mapping[str, str], reopened: Mapping[str, str]) -> dict[str, str]:
    """The answers without those that follow by themselves, so that these go on following."""
    answers = dict(kept)
    for question in CaseForm.questions:
        if question.fill is None or question.key in reopened or question.key not in answers:
            continue
        others = {key: value for key, value in answers.items() if key != question.key}
        by_itself = next(
            (s for s in engine.walk(CaseForm, Draft(KIND, answers=others), facts) if s.question is question),
            None,
        )
        if by_itself is not None and by_itself.kept == answers[question.key]:
            answers = others
    return answers
