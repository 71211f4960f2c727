"""What an expert enters about a session: what was done, other times, one of the past, and its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.choices import Choice, Choices, Documents
from conversations.expert.answers import Otherwise
from conversations.expert.sessions import show
from conversations.form import Form
from conversations.messages import Pressed, Say
from conversations.questions import Day, Facts, Line, Number, Options, Page, Story
from conversations.sessions_shown import MODE, clock, end_clock, when
from locales import Text, _
from services import session_rules as rules
from services.evidence import LONGEST_REFERENCE, EvidenceKind, Footage
from services.session_answers import LONGEST_WORDS
from services.session_rules import Fingerprint, Span, TimeOfDay
from services.sessions import Record, Session, SessionMode

if TYPE_CHECKING:
    from conversations.turn import Turn

LONGEST_DAY = 24 * 60
LONGEST_SUMMARY = 1000


def steps(facts: Facts) -> Options:
    """The steps of which a plan is made; that they are this plan's is for the record to say."""
    return {step.code: step.label for step in facts.programme.steps}


def nothing(facts: Facts) -> str:
    """What is left out, where a file may be."""
    return ""


class SessionRecord(Form):
    """What was done in a session; `about` is its id and the revision that it was opened at."""

    name = "session.record"
    title = _("Record of the session")
    submit = _("Send to the company")

    page = Page(_("Record of the session"), _("The company reads this on LINE and confirms it."))
    mode = Choice(_("How was it given?"), {mode.value: word for mode, word in MODE.items()}, label=_("How"))
    place = Line(_("Where was it?"), at_most=80, label=_("Where")).when(mode.is_(SessionMode.VISIT))
    tasks = Choices(_("Which steps of the plan did you work on?"), steps, label=_("Steps"))
    summary = Story(
        _("What did you do together, and what came out of it?"),
        at_most=LONGEST_SUMMARY,
        label=_("What was done"),
    )
    break_minutes = Number(
        _("How many minutes of break were there?"),
        at_least=0,
        at_most=LONGEST_DAY,
        label=_("Break"),
        hint=_("0 if there was none."),
    )
    attendees = Line(_("Who was there?"), at_most=120, label=_("Who was there")).optional()
    next_on = Day(
        _("When do you meet next?"), first=lambda facts: facts.today, label=_("Next time")
    ).optional()

    @classmethod
    def hint(cls, key: str, facts: Facts) -> tuple[Text | None, str | None]:
        """How much the summary must say."""
        if key != "summary":
            return None, None
        least = facts.programme.limits.summary_letters
        return _("At least {count} characters, in words that the company knows.")(count=least), None

    async def complete(self, turn: Turn) -> None:
        """Record it; then ask for the evidence that is still missing."""
        session_id, revision = (int(part) for part in self.draft.about.split(":"))
        record = Record(
            SessionMode(self.mode),
            self.tasks,
            self.summary,
            self.break_minutes,
            self.attendees,
            self.place,
            self.next_on,
        )
        session = await turn.services.sessions.record(session_id, revision, record)
        _session, contract = await turn.services.sessions.of_mine(session_id)
        done = _("Recorded. The company is asked to confirm it.")
        if await turn.services.evidence.missing_of(session, contract):
            turn.say(Say(done))
            await turn.start(SessionEvidence, str(session.id))
        else:
            await show(turn, session, contract, [done])


class SessionTimes(Form):
    """Other times than the clocks', or the end that nobody gave; `about` as above."""

    name = "session.times"
    title = _("Times of the session")
    submit = _("Enter the times")

    page = Page(
        _("Times of the session"), _("The company confirms them, and the secretariat sees your reason.")
    )
    start = Line(_("When did it begin?"), TimeOfDay, label=_("Start time"), hint=_("For example 13:30."))
    end = Line(_("When did it end?"), TimeOfDay, label=_("End time"), hint=_("For example 15:00."))
    reason = Line(
        _("Why do you enter the times by hand?"),
        at_most=LONGEST_WORDS,
        label=_("Reason"),
        hint=_("For example: we forgot to press the button at the end."),
    )

    async def complete(self, turn: Turn) -> None:
        """Put them in the place of the clocks; a session that was not recorded yet is recorded next."""
        session_id, revision = (int(part) for part in self.draft.about.split(":"))
        session, contract = await turn.services.sessions.of_mine(session_id)
        day = rules.day_of(session.start_at)
        span = Span(rules.at(day, self.start.minutes), rules.at(day, self.end.minutes))
        session = await turn.services.sessions.set_times(session_id, revision, span, self.reason)
        if session.recorded_at is None:
            await _to_record(turn, session)
        else:
            await show(turn, session, contract, [_("The times are changed. The company is asked again.")])


class LateSession(Form):
    """A session of the past that nobody has clocked; `about` is the contract."""

    name = "session.late"
    title = _("Enter a session afterwards")
    submit = _("Next")

    page = Page(
        _("Enter a session afterwards"),
        _("The company confirms it, and the secretariat sees your reason. Over midnight: enter two."),
    )
    day = Day(_("On which day was it?"), last=lambda facts: facts.today, label=_("Day"))
    start = Line(_("When did it begin?"), TimeOfDay, label=_("Start time"), hint=_("For example 13:30."))
    end = Line(_("When did it end?"), TimeOfDay, label=_("End time"), hint=_("For example 15:00."))
    reason = Line(
        _("Why do you enter it afterwards?"),
        at_most=LONGEST_WORDS,
        label=_("Reason"),
        hint=_("For example: we forgot to press the buttons."),
    )

    async def complete(self, turn: Turn) -> None:
        """Enter it; what was done is asked next."""
        span = Span(rules.at(self.day, self.start.minutes), rules.at(self.day, self.end.minutes))
        session = await turn.services.sessions.enter_late(int(self.draft.about), span, self.reason)
        await _to_record(turn, session)


class SessionEvidence(Form):
    """Photos, the reference of the recording, and what was made; `about` is the session."""

    name = "session.evidence"
    title = _("Evidence of the session")
    submit = _("Add these")

    page = Page(
        _("Evidence of the session"), _("You can also add it later; open the session from your Home.")
    )
    photos = (
        Documents(
            _("Photos of the session"),
            purpose="session_photo",
            label=_("Photos"),
            hint=_("One at the start and one at the end, with faces or the place."),
        )
        .filled(nothing)
        .optional()
    )
    recording = Line(
        _("Where is the recording kept?"),
        at_most=LONGEST_REFERENCE,
        label=_("Recording"),
        hint=_("Its address, or its name in your storage. Please keep the recording safe."),
    ).optional()
    fingerprint = Line(
        _("What is its SHA-256?"),
        Fingerprint,
        at_most=200,
        label=_("SHA-256"),
        hint=_("Windows: certutil -hashfile FILE SHA256. Mac: shasum -a 256 FILE."),
    ).when(Otherwise(recording, frozenset()))
    length = Number(
        _("How many minutes is it long?"), at_least=1, at_most=LONGEST_DAY, label=_("Length in minutes")
    ).when(Otherwise(recording, frozenset()))
    began = Line(
        _("When does the recording begin?"),
        TimeOfDay,
        label=_("Beginning of the recording"),
        hint=_("For example 13:30."),
    ).when(Otherwise(recording, frozenset()))
    materials = (
        Documents(
            _("What was made, as a file"),
            purpose="session_material",
            label=_("Material"),
            hint=_("Needed for work at the desk: a photo, a screenshot or a PDF."),
        )
        .filled(nothing)
        .optional()
    )

    async def complete(self, turn: Turn) -> None:
        """Keep what was given."""
        session, contract = await turn.services.sessions.of_mine(int(self.draft.about))
        evidence = turn.services.evidence
        for kind, ids in ((EvidenceKind.PHOTO, self.photos), (EvidenceKind.MATERIAL, self.materials)):
            if ids:
                await evidence.add_files(kind, contract.id, ids, session.id)
        if self.recording and self.fingerprint and self.length and self.began:
            began_at = rules.at(rules.day_of(session.start_at), self.began.minutes)
            footage = Footage(self.recording, self.fingerprint, self.length, began_at)
            await evidence.add_recording(session.id, footage)
        await show(turn, session, contract)


# --- ways here -----------------------------------------------------------------------------------------


@on("session.record")
async def record(turn: Turn, pressed: Pressed) -> None:
    """Write what was done, or correct it."""
    session, _contract = await turn.services.sessions.of_mine(number(pressed.act.args, "i"))
    await _to_record(turn, session)


async def _to_record(turn: Turn, session: Session) -> None:
    answers = {"mode": session.mode, "break_minutes": str(session.break_minutes)}
    if session.summary is not None:
        answers |= {
            "tasks": ",".join(session.tasks),
            "summary": session.summary,
            "place": session.place or "",
            "attendees": session.attendees or "",
            "next_on": session.next_on.isoformat() if session.next_on else "",
        }
    turn.say(Say(_("Session {number}: {when}")(number=session.number, when=when(session))))
    await turn.start(SessionRecord, f"{session.id}:{session.revision}", answers)


@on("session.times")
async def times(turn: Turn, pressed: Pressed) -> None:
    """Enter other times than the clocks'."""
    session, _contract = await turn.services.sessions.of_mine(number(pressed.act.args, "i"))
    answers = {"start": clock(session.start_at)}
    if session.end_at is not None:
        answers["end"] = end_clock(session, session.end_at)
    turn.say(Say(_("Session {number}: {when}")(number=session.number, when=when(session))))
    await turn.start(SessionTimes, f"{session.id}:{session.revision}", answers)


@on("session.late")
async def late(turn: Turn, pressed: Pressed) -> None:
    """Enter a session of the past."""
    contract, _by_sme = await turn.services.contracts.of_either(number(pressed.act.args, "i"))
    await turn.start(LateSession, str(contract.id))


@on("session.evidence")
async def evidence(turn: Turn, pressed: Pressed) -> None:
    """Add photos, the recording or material."""
    session, _contract = await turn.services.sessions.of_mine(number(pressed.act.args, "i"))
    await turn.start(SessionEvidence, str(session.id))
