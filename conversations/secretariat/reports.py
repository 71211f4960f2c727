"""Implementation reports as the secretariat sees them: beside the answers what bears them out, and who keeps silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import reports_shown as shown
from conversations.acts import number, on
from conversations.current import CARDS, Part, Place, shown_at
from conversations.messages import Button, Card, Fact, Heading, Pressed, Screen, Words, act
from conversations.secretariat import similar
from conversations.secretariat.reviews import EXTRAS, summarised
from conversations.sessions_shown import FLAG, when
from locales import _
from services.plan_content import hours
from services.refusals import Refusal
from services.reports import KIND, UNKNOWN, Report, ReportState
from services.session_records import Session
from services.session_rules import Flag
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.reviews import Review

SESSIONS_SHOWN = 20


async def _report(services: Services, report_id: int) -> Report:
    report = await services.reports.get(report_id)
    if report is None:
        raise Refusal(UNKNOWN)
    return report


@summarised(KIND)
async def summary(services: Services, subject_id: int) -> list[Fact]:
    """Numbers, hours and money of a report; no names and no texts."""
    report = await _report(services, subject_id)
    contract = await services.reports.contract_of(report)
    return [
        Fact(_("Number"), report.number),
        Fact(_("Contract"), contract.number),
        Fact(_("Company"), (await services.reports.company_of(report)).number),
        Fact(_("Expert"), (await services.reports.expert_of(report)).number),
        Fact(
            _("Hours"),
            _("{hours} hours of {planned} planned")(
                hours=hours(report.minutes), planned=hours(contract.minutes)
            ),
        ),
        Fact(
            _("Cost"),
            _("{total} in all: honorarium {honorarium}, company {share}")(
                total=Yen(report.total_yen),
                honorarium=Yen(report.honorarium_yen),
                share=Yen(report.total_yen - report.honorarium_yen),
            ),
        ),
    ]


# --- beside the answers --------------------------------------------------------------------------------


async def findings(services: Services, review: Review) -> list[Words | Card]:
    """Everything worth a look before a report is decided: hours, sessions, evidence, likeness, the company's word."""
    report = await _report(services, review.subject_id)
    contract = await services.reports.contract_of(report)
    given, confirmed = await services.sessions.minutes(contract)
    found: list[Words | Card] = [
        _("Hours: {given} given, {confirmed} confirmed by the company, {planned} planned.")(
            given=hours(given), confirmed=hours(confirmed), planned=hours(contract.minutes)
        )
    ]
    sessions = await services.sessions.of_contract(contract.id)
    found += [_session(session) for session in sessions[:SESSIONS_SHOWN]]
    if len(sessions) > SESSIONS_SHOWN:
        found.append(_("And {count} more.")(count=len(sessions) - SESSIONS_SHOWN))
    missing = await services.evidence.missing(contract)
    found += missing or [_("No evidence is missing.")]
    found += await similar.findings(services, review)
    return [*found, *_company(report)]


EXTRAS[KIND] = findings


def _session(session: Session) -> Words:
    line = _("{number}: {when}, {hours} hours")(
        number=session.number, when=when(session), hours=hours(session.billable_minutes)
    )
    if not session.flags:
        return line
    return _("{line} (look at: {flags})")(line=line, flags=[FLAG[Flag(flag)] for flag in session.flags])


def _company(report: Report) -> list[Words]:
    """When the company confirmed it, and what it said."""
    if report.confirmed_at is None or report.rating is None:
        return []
    said: list[Words] = [
        _("The company confirmed it on {when}: {rating}.")(
            when=report.confirmed_at, rating=shown.RATING[report.rating]
        )
    ]
    if report.comment:
        said.append(_("The company says: {words}")(words=report.comment))
    return said


# --- companies that keep silent ------------------------------------------------------------------------


async def report_card(services: Services, report_id: int) -> Card:
    """The card of a report that its company does not answer, as it stands now."""
    report = await _report(services, report_id)
    waits = report.state == ReportState.CONFIRMING
    return Card(
        _("The company does not answer: please call") if waits else shown.title(report),
        badge=shown.state(report),
        facts=[*await summary(services, report.id), Fact(_("Sent"), _("{when}")(when=report.sent_at))],
        buttons=[Button(_("Open"), act("report.inspect", i=report.id))],
        tone="tip" if waits else "plain",
    )


CARDS[KIND] = report_card


@on("report.inspect")
async def inspect(turn: Turn, pressed: Pressed) -> None:
    """Everything that a report says, and whom to call; the clerk never answers for the company."""
    services = turn.services
    await services.secretariat.require()
    report = await _report(services, number(pressed.act.args, "i"))
    company = await services.reports.company_of(report)
    turn.say(
        Screen(
            _("Implementation report"),
            [
                Card(
                    shown.title(report),
                    badge=shown.state(report),
                    facts=[
                        *await shown.report_facts(services, report),
                        Fact(_("Representative"), company.representative),
                        Fact(_("Phone"), company.phone),
                    ],
                    body=[_("Only the company itself can confirm it, on LINE.")],
                    buttons=shown.paper_button(report),
                    tone=shown.tone(report),
                ),
                Card(_("What it says"), facts=shown.texts(services, report.content)),
            ],
            ref=f"report:{report.contract_id}",
        )
    )


@shown_at(Place.REPORTS)
async def silent(services: Services) -> list[Part]:
    """The reports on which a company keeps silent, at the secretariat's Home."""
    if not await services.secretariat.includes_me():
        return []
    waiting = await services.reports.unanswered()
    if not waiting:
        return []
    return [
        Heading(_("Reports that a company does not answer: {count}")(count=len(waiting))),
        *[await report_card(services, report.id) for report in waiting],
    ]
