"""An expert writes a support plan: steps, hours, price and period, with the money computed as he writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conversations import plan_words
from conversations.catalogue import areas, last_support, terms_version, tomorrow
from conversations.choices import Choice, Choices, Consent
from conversations.expert import plans
from conversations.form import Form
from conversations.questions import Day, Duration, Facts, Line, Money, Options, Page, Question, Story, Words
from locales import Text, _
from services import fees
from services.plan_content import Content, PlanMode, Relation, Step, hours, warnings
from services.refusals import Refusal
from services.values import Hours, Period, Yen

if TYPE_CHECKING:
    from conversations.turn import Turn

VOID, CORRECTED = "void", "corrected"
"""How a revision was begun: in the place of an agreed plan, or of one that the secretariat returned."""
LONGEST_STEP = 300
"""Hours of one step; what a whole plan may have follows from the caps."""


def packages(facts: Facts) -> Options:
    """The ready-made plans of the area that was chosen."""
    area = facts.values.get("area")
    if area is None:
        return {package.code: package.label for package in facts.programme.packages}
    return {package.code: package.label for package in facts.programme.packages_for(area)}


def steps(facts: Facts) -> Options:
    """The steps of every plan, in their order."""
    return {step.code: step.label for step in facts.programme.steps}


def _package_steps(facts: Facts) -> str | None:
    code = facts.values.get("package")
    return ",".join(facts.programme.package(code).hours) if code else None


def first_end(facts: Facts) -> date:
    """The first day on which it may end."""
    start = facts.values.get("period_start")
    return start if isinstance(start, date) else tomorrow(facts)


def declaration(facts: Facts) -> list[Words]:
    """What an expert declares with each plan (DOMAIN 6.2, 10.3)."""
    lines: list[Words] = [
        _("• It is advice and support by the hour, not finished work."),
        _("• Fees for tools and devices are not part of it."),
        _("• I give no refund, referral fee or favour for the company's share."),
        _("• I begin only after the contract."),
    ]
    if facts.programme.terms_at(facts.now).recording_required:
        lines.append(_("• I record every meeting."))
    return lines


def _time(code: str, which: Choices, package: Question[Any]) -> Question[Hours | None]:
    """The hours of one step, filled in from the package where there is one."""

    def fill(facts: Facts) -> str | None:
        chosen = facts.values.get("package")
        planned = facts.programme.package(chosen).hours.get(code) if chosen else None
        return None if planned is None else str(Decimal(planned))

    question = Duration(
        _("Hours: {step}")(step=plan_words.STEP[code]), at_most=LONGEST_STEP, label=plan_words.STEP[code]
    )
    return question.follows(package).filled(fill).when(which.has(code))


def _work(code: str, which: Choices) -> Question[str | None]:
    """What is done in one step."""
    question = Line(_("What you do: {step}")(step=plan_words.STEP[code]), at_most=120)
    return question.when(which.has(code)).optional()


class SupportPlan(Form):
    """A support plan; `about` names the case, the request, or the plan and revision that it replaces."""

    name = "plan"
    title = _("Support plan")
    submit = _("Send the plan")

    aim = Page(_("What for"))
    area = Choice(_("Which area is it about?"), areas, label=_("Area"))
    package = (
        Choice(
            _("Would you like to begin with a package?"),
            packages,
            label=_("Package"),
            hint=_("It fills in steps and hours. You can change them all."),
        )
        .follows(area)
        .optional()
    )
    purpose = Story(
        _("What is the purpose, and what will be better afterwards?"),
        at_most=600,
        label=_("Purpose and expected result"),
        hint=_("In the company's words. It is the first thing they read."),
    )

    way = Page(_("Steps"))
    steps = Choices(_("Which steps does it have?"), steps, label=_("Steps"))
    steps.follows(package).filled(_package_steps)
    price = Money(
        _("What is the hourly price, tax included?"),
        at_least=1,
        at_most=1_000_000,
        label=_("Hourly price"),
    )

    time = Page(_("Hours"), _("In hours, for example 1.5."))
    hours_survey = _time("SURVEY", steps, package)
    work_survey = _work("SURVEY", steps)
    hours_issues = _time("ISSUES", steps, package)
    work_issues = _work("ISSUES", steps)
    hours_tools = _time("TOOLS", steps, package)
    work_tools = _work("TOOLS", steps)
    hours_introduction = _time("INTRODUCTION", steps, package)
    work_introduction = _work("INTRODUCTION", steps)
    hours_operation = _time("OPERATION", steps, package)
    work_operation = _work("OPERATION", steps)
    hours_effect = _time("EFFECT", steps, package)
    work_effect = _work("EFFECT", steps)
    hours_improvement = _time("IMPROVEMENT", steps, package)
    work_improvement = _work("IMPROVEMENT", steps)

    when = Page(_("When and where"))
    period_start = Day(_("When does it begin?"), first=tomorrow, last=last_support, label=_("First day"))
    period_end = Day(_("When does it end?"), first=first_end, last=last_support, label=_("Last day"))
    mode = Choice(
        _("How do you support?"),
        {mode.value: word for mode, word in plan_words.MODE.items()},
        label=_("How it is given"),
    )
    place = Line(
        _("Where do you visit?"),
        at_most=80,
        label=_("Where"),
        hint=_("For example the shop of the company. Travel is not part of the hours."),
    ).when(mode.is_(PlanMode.VISIT, PlanMode.BOTH))
    tool_costs_note = Line(
        _("Which costs of tools will the company have besides?"),
        at_most=200,
        label=_("Costs of tools"),
        hint=_("They are not covered. If there are none, write none."),
    )
    message = Story(
        _("A few words to the company"),
        at_most=400,
        label=_("Message"),
        hint=_("Please leave out phone numbers and addresses for now."),
    ).optional()

    word = Page(_("Declarations"))
    relation = Choice(
        _("Do you know each other already?"),
        {relation.value: word for relation, word in plan_words.RELATION.items()},
        label=_("Relation"),
    )
    declared = Consent(
        _("Please read this. Do you declare it?"),
        terms_version,
        declaration,
        agree=_("I declare this"),
        label=_("Declarations"),
    )

    live = frozenset({"price", *(f"hours_{code.lower()}" for code in plan_words.STEP)})

    @classmethod
    def notes(cls, facts: Facts) -> Sequence[Text]:
        """Hours, total, honorarium and the company's share so far, or why the rules refuse them."""
        return [*_calculation(facts), *_second_looks(facts)]

    def check(self) -> None:
        """The time and the price keep to the rules before anything is sent."""
        content(self).quote(self.facts.programme)

    async def complete(self, turn: Turn) -> None:
        """Send the plan, or put it in the place of the revision it was written from."""
        kind, _colon, rest = self.draft.about.partition(":")
        if kind == "case":
            plan = await turn.services.plans.send(content(self), case_id=int(rest))
        elif kind == "request":
            plan = await turn.services.plans.send(content(self), request_id=int(rest))
        else:
            plan_id, based_on, how = (*rest.split(":"), "")[:3]
            plan = await turn.services.plans.revise(
                int(plan_id), content(self), int(based_on), void=how == VOID
            )
        turn.say(await plans.sent_card(turn.services, plan))


def _planned(values: Any) -> list[Step]:
    """The chosen steps whose hours are known."""
    return [
        Step(code, time.minutes, values.get(f"work_{code.lower()}") or "")
        for code in values.get("steps") or ()
        if (time := values.get(f"hours_{code.lower()}")) is not None
    ]


def content(form: Form) -> Content:
    """What a completed form says."""
    said = form.values
    return Content(
        said["area"],
        said["purpose"],
        tuple(_planned(said)),
        said["price"],
        said["period_start"],
        said["period_end"],
        PlanMode(said["mode"]),
        Relation(said["relation"]),
        said["declared"],
        said["place"],
        said["message"],
        said["tool_costs_note"],
        said["package"],
    )


def _calculation(facts: Facts) -> list[Text]:
    price, minutes = facts.values.get("price"), _minutes(facts.values)
    if price is None:
        return []
    try:
        if not minutes:
            unit = fees.honorarium_unit(price, facts.programme.rates)
            return [
                _("An hour: honorarium {honorarium}, the company pays {share}.")(
                    honorarium=unit, share=Yen(price - unit)
                )
            ]
        quote = fees.quote(price, minutes, facts.programme.rates)
    except Refusal as refusal:
        return [refusal.reason]
    return [
        _("In all {hours} hours: {total}")(hours=hours(minutes), total=quote.total),
        _("Honorarium {total} ({unit} an hour)")(total=quote.honorarium, unit=quote.honorarium_unit),
        _("The company pays {total} ({unit} an hour)")(total=quote.sme_share, unit=quote.sme_unit),
    ]


def _second_looks(facts: Facts) -> list[Text]:
    """What is allowed and still worth a second look: finished work, price, hours a day, an early start."""
    said, found = facts.values, []
    texts = [said.get(key) or "" for key in ("purpose", "message")]
    texts += [step.content for step in _planned(said)]
    advice = next((tip for text in texts if (tip := plan_words.wish_for_finished_work(text))), None)
    if advice is not None:
        found.append(advice)
    start, end, minutes = said.get("period_start"), said.get("period_end"), _minutes(said)
    if start and end and start <= end and minutes and said.get("price"):
        found += warnings(said["price"], minutes, Period(start, end), facts.programme, facts.today)
    return found


def _minutes(values: Any) -> int:
    return sum(step.minutes for step in _planned(values))
