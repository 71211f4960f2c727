"""A company gets the invoice for its share: reads it, pays it, and says with one tap on which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from conversations import claims_shown as shown
from conversations.acts import number, on
from conversations.asked import ON_LINE
from conversations.menu import HELP
from conversations.messages import Act, Ask, Button, Card, Message, Option, Pick, Pressed, Say, Words, act
from conversations.notices import worded
from conversations.sme.menu import MORE, STATUS
from locales import _
from services.invoices import Invoice, InvoiceState
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.companies import Company
    from services.notices import Notice


async def card(services: Services, invoice: Invoice, lead: list[Words] | None = None) -> Card:
    """One invoice: how much, to whom, until when, and what can be done."""
    waits = invoice.state == InvoiceState.ISSUED
    buttons = [shown.read_button(invoice, "primary" if waits else "plain")]
    body: list[Words] = [*(lead or [])]
    if await services.invoices.outdated(invoice):
        body.append(_("The report was corrected, so a new invoice will come. Please wait for it."))
    elif waits:
        body.append(_("The account to pay into stands in the invoice."))
        body.append(_("When you have paid, press “I have paid”."))
        buttons.append(shown.paid_button(invoice))
    else:
        body.append(_("There is nothing for you to do."))
    return Card(
        _("Invoice for your share ({number})")(number=invoice.number),
        badge=shown.INVOICE_STATES[InvoiceState(invoice.state)],
        facts=await shown.invoice_facts(services, invoice, to_company=True),
        body=body,
        buttons=buttons,
        quick=[STATUS, HELP],
        tone="good" if invoice.state == InvoiceState.PAID else "plain",
    )


async def show_invoice(turn: Turn) -> None:
    """The invoices to be paid, or the latest there was."""
    services = turn.services
    company = await services.companies.mine()
    found = await services.invoices.unpaid(company.id) if company is not None else []
    if not found:
        under_contract = await services.engagements.of_company()
        found = [one.invoice for one in under_contract if one.invoice is not None][:1]
    if found:
        turn.say(*[await card(services, one) for one in found])
    else:
        told = _("No invoice has come yet. The expert sends it when you have confirmed the report.")
        turn.say(Say(told, quick=[STATUS]))


async def paid_typed(turn: Turn) -> None:
    """It was paid, in words: ask for the day if it is clear what was paid."""
    company = await turn.services.companies.mine()
    found = await turn.services.invoices.unpaid(company.id) if company is not None else []
    if len(found) == 1:
        await _ask_day(turn, found[0])
    else:
        await show_invoice(turn)


ON_LINE["invoice"] = show_invoice
ON_LINE["payments"] = show_invoice
ON_LINE["paid"] = paid_typed


@on("invoice.pay")
async def pay(turn: Turn, pressed: Pressed) -> None:
    """On which day was it paid?"""
    await _ask_day(turn, await turn.services.invoices.of_my_company(number(pressed.act.args, "i")))


async def _ask_day(turn: Turn, invoice: Invoice) -> None:
    services = turn.services
    if invoice.state == InvoiceState.CANCELLED or await services.invoices.outdated(invoice):
        newer = await services.invoices.of_contract(invoice.contract_id)
        turn.say(
            await card(services, newer or invoice, [_("This invoice is void. Please look at the newer one.")])
        )
        return
    contract = await services.contracts.get(invoice.contract_id)
    assert contract is not None
    today = services.clock.today()
    yesterday, first = today - timedelta(days=1), services.invoices.first_payment_day(invoice, contract)
    lead: list[Words] = []
    if invoice.paid_on is not None:
        lead.append(_("You told us that you paid on {day}. You can change the day.")(day=invoice.paid_on))
    options = [Option("today", _("Today"), _on(invoice, today))]
    if yesterday >= first:
        options.append(Option("yesterday", _("Yesterday"), _on(invoice, yesterday)))
    picked = Pick(act("invoice.paid_on", i=invoice.id), first.isoformat(), today.isoformat())
    turn.say(
        Ask(
            _("On which day did you pay {amount}?")(amount=Yen(invoice.share_yen)),
            lead=lead,
            hint=_("A refund or favour for it is forbidden on both sides."),
            options=options,
            buttons=[Button(_("Choose a day"), picked)],
            quick=[STATUS, HELP],
        )
    )


def _on(invoice: Invoice, day: date) -> Act:
    return act("invoice.paid_on", i=invoice.id, d=day.isoformat())


@on("invoice.paid_on")
async def paid_on(turn: Turn, pressed: Pressed) -> None:
    """It was paid on this day."""
    try:
        day = date.fromisoformat(pressed.picked or pressed.act.args.get("d", ""))
    except ValueError:
        raise Refusal(_("This button no longer works. Please start from the menu.")) from None
    invoice = await turn.services.invoices.say_paid(number(pressed.act.args, "i"), day)
    turn.say(
        Say(
            _("Thank you. We have told the expert that you paid on {day}. That was all.")(day=day),
            quick=[Button(_("Another day"), act("invoice.pay", i=invoice.id)), STATUS],
        )
    )


async def standing(turn: Turn, company: Company) -> list[Message]:
    """The invoices that are to be paid."""
    return [await card(turn.services, one) for one in await turn.services.invoices.unpaid(company.id)]


MORE.append(standing)


# --- notices -------------------------------------------------------------------------------------------


async def _invoice(services: Services, notice: Notice) -> Invoice:
    invoice = await services.invoices.get(notice.ids["invoice"])
    assert invoice is not None
    return invoice


@worded("invoice.issued")
async def issued(services: Services, notice: Notice) -> list[Message]:
    """An invoice has come, perhaps in the place of another."""
    invoice = await _invoice(services, notice)
    if invoice.state == InvoiceState.CANCELLED:
        return []
    expert = await services.invoices.expert_of(invoice)
    lead: list[Words] = [_("An invoice has come from {name}.")(name=expert.display_name)]
    former = await services.invoices.get(notice.ids["replaces"]) if notice.ids["replaces"] else None
    if former is not None:
        lead.append(_("Invoice {number} is void because the report was corrected.")(number=former.number))
        if former.paid_on or former.received_on:
            lead.append(_("If you have paid it, please settle only the difference."))
    return [await card(services, invoice, lead)]


@worded("invoice.due")
async def due(services: Services, notice: Notice) -> list[Message]:
    """The day of payment has passed, and nobody says that it was paid."""
    invoice = await _invoice(services, notice)
    if invoice.state != InvoiceState.ISSUED:
        return []
    lead: list[Words] = [
        _("This invoice was due on {day}. If you have paid it already, please tell us.")(day=invoice.due_on)
    ]
    return [await card(services, invoice, lead)]


@worded("invoice.received")
async def received(services: Services, notice: Notice) -> list[Message]:
    """The expert says that the money came."""
    invoice = await _invoice(services, notice)
    return [
        Say(
            _("The expert received {amount} from you. If that is not so, please tell us.")(
                amount=Yen(invoice.share_yen)
            ),
            quick=[STATUS, HELP],
        )
    ]
