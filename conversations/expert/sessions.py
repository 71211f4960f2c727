"""An expert gives support: the session that runs with its word, what is to be recorded, and every session so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import sessions_shown as shown
from conversations.acts import number, on
from conversations.current import Part, Place, shown_at
from conversations.menu import COMMANDS, LISTENERS
from conversations.messages import Button, Card, Fact, Heading, Link, Pressed, Said, Say, Screen, Words, act
from conversations.session_talk import BEGUN, OVER, say_word
from conversations.vocabulary import meant
from locales import _
from services import session_rules as rules
from services.evidence import EvidenceKind
from services.refusals import Refusal
from services.session_book import STATES, UNKNOWN
from services.sessions import Session, SessionState

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.contracts import Contract

SHOWN = 20
TO_DO = (SessionState.RUNNING, SessionState.ENDED, SessionState.DISPUTED, SessionState.DENIED)
NO_CONTRACT = _("No contract is in its period of support today.")
KIND = {
    EvidenceKind.PHOTO: _("Photo {place}"),
    EvidenceKind.RECORDING: _("Recording {place}"),
    EvidenceKind.MATERIAL: _("Material {place}"),
}


# --- one session ---------------------------------------------------------------------------------------


@on("session.view")
async def view(turn: Turn, pressed: Pressed) -> None:
    """A session as it stands now, with all that can be done about it."""
    session, contract = await turn.services.sessions.of_mine(number(pressed.act.args, "i"))
    await show(turn, session, contract)


async def show(turn: Turn, session: Session, contract: Contract, lead: Sequence[Words] = ()) -> None:
    """A session in a window: what to do now, what was recorded, the evidence."""
    parts: list[Part] = [Say(words) for words in lead]
    parts.append(await card(turn.services, session, whole=True))
    if session.end_at is not None and session.state != SessionState.CANCELLED:
        parts.append(await evidence_card(turn.services, session, contract))
    turn.say(Screen(_("Support session"), parts, ref=f"session:{session.id}"))


async def card(services: Services, session: Session, *, whole: bool = False) -> Card:
    """A session with the one thing to do about it, or `whole` with everything that can be done."""
    state = SessionState(session.state)
    if whole:
        facts = await shown.facts(services, session, to_sme=False)
        facts += [await shown.so_far(services, session)] if state == SessionState.RUNNING else []
    else:
        facts = [await shown.partner(services, session, to_sme=False), Fact(_("When"), shown.when(session))]
    return Card(
        _("Session {number}")(number=session.number),
        badge=STATES[state],
        facts=facts,
        body=_next(services, session),
        buttons=_ways(services, session, whole=whole),
        tone=shown.TONES.get(state, "plain"),
    )


def _next(services: Services, session: Session) -> list[Words]:
    match SessionState(session.state):
        case SessionState.RUNNING if rules.is_forgotten(session.start_at, services.now, services.programme):
            return [_("Nobody has ended this session. Please enter when it ended.")]
        case SessionState.RUNNING if session.word_given_at is not None:
            return [_("The company has typed the word. Both are there.")]
        case SessionState.RUNNING:
            return [say_word(session), _("The company types it on LINE. The recording should have it too.")]
        case SessionState.ENDED:
            return [*shown.cut_down(session), _("Please write down what was done.")]
        case SessionState.RECORDED:
            return [*shown.cut_down(session), _("The company is asked to confirm it.")]
        case SessionState.DISPUTED:
            said = [_("The company writes: {words}")(words=session.dispute)] if session.dispute else []
            return [*said, _("Please correct the times, or the break in the record.")]
        case SessionState.DENIED:
            return [
                _("The company says that it did not receive this support."),
                _("The claim waits until the secretariat has talked to both of you."),
            ]
        case _:
            return []


def _ways(services: Services, session: Session, *, whole: bool) -> list[Button]:
    state, there = SessionState(session.state), {"i": session.id, "r": session.revision}
    open_it = [] if whole else [Button(_("Open"), act("session.view", i=session.id))]
    take_back = Button(
        _("Take it back"),
        act("session.cancel", i=session.id),
        "danger",
        _("Take this session back for good?"),
    )
    if state == SessionState.RUNNING:
        if rules.is_forgotten(session.start_at, services.now, services.programme):
            return [Button(_("Enter the end"), act("session.times", **there), "primary"), take_back]
        if session.expert_started_at is None:
            return [Button(BEGUN, act("session.join", i=session.id), "primary"), take_back]
        return [Button(_("End the support"), act("session.stop", i=session.id), "primary"), take_back]
    if state in (SessionState.DENIED, SessionState.CANCELLED):
        return open_it
    times = Button(_("Correct the times"), act("session.times", **there))
    if state == SessionState.ENDED:
        own = [] if session.expert_ended_at or session.late_reason else [_over(session)]
        first = [*own, Button(_("Record it"), act("session.record", **there), "primary")]
    elif state == SessionState.DISPUTED and not whole:
        return [Button(_("Correct the times"), act("session.times", **there), "primary"), *open_it]
    else:
        first = [Button(_("Correct the record"), act("session.record", **there))]
    if not whole:
        return [*first, *open_it]
    if state == SessionState.CONFIRMED:
        return [*first, times]
    return [*first, times, take_back]


def _over(session: Session) -> Button:
    return Button(OVER, act("session.stop", i=session.id))


async def evidence_card(services: Services, session: Session, contract: Contract) -> Card:
    """What was handed in for a session, what is still missing, and ways to look, add and take back."""
    pieces = await services.evidence.of_session(session.id)
    facts, buttons = [], [Button(_("Add evidence"), act("session.evidence", i=session.id), "primary")]
    counts: dict[str, int] = {}
    for piece in pieces:
        counts[piece.kind] = counts.get(piece.kind, 0) + 1
        label = KIND[EvidenceKind(piece.kind)](place=counts[piece.kind])
        if piece.document_id is not None:
            buttons.append(Button(label, Link(await services.documents.link(piece.document_id))))
        else:
            length = _("{reference}, {minutes} minutes")(
                reference=piece.reference, minutes=piece.length_minutes
            )
            facts.append(Fact(label, length))
        take_away = _("Remove: {what}")(what=label)
        sure = _("Remove this from the session?")
        buttons.append(Button(take_away, act("session.drop", i=piece.id), confirm=sure))
    missing = await services.evidence.missing_of(session, contract)
    lines: list[Words] = [_("Still missing: {what}")(what=what) for what in missing]
    return Card(
        _("Evidence"),
        facts=[
            *facts,
            Fact(
                _("Files"), _("{count} files")(count=sum(piece.document_id is not None for piece in pieces))
            ),
        ],
        body=lines or [_("Everything is there.")],
        note=_("Only you and the secretariat see these files."),
        buttons=buttons,
        tone="tip" if missing else "good",
    )


@on("session.drop")
async def drop(turn: Turn, pressed: Pressed) -> None:
    """Take back a piece of evidence."""
    piece = await turn.services.evidence.remove(number(pressed.act.args, "i"))
    assert piece.session_id is not None
    session, contract = await turn.services.sessions.of_mine(piece.session_id)
    await show(turn, session, contract, [_("It was removed.")])


# --- beginning and ending ------------------------------------------------------------------------------


@on("session.start")
async def start(turn: Turn, pressed: Pressed) -> None:
    """Begin the support under a contract."""
    await _start(turn, number(pressed.act.args, "i"))


async def _start(turn: Turn, contract_id: int) -> None:
    await _shown(turn, await turn.services.sessions.start(contract_id))


@on("session.join")
async def join(turn: Turn, pressed: Pressed) -> None:
    """Say that the support which the company has begun has begun indeed."""
    await _shown(turn, await turn.services.sessions.join(number(pressed.act.args, "i")))


@on("session.stop")
async def stop(turn: Turn, pressed: Pressed) -> None:
    """End the support, by the expert's clock."""
    await _shown(turn, await turn.services.sessions.stop(number(pressed.act.args, "i")))


@on("session.cancel")
async def cancel(turn: Turn, pressed: Pressed) -> None:
    """Take a session back."""
    await _shown(turn, await turn.services.sessions.cancel(number(pressed.act.args, "i")))


async def _shown(turn: Turn, session: Session) -> None:
    _session, contract = await turn.services.sessions.of_mine(session.id)
    await show(turn, session, contract)


# --- every session, and ways here ----------------------------------------------------------------------


@on("session.list")
async def list_all(turn: Turn, pressed: Pressed) -> None:
    """Every session of a contract with its state, the latest first."""
    services = turn.services
    contract, by_sme = await services.contracts.of_either(number(pressed.act.args, "i"))
    if by_sme:
        # It says the word that the company has to hear from the expert.
        raise Refusal(UNKNOWN)
    sessions = await services.sessions.of_contract(contract.id)
    parts: list[Part] = [await contract_card(services, contract)]
    parts += [await card(services, session) for session in reversed(sessions[-SHOWN:])]
    if len(sessions) > SHOWN:
        parts.append(Say(_("And {count} more.")(count=len(sessions) - SHOWN)))
    turn.say(Screen(_("Support sessions"), parts, ref=f"sessions:{contract.id}"))


async def contract_card(services: Services, contract: Contract) -> Card:
    """The hours of a contract, and what can be begun or entered under it."""
    company = await services.companies.get(contract.company_id)
    assert company is not None
    return Card(
        company.name,
        facts=[Fact(_("Contract"), contract.number), *await shown.hours_of(services, contract)],
        buttons=[
            Button(_("Begin the support"), act("session.start", i=contract.id), "primary"),
            Button(_("Sessions so far"), act("session.list", i=contract.id)),
            Button(_("Enter one afterwards"), act("session.late", i=contract.id)),
        ],
    )


async def _mine(services: Services) -> tuple[list[Session], list[Contract]]:
    """What is to be done about sessions, and the contracts under which one may be begun today."""
    expert = await services.experts.mine() if services.person else None
    if expert is None:
        return [], []
    to_do = await services.sessions.of_expert(expert.id, *TO_DO)
    return to_do, await services.sessions.supported(expert_id=expert.id)


@shown_at(Place.SESSIONS)
async def at_home(services: Services) -> list[Part]:
    """The session that runs, and those that wait for the expert; a contract's own card says where to begin one."""
    to_do, _contracts = await _mine(services)
    if not to_do:
        return []
    first = sorted(to_do, key=lambda session: session.state != SessionState.RUNNING)
    return [Heading(_("Support sessions")), *[await card(services, session) for session in first]]


async def by_command(turn: Turn, rest: str = "") -> None:
    """Begin the support, asked for by the slash command or a typed word; ask under which contract if need be."""
    to_do, contracts = await _mine(turn.services)
    running = [session for session in to_do if session.state == SessionState.RUNNING]
    if running:
        await _join_or_show(turn, running[0])
    elif len(contracts) == 1:
        await _start(turn, contracts[0].id)
    elif contracts:
        cards: list[Part] = [await contract_card(turn.services, contract) for contract in contracts]
        turn.say(Screen(_("Under which contract?"), cards))
    else:
        turn.say(Say(NO_CONTRACT))


async def _join_or_show(turn: Turn, session: Session) -> None:
    if session.expert_started_at is None:
        session = await turn.services.sessions.join(session.id)
    await _shown(turn, session)


async def end_by_word(turn: Turn) -> None:
    """End the support, asked for by a typed word."""
    to_do, _contracts = await _mine(turn.services)
    running = [session for session in to_do if session.state == SessionState.RUNNING]
    if running:
        await _shown(turn, await turn.services.sessions.stop(running[0].id))
    else:
        turn.say(Say(_("No support is going on at the moment.")))


async def listen(turn: Turn, said: Said) -> bool:
    """Claim the words by which an expert begins and ends support in the direct message."""
    if turn.person.identity.channel != "slack" or said.thread is not None:
        return False
    match meant(said.text):
        case "session_start":
            await by_command(turn)
        case "session_end":
            await end_by_word(turn)
        case _:
            return False
    return True


COMMANDS["session_start"] = by_command
LISTENERS.append(listen)
