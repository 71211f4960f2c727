"""What invoices and claims look like to both sides and the secretariat: the same figures in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.messages import Button, Card, Fact, Link, Pressed, Words, act
from locales import Text, _
from services.claim_days import Estimate, Waits
from services.claims import STATES, Claim, ClaimState
from services.invoices import Invoice, InvoiceState
from services.payees import rate_of
from services.plan_content import hours
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

INVOICE_STATES = {
    InvoiceState.ISSUED: _("To be paid"),
    InvoiceState.PAID: _("Paid"),
    InvoiceState.CANCELLED: _("Void"),
}
TONES = {
    ClaimState.DEFICIENT: "tip",
    ClaimState.APPROVED: "good",
    ClaimState.SCHEDULED: "good",
    ClaimState.PAID: "good",
    ClaimState.PAY_FAILED: "bad",
    ClaimState.REJECTED: "bad",
    ClaimState.RECLAIMED: "bad",
}


# --- invoices ------------------------------------------------------------------------------------------


def read_button(invoice: Invoice, style: str = "plain") -> Button:
    """Opens the paper of an invoice."""
    return Button(_("Read the invoice"), act("invoice.read", i=invoice.id), style)


def paid_button(invoice: Invoice) -> Button:
    """Lets the company say that it has paid."""
    return Button(_("I have paid"), act("invoice.pay", i=invoice.id))


@on("invoice.read")
async def read(turn: Turn, pressed: Pressed) -> None:
    """A fresh link to the invoice, for both sides and the secretariat."""
    invoice_id = number(pressed.act.args, "i")
    path = await turn.services.invoices.link(invoice_id)
    invoice = await turn.services.invoices.get(invoice_id)
    assert invoice is not None
    turn.say(
        Card(
            _("Invoice {number}")(number=invoice.number),
            badge=INVOICE_STATES[InvoiceState(invoice.state)],
            body=[_("The link is good for five minutes.")],
            buttons=[
                Button(_("Open the invoice"), Link(path), "primary"),
                *([paid_button(invoice)] if turn.chatty and invoice.state == InvoiceState.ISSUED else []),
            ],
        )
    )


async def invoice_facts(services: Services, invoice: Invoice, *, to_company: bool = False) -> list[Fact]:
    """What is to be paid by whom and until when, and who says that it was."""
    facts = [await _other_side(services, invoice, to_company=to_company)]
    facts.append(
        Fact(
            _("Your own share") if to_company else _("The company's own share"),
            _("{amount} (tax included)")(amount=Yen(invoice.share_yen)),
        )
    )
    facts.append(Fact(_("Hours"), _("{hours} hours")(hours=hours(invoice.minutes))))
    if invoice.state == InvoiceState.ISSUED:
        facts.append(Fact(_("To be paid by"), _("{day}")(day=invoice.due_on)))
    if invoice.paid_on is not None:
        facts.append(Fact(_("Paid, says the company"), _("{day}")(day=invoice.paid_on)))
    if invoice.received_on is not None:
        facts.append(Fact(_("Received, says the expert"), _("{day}")(day=invoice.received_on)))
    return facts


async def _other_side(services: Services, of: Invoice | Claim, *, to_company: bool) -> Fact:
    if to_company:
        expert = await services.invoices.expert_of(of)
        return Fact(_("Expert"), _("{name} ({number})")(name=expert.display_name, number=expert.number))
    company = await services.invoices.company_of(of)
    return Fact(_("Company"), _("{name} ({number})")(name=company.name, number=company.number))


# --- claims --------------------------------------------------------------------------------------------


async def claim_facts(services: Services, claim: Claim) -> list[Fact]:
    """What is claimed, and what of it is transferred."""
    facts = [
        await _other_side(services, claim, to_company=False),
        Fact(
            _("Honorarium"),
            _("{amount} for {hours} hours")(amount=Yen(claim.honorarium_yen), hours=hours(claim.minutes)),
        ),
    ]
    if claim.travel_yen:
        facts.append(Fact(_("Travel"), _("{amount}")(amount=Yen(claim.travel_yen))))
        facts.append(Fact(_("In all"), _("{amount}")(amount=Yen(claim.gross_yen))))
    rate = await rate_of(services, claim.expert_id)
    if not rate.nothing:
        gross = Yen(claim.gross_yen)
        facts.append(Fact(_("Withheld tax"), _("{amount}")(amount=rate.of(gross))))
        facts.append(Fact(_("Transferred"), _("{amount}")(amount=gross - rate.of(gross))))
    return facts


WAITS = {
    Waits.REPORT: _("The secretariat reviews your report first, then this claim."),
    Waits.CLERK: _("The secretariat reviews your claim."),
    Waits.SECOND_CLERK: _("One person has approved it. A second one looks at it now."),
    Waits.EXPERT: _("Please put right what the secretariat asks for."),
    Waits.ACCOUNT: _("The transfer came back. Please check your bank account."),
    Waits.ENQUIRY: _(
        "The company's word on a session differs, so the secretariat asks. Nothing is paid meanwhile."
    ),
    Waits.BANK: _("It is approved. The secretariat orders the transfer."),
}


def estimate_words(told: Estimate, state: ClaimState) -> list[Words]:
    """Who is next, and when the honorarium is to be expected, as honestly as it can be said."""
    if state is ClaimState.SCHEDULED:
        return [_("The transfer is ordered from the bank."), *_paid_by(told)]
    if told.waits is Waits.NOBODY:
        return []
    lines: list[Words] = [WAITS[told.waits]]
    if told.late:
        lines.append(_("Sorry, we are later than we said."))
    if told.decided_by is not None:
        lines.append(_("We answer by about {day}.")(day=told.decided_by))
    return [*lines, *_paid_by(told)]


def _paid_by(told: Estimate) -> list[Text]:
    return [] if told.paid_by is None else [_("The transfer should come by {day}.")(day=told.paid_by)]


async def claim_card(services: Services, claim: Claim, buttons: list[Button]) -> Card:
    """One claim with its amounts, its state and what comes next."""
    state = ClaimState(claim.state)
    body: list[Words] = [
        services.programme.own(remark.sentence) for remark in await services.claims.remarks(claim)
    ]
    if state is ClaimState.DEFICIENT:
        until = await services.claims.correct_until(claim)
        body.append(_("Please put it right by {when}. Only these questions are asked again.")(when=until))
    else:
        body += estimate_words(await services.claims.estimate(claim), state)
    return Card(
        _("Claim {number}")(number=claim.number),
        badge=STATES[state],
        facts=await claim_facts(services, claim),
        body=body,
        buttons=buttons,
        tone=TONES.get(state, "plain"),
    )
