"""An expert's own reports: where each stands, what came back and why, and what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from conversations import reports_shown as shown
from conversations.acts import number, on
from conversations.current import Part, Place, shown_at
from conversations.form import Form
from conversations.menu import COMMANDS
from conversations.messages import Button, Card, Fact, Message, Pressed, Say, Screen, Words, act
from conversations.notices import worded
from locales import _
from services.contract_records import Contract, ContractState
from services.next_steps import Step
from services.plan_content import hours
from services.programme import Deadline
from services.reports import Report, ReportState

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice
    from services.programme import Programme
    from services.reviews import Remark

LISTED = 15
SOON = timedelta(days=14)
"""So long before reports close, every support that has begun is asked for its report."""
AT_HOME = (
    ReportState.DISPUTED,
    ReportState.DEFICIENT,
)
"""What has to be corrected; of all others the contract's own card says how they stand."""


def last_day(services: Services) -> date:
    """The last day for sending a report."""
    return services.programme.dates[Deadline.REPORT].closes


# --- one of them ---------------------------------------------------------------------------------------


@on("report.view")
async def view(turn: Turn, pressed: Pressed) -> None:
    """The whole of a report as it stands now."""
    await show(turn, await turn.services.reports.of_mine(number(pressed.act.args, "i")))


async def show(turn: Turn, report: Report, lead: Sequence[Words] = ()) -> None:
    """The whole of a report: where it stands, what was said about it, what it says."""
    services = turn.services
    parts: list[Part] = [Say(words) for words in lead]
    parts.append(
        Card(
            shown.title(report),
            badge=shown.state(report),
            facts=await shown.report_facts(services, report),
            body=await _what_next(services, report),
            buttons=_ways(services, report),
            tone=shown.tone(report),
        )
    )
    parts.append(Card(_("What it says"), facts=shown.texts(services, report.content)))
    turn.say(Screen(_("Implementation report"), parts, ref=f"report:{report.contract_id}"))


async def _what_next(services: Services, report: Report) -> list[Words]:
    """What the others said, and what happens next."""
    match ReportState(report.state):
        case ReportState.CONFIRMING:
            days = services.programme.limits.confirm_days
            return [_("The company confirms it. After {days} days we call them.")(days=days)]
        case ReportState.DISPUTED:
            return [
                _("The company says: {words}")(words=report.dispute or ""),
                _("Please correct the report or the sessions by {when}.")(
                    when=services.reports.correct_until(report)
                ),
            ]
        case ReportState.UNDER_REVIEW:
            return [_("The secretariat checks it. You can send the invoice meanwhile.")]
        case ReportState.DEFICIENT:
            return [
                *[_named(services.programme, remark) for remark in await _remarks(services, report)],
                _("Please put it right by {when}. Only these questions are asked again.")(
                    when=services.reports.correct_until(report)
                ),
            ]
        case ReportState.REJECTED:
            return [services.programme.own(remark.sentence) for remark in await _remarks(services, report)]
        case ReportState.WITHDRAWN:
            return [_("You took it back. You can send it again by {day}.")(day=last_day(services))]
        case _:
            return [_("The support is completed. Thank you.")]


def _named(programme: Programme, remark: Remark) -> Words:
    """What is asked, under the name of its question."""
    question = Form.all["report"].question(remark.question)
    if question is None:
        return programme.own(remark.sentence)
    return _("{question}: {words}")(question=question.label, words=programme.own(remark.sentence))


async def _remarks(services: Services, report: Report) -> list[Remark]:
    review = await services.reviews.latest("report", report.id)
    return review.remark_list if review is not None else []


def _ways(services: Services, report: Report) -> list[Button]:
    args = {"i": report.id, "r": report.revision}
    fix = [
        Button(_("Correct it"), act("report.correct", **args), "primary"),
        Button(_("Go to the sessions"), act("session.list", i=report.contract_id)),
    ]
    take_back = Button(
        _("Take it back"),
        act("report.withdraw", **args),
        "danger",
        _("Take this report back? The company is told."),
    )
    match ReportState(report.state):
        case ReportState.CONFIRMING:
            return [take_back] if services.programme.is_open(Deadline.REPORT, services.now) else []
        case ReportState.DISPUTED | ReportState.DEFICIENT:
            return fix
        case ReportState.WITHDRAWN:
            return [Button(_("Write the report"), act("report.begin", i=report.contract_id), "primary")]
    return shown.paper_button(report)


# --- all of them ---------------------------------------------------------------------------------------


async def unreported(services: Services) -> list[Contract]:
    """The acting expert's contracts on which a report can be written and none was sent."""
    return [
        contract
        for contract in await services.contracts.mine()
        if contract.state in (ContractState.CONCLUDED, ContractState.TERMINATED)
        and await services.reports.of_contract(contract.id) is None
    ]


async def _is_time(services: Services, contract: Contract, given: int) -> bool:
    """Whether the report is what comes next: hours used, period or contract over, or the last day near."""
    today = services.programme.today(services.now)
    return given > 0 and (
        given >= contract.minutes
        or contract.state == ContractState.TERMINATED
        or today >= contract.period_end
        or today >= last_day(services) - SOON
    )


async def due_card(services: Services, contract: Contract, given: int) -> Card:
    """That a report is due on a contract, and by when."""
    days = (last_day(services) - services.programme.today(services.now)).days
    return Card(
        _("Report on contract {number}")(number=contract.number),
        badge=_("To be written"),
        facts=[
            Fact(
                _("Hours given"),
                _("{hours} hours of {planned} planned")(hours=hours(given), planned=hours(contract.minutes)),
            ),
            Fact(_("Send it by"), _("{day} ({count} days left)")(day=last_day(services), count=max(days, 0))),
        ],
        buttons=[Button(_("Write the report"), act("report.begin", i=contract.id), "primary")],
        tone="tip",
    )


@shown_at(Place.REPORTS)
async def at_home(services: Services) -> list[Part]:
    """The reports that are due, came back, or are on their way."""
    expert = await services.experts.mine()
    if expert is None:
        return []
    parts: list[Part] = []
    if services.programme.is_open(Deadline.REPORT, services.now):
        for contract in await unreported(services):
            given, _confirmed = await services.sessions.minutes(contract)
            of = await services.engagements.of(contract, by_company=False)
            if of.step is not Step.REPORT and await _is_time(services, contract, given):
                parts.append(await due_card(services, contract, given))
    return [
        *parts,
        *[
            await card(services, report)
            for report in await services.reports.of_expert(expert.id)
            if report.state in AT_HOME
        ],
    ]


async def card(services: Services, report: Report) -> Card:
    """One report in short."""
    ways = [way for way in _ways(services, report) if way.style == "primary"]
    return Card(
        shown.title(report),
        badge=shown.state(report),
        facts=(await shown.report_facts(services, report))[:-1],
        body=await _what_next(services, report),
        buttons=[*ways, Button(_("Open"), act("report.view", i=report.id))],
        tone=shown.tone(report),
    )


async def by_command(turn: Turn, rest: str) -> None:
    """Every report of the acting expert, and the contracts without one."""
    services = turn.services
    expert = await services.experts.require_registered()
    parts: list[Part] = []
    for contract in await unreported(services):
        given, _confirmed = await services.sessions.minutes(contract)
        parts.append(await due_card(services, contract, given))
    parts += [await card(services, report) for report in await services.reports.of_expert(expert.id)]
    turn.say(Screen(_("Reports"), parts[:LISTED] or [Say(_("There is no contract to report on yet."))]))


COMMANDS["report"] = by_command


# --- notices -------------------------------------------------------------------------------------------


@worded("report.sent")
async def sent(services: Services, notice: Notice) -> list[Message]:
    """The receipt for a report that was sent, by e-mail."""
    report, _to_company = await shown.told_of(services, notice)
    body = [_("Sent on {when}, revision {revision}.")(when=report.sent_at, revision=report.revision)]
    heading = _("We have received report {number}.")(number=report.number)
    return [await shown.notice_card(services, report, heading, body, to_company=False)]


@worded("report.disputed")
async def disputed(services: Services, notice: Notice) -> list[Message]:
    """The company sees something differently, in its own words."""
    report, _to_company = await shown.told_of(services, notice)
    return [
        await _came_back(
            services, report, _("The company sees report {number} differently.")(number=report.number)
        )
    ]


@worded("report.returned")
async def returned(services: Services, notice: Notice) -> list[Message]:
    """The secretariat asks for something again; all of it is named at once."""
    report, _to_company = await shown.told_of(services, notice)
    return [await _came_back(services, report, _("Please correct report {number}.")(number=report.number))]


async def _came_back(services: Services, report: Report, heading: Words) -> Card:
    return await shown.notice_card(
        services,
        report,
        heading,
        await _what_next(services, report),
        to_company=False,
        buttons=_ways(services, report),
    )
