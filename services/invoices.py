"""Invoices to companies for their share, computed from the confirmed report (DOMAIN 8.8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Sequence, select

from locales import _
from services import banks, fees, numbers
from services.claim_book import CONFIRMED, UNKNOWN, ClaimBook
from services.claim_days import due_on
from services.claim_records import Claim, ClaimState, Invoice, InvoiceState
from services.contract_records import Contract
from services.fees import Quote
from services.paper_records import Paper
from services.refusals import Refusal
from services.report_records import Report
from services.timers import due
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Invoice", "InvoiceState", "Invoices"]

KIND = "invoice"
OVERDUE = "invoice.overdue"
ASKED_AT = time(10, 0)
"""The hour of the day after the due date at which both sides are reminded."""
TEMPLATE = "invoice-2021-10-19"
TAX_PERCENT = 10
"""Consumption tax, which every amount of the programme includes (DOMAIN 8.6)."""
SETTLED = (ClaimState.APPROVED, ClaimState.SCHEDULED, ClaimState.PAID, ClaimState.PAY_FAILED)


class Invoices(ClaimBook):
    """Invoices within one transaction."""

    # --- reading ---------------------------------------------------------------------------------------

    async def get(self, invoice_id: int) -> Invoice | None:
        """An invoice by its id."""
        return await self._services.session.get(Invoice, invoice_id)

    async def of_contract(self, contract_id: int) -> Invoice | None:
        """The invoice of a contract that was not cancelled."""
        return await self.invoice_of(contract_id)

    async def unpaid(self, company_id: int) -> list[Invoice]:
        """The invoices that a company has not paid yet, the most urgent first."""
        return list(
            await self._services.session.scalars(
                select(Invoice)
                .where(Invoice.company_id == company_id, Invoice.state == InvoiceState.ISSUED)
                .order_by(Invoice.due_on, Invoice.id)
            )
        )

    async def outdated(self, invoice: Invoice) -> bool:
        """Whether the confirmed report has other figures by now, so that another invoice must take its place."""
        report = await self._services.session.get(Report, invoice.report_id)
        return report is not None and report.state in CONFIRMED and not agrees(invoice, report)

    async def to_issue(self) -> list[Report]:
        """The acting expert's confirmed reports that have no invoice, or an outdated one; oldest first."""
        expert = await self._services.experts.mine()
        if expert is None:
            return []
        rows = await self._services.session.execute(
            select(Report, Invoice)
            .outerjoin(
                Invoice,
                (Invoice.contract_id == Report.contract_id) & (Invoice.state != InvoiceState.CANCELLED),
            )
            .where(Report.expert_id == expert.id, Report.state.in_(CONFIRMED))
            .order_by(Report.id)
        )
        return [report for report, invoice in rows if invoice is None or not agrees(invoice, report)]

    async def quote(self, contract: Contract, report: Report) -> Quote:
        """What the reported time costs, and who pays which part of it."""
        return fees.quote(Yen(contract.price_yen), report.minutes, self._services.programme.rates)

    async def of_my_company(self, invoice_id: int) -> Invoice:
        """An invoice to the acting person's company; raises Refusal for any other."""
        invoice, company = await self.get(invoice_id), await self._services.companies.mine()
        if invoice is None or company is None or invoice.company_id != company.id:
            raise Refusal(UNKNOWN)
        return invoice

    async def link(self, invoice_id: int) -> str:
        """The path under which either side, or the secretariat, can read an invoice for 5 minutes."""
        assert self._services.person is not None
        invoice = await self.get(invoice_id)
        if invoice is None or invoice.paper_id is None:
            raise Refusal(UNKNOWN)
        person_id = self._services.person.id
        sides = [(await self.expert_of(invoice)).person_id]
        sides += await self._services.companies.members(invoice.company_id)
        if person_id not in sides:
            await self._services.secretariat.require()
        return await self._services.papers.link(invoice.paper_id)

    # --- issuing ---------------------------------------------------------------------------------------

    async def issue(self, contract_id: int, revision: int | None = None) -> Invoice:
        """Ask the company for its share by the figures of the report that it has confirmed.

        `revision` is that of the report whose figures were shown; another one is refused.

        An invoice whose report was corrected since is cancelled and replaced. Raises Refusal for others than
        the expert of the contract, before the company has confirmed the report, when nothing has changed since
        the last invoice, and when the honorarium has been approved on its figures.
        """
        services = self._services
        contract, _expert = await self._my_contract(contract_id)
        road = await self._lock_road(contract.id)
        self._require_payable(road.contract)
        report = road.confirmed
        if revision is not None and revision != report.revision:
            raise Refusal(_("The report was corrected meanwhile. Please look at the amounts again."))
        former = await self._lock_invoice(contract.id)
        if former is not None:
            if agrees(former, report):
                raise Refusal(
                    _("Invoice {number} is there already, and nothing has changed since.")(
                        number=former.number
                    )
                )
            await self._cancel(former)
        invoice = await self._create(road.contract, report)
        paper = await self._print(invoice, road.contract, report, former)
        invoice.paper_id = paper.id
        await services.session.flush()
        await services.audit.note(
            "issued",
            KIND,
            invoice.id,
            reason=None if former is None else "report corrected",
            content={
                "share": invoice.share_yen,
                "due_on": invoice.due_on.isoformat(),
                "sha256": paper.sha256,
            },
        )
        await services.timers.set(OVERDUE, invoice.id, self._reminded_at(invoice.due_on))
        replaced = None if former is None else former.id
        await self._tell_company("invoice.issued", invoice, invoice=invoice.id, replaces=replaced)
        await self._redraw(invoice)
        return invoice

    async def _lock_invoice(self, contract_id: int) -> Invoice | None:
        """The invoice of a contract that was not cancelled, locked after the report."""
        return await self._services.session.scalar(
            select(Invoice)
            .where(Invoice.contract_id == contract_id, Invoice.state != InvoiceState.CANCELLED)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    async def _cancel(self, invoice: Invoice) -> None:
        """End a locked invoice that another one replaces."""
        services = self._services
        claim = await services.session.scalar(select(Claim).where(Claim.invoice_id == invoice.id))
        if claim is not None and claim.state in SETTLED:
            raise Refusal(_("The honorarium is approved on this invoice. Please ask the secretariat."))
        invoice.state = InvoiceState.CANCELLED
        await services.session.flush()
        await services.audit.note("cancelled", KIND, invoice.id, reason="report corrected")
        await services.timers.cancel(OVERDUE, invoice.id)

    async def _create(self, contract: Contract, report: Report) -> Invoice:
        services = self._services
        quote = await self.quote(contract, report)
        serial = await services.session.scalar(select(Sequence("invoice_serial").next_value()))
        assert serial is not None
        invoice = Invoice(
            id=serial,
            number=numbers.make(services.programme.numbers[KIND], serial),
            contract_id=contract.id,
            report_id=report.id,
            company_id=contract.company_id,
            expert_id=contract.expert_id,
            state=InvoiceState.ISSUED,
            minutes=quote.minutes,
            total_yen=int(quote.total),
            honorarium_yen=int(quote.honorarium),
            share_yen=int(quote.sme_share),
            due_on=due_on(services.programme.today(services.now), services.programme),
            issued_at=services.now,
        )
        services.session.add(invoice)
        await services.session.flush()
        return invoice

    async def _print(
        self, invoice: Invoice, contract: Contract, report: Report, former: Invoice | None
    ) -> Paper:
        """The invoice as a PDF; the payer reads the whole account there, and nobody does in a chat."""
        expert, company = await self.expert_of(contract), await self.company_of(contract)
        quote, account = await self.quote(contract, report), expert.account
        bank = banks.bank(account.bank)
        data = {
            "number": invoice.number,
            "replaces": None if former is None else former.number,
            "due_on": invoice.due_on,
            "contract": contract.number,
            "report": report.number,
            "company": {
                "name": company.name,
                "representative": company.representative,
                "postal_code": company.postal_code,
                "address": company.prefecture + company.city + company.street,
            },
            "expert": {
                "name": expert.name,
                "number": expert.number,
                "postal_code": expert.postal_code,
                "address": expert.address,
                "phone": expert.phone,
            },
            "minutes": quote.minutes,
            "price": quote.price,
            "honorarium_unit": quote.honorarium_unit,
            "unit": quote.sme_unit,
            "total": quote.total,
            "honorarium": quote.honorarium,
            "share": quote.sme_share,
            "tax_percent": TAX_PERCENT,
            "tax": Yen(int(quote.sme_share) * TAX_PERCENT // (100 + TAX_PERCENT)),
            "account": {
                "bank": bank.name,
                "bank_code": bank.code,
                "branch": banks.branch(bank, account.branch).name,
                "branch_code": account.branch,
                "kind": account.kind,
                "number": str(account.number),
                "holder": str(account.holder),
            },
        }
        return await self._services.papers.make(KIND, invoice.id, TEMPLATE, data, f"{invoice.number}.pdf")

    def _reminded_at(self, due_on: date) -> datetime:
        zone = self._services.programme.calendar.time_zone
        return datetime.combine(due_on + timedelta(days=1), ASKED_AT, zone).astimezone(UTC)

    # --- paying ----------------------------------------------------------------------------------------

    def first_payment_day(self, invoice: Invoice, contract: Contract) -> date:
        """The first day on which a share may have been paid: that of the contract."""
        return self._services.programme.today(contract.concluded_at or invoice.issued_at)

    async def say_paid(self, invoice_id: int, day: date) -> Invoice:
        """The company says on which day it paid its share; raises Refusal for days that cannot be.

        Saying it again corrects the day, until the honorarium is approved.
        """
        invoice = await self.of_my_company(invoice_id)
        await self._require_signatory(invoice.company_id)
        invoice = await self._to_pay(invoice)
        await self._require_day(invoice, day)
        if invoice.paid_on == day:
            return invoice
        invoice.paid_on = day
        await self._settle(invoice, "said paid", day)
        await self._tell_expert("invoice.paid", invoice, formal=False, invoice=invoice.id)
        return invoice

    async def received(self, invoice: Invoice, day: date) -> None:
        """The expert says on which day the share came; the road to the invoice is locked by the caller."""
        await self._require_day(invoice, day)
        if invoice.received_on == day:
            return
        company_knows = invoice.state == InvoiceState.PAID
        invoice.received_on = day
        await self._settle(invoice, "said received", day)
        if not company_knows:
            await self._tell_company("invoice.received", invoice, formal=False, invoice=invoice.id)

    async def _to_pay(self, invoice: Invoice) -> Invoice:
        """An invoice whose road is locked, if its share can be paid as it stands; raises Refusal."""
        await self._lock_road(invoice.contract_id)
        session = self._services.session
        now = await session.get(Invoice, invoice.id, with_for_update=True, populate_existing=True)
        assert now is not None
        if now.state == InvoiceState.CANCELLED:
            raise Refusal(_("This invoice is void. Please look at the newer one."))
        if await self.outdated(now):
            raise Refusal(_("The report was corrected, so a new invoice will come. Please wait for it."))
        claim = await session.scalar(select(Claim).where(Claim.invoice_id == now.id))
        if claim is not None and claim.state in SETTLED:
            raise Refusal(_("This is settled: the secretariat has approved the honorarium."))
        return now

    async def _require_day(self, invoice: Invoice, day: date) -> None:
        contract = await self._services.session.get(Contract, invoice.contract_id)
        assert contract is not None
        first, today = self.first_payment_day(invoice, contract), self._services.clock.today()
        if not first <= day <= today:
            raise Refusal(
                _("Please choose a day from {first} to {last}.")(first=first, last=today), about="received_on"
            )

    async def _settle(self, invoice: Invoice, action: str, day: date) -> None:
        if invoice.state == InvoiceState.ISSUED:
            invoice.state, invoice.paid_at = InvoiceState.PAID, self._services.now
        await self._services.session.flush()
        await self._services.audit.note(action, KIND, invoice.id, content={"day": day.isoformat()})
        await self._services.timers.cancel(OVERDUE, invoice.id)
        await self._redraw(invoice)

    async def remind(self, invoice: Invoice) -> None:
        """Tell both sides, kindly, that a share is due that nobody says was paid."""
        await self._tell_company("invoice.due", invoice, invoice=invoice.id)
        await self._tell_expert("invoice.unpaid", invoice, formal=False, invoice=invoice.id)


def agrees(invoice: Invoice, report: Report) -> bool:
    """Whether an invoice has the figures of its report."""
    return (invoice.report_id, invoice.minutes, invoice.total_yen, invoice.honorarium_yen) == (
        report.id,
        report.minutes,
        report.total_yen,
        report.honorarium_yen,
    )


@due(OVERDUE)
async def overdue(services: Services, invoice_id: int) -> None:
    """Remind both sides once, on the morning after the due date, if nobody has said that it was paid."""
    invoice = await services.session.get(Invoice, invoice_id, with_for_update=True, populate_existing=True)
    if invoice is not None and invoice.state == InvoiceState.ISSUED:
        await services.invoices.remind(invoice)
