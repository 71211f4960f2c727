"""An expert claims the honorarium: proof of payment, travel if there was a visit, one declaration of what is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from conversations.acts import number, on
from conversations.catalogue import terms_version
from conversations.choices import Choice, Consent, Documents
from conversations.expert import claims
from conversations.form import Form
from conversations.messages import Pressed, Words
from conversations.questions import Condition, Day, Facts, Line, Money, Number, Page, Question
from locales import Text, _
from services import fees
from services import travel as rule
from services.claims import Claim, ClaimState, HandIn, Travel
from services.fees import Quote
from services.plan_content import hours
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn

YES, NO = "yes", "no"
FARTHEST = 3_000
"""Kilometres one way; farther than anything in the country."""


@dataclass(frozen=True)
class Known:
    """What the report says, on which everything is computed: minutes, yen an hour, and confirmed visits."""

    minutes: int
    price: Yen
    visits: int

    def __str__(self) -> str:
        return f"{self.minutes}:{int(self.price)}:{self.visits}"

    def quote(self, facts: Facts) -> Quote:
        """Who pays which part of it."""
        return fees.quote(self.price, self.minutes, facts.programme.rates)


class Basis(Question[Known]):
    """The report's figures: put there when the form is begun, shown with the answers, never typed."""

    counts = False
    asked = False

    def read(self, kept: str, facts: Facts) -> Known:
        """The figures."""
        parts = kept.split(":")
        if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
            raise Refusal(_("This window is out of date. Please open it again."))
        minutes, price, visits = map(int, parts)
        known = Known(minutes, Yen(price), visits)
        known.quote(facts)
        return known

    def show(self, value: Any, facts: Facts) -> Words:
        """Hours, and what they are worth."""
        return _by_the_hour(value, facts)


class Visited(Condition):
    """Holds when the company confirmed a visit."""

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether travel is asked about at all."""
        known = values.get(self.question.key)
        return known is not None and known.visits > 0


def _by_the_hour(known: Known, facts: Facts) -> Text:
    quote = known.quote(facts)
    return _("{hours} hours × {unit} = {amount}")(
        hours=hours(known.minutes), unit=quote.honorarium_unit, amount=quote.honorarium
    )


def today(facts: Facts) -> date:
    """Money that came has come by now."""
    return facts.today


def gross(facts: Facts) -> Yen | None:
    """Honorarium and travel together, as far as they are known."""
    known = facts.values.get("basis")
    if known is None:
        return None
    return Yen(known.quote(facts).honorarium + int(facts.values.get("travel_yen") or 0))


def declared_version(facts: Facts) -> str:
    """The terms and the amount: whoever changes the amount declares it anew."""
    return f"{terms_version(facts)}-{int(gross(facts) or 0)}"


class Declared(Consent):
    """The declaration, in whose version the amount is of no interest to a reader."""

    def show(self, value: Any, facts: Facts) -> Words:
        """That it was declared, and under which terms."""
        return super().show(str(value).rpartition("-")[0], facts)


def amounts(facts: Facts) -> list[Text]:
    """Hours, travel and sum so far."""
    known, whole = facts.values.get("basis"), gross(facts)
    if known is None or whole is None:
        return []
    lines = [_("Honorarium: {words}")(words=_by_the_hour(known, facts))]
    if facts.values.get("travel_yen"):
        lines.append(_("Travel: {amount}")(amount=facts.values["travel_yen"]))
        lines.append(_("In all: {amount}")(amount=whole))
    if whole >= facts.programme.money.four_eyes_from:
        lines.append(
            _("From {amount} on, two people of the secretariat look at it.")(
                amount=facts.programme.money.four_eyes_from
            )
        )
    return lines


def declaration(facts: Facts) -> list[Words]:
    """What is claimed, and what an expert declares with it (DOMAIN 8.8, 10.3)."""
    return [
        *(_("• {line}")(line=line) for line in amounts(facts)),
        _("• The company has really paid its share."),
        _("• None of it was or will be given back: no refund, referral fee or favour."),
        _("• The same hours are claimed nowhere else."),
        _("• Everything said here is true. What was paid wrongly I pay back."),
    ]


class HonorariumClaim(Form):
    """A claim of the honorarium; `about` names the contract, and the review that returned it."""

    name = "claim"
    title = _("Claim the honorarium")
    submit = _("Claim it")
    live = frozenset({"travel", "travel_km", "travel_yen"})

    paid = Page(_("Payment by the company"), _("Files go through the button, never into the chat."))
    basis = Basis(_("What the report says"), label=_("Honorarium"))
    received_on = Day(
        _("On which day did the company's share arrive?"), last=today, label=_("Share received on")
    )
    proof = Documents(
        _("Please send something that shows the payment."),
        purpose="payment_proof",
        label=_("Proof of payment"),
        hint=_("A bank statement or a platform's receipt in your name. For cash, a signed receipt."),
    )

    away = Page(_("Travel"), _("It is paid once for a contract, for one visit from far away."))
    travel = Choice(
        _("Do you also claim travel for a visit?"),
        {NO: _("No travel"), YES: _("Yes, for one visit")},
        label=_("Whether there was travel"),
    ).when(Visited(basis, frozenset()))
    travel_km = Number(
        _("How many kilometres is it one way?"),
        at_least=1,
        at_most=FARTHEST,
        label=_("Kilometres one way"),
        hint=_("By the cheapest usual way from your registered address."),
    ).when(travel.is_(YES))
    travel_route = Line(
        _("Which way did you take?"),
        at_most=rule.LONGEST_ROUTE,
        label=_("Way"),
        hint=_("For example: Tokyo to Shin-Kobe by train and back."),
    ).when(travel.is_(YES))
    travel_yen = Money(
        _("How much was it, there and back?"), at_least=1, at_most=1_000_000, label=_("Travel costs")
    ).when(travel.is_(YES))
    travel_receipts = Documents(
        _("Please send the receipts of your travel."), purpose="travel_receipt", label=_("Receipts of travel")
    ).when(travel.is_(YES))

    word = Page(_("Declaration"))
    declared = Declared(
        _("Please read this. Do you declare it?"),
        declared_version,
        declaration,
        agree=_("I declare this and claim"),
        label=_("Declarations"),
    )

    @classmethod
    def notes_on(cls, page: Page, facts: Facts) -> Sequence[Text]:
        """The amounts so far, and the rule of travel where it matters; the declaration holds its own."""
        if page is cls.word:
            return ()
        money = facts.programme.money
        told = _("Travel is paid from {km} km one way, up to {most}, with receipts.")(
            km=money.travel_from_km, most=money.travel_most
        )
        return [told, *amounts(facts)] if page is cls.away else amounts(facts)

    def check(self) -> None:
        """The rule of travel, before anything is handed in."""
        asked = self._travel()
        if asked is not None:
            rule.require_payable(
                asked,
                visits=self.basis.visits,
                receipts=len(self.values["travel_receipts"] or ()),
                money=self.facts.programme.money,
            )

    def _travel(self) -> Travel | None:
        if self.values["travel"] != YES:
            return None
        said = self.values
        return Travel(said["travel_km"], said["travel_yen"], said["travel_route"])

    async def complete(self, turn: Turn) -> None:
        """Hand the claim in, and say who looks at it and until when."""
        amount = gross(self.facts.given(self.values))
        assert amount is not None
        said = HandIn(
            amount,
            self.received_on,
            self.proof,
            self.declared,
            self._travel(),
            self.values["travel_receipts"] or (),
        )
        contract_id = int(self.draft.about.partition(":")[0])
        claim = await turn.services.claims.hand_in(contract_id, said, self.name, self.kept)
        turn.say(await claims.received_card(turn.services, claim))


# --- before the form -----------------------------------------------------------------------------------


@on("claim.begin")
async def begin(turn: Turn, pressed: Pressed) -> None:
    """Claim, go on with it, put right what came back, or see where it stands."""
    services, contract_id = turn.services, number(pressed.act.args, "i")
    claim = await services.claims.of_contract(contract_id)
    if claim is not None and claim.state != ClaimState.DEFICIENT:
        mine = await services.claims.of_mine(claim.id)
        turn.say(await claims.card(services, mine))
        return
    invoice, report = await services.claims.require_claimable(contract_id)
    contract = await services.contracts.get(contract_id)
    assert contract is not None
    basis = Known(report.minutes, Yen(contract.price_yen), await services.claims.visits(contract_id))
    if claim is not None:
        await _correct(turn, claim, basis)
        return
    day = invoice.received_on or invoice.paid_on
    answers = {"basis": str(basis)} | ({"received_on": day.isoformat()} if day else {})
    await _freshen(turn, f"{contract_id}:", basis)
    await turn.start(HonorariumClaim, f"{contract_id}:", answers)


async def _freshen(turn: Turn, about: str, basis: Known) -> None:
    """A claim that was begun before goes on with the figures of now."""
    drafts = turn.services.drafts
    draft = await drafts.live(HonorariumClaim.name, about)
    if draft is not None and draft.answers.get("basis") != str(basis):
        answers = {**draft.answers, "basis": str(basis)}
        await drafts.save(replace(draft, answers=answers), turn.services.now)


async def _correct(turn: Turn, claim: Claim, basis: Known) -> None:
    """Ask again only what was returned, with the reasons; the declaration is made anew with its amount."""
    services = turn.services
    review = await services.reviews.latest("claim", claim.id)
    assert review is not None
    about = f"{claim.contract_id}:{review.id}"
    reopened = {
        remark.question: remark.sentence for remark in review.remark_list if remark.question != "basis"
    }
    answers = {**review.answers, "basis": str(basis)}
    del answers["declared"]
    await _freshen(turn, about, basis)
    await turn.start(HonorariumClaim, about, answers, reopened)
