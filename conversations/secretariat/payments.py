"""Payment runs of the secretariat: made by one clerk, released by another; names and accounts stay in the modal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import CARDS, Part, Place, shown_at
from conversations.form import Form
from conversations.menu import COMMANDS
from conversations.messages import Button, Card, Fact, Heading, Link, Pressed, Say, Screen, Words, act
from conversations.payments_shown import (
    PAYMENT_STATE,
    PAYMENT_TONE,
    RUN_STATE,
    RUN_TONE,
    account,
    money,
    run_facts,
    yen,
)
from conversations.questions import Day, Facts, Page
from locales import Text, _
from services.payment_book import UNKNOWN
from services.payments import Drawn, Payment, PaymentRun, PaymentState, RunState
from services.programme import Deadline
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.claims import Claim

A_PAGE = 10
"""So many payments fit into one window."""
ALL_RUNS = Button(_("Earlier payment runs"), act("payment.runs"))
MAKE = Button(_("Make the transfer data"), act("payment.plan"), "primary")


# --- Home and channel ----------------------------------------------------------------------------------


@shown_at(Place.MONEY)
async def at_home(services: Services) -> list[Part]:
    """What waits to be paid and which runs are under way, for members of the secretariat's channel."""
    if not await services.secretariat.includes_me():
        return []
    count, total = await services.payments.waiting()
    runs = await services.payments.open_runs()
    if not count and not runs:
        return []
    parts: list[Part] = [
        Heading(_("Payments")),
        Card(
            _("Approved claims: {count}")(count=count),
            facts=[Fact(_("Gross"), yen(total))] if count else [],
            buttons=[MAKE, ALL_RUNS] if count else [ALL_RUNS],
        ),
    ]
    return parts + [await run_card(services, run.id) for run in runs]


async def run_card(services: Services, run_id: int) -> Card:
    """The card of a run as it stands now; no names of payees and no accounts."""
    run = await services.payments.get(run_id)
    assert run is not None
    state = RunState(run.state)
    waits = state is RunState.RELEASED and run.transfer_on <= services.programme.today(services.now)
    return Card(
        _("Payment run {number}")(number=run.number),
        badge=_("Waits for the bank's answer") if waits else RUN_STATE[state],
        facts=await run_facts(services, run),
        buttons=[Button(_("Open"), act("payment.open", i=run.id, p=0), "primary" if run.open else "plain")],
        tone="tip" if waits else RUN_TONE.get(state, "plain"),
    )


CARDS["payment_run"] = run_card


@on("payment.runs")
async def runs(turn: Turn, pressed: Pressed) -> None:
    """The latest runs, whatever became of them."""
    await show_runs(turn)


async def show_runs(turn: Turn, rest: str = "") -> None:
    """The latest runs, newest first."""
    await turn.services.secretariat.require()
    parts: list[Part] = [
        await run_card(turn.services, run.id) for run in await turn.services.payments.latest(15)
    ]
    turn.say(Screen(_("Payment runs"), parts or [Say(_("Nothing was paid yet."))], ref="payment_runs"))


COMMANDS["runs"] = show_runs


# --- drawing up ----------------------------------------------------------------------------------------


def _earliest(facts: Facts) -> date:
    programme = facts.programme
    return programme.calendar.add_business_days(facts.today, programme.limits.transfer_business_days)


def _last(facts: Facts) -> date:
    return facts.programme.dates[Deadline.PROGRAMME].closes


class TransferDay(Form):
    """On which day the bank is to pay everything that is approved."""

    name = "payment.day"
    title = _("Transfer data")
    submit = _("Make it")

    page = Page(_("Transfer data"), _("All approved claims come into one file. A colleague releases it."))
    day = Day(
        _("On which day should the bank pay?"),
        first=_earliest,
        last=_last,
        label=_("Transfer on"),
        hint=_("A business day. The bank needs a few days before."),
    )

    async def complete(self, turn: Turn) -> None:
        """Draw the run up and show it, with whoever had to be left out."""
        await show_drawn(turn, await turn.services.payments.draw_up(self.day))


@on("payment.plan")
async def plan(turn: Turn, pressed: Pressed) -> None:
    """Choose the day of the transfer."""
    await turn.services.secretariat.require()
    await turn.start(TransferDay)


async def show_drawn(turn: Turn, drawn: Drawn) -> None:
    """A run that was just drawn up, and which claims are not in it and why."""
    left_out: list[Words] = [
        _("{number} is not in it: {reason}")(number=one.claim.number, reason=one.reason)
        for one in drawn.skipped
    ]
    if left_out:
        left_out.append(_("The experts have been asked for another account."))
    if drawn.run is None:
        turn.say(Screen(_("Payment run"), [Say(line) for line in left_out]))
    else:
        lead: list[Words] = [_("Made. Now a colleague checks and releases it."), *left_out]
        await show(turn, drawn.run, lead)


# --- one run -------------------------------------------------------------------------------------------


@on("payment.open")
async def open_run(turn: Turn, pressed: Pressed) -> None:
    """Everything in a run."""
    await turn.services.secretariat.require()
    await show(turn, await named(turn, pressed), page=number(pressed.act.args, "p"))


async def named(turn: Turn, pressed: Pressed) -> PaymentRun:
    """The run that a button names; raises Refusal."""
    run = await turn.services.payments.get(number(pressed.act.args, "i"))
    if run is None:
        raise Refusal(UNKNOWN)
    return run


async def show(turn: Turn, run: PaymentRun, lead: Sequence[Words] = (), page: int = 0) -> None:
    """A run: what can be done, its papers under fresh links, and its payments by claim number."""
    services = turn.services
    payments = await services.payments.of_run(run.id)
    claims = await services.payments.claims_of(payments)
    page = min(page, max(len(payments) - 1, 0) // A_PAGE)
    shown = payments[page * A_PAGE : (page + 1) * A_PAGE]
    parts: list[Part] = [Say(words) for words in lead]
    parts.append(
        Card(
            _("Payment run {number}")(number=run.number),
            badge=RUN_STATE[RunState(run.state)],
            facts=[*await run_facts(services, run), *_counts(payments)],
            body=_what_next(turn, run),
            buttons=[*await _papers(services, run), *_ways(turn, run, payments)],
            tone=RUN_TONE.get(RunState(run.state), "plain"),
        )
    )
    parts += [await _payment(services, run, payment, claims[payment.claim_id]) for payment in shown]
    turning = []
    if page:
        turning.append(Button(_("Back"), act("payment.open", i=run.id, p=page - 1)))
    if len(payments) > (page + 1) * A_PAGE:
        turning.append(Button(_("Next"), act("payment.open", i=run.id, p=page + 1), "primary"))
    if turning:
        place: Text = _("{from_} to {to} of {count}")(
            from_=page * A_PAGE + 1, to=page * A_PAGE + len(shown), count=len(payments)
        )
        parts.append(Card(place, buttons=turning))
    turn.say(Screen(_("Payment run"), parts, ref=f"payment_run:{run.id}"))


def _counts(payments: Sequence[Payment]) -> list[Fact]:
    """How many were paid and how many not, once the bank has answered for one."""
    facts = []
    for state in (PaymentState.PAID, PaymentState.FAILED):
        found = [payment for payment in payments if payment.state == state]
        if found:
            total = Yen(sum(payment.net_yen for payment in found))
            facts.append(
                Fact(PAYMENT_STATE[state], _("{count} payments, {total}")(count=len(found), total=total))
            )
    return facts


def _what_next(turn: Turn, run: PaymentRun) -> list[Words]:
    match RunState(run.state):
        case RunState.DRAWN_UP if run.made_by == turn.person.id:
            return [_("You made it, so a colleague checks the list and releases it.")]
        case RunState.DRAWN_UP:
            return [_("Please compare the list with the claims, then release it.")]
        case RunState.RELEASED if not _is_due(turn, run):
            return [_("Please give the file to the bank. Enter its answer on the day of the transfer.")]
        case RunState.RELEASED:
            return [_("Please enter the bank's answer.")]
    return []


def _is_due(turn: Turn, run: PaymentRun) -> bool:
    return run.transfer_on <= turn.services.programme.today(turn.services.now)


async def _papers(services: Services, run: PaymentRun) -> list[Button]:
    """Fresh links; the file itself only once it is released."""
    papers: list[tuple[Text, int | None]] = [
        (_("List (PDF)"), run.list_paper_id),
        (_("List (CSV)"), run.table_paper_id),
    ]
    if run.state in (RunState.RELEASED, RunState.CLOSED):
        papers.insert(0, (_("Transfer file"), run.file_paper_id))
    return [
        Button(label, Link(await services.papers.link(paper_id)))
        for label, paper_id in papers
        if paper_id is not None
    ]


def _ways(turn: Turn, run: PaymentRun, payments: Sequence[Payment]) -> list[Button]:
    if run.state == RunState.DRAWN_UP:
        cancel = Button(
            _("Cancel this run"),
            act("payment.cancel", i=run.id),
            "danger",
            _("Cancel it? The claims wait for the next run."),
        )
        release = Button(
            _("Check and release"),
            act("payment.release", i=run.id),
            "primary",
            _("Release {count} payments, {total} in all?")(count=run.count, total=Yen(run.total_yen)),
        )
        return [cancel] if run.made_by == turn.person.id else [release, cancel]
    if run.state == RunState.RELEASED and _is_due(turn, run):
        waiting = [payment for payment in payments if payment.state == PaymentState.SCHEDULED]
        total = Yen(sum(payment.net_yen for payment in waiting))
        return [
            Button(
                _("All were paid"),
                act("payment.all_paid", i=run.id),
                "primary",
                _("Were all {count} payments carried out, {total} in all?")(count=len(waiting), total=total),
            ),
            Button(_("Paid except …"), act("payment.except", i=run.id)),
        ]
    return []


async def _payment(services: Services, run: PaymentRun, payment: Payment, claim: Claim) -> Card:
    """One payment by its claim's number; the account by its last three digits."""
    expert = await services.experts.get(payment.expert_id)
    assert expert is not None
    state = PaymentState(payment.state)
    facts = [
        Fact(_("Expert"), expert.number),
        *money(payment),
        Fact(_("Account"), account(payment.bank)),
    ]
    if payment.failure is not None:
        facts.append(Fact(_("Reason"), services.payments.failure(payment.failure).label))
    due = run.state == RunState.RELEASED and run.transfer_on <= services.programme.today(services.now)
    buttons = []
    if state is PaymentState.SCHEDULED and due:
        buttons = [
            Button(_("Paid"), act("payment.paid", i=payment.id), confirm=_("Was this payment carried out?")),
            Button(_("Not carried out"), act("payment.failed", i=payment.id), "danger"),
        ]
    elif state is PaymentState.PAID:
        buttons = [
            Button(_("It came back"), act("payment.bounced", i=payment.id)),
            Button(_("Demand it back"), act("reclaim.begin", c=payment.claim_id), "danger"),
        ]
    elif state is PaymentState.FAILED and claim.state == "pay_failed":
        again = _("Pay again to the same account? Do this only when the bank was to blame.")
        buttons = [Button(_("Pay again as it is"), act("payment.again", c=claim.id), confirm=again)]
    return Card(
        claim.number,
        badge=PAYMENT_STATE[state],
        facts=facts,
        buttons=buttons,
        tone=PAYMENT_TONE.get(state, "plain"),
    )


# --- release and cancellation --------------------------------------------------------------------------


@on("payment.release")
async def release(turn: Turn, pressed: Pressed) -> None:
    """A second person lets the file go to the bank."""
    run = await named(turn, pressed)
    try:
        run = await turn.services.payments.release(run.id)
    except Refusal as refusal:
        await show_refused(turn, run.id, refusal)
        return
    await show(turn, run, [_("Released. Please give the file to the bank.")])


@on("payment.cancel")
async def cancel(turn: Turn, pressed: Pressed) -> None:
    """Undo a run that was not released."""
    run = await named(turn, pressed)
    try:
        run = await turn.services.payments.cancel(run.id)
    except Refusal as refusal:
        await show_refused(turn, run.id, refusal)
        return
    await show(turn, run, [_("Cancelled. The claims wait for the next run.")])


async def show_refused(turn: Turn, run_id: int, refusal: Refusal) -> None:
    """Why nothing was done, above the run as it stands now; for members of the secretariat only."""
    await turn.services.secretariat.require()
    run = await turn.services.payments.get(run_id)
    assert run is not None
    await show(turn, run, [refusal.reason])
