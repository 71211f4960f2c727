"""Sessions that a company denied or did not answer: a card in the channel, and what a clerk can settle after a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import sessions_shown as shown
from conversations.acts import number, on
from conversations.current import CARDS, Part, Place, shown_at
from conversations.messages import Button, Card, Fact, Heading, Link, Pressed, Say, Screen, Words, act
from locales import _
from services.evidence import EvidenceKind
from services.refusals import Refusal
from services.session_book import STATES, UNKNOWN
from services.session_rules import Flag
from services.sessions import Session, SessionState

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

SHOWN = 10
KIND = {
    EvidenceKind.PHOTO: _("Photo {place}"),
    EvidenceKind.RECORDING: _("Recording {place}"),
    EvidenceKind.MATERIAL: _("Material {place}"),
}


async def numbers(services: Services, session: Session) -> list[Fact]:
    """Numbers and times of a session; no names and no words of people."""
    contract = await services.contracts.get(session.contract_id)
    company = await services.companies.get(session.company_id)
    expert = await services.experts.get(session.expert_id)
    assert contract is not None and company is not None and expert is not None
    facts = [
        Fact(_("Contract"), contract.number),
        Fact(_("Company"), company.number),
        Fact(_("Expert"), expert.number),
        Fact(_("When"), shown.when(session)),
    ]
    if session.end_at is not None:
        facts.append(Fact(_("Time that counts"), shown.counted(session)))
    return facts


async def session_card(services: Services, session_id: int) -> Card:
    """The card of a session that the secretariat was shown, as it stands now."""
    session = await services.sessions.get(session_id)
    assert session is not None
    state = SessionState(session.state)
    waits = services.sessions.is_troubled(session)
    return Card(
        _("Session {number}")(number=session.number),
        badge=NO_ANSWER if waits and state == SessionState.RECORDED else STATES[state],
        facts=await numbers(services, session),
        buttons=[Button(_("Open"), act("session.inspect", i=session.id), "primary" if waits else "plain")],
        tone="bad" if waits else "plain",
    )


NO_ANSWER = _("The company has not answered")
CARDS["session"] = session_card


@on("session.inspect")
async def inspect(turn: Turn, pressed: Pressed) -> None:
    """Everything about a session, for the secretariat."""
    await turn.services.secretariat.require()
    session = await turn.services.sessions.get(number(pressed.act.args, "i"))
    if session is None:
        raise Refusal(UNKNOWN)
    await show(turn, session)


async def show(turn: Turn, session: Session, lead: Sequence[Words] = ()) -> None:
    """Facts, both clocks, what to look at, the record and the files; and what can be settled."""
    services = turn.services
    parts: list[Part] = [Say(words) for words in lead]
    parts.append(
        Card(
            _("Session {number}")(number=session.number),
            badge=STATES[SessionState(session.state)],
            facts=await numbers(services, session),
            buttons=_ways(services, session),
        )
    )
    parts.append(await _people(services, session))
    if session.dispute:
        parts.append(Card(_("The company writes"), body=[session.dispute]))
    parts.append(Card(_("Clocks"), facts=_clocks(session)))
    if session.flags:
        parts.append(
            Card(_("Worth a look"), body=[FLAG_LINE(what=shown.FLAG[Flag(f)]) for f in session.flags])
        )
    if session.recorded_at is not None:
        parts.append(Card(_("Record"), facts=shown.content(services, session)))
    files = await _files(services, session)
    if files.facts or files.buttons:
        parts.append(files)
    turn.say(Screen(_("Support session"), parts, ref=f"session:{session.id}"))


async def _people(services: Services, session: Session) -> Card:
    """Whom to call about it."""
    company = await services.companies.get(session.company_id)
    expert = await services.experts.get(session.expert_id)
    assert company is not None and expert is not None
    return Card(
        _("Whom to call"),
        facts=[
            Fact(_("Company"), company.name),
            Fact(_("Representative"), company.representative),
            Fact(_("Phone"), company.phone),
            Fact(_("Expert"), expert.name),
            Fact(_("Phone"), expert.phone),
        ],
    )


FLAG_LINE = _("• {what}")


def _ways(services: Services, session: Session) -> list[Button]:
    if not services.sessions.is_troubled(session):
        return []
    sure = _("It did not take place, and nothing is paid for it. Both sides are told. Cancel it?")
    return [
        Button(_("Ask the company again"), act("session.ask_again", i=session.id), "primary"),
        Button(_("Cancel the session"), act("session.strike", i=session.id), "danger", sure),
    ]


def _clocks(session: Session) -> list[Fact]:
    times = {
        _("Expert, begin"): session.expert_started_at,
        _("Company, begin"): session.sme_started_at,
        _("Expert, end"): session.expert_ended_at,
        _("Company, end"): session.sme_ended_at,
        _("Word typed"): session.word_given_at,
    }
    return [Fact(label, _("{when}")(when=moment) if moment else "-") for label, moment in times.items()]


async def _files(services: Services, session: Session) -> Card:
    facts, buttons, counts = [], [], dict.fromkeys(KIND, 0)
    for piece in await services.evidence.of_session(session.id):
        kind = EvidenceKind(piece.kind)
        counts[kind] += 1
        label = KIND[kind](place=counts[kind])
        if piece.document_id is not None:
            buttons.append(Button(label, Link(await services.documents.link(piece.document_id))))
        else:
            length = _("{reference}, {minutes} minutes")(
                reference=piece.reference, minutes=piece.length_minutes
            )
            facts += [Fact(label, length), Fact(_("SHA-256"), piece.sha256 or "-")]
    return Card(_("Evidence"), facts=facts, buttons=buttons)


@on("session.ask_again")
async def ask_again(turn: Turn, pressed: Pressed) -> None:
    """Ask the company once more, after a call."""
    session = await turn.services.sessions.ask_again(number(pressed.act.args, "i"))
    await show(turn, session, [_("The company is asked again.")])


@on("session.strike")
async def strike(turn: Turn, pressed: Pressed) -> None:
    """Take a session that did not take place out of the contract."""
    session = await turn.services.sessions.strike(number(pressed.act.args, "i"))
    await show(turn, session, [_("It is cancelled. Both sides have been told.")])


@shown_at(Place.SESSIONS)
@shown_at(Place.REPAIRS)
async def troubled(services: Services) -> list[Part]:
    """What the secretariat should look at, at its Home."""
    if not await services.secretariat.includes_me():
        return []
    sessions = await services.sessions.troubled()
    if not sessions:
        return []
    parts: list[Part] = [Heading(_("Sessions to clear up: {count}")(count=len(sessions)))]
    parts += [await session_card(services, session.id) for session in sessions[:SHOWN]]
    if len(sessions) > SHOWN:
        parts.append(Say(_("And {count} more.")(count=len(sessions) - SHOWN)))
    return parts
