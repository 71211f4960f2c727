"""What an implementation report looks like to both sides and the secretariat, and what both are told alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import cut
from conversations.messages import Act, Button, Card, Fact, Link, Message, Pressed, Words, act
from conversations.notices import worded
from locales import Text, _
from services.plan_content import hours
from services.programme import Deadline
from services.report_book import Reputation
from services.report_content import Answers, result_key, steps_of
from services.reports import STATES, Report, ReportState
from services.session_records import SessionState
from services.values import Yen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

TONES = {
    ReportState.DISPUTED: "tip",
    ReportState.DEFICIENT: "tip",
    ReportState.ACCEPTED: "good",
    ReportState.REJECTED: "bad",
}
TEXT = {
    "outcome": _("Outcome and effect"),
    "advice": _("Advice for what comes next"),
    "tools": _("Tools introduced"),
    "deviations": _("Different from the plan"),
}
RATING = {
    5: _("Very good"),
    4: _("Good"),
    3: _("As expected"),
    2: _("Could be better"),
    1: _("Not good"),
}
TO_COMPANY = {
    ReportState.CONFIRMING: _("Please check"),
    ReportState.DISPUTED: _("The expert corrects it"),
}
"""What the company reads where the state of a report names the company itself."""
OUTCOME_SHOWN = 240


def title(report: Report) -> Text:
    """What a card of a report is headed with."""
    return _("Report {number}")(number=report.number)


def state(report: Report, *, to_company: bool = False) -> Text:
    """Where it stands, in words for the side that reads them."""
    stands = ReportState(report.state)
    return TO_COMPANY.get(stands, STATES[stands]) if to_company else STATES[stands]


def tone(report: Report) -> str:
    """The colour of where it stands."""
    return TONES.get(ReportState(report.state), "plain")


async def report_facts(services: Services, report: Report, *, to_company: bool = False) -> list[Fact]:
    """The plain facts of a report: with whom, when, how many hours, what it cost whom, and the result."""
    contract = await services.reports.contract_of(report)
    quote = _("{total} in all: honorarium {honorarium}, company {share}")
    if to_company:
        expert = await services.reports.expert_of(report)
        other = Fact(_("Expert"), _("{name} ({number})")(name=expert.display_name, number=expert.number))
        quote = _("Your share {share} ({total} in all)")
    else:
        company = await services.reports.company_of(report)
        other = Fact(_("Company"), _("{name} ({number})")(name=company.name, number=company.number))
    total, honorarium = Yen(report.total_yen), Yen(report.honorarium_yen)
    money = {"total": total, "share": Yen(total - honorarium)}
    if not to_company:
        money["honorarium"] = honorarium
    return [
        other,
        Fact(_("Contract"), contract.number),
        *await _days(services, report),
        Fact(
            _("Hours"),
            _("{hours} hours of {planned} planned")(
                hours=hours(report.minutes), planned=hours(contract.minutes)
            ),
        ),
        Fact(_("Cost"), quote(**money)),
        Fact(_("Result"), cut(report.content.get("outcome", ""), OUTCOME_SHOWN)),
    ]


async def _days(services: Services, report: Report) -> list[Fact]:
    """How many sessions there were, and from when to when."""
    days = [
        services.programme.today(session.start_at)
        for session in await services.sessions.of_contract(report.contract_id)
        if session.state == SessionState.CONFIRMED
    ]
    if not days:
        return []
    told = _("{count} sessions, {start} to {end}")(count=len(days), start=min(days), end=max(days))
    return [Fact(_("Support"), told)]


def texts(services: Services, content: Answers) -> list[Fact]:
    """Everything that a report says in words: the result of each step, then the rest."""
    steps = steps_of(content)
    results = [
        Fact(step.label, content[result_key(step.code)])
        for step in services.programme.steps
        if step.code in steps and content.get(result_key(step.code))
    ]
    return [*results, *(Fact(label, content[key]) for key, label in TEXT.items() if content.get(key))]


def reputation_facts(reputation: Reputation) -> list[Fact]:
    """What companies say of an expert; nothing where there is nothing yet (DOMAIN 3.3)."""
    if not reputation.count:
        return []
    if reputation.average is None:
        told = _("{count} times")(count=reputation.count)
    else:
        told = _("{count} times, rated {stars} of {best}")(
            count=reputation.count, stars=str(reputation.average), best=max(RATING)
        )
    return [Fact(_("Completed supports"), told)]


def paper_button(report: Report) -> list[Button]:
    """Opens the paper of an accepted report."""
    if report.paper_id is None:
        return []
    return [Button(_("Read the paper (PDF)"), act("report.paper", i=report.id))]


@on("report.paper")
async def open_paper(turn: Turn, pressed: Pressed) -> None:
    """A fresh link to the paper, for whoever may read it."""
    report_id = number(pressed.act.args, "i")
    path = await turn.services.reports.paper_link(report_id)
    report = await turn.services.reports.get(report_id)
    assert report is not None
    turn.say(
        Card(
            title(report),
            body=[_("The link is good for five minutes.")],
            buttons=[Button(_("Open the paper"), Link(path), "primary")],
        )
    )


# --- notices to both sides -----------------------------------------------------------------------------


async def told_of(services: Services, notice: Notice) -> tuple[Report, bool]:
    """The report that a notice is about, and whether it goes to the company."""
    report = await services.reports.get(notice.ids["report"])
    assert report is not None
    expert = await services.reports.expert_of(report)
    return report, notice.person_id != expert.person_id


def open_act(report: Report, *, to_company: bool) -> Act:
    """Opens a report on the side of whoever presses it."""
    return act("report.read" if to_company else "report.view", i=report.id)


async def notice_card(
    services: Services,
    report: Report,
    heading: Words,
    body: Sequence[Words] = (),
    *,
    to_company: bool,
    buttons: Sequence[Button] = (),
) -> Card:
    """What happened to a report, with its facts."""
    return Card(
        heading,
        badge=state(report, to_company=to_company),
        facts=await report_facts(services, report, to_company=to_company),
        body=body,
        buttons=buttons or [Button(_("See the report"), open_act(report, to_company=to_company))],
        tone=tone(report),
    )


@worded("report.confirmed")
async def confirmed(services: Services, notice: Notice) -> list[Message]:
    """The company has confirmed the report: the invoice may be sent, the secretariat reviews."""
    report, to_company = await told_of(services, notice)
    heading = (
        _("You have confirmed report {number}.")
        if to_company
        else _("The company has confirmed report {number}.")
    )
    body = [_("The secretariat checks it now.")]
    body.append(
        _("The expert sends you the invoice for your share.")
        if to_company
        else _("You can send the invoice for the company's share now.")
    )
    return [await notice_card(services, report, heading(number=report.number), body, to_company=to_company)]


@worded("report.accepted")
async def accepted(services: Services, notice: Notice) -> list[Message]:
    """The report is accepted and the contract has ended."""
    report, to_company = await told_of(services, notice)
    body = [_("Thank you. The support is completed.")]
    buttons = paper_button(report)
    if not to_company and await services.claims.of_contract(report.contract_id) is None:
        closes = services.programme.dates[Deadline.CLAIM].closes
        if services.programme.is_open(Deadline.CLAIM, services.now):
            body.append(
                _("Your honorarium is {amount}. Please claim it by {day}.")(
                    amount=Yen(report.honorarium_yen), day=closes
                )
            )
            claim = act("claim.begin", i=report.contract_id)
            buttons.insert(0, Button(_("Claim the honorarium"), claim, "primary"))
        else:
            body += [_("Claims closed on {day}.")(day=closes), _("No honorarium is paid for this support.")]
    elif to_company and await services.invoices.of_contract(report.contract_id) is None:
        body.append(_("The expert sends you the invoice for your share."))
    heading = _("Report {number} is accepted.")(number=report.number)
    return [await notice_card(services, report, heading, body, to_company=to_company, buttons=buttons)]


@worded("report.rejected")
async def rejected(services: Services, notice: Notice) -> list[Message]:
    """The report can't be accepted, and why."""
    report, to_company = await told_of(services, notice)
    review = await services.reviews.get(notice.ids["review"])
    assert review is not None
    body: list[Words] = [services.programme.own(remark.sentence) for remark in review.remark_list]
    body.append(_("No honorarium is paid for this support."))
    if to_company:
        body.append(_("The honorarium's part is never charged to you."))
    heading = _("Sorry, report {number} could not be accepted.")(number=report.number)
    return [await notice_card(services, report, heading, body, to_company=to_company)]
