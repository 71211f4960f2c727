"""An expert asks the company for its share: one look at the computed figures, one press, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import claims_shown as shown
from conversations.acts import number, on
from conversations.current import Part, Place, shown_at
from conversations.messages import Button, Card, Fact, Message, Pressed, Words, act
from conversations.notices import worded
from locales import _
from services.claim_days import due_on
from services.invoices import Invoice, InvoiceState
from services.plan_content import hours
from services.programme import Deadline
from services.report_records import Report

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice


async def due_card(services: Services, report: Report) -> Card:
    """The figures with which the company would be asked, and the button that does it."""
    contract = await services.contracts.get(report.contract_id)
    company = await services.invoices.company_of(report)
    expert = await services.invoices.expert_of(report)
    assert contract is not None
    quote = await services.invoices.quote(contract, report)
    former = await services.invoices.of_contract(contract.id)
    today = services.programme.today(services.now)
    body: list[Words] = [_("The company has confirmed your report. Now ask it for its share.")]
    if former is not None:
        body = [_("The report was corrected. Invoice {number} becomes void.")(number=former.number)]
    return Card(
        _("Invoice for contract {number}")(number=contract.number),
        badge=_("To be issued"),
        facts=[
            Fact(_("Company"), _("{name} ({number})")(name=company.name, number=company.number)),
            Fact(
                _("The company's own share"),
                _("{hours} hours × {unit} = {share} (tax included)")(
                    hours=hours(quote.minutes), unit=quote.sme_unit, share=quote.sme_share
                ),
            ),
            Fact(_("To be paid by"), _("{day}")(day=due_on(today, services.programme))),
            Fact(_("Into the account"), expert.account.number.masked()),
        ],
        body=body,
        buttons=[
            Button(
                _("Issue the invoice"),
                act("invoice.issue", i=contract.id, r=report.revision),
                "primary",
                _("Send this invoice to the company? It goes to LINE and by e-mail."),
            )
        ],
        tone="tip",
    )


@on("invoice.issue")
async def issue(turn: Turn, pressed: Pressed) -> None:
    """Send the invoice that was shown."""
    contract_id, seen = number(pressed.act.args, "i"), number(pressed.act.args, "r")
    invoice = await turn.services.invoices.issue(contract_id, seen)
    turn.say(
        await open_card(
            turn.services, invoice, [_("Invoice {number} is sent to the company.")(number=invoice.number)]
        )
    )


async def open_card(services: Services, invoice: Invoice, lead: list[Words] | None = None) -> Card:
    """An invoice on which nothing was claimed yet: whether it is paid, and by when to claim."""
    closes = services.programme.dates[Deadline.CLAIM].closes
    days = (closes - services.programme.today(services.now)).days
    paid = invoice.state == InvoiceState.PAID
    body: list[Words] = [*(lead or [])]
    body.append(
        _("The company says that it paid. Please look into your account, then claim the honorarium.")
        if paid
        else _("When the money is there, claim the honorarium with something that shows it.")
    )
    buttons = [shown.read_button(invoice)]
    if days >= 0:
        buttons.insert(
            0, Button(_("Claim the honorarium"), act("claim.begin", i=invoice.contract_id), "primary")
        )
    left = _("{day} ({count} days left)")(day=closes, count=days) if days >= 0 else _("It has closed.")
    return Card(
        _("Invoice {number}")(number=invoice.number),
        badge=shown.INVOICE_STATES[InvoiceState(invoice.state)],
        facts=[*await shown.invoice_facts(services, invoice), Fact(_("Claim by"), left)],
        body=body,
        buttons=buttons,
        tone="good" if paid else "plain",
    )


@shown_at(Place.MONEY)
async def at_home(services: Services) -> list[Part]:
    """Invoices to be issued, and those not paid yet; from then on the contract's own card says: claim."""
    to_issue = await services.invoices.to_issue()
    again = {report.contract_id for report in to_issue}
    parts: list[Part] = [await due_card(services, report) for report in to_issue]
    parts += [
        await open_card(services, invoice)
        for invoice in await services.claims.to_claim()
        if invoice.contract_id not in again and invoice.state == InvoiceState.ISSUED
    ]
    return parts


# --- notices -------------------------------------------------------------------------------------------


async def _invoice(services: Services, notice: Notice) -> Invoice:
    invoice = await services.invoices.get(notice.ids["invoice"])
    assert invoice is not None
    return invoice


@worded("invoice.paid")
async def paid(services: Services, notice: Notice) -> list[Message]:
    """The company says that it paid."""
    invoice = await _invoice(services, notice)
    return [await open_card(services, invoice)]


@worded("invoice.unpaid")
async def unpaid(services: Services, notice: Notice) -> list[Message]:
    """The share is due, and nobody says that it was paid."""
    invoice = await _invoice(services, notice)
    lead: list[Words] = [
        _("Invoice {number} was due on {day}. We have reminded the company.")(
            number=invoice.number, day=invoice.due_on
        )
    ]
    return [await open_card(services, invoice, lead)]
