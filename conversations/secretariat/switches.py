"""The secretariat stops and resumes parts of the programme: one clerk proposes, another confirms (DOMAIN 9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import CARDS, Part, Place, shown_at
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Heading, Pressed, Say, Screen, Words, act
from conversations.questions import Page, Story
from conversations.switches_shown import why
from locales import Text, _
from services.refusals import Refusal
from services.switches import LONGEST_REASON, UNKNOWN, ChangeState, SwitchChange

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.programme_parts import Switch

STATE = {
    ChangeState.PROPOSED: _("Waits for a second person"),
    ChangeState.IN_FORCE: _("In force"),
    ChangeState.TAKEN_BACK: _("Taken back"),
}
TONE = {ChangeState.PROPOSED: "tip", ChangeState.IN_FORCE: "good"}


# --- what is shown -------------------------------------------------------------------------------------


@shown_at(Place.PROGRAMME)
async def programme(services: Services) -> list[Part]:
    """How each part of the programme stands, at the Home of the secretariat."""
    if not await services.secretariat.includes_me():
        return []
    facts, buttons = [], []
    for part in services.programme.switches:
        stands, button = await _stands(services, part)
        facts.append(Fact(part.label, stands))
        buttons.append(button)
    buttons.append(Button(_("What was changed"), act("switch.history")))
    return [Heading(_("Programme")), Card(_("Parts of the programme"), facts=facts, buttons=buttons)]


async def _stands(services: Services, part: Switch) -> tuple[Words, Button]:
    """How a part stands, and what can be done about it."""
    switches = services.switches
    waiting, change = await switches.proposed(part.code), await switches.in_force(part.code)
    is_open = part.open if change is None else change.open
    stands: Text = _("Goes on") if is_open else _("Stopped")
    if change is not None and not is_open:
        stands = (_("Closed early, {when}") if change.by_itself else _("Stopped, {when}"))(
            when=change.confirmed_at
        )
    if waiting is not None:
        decide = Button(_("Decide: {part}")(part=part.label), act("switch.open", i=waiting.id), "primary")
        return _("{state}; a change is proposed")(state=stands), decide
    if is_open:
        return stands, Button(_("Stop: {part}")(part=part.label), act("switch.stop", k=part.code))
    return stands, Button(_("Resume: {part}")(part=part.label), act("switch.resume", k=part.code))


async def switch_card(services: Services, change_id: int) -> Card:
    """One change as it stands now, for everybody in the secretariat's channel."""
    change = await services.switches.get(change_id)
    assert change is not None
    name, state = services.reviews.name, ChangeState(change.state)
    who: Words = _("The programme itself") if change.by_itself else await name(change.proposed_by)
    facts = [
        Fact(_("Reason"), why(change)),
        Fact(_("Proposed by"), _("{who}, {when}")(who=who, when=change.proposed_at)),
    ]
    if change.confirmed_by is not None:
        confirmed = _("{who}, {when}")(who=await name(change.confirmed_by), when=change.confirmed_at)
        facts.append(Fact(_("Confirmed by"), confirmed))
    if change.taken_back_by is not None:
        back = _("{who}, {when}")(who=await name(change.taken_back_by), when=change.taken_back_at)
        facts.append(Fact(_("Taken back by"), back))
    if state is ChangeState.IN_FORCE:
        count = await services.switches.told(change.id)
        facts.append(Fact(_("Told"), _("{count} people")(count=count)))
    return Card(
        (_("Resume: {part}") if change.open else _("Stop: {part}"))(
            part=services.switches.part(change.code).label
        ),
        badge=STATE[state],
        facts=facts,
        buttons=_decisions(change) if state is ChangeState.PROPOSED else [],
        tone=TONE.get(state, "plain"),
    )


CARDS["switch"] = switch_card


def _decisions(change: SwitchChange) -> list[Button]:
    return [
        Button(
            _("Confirm"),
            act("switch.confirm", i=change.id),
            "primary",
            _("It comes into force at once, and everybody concerned is told."),
        ),
        Button(_("Take back"), act("switch.take_back", i=change.id)),
    ]


async def _show(turn: Turn, change: SwitchChange, *lead: Text) -> None:
    card = await switch_card(turn.services, change.id)
    turn.say(Screen(_("Programme"), [*(Say(words) for words in lead), card], ref=f"switch:{change.id}"))


# --- what is done --------------------------------------------------------------------------------------


class SwitchReason(Form):
    """Why a part is stopped or resumed; `about` names the part and which of both."""

    name = "switch"
    title = _("Stop or resume")
    submit = _("Propose it")

    page = Page(_("Stop or resume"), _("A colleague confirms it. Then it comes into force at once."))
    reason = Story(_("Why? Everybody concerned reads this."), at_most=LONGEST_REASON, label=_("Reason"))

    async def complete(self, turn: Turn) -> None:
        """Propose it to the others of the secretariat."""
        code, _colon, what = self.draft.about.partition(":")
        change = await turn.services.switches.propose(code, what == "resume", self.reason)
        await _show(turn, change, _("Proposed. A colleague must confirm it."))


@on("switch.stop")
async def stop(turn: Turn, pressed: Pressed) -> None:
    """Propose to stop a part."""
    await _begin(turn, pressed, "stop", _("Stop: {part}"))


@on("switch.resume")
async def resume(turn: Turn, pressed: Pressed) -> None:
    """Propose to let a part go on."""
    await _begin(turn, pressed, "resume", _("Resume: {part}"))


async def _begin(turn: Turn, pressed: Pressed, what: str, title: Text) -> None:
    await turn.services.secretariat.require()
    part = turn.services.switches.part(pressed.act.args.get("k", ""))
    turn.say(Say(title(part=part.label)))
    await turn.start(SwitchReason, f"{part.code}:{what}")


@on("switch.open")
async def show(turn: Turn, pressed: Pressed) -> None:
    """A change, to be decided or to be read."""
    await turn.services.secretariat.require()
    change = await turn.services.switches.get(number(pressed.act.args, "i"))
    if change is None:
        raise Refusal(UNKNOWN)
    await _show(turn, change)


@on("switch.confirm")
async def confirm(turn: Turn, pressed: Pressed) -> None:
    """The second person agrees: it comes into force."""
    change = await turn.services.switches.confirm(number(pressed.act.args, "i"))
    await _show(turn, change, _("In force. Everybody concerned is being told."))


@on("switch.take_back")
async def take_back(turn: Turn, pressed: Pressed) -> None:
    """A proposed change is dropped."""
    change = await turn.services.switches.take_back(number(pressed.act.args, "i"))
    await _show(turn, change, _("Taken back. Everything stays as it is."))


@on("switch.history")
async def history(turn: Turn, pressed: Pressed) -> None:
    """Who changed what, when and why, the latest first."""
    await turn.services.secretariat.require()
    changes = await turn.services.switches.history()
    cards: list[Part] = [await switch_card(turn.services, change.id) for change in changes]
    turn.say(Screen(_("What was changed"), cards or [Say(_("Nothing has been changed yet."))]))
