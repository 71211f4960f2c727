"""What a contract looks like to everybody who sees one: the same few lines, and the ways on from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import plan_words
from conversations.messages import Button, Card, Fact, Words, act
from locales import Text, _
from services.contract_book import STATES
from services.contract_text import Figures
from services.contracts import Contract, ContractChange, ContractState
from services.plan_content import hours
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

STATUS = Button(_("See where it stands"), act("menu.status"))
SAME_TEXT = _("The check number shows that both of you have signed the same text.")
TONES = {
    ContractState.CONCLUDED: "good",
    ContractState.TERMINATED: "bad",
    ContractState.EXPIRED: "bad",
    ContractState.CANCELLED: "bad",
}


async def contract_facts(services: Services, contract: Contract, *, to_company: bool = False) -> list[Fact]:
    """With whom, what for, how long, for how much, and until when it is to be signed: five plain lines."""
    company, expert = await services.contracts.parties(contract)
    written = await services.plans.content(await services.contracts.plan(contract), contract.plan_revision)
    quote = services.contracts.quote(contract)
    if to_company:
        other = Fact(_("Expert"), _("{name} ({number})")(name=expert.name, number=expert.number))
        cost = _("Your share {share} ({total} in all)")(share=quote.sme_share, total=quote.total)
    else:
        other = Fact(_("Company"), _("{name} ({number})")(name=company.name, number=company.number))
        cost = _("{total} in all: honorarium {honorarium}, company {share}")(
            total=quote.total, honorarium=quote.honorarium, share=quote.sme_share
        )
    return [
        other,
        Fact(_("What is done"), plan_words.in_one_line(written.purpose)),
        Fact(_("Hours and period"), time(Figures.of(contract))),
        Fact(_("Cost"), cost),
        *_signed(services, contract),
    ]


def _signed(services: Services, contract: Contract) -> list[Fact]:
    if contract.to_sign:
        return [Fact(_("Sign by"), _("{day}")(day=services.programme.today(services.contracts.sign_by())))]
    if contract.concluded_at is not None:
        return [Fact(_("Concluded at"), _("{when}")(when=contract.concluded_at))]
    return []


def time(figures: Figures) -> Text:
    """Hours and period."""
    return _("{hours} hours, {start} to {end}")(
        hours=hours(figures.minutes), start=figures.period_start, end=figures.period_end
    )


def check_number(digest: str) -> Fact:
    """The beginning of a text's SHA-256, by which both sides see that they mean the same one."""
    return Fact(_("Check number"), digest[:8].upper())


def open_button(contract: Contract, *, to_company: bool) -> Button:
    """Opens a contract on the side of whoever presses it."""
    return Button(
        _("See the contract"), act("contract.open" if to_company else "contract.view", i=contract.id)
    )


def read_button(contract: Contract, style: str = "plain") -> Button:
    """Makes a fresh link to the text of a contract."""
    return Button(_("Read the contract"), act("contract.read", i=contract.id), style)


def has_signed(contract: Contract, *, to_company: bool) -> bool:
    """Whether this side has signed the present text."""
    return (contract.signed_by_sme_at if to_company else contract.signed_by_expert_at) is not None


def ways(contract: Contract, *, to_company: bool) -> list[Button]:
    """What this side can do about a contract: first of all, read it."""
    if contract.to_sign:
        back = Button(_("Step back"), act("contract.cancel", i=contract.id))
        if has_signed(contract, to_company=to_company):
            return [read_button(contract), back]
        return [read_button(contract, "primary"), sign_button(contract, to_company=to_company), back]
    buttons = [read_button(contract)] if contract.paper_id is not None else []
    if contract.in_support:
        if not to_company:
            change = act("contract.propose", i=contract.id, r=contract.revision)
            buttons.append(Button(_("Change hours or days"), change))
        buttons.append(Button(_("End the contract"), act("contract.terminate", i=contract.id)))
    return buttons


def sign_button(contract: Contract, *, to_company: bool) -> Button:
    """Signs exactly this text; a company, on LINE, is asked once more by a question of its own."""
    args = {"i": contract.id, "r": contract.revision, "d": contract.digest}
    if to_company:
        return Button(_("Sign"), act("contract.sign", **args))
    sure = _("Sign this contract? It is concluded when the company has signed too.")
    if has_signed(contract, to_company=True):
        sure = _("Sign this contract? The company has signed, so it is concluded at once.")
    return Button(_("Sign"), act("contract.sign_sure", **args), confirm=sure)


async def card(
    services: Services,
    contract: Contract,
    *,
    to_company: bool,
    title: Text | None = None,
    lead: Sequence[Words] = (),
    buttons: Sequence[Button] | None = None,
) -> Card:
    """A contract as it stands, in its five lines, with what can be done."""
    state = ContractState(contract.state)
    plain = _("Contract {number}")(number=contract.number)
    if contract.revision > 1:
        plain = _("Contract {number}, revision {revision}")(
            number=contract.number, revision=contract.revision
        )
    return Card(
        title or plain,
        badge=STATES[state],
        facts=await contract_facts(services, contract, to_company=to_company),
        body=[*lead, *_next(contract, to_company=to_company)],
        buttons=ways(contract, to_company=to_company) if buttons is None else buttons,
        quick=[STATUS] if to_company else [],
        tone=TONES.get(state, "tip" if contract.to_sign else "plain"),
    )


def _next(contract: Contract, *, to_company: bool) -> list[Words]:
    if contract.to_sign and has_signed(contract, to_company=to_company):
        other = _("the expert") if to_company else _("the company")
        return [
            _("You have signed. Now {other} signs.")(other=other),
            _("We tell you when it is concluded. There is nothing to do until then."),
        ]
    if contract.to_sign:
        return [
            _("Please read it first. Then sign it here."),
            _("Please do not begin the support before the contract."),
        ]
    return []


# --- changes -------------------------------------------------------------------------------------------


def change_facts(
    services: Services, contract: Contract, change: ContractChange, *, to_company: bool
) -> list[Fact]:
    """What a proposed change would alter: old and new, line by line."""
    rates = services.contracts.quote(contract)
    now = services.contracts.quote(contract, change.minutes)
    lines: list[tuple[Text, object, object]] = [
        (
            _("Hours in all"),
            _("{hours} hours")(hours=hours(contract.minutes)),
            _("{hours} hours")(hours=hours(change.minutes)),
        ),
        (_("First day"), contract.period_start, change.period_start),
        (_("Last day"), contract.period_end, change.period_end),
        (_("Total"), rates.total, now.total),
        (
            _("Your own share") if to_company else _("The company's own share"),
            rates.sme_share,
            now.sme_share,
        ),
        (_("Honorarium from the programme"), rates.honorarium, Yen(change.honorarium_yen)),
    ]
    return [
        *(Fact(label, _("{old} → {new}")(old=old, new=new)) for label, old, new in lines if old != new),
        Fact(_("Reason"), change.reason),
    ]


async def change_card(
    services: Services,
    contract: Contract,
    change: ContractChange,
    *,
    to_company: bool,
) -> Card:
    """A proposed change, for whoever answers it or waits for the answer."""
    reading = Button(_("Read the new contract"), act("contract.read", i=contract.id, c=change.id), "primary")
    if change.by_sme == to_company:
        body = _("The other side has not answered yet. Until then the contract stays as it is.")
        buttons = [reading, Button(_("Take it back"), act("contract.change_decline", c=change.id))]
    else:
        body = _("Until you agree, the contract stays as it is.")
        leaving = Button(_("Leave it as it is"), act("contract.change_decline", c=change.id))
        buttons = [reading, agree_button(change, to_company=to_company), leaving]
    return Card(
        _("A change of contract {number}")(number=contract.number),
        badge=_("Waits for an answer") if change.by_sme == to_company else _("Please answer"),
        facts=change_facts(services, contract, change, to_company=to_company),
        body=[body],
        buttons=buttons,
        tone="tip",
    )


def agree_button(change: ContractChange, *, to_company: bool) -> Button:
    """Agrees to exactly the text of a change; a company, on LINE, is asked once more by a question of its own."""
    args = {"c": change.id, "d": change.digest}
    if to_company:
        return Button(_("Agree to the change"), act("contract.change_agree", **args))
    return Button(
        _("Agree to the change"),
        act("contract.change_sure", **args),
        confirm=_("Agree to this change? It is in force at once."),
    )
