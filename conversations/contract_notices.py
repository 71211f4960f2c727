"""What both sides of a contract hear of it: the answer of who acts, and the notice to the other, also by e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import contracts_shown as shown
from conversations.contracts_shown import card, check_number, open_button
from conversations.messages import Button, Card, Fact, Message, act
from conversations.notices import worded
from conversations.plan_talk import talk_button
from locales import _
from services.contract_book import STATES
from services.contracts import Contract, ContractState
from services.plan_content import hours
from services.report_records import ReportState

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice


async def concluded_card(services: Services, contract: Contract, *, to_company: bool) -> Card:
    """Both have signed: from when on support can begin."""
    first = max(contract.period_start, services.programme.today(services.now))
    return Card(
        _("Contract {number} is concluded.")(number=contract.number),
        badge=STATES[ContractState(contract.state)],
        facts=[
            *await shown.contract_facts(services, contract, to_company=to_company),
            check_number(contract.digest),
        ],
        body=[
            _("The support can begin on {day}.")(day=first),
            _("Please agree with each other on the first meeting."),
            _("On that day, press “Begin the support” here."),
        ],
        note=shown.SAME_TEXT,
        buttons=[
            talk_button(contract.plan_id),
            *shown.ways(contract, to_company=to_company)[:1],
            open_button(contract, to_company=to_company),
        ],
        tone="good",
    )


async def terminated_card(services: Services, contract: Contract, *, to_company: bool) -> Card:
    """A contract was ended early: what stays payable, and what comes next."""
    given, _confirmed = await services.sessions.minutes(contract)
    report: list[Button] = []
    body = _("Nothing was given under it, so nothing is to be paid.")
    if given and to_company:
        body = _("You pay your share of what was given. The expert reports it and sends an invoice.")
    elif given:
        body = _("What was given stays payable. Please report it and send your invoice.")
        report = [Button(_("Write the report"), act("report.begin", i=contract.id), "primary")]
    return Card(
        _("Contract {number} has been ended.")(number=contract.number),
        badge=STATES[ContractState.TERMINATED],
        facts=[
            Fact(_("Given so far"), _("{hours} hours")(hours=hours(given))),
            *([Fact(_("Reason"), contract.end_reason)] if contract.end_reason else []),
            check_number(contract.digest),
        ],
        body=[body],
        buttons=[*report, open_button(contract, to_company=to_company)],
        tone="bad",
    )


async def changed_card(services: Services, contract: Contract, *, to_company: bool) -> Card:
    """Both agree on a change: how the contract reads from now on."""
    return Card(
        _("Contract {number} has been changed.")(number=contract.number),
        badge=_("Revision {revision}")(revision=contract.revision),
        facts=[
            *await shown.contract_facts(services, contract, to_company=to_company),
            check_number(contract.digest),
        ],
        body=[_("This is how it reads from now on.")],
        buttons=[shown.read_button(contract), open_button(contract, to_company=to_company)],
        tone="good",
    )


# --- told ----------------------------------------------------------------------------------------------


async def _told(services: Services, notice: Notice) -> tuple[Contract, bool]:
    """The contract that a notice is about, and whether it goes to the company."""
    contract = await services.contracts.get(notice.ids["contract"])
    assert contract is not None
    _company, expert = await services.contracts.parties(contract)
    return contract, notice.person_id != expert.person_id


@worded("contract.ready")
async def ready(services: Services, notice: Notice) -> list[Message]:
    """There is a contract to be read and signed."""
    contract, to_company = await _told(services, notice)
    if not contract.to_sign:
        return []
    title = _("Your contract {number} is ready.")
    if contract.revision > 1:
        title = _("The terms have changed, and with them contract {number}.")
    return [await card(services, contract, to_company=to_company, title=title(number=contract.number))]


@worded("contract.signed")
async def signed(services: Services, notice: Notice) -> list[Message]:
    """The other side has signed."""
    contract, to_company = await _told(services, notice)
    if not contract.to_sign:
        return []
    title = _("The expert has signed.") if to_company else _("The company has signed.")
    return [await card(services, contract, to_company=to_company, title=title)]


@worded("contract.concluded")
async def concluded(services: Services, notice: Notice) -> list[Message]:
    """Both have signed."""
    contract, to_company = await _told(services, notice)
    return [await concluded_card(services, contract, to_company=to_company)]


@worded("contract.expired")
async def expired(services: Services, notice: Notice) -> list[Message]:
    """The last day went by without both signatures."""
    contract, to_company = await _told(services, notice)
    return [
        Card(
            _("Contract {number} was not signed in time.")(number=contract.number),
            badge=STATES[ContractState.EXPIRED],
            facts=await shown.contract_facts(services, contract, to_company=to_company),
            body=[
                _("Contracts closed on {day}, so it has ended.")(
                    day=services.programme.today(services.contracts.sign_by())
                ),
                _("Nothing is to be paid."),
                _("Thank you for your time."),
            ],
            buttons=[open_button(contract, to_company=to_company)],
            tone="bad",
        )
    ]


@worded("contract.cancelled")
async def cancelled(services: Services, notice: Notice) -> list[Message]:
    """One side stepped back before both had signed."""
    contract, to_company = await _told(services, notice)
    by_company = _("The company has stepped back from contract {number}.")
    by_expert = _("The expert has stepped back from contract {number}.")
    said = by_company if notice.ids["by_sme"] else by_expert
    body = [_("Nothing is to be paid.")]
    plan = await services.contracts.plan(contract)
    if to_company and plan.case_id is not None:
        body.append(_("You can look at other proposals for your case again."))
    return [
        Card(
            said(number=contract.number),
            badge=STATES[ContractState.CANCELLED],
            facts=[Fact(_("Reason"), contract.end_reason or "-")],
            body=body,
            buttons=[open_button(contract, to_company=to_company)],
            tone="bad",
        )
    ]


@worded("contract.terminated")
async def terminated(services: Services, notice: Notice) -> list[Message]:
    """One side has ended a contract that ran."""
    contract, to_company = await _told(services, notice)
    return [await terminated_card(services, contract, to_company=to_company)]


@worded("contract.lapsed")
async def lapsed(services: Services, notice: Notice) -> list[Message]:
    """Its report did not come, or was not settled, in time."""
    contract, to_company = await _told(services, notice)
    report = await services.reports.of_contract(contract.id)
    title = _("No report on contract {number} came in time.")(number=contract.number)
    if report is not None and report.state == ReportState.REJECTED:
        title = _("Report {number} was not settled in time.")(number=report.number)
    body = [_("No honorarium is paid for this support.")]
    if to_company:
        body.append(_("The honorarium's part is never charged to you."))
    return [
        Card(
            title,
            badge=STATES[ContractState.ENDED],
            facts=await shown.contract_facts(services, contract, to_company=to_company),
            body=body,
            buttons=[open_button(contract, to_company=to_company)],
            tone="bad",
        )
    ]


@worded("contract.change_proposed")
async def change_proposed(services: Services, notice: Notice) -> list[Message]:
    """The other side would like less time or other days."""
    contract, to_company = await _told(services, notice)
    change = await services.contracts.change(notice.ids["change"])
    assert change is not None
    return [await shown.change_card(services, contract, change, to_company=to_company)]


@worded("contract.changed")
async def changed(services: Services, notice: Notice) -> list[Message]:
    """Both sides agree on a change."""
    contract, to_company = await _told(services, notice)
    return [await changed_card(services, contract, to_company=to_company)]


@worded("contract.change_ended")
async def change_ended(services: Services, notice: Notice) -> list[Message]:
    """A change was declined or taken back."""
    contract, to_company = await _told(services, notice)
    said = _("The other side would like to leave contract {number} as it is.")
    if notice.ids["taken_back"]:
        said = _("The other side has taken the change of contract {number} back.")
    return [
        Card(
            said(number=contract.number),
            facts=[check_number(contract.digest)],
            body=[_("The contract stays as it is.")],
            buttons=[open_button(contract, to_company=to_company)],
        )
    ]
