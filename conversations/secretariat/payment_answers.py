"""The secretariat enters the bank's answer: one payment, all of them, or all except a few."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.choices import Choice
from conversations.form import Form
from conversations.messages import Pressed
from conversations.questions import Facts, Options, Page, Story, tidy
from conversations.secretariat.payments import named, show, show_refused
from locales import Text, _
from services import numbers
from services.accounts import Accounts
from services.payment_book import UNKNOWN
from services.payments import Payment, PaymentRun
from services.programme_parts import Deficiency
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn

_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
PAID, FAILED = frozenset(_WORDS["paid"]), frozenset(_WORDS["failed"])
SAVED = _("Entered. The experts have been told.")
_PARTS = re.compile(r"[\s,;\t\u3001]+")


def reasons(facts: Facts) -> Options:
    """Why the bank did not carry out a transfer."""
    return {one.code: one.label for one in facts.programme.deficiencies.payment}


def read_lines(text: str, prefix: str, known: Sequence[Deficiency]) -> dict[str, str]:
    """The codes of why, by the claim's number, of every line that says a transfer was not carried out.

    A line is a claim's number and a reason, as its place in the list or its words; between them may stand
    whether it was paid, as in a table that was pasted. Raises Refusal naming the line it cannot read.
    """
    failed: dict[str, str] = {}
    for place, line in enumerate(text.splitlines(), start=1):
        parts = [part for part in _PARTS.split(tidy(line)) if part]
        if not parts or (place == 1 and not any(sign.isdecimal() for sign in line)):
            continue
        claim = _claim(parts[0], prefix, line)
        rest = [part for part in parts[1:] if part.casefold() not in FAILED]
        if rest and rest[0].casefold() in PAID:
            continue
        code = _code(" ".join(rest), known)
        if code is None:
            raise Refusal(
                _("We cannot read the reason in “{line}”. Please give its number.")(line=tidy(line)),
                about="failed",
            )
        failed[claim] = code
    return failed


def _claim(typed: str, prefix: str, line: str) -> str:
    try:
        return numbers.read(typed, prefix)
    except Refusal as refusal:
        raise Refusal(
            _("In “{line}”: {reason}")(line=tidy(line), reason=refusal.reason), about="failed"
        ) from refusal


def _code(typed: str, known: Sequence[Deficiency]) -> str | None:
    if typed.isdecimal() and 1 <= int(typed) <= len(known):
        return known[int(typed) - 1].code
    for one in known:
        if typed.casefold() in {one.code.casefold(), tidy(one.label.ja).casefold(), one.label.en.casefold()}:
            return one.code
    return None


class BankResult(Form):
    """Which payments of a run were not carried out; all others were."""

    name = "payment.result"
    title = _("The bank's answer")
    submit = _("Enter it")

    page = Page(_("The bank's answer"), _("Everything that you do not list here counts as paid."))
    failed = Story(
        _("Which claims did the bank not pay?"),
        at_most=2900,
        label=_("Not carried out"),
        hint=_("One a line: claim and reason, such as H-000010 2. A pasted table works too."),
    )

    @classmethod
    def notes(cls, facts: Facts) -> Sequence[Text]:
        """The reasons with their numbers."""
        return [
            _("{place}: {reason}")(place=str(place), reason=one.label)
            for place, one in enumerate(facts.programme.deficiencies.payment, start=1)
        ]

    async def complete(self, turn: Turn) -> None:
        """Enter the answer for the whole run."""
        services, run_id = turn.services, int(self.draft.about)
        prefix = services.programme.numbers["claim"]
        listed = read_lines(self.failed, prefix, services.programme.deficiencies.payment)
        payments = await services.payments.of_run(run_id)
        claims = await services.payments.claims_of(payments)
        by_number = {claims[payment.claim_id].number: payment.id for payment in payments}
        for claim in listed:
            if claim not in by_number:
                raise Refusal(
                    _("Claim {number} is not in this run. Please check the number.")(number=claim),
                    about="failed",
                )
        failed = {by_number[claim]: code for claim, code in listed.items()}
        await show(turn, await services.payments.result(run_id, failed), [SAVED])


@on("payment.except")
async def all_except(turn: Turn, pressed: Pressed) -> None:
    """Say which were not paid."""
    await turn.services.secretariat.require()
    await turn.start(BankResult, str((await named(turn, pressed)).id))


@on("payment.all_paid")
async def all_paid(turn: Turn, pressed: Pressed) -> None:
    """Everything that waits was paid."""
    run = await named(turn, pressed)
    try:
        run = await turn.services.payments.result(run.id, {})
    except Refusal as refusal:
        await show_refused(turn, run.id, refusal)
        return
    await show(turn, run, [SAVED])


# --- one payment ---------------------------------------------------------------------------------------


async def _payment(turn: Turn, payment_id: int) -> Payment:
    payment = await turn.services.payments.payment(payment_id)
    if payment is None:
        raise Refusal(UNKNOWN)
    return payment


@on("payment.paid")
async def paid(turn: Turn, pressed: Pressed) -> None:
    """This one was paid."""
    payment = await _payment(turn, number(pressed.act.args, "i"))
    try:
        run = await turn.services.payments.settle(payment.id)
    except Refusal as refusal:
        await show_refused(turn, payment.run_id, refusal)
        return
    await show(turn, run, [SAVED])


class Failed(Form):
    """Why the bank did not carry out one payment."""

    name = "payment.failed"
    title = _("Not carried out")
    submit = _("Enter it")

    page = Page(_("Not carried out"), _("The expert reads the reason and gives another account."))
    reason = Choice(_("What does the bank say?"), reasons, label=_("Reason"))

    async def complete(self, turn: Turn) -> None:
        """Enter it."""
        await show(turn, await self._enter(turn, int(self.draft.about)), [SAVED])

    async def _enter(self, turn: Turn, payment_id: int) -> PaymentRun:
        return await turn.services.payments.settle(payment_id, self.reason)


class Bounced(Failed):
    """Why a payment came back after it was carried out."""

    name = "payment.bounced"
    title = _("It came back")

    page = Page(_("It came back"), _("The books are put right, and the expert gives another account."))
    reason = Choice(_("What does the bank say?"), reasons, label=_("Reason"))

    async def _enter(self, turn: Turn, payment_id: int) -> PaymentRun:
        return await turn.services.payments.bounce(payment_id, self.reason)


@on("payment.failed")
async def failed(turn: Turn, pressed: Pressed) -> None:
    """This one was not paid: why?"""
    await turn.services.secretariat.require()
    await turn.start(Failed, str((await _payment(turn, number(pressed.act.args, "i"))).id))


@on("payment.bounced")
async def bounced(turn: Turn, pressed: Pressed) -> None:
    """This one came back: why?"""
    await turn.services.secretariat.require()
    await turn.start(Bounced, str((await _payment(turn, number(pressed.act.args, "i"))).id))


@on("payment.again")
async def again(turn: Turn, pressed: Pressed) -> None:
    """Let a claim wait for the next run with the account it has."""
    services, claim_id = turn.services, number(pressed.act.args, "c")
    await services.secretariat.require()
    tried = await services.payments.of_claim(claim_id)
    if not tried:
        raise Refusal(UNKNOWN)
    run = await services.payments.get(tried[-1].run_id)
    assert run is not None
    claim = await Accounts(services).pay_again(claim_id)
    await show(turn, run, [_("Claim {number} waits for the next run.")(number=claim.number)])
