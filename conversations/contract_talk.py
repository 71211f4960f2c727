"""What both sides of a contract do in the same way: read it, sign it, answer a change, step back, end it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conversations import contracts_shown as shown
from conversations.acts import number, on
from conversations.choices import Choice
from conversations.contract_notices import changed_card, concluded_card, terminated_card
from conversations.contracts_shown import card, change_card, check_number, open_button
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Link, Pressed, Say, act
from conversations.plan_talk import talk_button
from conversations.questions import Story
from locales import _
from services.contract_book import LONGEST_REASON, outdated
from services.contracts import Contract, ContractChange, ContractChangeState, ContractState
from services.plan_content import hours
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

OTHER = "OTHER"


async def whole(services: Services, contract: Contract, *, to_company: bool) -> list[Card]:
    """A contract as it stands now with everything that can be done, and the change that waits for an answer."""
    one = await card(services, contract, to_company=to_company)
    if contract.to_sign or contract.in_support:
        one = replace(one, buttons=[*one.buttons, talk_button(contract.plan_id)])
    change = await services.contracts.open_change(contract.id)
    if change is None:
        return [one]
    return [one, await change_card(services, contract, change, to_company=to_company)]


# --- reading -------------------------------------------------------------------------------------------


@on("contract.read")
async def read(turn: Turn, pressed: Pressed) -> None:
    """A fresh link to the text of a contract, or of a proposed change, and then the way to sign it."""
    services = turn.services
    contract, to_company = await _readable(turn, number(pressed.act.args, "i"))
    change = await _its_change(turn, contract, pressed)
    paper_id = contract.paper_id if change is None else change.paper_id
    if paper_id is None:
        raise Refusal(_("This file is no longer there."))
    link = Link(await services.papers.link(paper_id))
    buttons = [Button(_("Open the contract"), link, "primary")]
    digest = contract.digest if change is None else change.digest
    if to_company is not None:
        if change is not None:
            buttons += (await change_card(services, contract, change, to_company=to_company)).buttons[1:]
        elif contract.to_sign:
            buttons += shown.ways(contract, to_company=to_company)[1:]
    revision = contract.revision if change is None else change.revision + 1
    turn.say(
        Card(
            _("Contract {number}, revision {revision}")(number=contract.number, revision=revision),
            facts=[check_number(digest)],
            body=[_("The link works for 5 minutes. You can have a new one at any time.")],
            note=shown.SAME_TEXT,
            buttons=buttons,
            quick=[shown.STATUS] if to_company else [],
        )
    )


async def _readable(turn: Turn, contract_id: int) -> tuple[Contract, bool | None]:
    """A contract that the acting person may read, and whether as the company; None for the secretariat."""
    contracts, secretariat = turn.services.contracts, turn.services.secretariat
    try:
        return await contracts.of_either(contract_id)
    except Refusal:
        contract = await contracts.get(contract_id)
        if contract is None or not await secretariat.includes_me():
            raise
        await secretariat.require()
        return contract, None


async def _its_change(turn: Turn, contract: Contract, pressed: Pressed) -> ContractChange | None:
    """The change that a button is about, if it is about one that still waits for its answer."""
    if "c" not in pressed.act.args:
        return None
    change = await turn.services.contracts.change(number(pressed.act.args, "c"))
    if change is None or change.contract_id != contract.id:
        raise Refusal(_("We cannot find this change. Please look at the contract."))
    return change if change.state == ContractChangeState.PROPOSED else None


# --- signing -------------------------------------------------------------------------------------------


@on("contract.sign")
async def sign(turn: Turn, pressed: Pressed) -> None:
    """The question before a signature: what exactly would be signed."""
    services = turn.services
    contract, to_company = await services.contracts.of_either(number(pressed.act.args, "i"))
    if not await _is_fresh(turn, contract, pressed, to_company=to_company):
        return
    if not contract.to_sign or shown.has_signed(contract, to_company=to_company):
        lead = [_("Both have signed already. There is nothing to do.")] if contract.in_support else []
        turn.say(await card(services, contract, to_company=to_company, lead=lead))
        return
    if turn.chatty:
        # A yes that is typed now must not answer a form that was left open: least of all that of stepping back.
        await services.drafts.put_aside()
    facts = await shown.contract_facts(services, contract, to_company=to_company)
    args = {"i": contract.id, "r": contract.revision, "d": contract.digest}
    turn.say(
        Card(
            _("Do you sign contract {number}?")(number=contract.number),
            badge=_("Please check"),
            facts=[*facts, check_number(contract.digest)],
            body=[
                _("Under this contract you pay only your own share.")
                if to_company
                else _("It is concluded when both of you have signed."),
                shown.SAME_TEXT,
            ],
            note=_("The contract is for advice and support, not for finished work."),
            buttons=[
                Button(_("Sign it"), act("contract.sign_sure", **args), "primary"),
                shown.read_button(contract),
                open_button(contract, to_company=to_company),
            ],
            tone="review",
        )
    )


async def _is_fresh(turn: Turn, contract: Contract, pressed: Pressed, *, to_company: bool) -> bool:
    """Whether a button was drawn from the present text; if not, the present one is shown instead."""
    args = pressed.act.args
    if (number(args, "r"), args.get("d", "")) == (contract.revision, contract.digest):
        return True
    turn.say(await card(turn.services, contract, to_company=to_company, lead=[outdated(contract)]))
    return False


@on("contract.sign_sure")
async def sign_sure(turn: Turn, pressed: Pressed) -> None:
    """Sign; a text that has changed meanwhile is shown instead, to be read first."""
    contracts = turn.services.contracts
    contract, to_company = await contracts.of_either(number(pressed.act.args, "i"))
    if not await _is_fresh(turn, contract, pressed, to_company=to_company):
        return
    signed = await contracts.sign(contract.id, number(pressed.act.args, "r"), pressed.act.args.get("d", ""))
    if signed.digest != pressed.act.args.get("d"):
        lead = _("The terms of the programme have changed, and with them the contract. Please read it again.")
        turn.say(await card(turn.services, signed, to_company=to_company, lead=[lead]))
    elif signed.state == ContractState.CONCLUDED:
        turn.say(await concluded_card(turn.services, signed, to_company=to_company))
    else:
        turn.say(await card(turn.services, signed, to_company=to_company, title=_("Signed. Thank you.")))


# --- stepping back and ending --------------------------------------------------------------------------

REASONS = {
    "DATES": _("The dates no longer fit"),
    "CONTENT": _("The content no longer fits"),
    "HEALTH": _("Illness or other circumstances"),
    "GIVEN_UP": _("The matter was given up"),
    OTHER: _("Another reason"),
}


def _reason(form: StepBack | Termination) -> str:
    """The chosen reason and the words that were added, as the other side reads them."""
    chosen = form.facts.say(REASONS[form.why])
    return f"{chosen}\n{form.words}" if form.words else chosen


class StepBack(Form):
    """Not to sign after all; `about` is the contract."""

    name = "contract.cancel"
    title = _("Step back from the contract")
    submit = _("Cancel the contract")

    why = Choice(
        _("Why would you like to step back?"),
        REASONS,
        label=_("Reason"),
        hint=_("Then no contract is made, and nothing is to be paid."),
    )
    words = Story(
        _("What would you like to say to the other side?"), at_most=LONGEST_REASON - 60, label=_("Your words")
    ).optional()

    async def complete(self, turn: Turn) -> None:
        """Cancel the contract."""
        contract = await turn.services.contracts.cancel(int(self.draft.about), _reason(self))
        turn.say(
            Say(
                _("Contract {number} will not be made. We have told the other side.")(number=contract.number),
                quick=[shown.STATUS] if turn.chatty else [],
            )
        )


@on("contract.cancel")
async def cancel(turn: Turn, pressed: Pressed) -> None:
    """Ask why, and step back."""
    contract, to_company = await turn.services.contracts.of_either(number(pressed.act.args, "i"))
    if contract.to_sign:
        await turn.start(StepBack, str(contract.id))
    else:
        turn.say(await card(turn.services, contract, to_company=to_company))


class Termination(Form):
    """To end a contract that runs; `about` is the contract."""

    name = "contract.terminate"
    title = _("End the contract")
    submit = _("End it now")

    why = Choice(_("Why would you like to end the contract?"), REASONS, label=_("Reason"))
    words = Story(
        _("What would you like to say to the other side?"), at_most=LONGEST_REASON - 60, label=_("Your words")
    ).optional()

    async def complete(self, turn: Turn) -> None:
        """Terminate it."""
        contracts = turn.services.contracts
        contract, to_company = await contracts.of_either(int(self.draft.about))
        contract = await contracts.terminate(contract.id, _reason(self))
        turn.say(await terminated_card(turn.services, contract, to_company=to_company))


@on("contract.terminate")
async def terminate(turn: Turn, pressed: Pressed) -> None:
    """Say what ending it means, ask why, and end it."""
    services = turn.services
    contract, to_company = await services.contracts.of_either(number(pressed.act.args, "i"))
    if not contract.in_support:
        turn.say(await card(services, contract, to_company=to_company))
        return
    given, _confirmed = await services.sessions.minutes(contract)
    turn.say(
        Card(
            _("End contract {number}?")(number=contract.number),
            facts=[Fact(_("Given so far"), _("{hours} hours")(hours=hours(given)))],
            body=[
                _("What was done stays payable. Everything after that ends at once."),
                _("This cannot be undone."),
            ],
            tone="review",
        )
    )
    await turn.start(Termination, str(contract.id))


# --- answering a change --------------------------------------------------------------------------------


@on("contract.change_agree")
async def agree(turn: Turn, pressed: Pressed) -> None:
    """The question before a change is agreed to."""
    services = turn.services
    change, contract, to_company = await _change(turn, pressed)
    if change.state != ContractChangeState.PROPOSED or change.digest != pressed.act.args.get("d"):
        turn.say(await card(services, contract, to_company=to_company))
        return
    args = {"c": change.id, "d": change.digest}
    turn.say(
        Card(
            _("Agree to this change?"),
            badge=_("Please check"),
            facts=[
                *shown.change_facts(services, contract, change, to_company=to_company),
                check_number(change.digest),
            ],
            buttons=[
                Button(_("Agree to it"), act("contract.change_sure", **args), "primary"),
                Button(_("Read the new contract"), act("contract.read", i=contract.id, c=change.id)),
                Button(_("Leave it as it is"), act("contract.change_decline", c=change.id)),
            ],
            tone="review",
        )
    )


async def _change(turn: Turn, pressed: Pressed) -> tuple[ContractChange, Contract, bool]:
    change = await turn.services.contracts.change(number(pressed.act.args, "c"))
    if change is None:
        raise Refusal(_("We cannot find this change. Please look at the contract."))
    contract, to_company = await turn.services.contracts.of_either(change.contract_id)
    return change, contract, to_company


@on("contract.change_sure")
async def agree_sure(turn: Turn, pressed: Pressed) -> None:
    """Agree to a change."""
    change, _contract, to_company = await _change(turn, pressed)
    contract = await turn.services.contracts.agree_to_change(change.id, pressed.act.args.get("d", ""))
    turn.say(await changed_card(turn.services, contract, to_company=to_company))


@on("contract.change_decline")
async def decline(turn: Turn, pressed: Pressed) -> None:
    """Leave the contract as it is; one's own proposal is taken back."""
    change, _contract, to_company = await _change(turn, pressed)
    contract = await turn.services.contracts.decline_change(change.id)
    turn.say(
        Say(
            _("Contract {number} stays as it is. We have told the other side.")(number=contract.number),
            quick=[open_button(contract, to_company=to_company)],
        )
    )
