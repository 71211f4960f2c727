"""The secretariat confirms another account of an expert, after a look at the passbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import CARDS, Part, Place, shown_at
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Heading, Link, Pressed, Say, Screen, Words, act
from conversations.payments_shown import account
from conversations.questions import Page, Story
from locales import _
from services.account_records import AccountChange, ChangeState
from services.accounts import UNKNOWN, Accounts
from services.claims import snapshot
from services.experts import Expert
from services.refusals import Refusal
from services.values import AccountHolderKana, Kana

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

STATE = {
    ChangeState.WAITING: _("To be checked"),
    ChangeState.CONFIRMED: _("Confirmed"),
    ChangeState.REFUSED: _("Asked again"),
    ChangeState.REPLACED: _("Replaced by a newer one"),
}
TONE = {ChangeState.WAITING: "tip", ChangeState.CONFIRMED: "good"}


async def _expert(services: Services, change: AccountChange) -> Expert:
    expert = await services.experts.get(change.expert_id)
    assert expert is not None
    return expert


async def change_card(services: Services, change_id: int) -> Card:
    """The card of a correction as it stands now: a number, no name and no account."""
    change = await Accounts(services).get(change_id)
    assert change is not None
    expert, state = await _expert(services, change), ChangeState(change.state)
    waits = state is ChangeState.WAITING
    return Card(
        _("Account of expert {number}")(number=expert.number),
        badge=STATE[state],
        facts=[Fact(_("Received"), _("{when}")(when=change.asked_at))],
        buttons=[Button(_("Open"), act("account.open", i=change.id), "primary" if waits else "plain")],
        tone=TONE.get(state, "plain"),
    )


CARDS["account_change"] = change_card


@shown_at(Place.MONEY)
async def at_home(services: Services) -> list[Part]:
    """The corrections that wait, at the Home of the secretariat."""
    if not await services.secretariat.includes_me():
        return []
    waiting = await Accounts(services).waiting()
    if not waiting:
        return []
    parts: list[Part] = [Heading(_("Accounts to check: {count}")(count=len(waiting)))]
    return parts + [await change_card(services, change.id) for change in waiting[:5]]


@on("account.open")
async def open_change(turn: Turn, pressed: Pressed) -> None:
    """The account before and after, and the passbook."""
    await turn.services.secretariat.require()
    await show(turn, number(pressed.act.args, "i"))


async def show(turn: Turn, change_id: int, lead: Words | None = None) -> None:
    """A correction with the passbook under fresh links, and what can be decided."""
    services = turn.services
    change = await Accounts(services).get(change_id)
    if change is None:
        raise Refusal(UNKNOWN)
    expert, state = await _expert(services, change), ChangeState(change.state)
    files = [
        Button(_("Passbook {place}")(place=place), Link(await services.documents.link(document_id)))
        for place, document_id in enumerate(change.documents, start=1)
    ]
    ways = [
        Button(
            _("Confirm the account"),
            act("account.confirm", i=change.id),
            "primary",
            _("Does the passbook show this account in the expert's name?"),
        ),
        Button(_("Ask again"), act("account.refuse", i=change.id), "danger"),
    ]
    facts = [
        Fact(_("New account"), account(change.account)),
        Fact(_("Account holder"), change.account["holder"]),
    ]
    if state is ChangeState.WAITING:
        facts.insert(0, Fact(_("Account so far"), account(snapshot(expert.account))))
    parts: list[Part] = [Say(lead)] if lead else []
    parts.append(
        Card(
            _("Account of expert {number}")(number=expert.number),
            badge=STATE[state],
            facts=facts,
            body=[*_worth_a_look(change, expert), *([change.answer] if change.answer else [])],
            buttons=[*files, *(ways if state is ChangeState.WAITING else [])],
            tone=TONE.get(state, "plain"),
        )
    )
    turn.say(Screen(_("Account"), parts, ref=f"account_change:{change.id}"))


def _worth_a_look(change: AccountChange, expert: Expert) -> list[Words]:
    if AccountHolderKana(change.account["holder"]).belongs_to(Kana(expert.kana)):
        return []
    return [_("The account holder is not the expert's own name.")]


@on("account.confirm")
async def confirm(turn: Turn, pressed: Pressed) -> None:
    """The account is the expert's own."""
    await _decide(turn, number(pressed.act.args, "i"))


async def _decide(turn: Turn, change_id: int) -> None:
    await turn.services.secretariat.require()
    try:
        await Accounts(turn.services).confirm(change_id)
    except Refusal as refusal:
        await show(turn, change_id, refusal.reason)
        return
    await show(turn, change_id, _("Confirmed. What failed is paid with the next run."))


class AskAgain(Form):
    """What the expert should put right about the account."""

    name = "account.again"
    title = _("Ask again")
    submit = _("Send")

    page = Page(_("Ask again"), _("The expert reads this and gives the account once more."))
    sentence = Story(_("What should be put right?"), at_most=300, label=_("What they read"))

    async def complete(self, turn: Turn) -> None:
        """Ask for it."""
        change = await Accounts(turn.services).refuse(int(self.draft.about), self.sentence)
        await show(turn, change.id, _("Asked. The expert has been told."))


@on("account.refuse")
async def refuse(turn: Turn, pressed: Pressed) -> None:
    """Say what should be put right."""
    await turn.services.secretariat.require()
    change = await Accounts(turn.services).get(number(pressed.act.args, "i"))
    if change is None:
        raise Refusal(UNKNOWN)
    if change.state != ChangeState.WAITING:
        await show(turn, change.id)
        return
    await turn.start(AskAgain, str(change.id))
