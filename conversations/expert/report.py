"""An expert writes the implementation report: prefilled from the sessions, with all that is missing named at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from conversations import plan_words
from conversations.acts import number, on
from conversations.catalogue import terms_version
from conversations.choices import Choice, Choices, Consent
from conversations.current import Part
from conversations.expert import reports
from conversations.expert.plan import steps as every_step
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Pressed, Screen, Words, act
from conversations.questions import Facts, Page, Question, Story
from conversations.reports_shown import TEXT
from conversations.turn import press
from locales import Text, _
from services.answers import KEPT, Draft
from services.contract_records import Contract
from services.plan_content import hours
from services.refusals import Refusal
from services.report_content import LONGEST_RESULT, LONGEST_TEXT
from services.reports import Report, ReportState

if TYPE_CHECKING:
    from conversations.turn import Turn

YES = "yes"


def declaration(facts: Facts) -> list[Words]:
    """What an expert declares with a report (DOMAIN 10.3)."""
    return [
        _("• The hours and the content are true."),
        _("• It was advice and support, not finished work."),
        _("• I gave no refund, referral fee or favour for the company's share."),
        _("• The same hours are claimed nowhere else."),
        _("• I keep recordings and materials for {years} years.")(
            years=facts.programme.limits.retention_years
        ),
    ]


def _result(code: str, which: Choices) -> Question[str | None]:
    """What was done in one step, and what came of it."""
    label = plan_words.STEP[code]
    question = Story(
        _("What was done, with which result: {step}")(step=label), at_most=LONGEST_RESULT, label=label
    )
    return question.when(which.has(code))


class ImplementationReport(Form):
    """The report on one contract; `about` is the contract's id and the revision of the report that it replaces."""

    name = "report"
    title = _("Implementation report")
    submit = _("Send it to the company")

    work = Page(_("What was done"), _("It is filled in from your sessions. Please make it whole."))
    steps = Choices(_("Which steps were carried out?"), every_step, label=_("Steps"))
    result_survey = _result("SURVEY", steps)
    result_issues = _result("ISSUES", steps)
    result_tools = _result("TOOLS", steps)
    result_introduction = _result("INTRODUCTION", steps)
    result_operation = _result("OPERATION", steps)
    result_effect = _result("EFFECT", steps)
    result_improvement = _result("IMPROVEMENT", steps)

    effect = Page(_("Outcome"))
    outcome = Story(
        _("What is different for the company now?"),
        at_most=LONGEST_TEXT,
        label=TEXT["outcome"],
        hint=_("With figures where there are any. The company reads and confirms it."),
    )
    advice = Story(
        _("What do you advise the company to do next?"), at_most=LONGEST_TEXT, label=TEXT["advice"]
    )
    tools = Story(
        _("Which tools were introduced?"),
        at_most=LONGEST_TEXT,
        label=TEXT["tools"],
        hint=_("Names are enough. Leave it empty if there were none."),
    ).optional()
    deviations = Story(
        _("What went differently from the plan, and why?"),
        at_most=LONGEST_TEXT,
        label=TEXT["deviations"],
        hint=_("Leave it empty if everything went as planned."),
    ).optional()

    word = Page(_("Declarations"))
    proofs = Choice(
        _("Are all sessions there, with their photos, recordings and materials?"),
        {YES: _("Yes, all of them")},
        label=_("Sessions and evidence"),
    )
    declared = Consent(
        _("Please read this. Do you declare it?"),
        terms_version,
        declaration,
        agree=_("I declare this"),
        label=_("Declarations"),
    )

    @classmethod
    def notes_on(cls, page: Page, facts: Facts) -> Sequence[Text]:
        """What happens once it is sent."""
        return [_("After the company's confirmation the secretariat reviews it.")] if page is cls.word else ()

    async def complete(self, turn: Turn) -> None:
        """Send it; what is missing is said all at once, and everything written stays."""
        contract_id, based_on = (int(part) for part in self.draft.about.split(":"))
        answers = {key: kept for key, kept in self.kept.items() if kept}
        report = await turn.services.reports.send(contract_id, answers, based_on)
        await reports.show(turn, report, [SENT[ReportState(report.state)]])


SENT = {
    ReportState.CONFIRMING: _("Sent. The company is asked to confirm it; you hear from us."),
    ReportState.UNDER_REVIEW: _("Sent. The company has confirmed the rest, so the secretariat has it now."),
}


# --- beginning -----------------------------------------------------------------------------------------


@on("report.begin")
async def begin(turn: Turn, pressed: Pressed) -> None:
    """Write the report on a contract; what is missing, and hours that are left, are shown first."""
    contract = await _mine(turn, pressed)
    report = await turn.services.reports.of_contract(contract.id)
    if report is not None and report.state != ReportState.WITHDRAWN:
        await reports.show(turn, report)
        return
    turn.services.reports.require_open(contract, report)
    problems = await turn.services.reports.problems(contract)
    given, confirmed = await turn.services.sessions.minutes(contract)
    if not problems and given == contract.minutes:
        await _write(turn, contract, report)
        return
    facts = [
        Fact(_("Contract"), contract.number),
        Fact(_("Hours given"), _of(given, contract.minutes)),
        Fact(_("Confirmed by the company"), _("{hours} hours")(hours=hours(confirmed))),
        Fact(_("Send it by"), _("{day}")(day=reports.last_day(turn.services))),
    ]
    left: list[Words] = []
    if given < contract.minutes:
        left.append(_("After the report no more sessions can be added."))
    parts: list[Part] = [
        Card(
            _("Implementation report"),
            facts=facts,
            body=left,
            buttons=[Button(_("Write the report"), act("report.form", i=contract.id), "primary")],
        )
    ]
    if problems:
        parts.append(missing_card(contract, problems))
    turn.say(Screen(_("Implementation report"), parts, ref=f"report:{contract.id}"))


def missing_card(contract: Contract, problems: Sequence[Text]) -> Card:
    """Everything that is missing before a report can be sent, and the ways to put it right."""
    return Card(
        _("Missing before you can send it: {count}")(count=len(problems)),
        body=[_("• {line}")(line=problem) for problem in problems],
        note=_("You can write the report now all the same. Each page is kept."),
        buttons=[
            Button(_("Go to the sessions"), act("session.list", i=contract.id)),
            Button(_("Check again"), act("report.begin", i=contract.id)),
        ],
        tone="tip",
    )


def _of(given: int, planned: int) -> Text:
    return _("{hours} hours of {planned} planned")(hours=hours(given), planned=hours(planned))


@on("report.form")
async def write(turn: Turn, pressed: Pressed) -> None:
    """Open the form."""
    contract = await _mine(turn, pressed)
    report = await turn.services.reports.of_contract(contract.id)
    if report is not None and report.state != ReportState.WITHDRAWN:
        await reports.show(turn, report)
        return
    turn.services.reports.require_open(contract, report)
    await _write(turn, contract, report)


async def _write(turn: Turn, contract: Contract, report: Report | None) -> None:
    if report is None:
        await _open(turn, f"{contract.id}:0", await turn.services.reports.draft(contract))
    else:
        await _open(turn, f"{contract.id}:{report.revision}", _without_word(report.content))


async def _mine(turn: Turn, pressed: Pressed) -> Contract:
    contract, by_sme = await turn.services.contracts.of_either(number(pressed.act.args, "i"))
    if by_sme:
        raise Refusal(_("The expert writes the report. We tell you when it is there."))
    return contract


async def _open(turn: Turn, about: str, answers: dict[str, str]) -> None:
    """Open the form where it was left, or a fresh one at its first page, filled in."""
    drafts = turn.services.drafts
    draft = await drafts.live(ImplementationReport.name, about)
    if draft is not None:
        await turn.start(ImplementationReport, about)
        return
    fresh = Draft(ImplementationReport.name, about, answers, state=KEPT)
    draft = await drafts.save(fresh, turn.services.now)
    # The first page is answered already, and still it is shown: to be made whole.
    await press(turn, Pressed(act("page.show", d=draft.id, p=0)))


def _without_word(content: Any) -> dict[str, str]:
    """The answers of a report that was sent; what was declared is declared anew."""
    return {key: kept for key, kept in content.items() if key not in ("declared", "proofs")}


# --- putting right -------------------------------------------------------------------------------------


@on("report.correct")
async def correct(turn: Turn, pressed: Pressed) -> None:
    """Put right what came back: all of it open after the company's word, the returned questions after a review."""
    services = turn.services
    report = await services.reports.of_mine(number(pressed.act.args, "i"))
    about = f"{report.contract_id}:{report.revision}"
    if report.state in (ReportState.DISPUTED, ReportState.DEFICIENT):
        services.reports.require_open(await services.reports.contract_of(report), report)
    match ReportState(report.state):
        case ReportState.DISPUTED:
            await _open(turn, about, _without_word(report.content))
        case ReportState.DEFICIENT:
            review = await services.reviews.latest("report", report.id)
            assert review is not None
            reopened = {remark.question: remark.sentence for remark in review.remark_list}
            await turn.start(ImplementationReport, about, report.content, reopened)
        case _:
            await reports.show(turn, report, [_("There is nothing to correct at the moment.")])


@on("report.withdraw")
async def withdraw(turn: Turn, pressed: Pressed) -> None:
    """Take a report back before the company has confirmed it."""
    report_id, revision = number(pressed.act.args, "i"), number(pressed.act.args, "r")
    report = await turn.services.reports.withdraw(report_id, revision)
    await reports.show(turn, report, [_("Report {number} is taken back.")(number=report.number)])
