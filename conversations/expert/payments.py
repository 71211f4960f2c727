"""An expert's payments: what is on its way, what arrived with its notice, what failed, and the year's statement."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import Part, Place, shown_at
from conversations.expert.account import CORRECT
from conversations.menu import COMMANDS
from conversations.messages import (
    Button,
    Card,
    Fact,
    Heading,
    Link,
    Message,
    Pressed,
    Say,
    Screen,
    Words,
    act,
)
from conversations.notices import worded
from conversations.payments_shown import (
    PAYMENT_STATE,
    PAYMENT_TONE,
    RECLAIM_STATE,
    account,
    money,
    reclaim_facts,
    yen,
)
from locales import Text, _
from services.accounts import Accounts
from services.claims import Claim
from services.payment_book import UNKNOWN
from services.payments import Payment, PaymentState
from services.reclaims import Reclaim, Reclaims, ReclaimState
from services.refusals import Refusal
from services.statements import statement, years
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

NEW_FOR = timedelta(days=14)
"""So long a payment is news at the Home."""
MINE = Button(_("My payments"), act("payment.mine"))
SHOWN = 15


# --- what is shown -------------------------------------------------------------------------------------


async def payment_card(services: Services, payment: Payment) -> Card:
    """One payment to the acting expert."""
    claim = await services.claims.get(payment.claim_id)
    run = await services.payments.get(payment.run_id)
    assert claim is not None and run is not None
    state = PaymentState(payment.state)
    day = payment.paid_on or run.transfer_on
    facts = [
        *money(payment),
        Fact(_("Transfer on"), _("{day}")(day=day)),
        Fact(_("Account"), account(payment.bank)),
    ]
    reason: list[Words] = []
    if payment.failure is not None:
        reason = [services.payments.failure(payment.failure).sentence]
    notice = [Button(_("Open the notice"), act("payment.notice", i=payment.id))]
    return Card(
        _("Claim {number}")(number=claim.number),
        badge=PAYMENT_STATE[state],
        facts=facts,
        body=reason,
        buttons=notice if state is PaymentState.PAID and payment.notice_paper_id is not None else [],
        tone=PAYMENT_TONE.get(state, "plain"),
    )


async def failed_card(services: Services, claim: Claim) -> Card:
    """A claim whose payment failed: why, and what to do; or that a new account is being checked."""
    why = await services.payments.why_failed(claim)
    waiting = await Accounts(services).waiting_of(claim.expert_id)
    body: list[Words] = [why] if why is not None else []
    if waiting is not None:
        body = [_("We are checking your new account. Nothing else is to be done.")]
    return Card(
        _("Claim {number}")(number=claim.number),
        badge=PAYMENT_STATE[PaymentState.FAILED],
        facts=[Fact(_("Gross"), yen(claim.gross_yen)), Fact(_("Account"), account(claim.bank))],
        body=body,
        buttons=[] if waiting is not None else [CORRECT],
        tone="plain" if waiting is not None else "bad",
    )


async def reclaim_card(services: Services, reclaim: Reclaim) -> Card:
    """What the acting expert is to pay back."""
    claim = await services.claims.get(reclaim.claim_id)
    assert claim is not None
    letter = [Button(_("Open the letter"), act("reclaim.letter", i=reclaim.id))]
    return Card(
        _("Honorarium of claim {number} to be paid back")(number=claim.number),
        badge=RECLAIM_STATE[ReclaimState(reclaim.state)],
        facts=reclaim_facts(reclaim),
        body=[reclaim.reason],
        buttons=letter if reclaim.paper_id is not None else [],
        tone="bad" if reclaim.state == ReclaimState.DEMANDED else "plain",
    )


@shown_at(Place.MONEY)
async def at_home(services: Services) -> list[Part]:
    """What is to be done about an expert's money, and what just arrived."""
    if services.person is None or (expert := await services.experts.mine()) is None:
        return []
    parts: list[Part] = [
        await reclaim_card(services, one) for one in await Reclaims(services).of_expert(expert.id)
    ]
    parts += [await failed_card(services, claim) for claim in await Accounts(services).failed(expert.id)]
    states = (PaymentState.SCHEDULED, PaymentState.PAID)
    for payment in await services.payments.of_expert(expert.id, states):
        run = await services.payments.get(payment.run_id)
        assert run is not None
        news = payment.settled_at is not None and payment.settled_at > services.now - NEW_FOR
        if news or (payment.state == PaymentState.SCHEDULED and run.released_at is not None):
            parts.append(await payment_card(services, payment))
    return [Heading(_("Payments")), *parts, Card(_("All your payments"), buttons=[MINE])] if parts else []


@on("payment.mine")
async def mine(turn: Turn, pressed: Pressed) -> None:
    """Everything that was paid, or tried."""
    await show_mine(turn)


async def show_mine(turn: Turn, rest: str = "") -> None:
    """Everything that was paid, or tried, with a statement for each year."""
    services = turn.services
    expert = await services.experts.require_registered()
    payments = await services.payments.of_expert(
        expert.id, (PaymentState.SCHEDULED, PaymentState.PAID, PaymentState.FAILED)
    )
    parts: list[Part] = []
    paid_in = await years(services, expert.id)
    if paid_in:
        buttons = [
            Button(_("Statement {year}")(year=str(year)), act("money.statement", y=year)) for year in paid_in
        ]
        parts.append(Card(_("For your tax return"), buttons=buttons))
    parts += [await reclaim_card(services, one) for one in await Reclaims(services).of_expert(expert.id)]
    parts += [await payment_card(services, payment) for payment in payments[:SHOWN]]
    if len(payments) > SHOWN:
        parts.append(Say(_("And {count} more.")(count=len(payments) - SHOWN)))
    if not payments:
        parts.append(Say(_("Nothing was paid yet.")))
    parts.append(Card(_("Account for the honorarium"), buttons=[CORRECT]))
    turn.say(Screen(_("My payments"), parts, ref="payments"))


COMMANDS["payments"] = show_mine


# --- papers --------------------------------------------------------------------------------------------


async def _link(turn: Turn, title: Text, paper_id: int | None) -> None:
    """A fresh link to a paper that the person may see."""
    if paper_id is None:
        raise Refusal(_("This file is no longer there."))
    link = Link(await turn.services.papers.link(paper_id))
    card = Card(
        title,
        note=_("The link works for 5 minutes. After that, press the button again."),
        buttons=[Button(_("Open the PDF"), link, "primary")],
    )
    turn.say(Screen(title, [card]))


@on("payment.notice")
async def notice_button(turn: Turn, pressed: Pressed) -> None:
    """The notice of one payment."""
    payment = await turn.services.payments.payment(number(pressed.act.args, "i"))
    expert = await turn.services.experts.mine()
    if payment is None or expert is None or payment.expert_id != expert.id:
        raise Refusal(UNKNOWN)
    await _link(turn, _("Notice of payment"), payment.notice_paper_id)


@on("reclaim.letter")
async def letter(turn: Turn, pressed: Pressed) -> None:
    """The letter by which honorarium is demanded back."""
    reclaim = await Reclaims(turn.services).get(number(pressed.act.args, "i"))
    expert = await turn.services.experts.mine()
    if reclaim is None or expert is None or reclaim.expert_id != expert.id:
        raise Refusal(UNKNOWN)
    await _link(turn, _("Letter"), reclaim.paper_id)


@on("money.statement")
async def statement_button(turn: Turn, pressed: Pressed) -> None:
    """The statement of a year; of the newest in which something was paid if none is named."""
    services = turn.services
    expert = await services.experts.require_registered()
    if "y" in pressed.act.args:
        year = number(pressed.act.args, "y")
    else:
        year = next(iter(await years(services, expert.id)), services.clock.today().year)
    paper = await statement(services, expert.id, year)
    await _link(turn, _("Statement {year}")(year=str(year)), paper.id)


# --- notices -------------------------------------------------------------------------------------------


async def _payment(services: Services, notice: Notice) -> Payment:
    payment = await services.payments.payment(notice.ids["payment"])
    assert payment is not None
    return payment


@worded("payment.scheduled")
async def scheduled(services: Services, notice: Notice) -> list[Message]:
    """The transfer is ordered."""
    payment = await _payment(services, notice)
    run = await services.payments.get(payment.run_id)
    assert run is not None
    return [
        Card(
            _("Your honorarium is on its way."),
            badge=PAYMENT_STATE[PaymentState.SCHEDULED],
            facts=[
                *money(payment),
                Fact(_("Transfer on"), _("{day}")(day=run.transfer_on)),
                Fact(_("Account"), account(payment.bank)),
            ],
            buttons=[MINE],
        )
    ]


@worded("payment.paid")
async def paid(services: Services, notice: Notice) -> list[Message]:
    """The honorarium was paid; the notice is ready."""
    payment = await _payment(services, notice)
    claim = await services.claims.get(payment.claim_id)
    assert claim is not None
    return [
        Card(
            _("Your honorarium has been paid."),
            badge=PAYMENT_STATE[PaymentState.PAID],
            facts=[
                Fact(_("Claim"), claim.number),
                *money(payment),
                Fact(_("Transfer on"), _("{day}")(day=payment.paid_on)),
            ],
            body=[_("The notice of payment is ready. You may need it for your tax return.")],
            buttons=[
                Button(_("Open the notice"), act("payment.notice", i=payment.id), "primary"),
                MINE,
            ],
            tone="good",
        )
    ]


@worded("payment.failed")
async def failed(services: Services, notice: Notice) -> list[Message]:
    """The bank did not pay, or sent it back: why, and the way to put it right."""
    claim = await services.claims.get(notice.ids["claim"])
    assert claim is not None
    why = await services.payments.why_failed(claim)
    return [
        Card(
            _("The honorarium of claim {number} could not be paid.")(number=claim.number),
            facts=[Fact(_("Gross"), yen(claim.gross_yen)), Fact(_("Account"), account(claim.bank))],
            body=[*([why] if why is not None else []), _("With another account it comes in the next run.")],
            buttons=[CORRECT],
            tone="bad",
        )
    ]


@worded("reclaim.demanded")
async def demanded(services: Services, notice: Notice) -> list[Message]:
    """Honorarium is to be paid back."""
    reclaim = await Reclaims(services).get(notice.ids["reclaim"])
    assert reclaim is not None
    return [await reclaim_card(services, reclaim)]


@worded("reclaim.repaid")
async def repaid(services: Services, notice: Notice) -> list[Message]:
    """What was paid back has arrived."""
    reclaim = await Reclaims(services).get(notice.ids["reclaim"])
    assert reclaim is not None
    received = _("We have received {amount}. Thank you.")(amount=Yen(notice.ids["yen"]))
    return [Card(received, facts=reclaim_facts(reclaim), tone="good")]
