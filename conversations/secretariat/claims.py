"""What the secretariat sees of a claim besides the answers: the amounts, what must hold, and what is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import claims_shown as shown
from conversations.messages import Button, Card, Fact, Message, Words, act
from conversations.notices import worded
from conversations.secretariat.reviews import EXTRAS, summarised
from locales import Text, _
from services.claims import STATES, Claim, ClaimState
from services.invoices import Invoice, InvoiceState
from services.ledger_records import Stage
from services.payees import rate_of
from services.plan_content import hours
from services.report_records import ReportState
from services.reports import STATES as REPORT_STATES
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services
    from services.contracts import Contract
    from services.notices import Notice
    from services.reports import Report
    from services.reviews import Review


async def _claim(services: Services, claim_id: int) -> Claim:
    claim = await services.claims.get(claim_id)
    assert claim is not None
    return claim


@summarised("claim")
async def claim_summary(services: Services, subject_id: int) -> list[Fact]:
    """Numbers, hours and money of a claim; no names."""
    claim = await _claim(services, subject_id)
    company = await services.claims.company_of(claim)
    expert = await services.claims.expert_of(claim)
    facts = [
        Fact(_("Number"), claim.number),
        Fact(_("Company"), company.number),
        Fact(_("Expert"), expert.number),
        Fact(
            _("Honorarium"),
            _("{amount} for {hours} hours")(amount=Yen(claim.honorarium_yen), hours=hours(claim.minutes)),
        ),
    ]
    if claim.travel_yen:
        facts.append(Fact(_("Travel"), _("{amount}")(amount=Yen(claim.travel_yen))))
        facts.append(Fact(_("In all"), _("{amount}")(amount=Yen(claim.gross_yen))))
    return facts


async def worth_a_look(services: Services, review: Review) -> list[Words | Card]:
    """The money as the books, the report and the invoice have it, then what is odd (DOMAIN 8.5, 10.4)."""
    claim = await _claim(services, review.subject_id)
    contract = await services.contracts.get(claim.contract_id)
    report = await services.reports.get(claim.report_id)
    invoice = await services.invoices.get(claim.invoice_id)
    assert contract is not None and report is not None and invoice is not None
    return [
        await _money(services, claim, contract, report, invoice),
        await _withholding(services, claim),
        *await _in_the_way(services, claim, report),
        *await _odd(services, claim, invoice),
        *(await _travel(services, claim) if claim.travel_yen else []),
        *await _four_eyes(services, claim),
    ]


EXTRAS["claim"] = worth_a_look


async def _money(
    services: Services, claim: Claim, contract: Contract, report: Report, invoice: Invoice
) -> Card:
    quote = await services.invoices.quote(contract, report)
    ready = (await services.ledger.of_plan(contract.plan_id)).get(Stage.CONFIRMED, Yen(0))
    return Card(
        _("The money"),
        badge=STATES[ClaimState(claim.state)],
        facts=[
            Fact(
                _("Report"),
                _("{number}: {state}")(number=report.number, state=REPORT_STATES[ReportState(report.state)]),
            ),
            Fact(
                _("Honorarium"),
                _("{hours} hours × {unit} = {amount}")(
                    hours=hours(report.minutes), unit=quote.honorarium_unit, amount=quote.honorarium
                ),
            ),
            Fact(_("Ready in the books"), _("{amount}")(amount=ready)),
            Fact(_("Invoice"), invoice.number),
            *(await shown.invoice_facts(services, invoice))[1:],
        ],
        buttons=[shown.read_button(invoice)],
    )


async def _withholding(services: Services, claim: Claim) -> Card:
    rate, gross = await rate_of(services, claim.expert_id), Yen(claim.gross_yen)
    facts = [Fact(_("Withheld tax"), _("None"))]
    if not rate.nothing:
        facts = [
            Fact(
                _("Withheld tax"),
                _("{percent} %, above {over} {above} %: {amount}")(
                    percent=f"{rate.percent.normalize():f}",
                    over=rate.over,
                    above=f"{rate.percent_above.normalize():f}",
                    amount=rate.of(gross),
                ),
            ),
            Fact(_("Transferred"), _("{amount}")(amount=gross - rate.of(gross))),
        ]
    return Card(
        _("Withholding"),
        facts=facts,
        buttons=[Button(_("Change the withholding"), act("withholding.change", i=claim.expert_id))],
    )


async def _in_the_way(services: Services, claim: Claim, report: Report) -> list[Text]:
    """What approving would be refused for."""
    told = []
    if report.state != ReportState.ACCEPTED:
        told.append(_("Report {number} is not accepted yet. Please review it first.")(number=report.number))
    if await services.claims.frozen(claim.contract_id):
        told.append(_("The company denies a session of this contract. Please clear that up first."))
    if (claim.minutes, claim.honorarium_yen) != (report.minutes, report.honorarium_yen):
        told.append(_("The report was corrected after this claim. Please return it for correction."))
    return told


async def _odd(services: Services, claim: Claim, invoice: Invoice) -> list[Text]:
    """What may be a sign of money that went round, or of somebody else's account (DOMAIN 10.4 C1, C10)."""
    told = []
    if invoice.paid_on is None:
        told.append(_("Only the expert says that the share was paid. The company has not said so."))
    if invoice.paid_on and invoice.received_on and invoice.received_on < invoice.paid_on:
        told.append(_("The expert received it before the company paid, if both days are right."))
    if invoice.state == InvoiceState.CANCELLED:
        told.append(_("Invoice {number} was replaced after this claim.")(number=invoice.number))
    told += [
        _("The same file was handed in with claim {number}.")(number=other.number)
        for other in await services.claims.reused(claim)
    ]
    expert = await services.claims.expert_of(claim)
    told += [
        _("{number} is paid into the same account.")(number=twin.number)
        for twin in await services.experts.alike(expert)
        if twin.account.key == expert.account.key
    ]
    told += [
        _("Conflict: also speaks for the company {number}, or has its phone.")(number=company.number)
        for company in await services.experts.companies(expert)
    ]
    if claim.bank["number"] != str(expert.account.number):
        told.append(_("The expert's account has changed since this claim."))
    return told


async def _travel(services: Services, claim: Claim) -> list[Text]:
    money, visits = services.programme.money, await services.claims.visits(claim.contract_id)
    told = [
        _("Travel: {km} km one way, {amount}, {visits} confirmed visits; the rule is {least} km and {most}.")(
            km=claim.travel_km,
            amount=Yen(claim.travel_yen),
            visits=visits,
            least=money.travel_from_km,
            most=money.travel_most,
        )
    ]
    if not visits:
        told.append(_("No visit is confirmed, so travel is not paid."))
    return told


async def _four_eyes(services: Services, claim: Claim) -> list[Text]:
    if claim.state == ClaimState.APPROVED_ONCE:
        return [
            _("{who} approved it on {when}. Another person must approve it too.")(
                who=await services.reviews.name(claim.approved_by), when=claim.approved_at
            )
        ]
    if services.claims.needs_two(claim) and claim.state == ClaimState.UNDER_REVIEW:
        return [
            _("From {amount} on, two different people approve.")(
                amount=services.programme.money.four_eyes_from
            )
        ]
    return []


@worded("claim.refunded")
async def refunded(services: Services, notice: Notice) -> list[Message]:
    """A company says that some of its share came back."""
    claim = await _claim(services, notice.ids["claim"])
    company = await services.claims.company_of(claim)
    return [
        Card(
            _("A company says that money came back."),
            facts=[Fact(_("Claim"), claim.number), Fact(_("Company"), company.number)],
            body=[_("Please call the company, and look at the claim together.")],
            tone="bad",
        )
    ]
