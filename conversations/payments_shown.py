"""What payments, runs and demands look like to everybody who may see them: states, amounts, masked accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from conversations.messages import Fact, Words
from locales import Text, _
from services import banks
from services.payment_papers import masked
from services.payments import Payment, PaymentRun, PaymentState, RunState
from services.reclaims import Reclaim, ReclaimState
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

RUN_STATE = {
    RunState.DRAWN_UP: _("Waits for a second person"),
    RunState.RELEASED: _("With the bank"),
    RunState.CLOSED: _("Settled"),
    RunState.CANCELLED: _("Cancelled"),
}
RUN_TONE = {RunState.DRAWN_UP: "tip", RunState.CLOSED: "good"}
PAYMENT_STATE = {
    PaymentState.SCHEDULED: _("Transfer ordered"),
    PaymentState.PAID: _("Paid"),
    PaymentState.FAILED: _("Not carried out"),
    PaymentState.CANCELLED: _("Cancelled"),
}
PAYMENT_TONE = {PaymentState.PAID: "good", PaymentState.FAILED: "bad"}
RECLAIM_STATE = {
    ReclaimState.PROPOSED: _("Waits for a second person"),
    ReclaimState.DEMANDED: _("Demanded back"),
    ReclaimState.REPAID: _("Paid back"),
    ReclaimState.DROPPED: _("Dropped"),
}
RECLAIM_TONE = {ReclaimState.PROPOSED: "tip", ReclaimState.DEMANDED: "bad", ReclaimState.REPAID: "good"}


def yen(amount: int) -> Text:
    """An amount as a value of a fact."""
    return _("{amount}")(amount=Yen(amount))


def account(bank: Mapping[str, str]) -> Words:
    """Bank, branch and the last three digits of an account; its codes where they mean nothing any more."""
    number = masked(bank["number"])
    try:
        found = banks.bank(bank["bank"])
        return f"{found.name} {banks.branch(found, bank['branch']).name} {number}"
    except Refusal:
        return f"{bank['bank']} {bank['branch']} {number}"


def money(payment: Payment) -> list[Fact]:
    """Gross, withheld and net; one line where nothing is withheld."""
    if not payment.withheld_yen:
        return [Fact(_("Amount"), yen(payment.net_yen))]
    return [
        Fact(_("Gross"), yen(payment.gross_yen)),
        Fact(_("Withheld tax"), yen(payment.withheld_yen)),
        Fact(_("Transferred"), yen(payment.net_yen)),
    ]


async def run_facts(services: Services, run: PaymentRun) -> list[Fact]:
    """A run without anybody's name but the clerks': fit for the channel."""
    facts = [
        Fact(_("Transfer on"), _("{day}")(day=run.transfer_on)),
        Fact(_("Payments"), _("{count} payments, {total}")(count=run.count, total=Yen(run.total_yen))),
        Fact(_("Made by"), await services.reviews.name(run.made_by)),
    ]
    if run.released_by is not None:
        facts.append(Fact(_("Released by"), await services.reviews.name(run.released_by)))
    return facts


def reclaim_facts(reclaim: Reclaim) -> list[Fact]:
    """What is demanded back, what came, and until when."""
    facts = [Fact(_("Amount demanded back"), yen(reclaim.yen))]
    if reclaim.repaid_yen:
        facts.append(Fact(_("Paid back"), yen(reclaim.repaid_yen)))
    if reclaim.due_on is not None and reclaim.state == ReclaimState.DEMANDED:
        facts.append(Fact(_("Still open"), yen(reclaim.open_yen)))
        facts.append(Fact(_("Due"), _("{day}")(day=reclaim.due_on)))
    return facts
