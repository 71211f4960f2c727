"""What a support session looks like: the same lines for both sides and the secretariat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.messages import Fact, Words
from locales import Text, _
from services.clock import in_tokyo
from services.plan_content import hours
from services.session_book import STATES
from services.session_rules import Flag, Span, bill, day_of, end_of
from services.sessions import SessionMode, SessionState

if TYPE_CHECKING:
    from datetime import datetime

    from services.bundle import Services
    from services.contracts import Contract
    from services.sessions import Session

MODE = {
    SessionMode.ONLINE: _("Online"),
    SessionMode.VISIT: _("Visit"),
    SessionMode.DESK: _("Work at the desk, without the company"),
}
FLAG = {
    Flag.ONE_CLOCK: _("Only one side has clocked"),
    Flag.CLOCKS_DIFFER: _("The clocks of both sides differ"),
    Flag.LATE_ENTRY: _("Times entered afterwards"),
    Flag.NO_WORD: _("The word was not given"),
    Flag.CUT: _("Time after midnight or the period left out"),
    Flag.LONG_DAY: _("Cut down to the limit of a day"),
    Flag.CAPPED: _("Cut down to the contract's hours"),
    Flag.DESK_SHARE: _("Too much work at the desk"),
    Flag.PHOTOS_MISSING: _("Photos missing"),
    Flag.PHOTO_REUSED: _("File used elsewhere too"),
    Flag.RECORDING_MISSING: _("Recording missing"),
    Flag.RECORDING_SHORT: _("Recording too short"),
    Flag.RECORDING_REUSED: _("Recording used elsewhere too"),
    Flag.RECORDING_OFF: _("Recording begins at another time"),
    Flag.MATERIAL_MISSING: _("Material missing"),
}
"""What a reviewer reads; nobody else does (DOMAIN Q23)."""
TO_COMPANY = {
    SessionState.ENDED: _("The expert writes it down"),
    SessionState.RECORDED: _("Please check"),
    SessionState.CONFIRMED: _("Confirmed"),
    SessionState.DISPUTED: _("The expert corrects it"),
    SessionState.DENIED: _("The secretariat asks both sides"),
}
"""What the company reads where the state of a session names the company itself."""
TONES = {
    SessionState.RUNNING: "good",
    SessionState.ENDED: "tip",
    SessionState.CONFIRMED: "good",
    SessionState.DISPUTED: "tip",
    SessionState.DENIED: "bad",
}


def state(session: Session, *, to_sme: bool = False) -> Text:
    """Where it stands, in words for the side that reads them."""
    stands = SessionState(session.state)
    return TO_COMPANY.get(stands, STATES[stands]) if to_sme else STATES[stands]


def clock(moment: datetime) -> str:
    """The time of day in Tokyo."""
    return f"{in_tokyo(moment):%H:%M}"


def when(session: Session) -> Text:
    """The day, and from when to when."""
    day = day_of(session.start_at)
    if session.end_at is None:
        return _("{day}, from {start}")(day=day, start=clock(session.start_at))
    return _("{day}, {start} to {end}")(
        day=day, start=clock(session.start_at), end=end_clock(session, session.end_at)
    )


def end_clock(session: Session, end: datetime) -> str:
    """The time of day of an end; what ends with the day ends at 24:00, not at the beginning of the next."""
    return "24:00" if end == end_of(day_of(session.start_at)) else clock(end)


def counted(session: Session) -> Words:
    """The time that is billed, and the break that is not."""
    time = _("{hours} hours")(hours=hours(session.billable_minutes))
    if not session.break_minutes:
        return time
    return _("{time} (break {minutes} minutes)")(time=time, minutes=session.break_minutes)


async def partner(services: Services, session: Session, *, to_sme: bool) -> Fact:
    """Who the other side is."""
    if to_sme:
        expert = await services.experts.get(session.expert_id)
        assert expert is not None
        return Fact(_("Expert"), expert.display_name)
    company = await services.companies.get(session.company_id)
    assert company is not None
    return Fact(_("Company"), company.name)


async def facts(services: Services, session: Session, *, to_sme: bool) -> list[Fact]:
    """Everything that both sides see of a session."""
    shown = [await partner(services, session, to_sme=to_sme), Fact(_("When"), when(session))]
    if session.end_at is not None:
        shown.append(Fact(_("Time that counts"), counted(session)))
    if session.recorded_at is None:
        return shown
    return [*shown, *content(services, session)]


def content(services: Services, session: Session) -> list[Fact]:
    """What was recorded of a session."""
    labels = {step.code: step.label for step in services.programme.steps}
    mode: Words = MODE[SessionMode(session.mode)]
    if session.place:
        mode = _("{mode} ({place})")(mode=mode, place=session.place)
    shown = [
        Fact(_("How it was given"), mode),
        Fact(_("Steps"), _("{things}")(things=[labels[code] for code in session.tasks])),
        Fact(_("What was done"), session.summary or "-"),
    ]
    if session.attendees:
        shown.append(Fact(_("Who was there"), session.attendees))
    if session.late_reason:
        shown.append(Fact(_("Why the times were entered afterwards"), session.late_reason))
    if session.next_on:
        shown.append(Fact(_("Next time"), _("{day}")(day=session.next_on)))
    return shown


def cut_down(session: Session) -> list[Words]:
    """Why less counts than was given, where the limits say so."""
    time = hours(session.billable_minutes)
    if Flag.CAPPED in session.flags:
        return [_("The contract has no more hours left: {hours} hours count.")(hours=time)]
    if Flag.LONG_DAY in session.flags:
        return [_("A day has its limit: {hours} hours count.")(hours=time)]
    if Flag.CUT in session.flags:
        return [_("Time after midnight is not counted. Please enter it as a session of its own.")]
    return []


async def hours_of(services: Services, contract: Contract) -> list[Fact]:
    """How many hours of a contract were given, and how many are left."""
    given, confirmed = await services.sessions.minutes(contract)
    return [
        Fact(
            _("Hours given"),
            _("{given} of {all} hours ({confirmed} confirmed)")(
                given=hours(given), all=hours(contract.minutes), confirmed=hours(confirmed)
            ),
        ),
        Fact(_("Hours left"), _("{hours} hours")(hours=hours(contract.minutes - given))),
    ]


async def so_far(services: Services, session: Session) -> Fact:
    """What would count if a session that runs ended now, so that nobody ends it a minute too early."""
    contract = await services.contracts.get(session.contract_id)
    assert contract is not None
    begun = [one for one in (session.expert_started_at, session.sme_started_at) if one is not None]
    span = Span(max(begun), services.now)
    room = await services.sessions.room(contract, day_of(span.start), session.id)
    minutes = bill(span, 0, room, services.programme).minutes
    return Fact(_("If it ended now"), _("{hours} hours")(hours=hours(minutes)))
