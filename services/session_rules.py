"""When a session counts, and for how long: pure rules on two clocks and on evidence (DOMAIN 7.2, 8.3, 10.4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from locales import Text, _
from services.clock import TOKYO, in_tokyo
from services.programme import Deadline, Programme
from services.readings import read_time
from services.refusals import Refusal

WORD_TRIES = 3
"""How often a wrong word is taken; it never stands in the way of the support."""
DESK = "desk"


class Flag(StrEnum):
    """What a reviewer should see of a session; people see what is missing, never a suspicion (DOMAIN Q23)."""

    ONE_CLOCK = "one_clock"
    CLOCKS_DIFFER = "clocks_differ"
    LATE_ENTRY = "late_entry"
    NO_WORD = "no_word"
    CUT = "cut"
    LONG_DAY = "long_day"
    CAPPED = "capped"
    DESK_SHARE = "desk_share"
    PHOTOS_MISSING = "photos_missing"
    PHOTO_REUSED = "photo_reused"
    RECORDING_MISSING = "recording_missing"
    RECORDING_SHORT = "recording_short"
    RECORDING_REUSED = "recording_reused"
    RECORDING_OFF = "recording_off"
    MATERIAL_MISSING = "material_missing"


LACKING = (Flag.PHOTOS_MISSING, Flag.RECORDING_MISSING, Flag.RECORDING_SHORT, Flag.MATERIAL_MISSING)
"""What the expert can still bring."""


# --- times ---------------------------------------------------------------------------------------------


def to_the_minute(moment: datetime) -> datetime:
    """The minute as people read it, so that what is billed can be checked by what is shown."""
    return moment.replace(second=0, microsecond=0)


def day_of(moment: datetime) -> date:
    """The day in Tokyo."""
    return in_tokyo(moment).date()


def at(day: date, minutes: int) -> datetime:
    """The moment (aware UTC) so many minutes after midnight in Tokyo; 1,440 is the end of the day."""
    return (datetime.combine(day, time(), TOKYO) + timedelta(minutes=minutes)).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment (aware UTC) after a day in Tokyo: its last second, 23:59:59, still belongs to it."""
    return at(day + timedelta(days=1), 0)


@dataclass(frozen=True)
class TimeOfDay:
    """A time of day as people type it, up to 24:00."""

    typed: str

    def __post_init__(self) -> None:
        minutes = read_time(self.typed)
        object.__setattr__(self, "typed", f"{minutes // 60:02d}:{minutes % 60:02d}")

    @property
    def minutes(self) -> int:
        """Minutes since midnight."""
        hour, minute = self.typed.split(":")
        return int(hour) * 60 + int(minute)

    def __str__(self) -> str:
        return self.typed


@dataclass(frozen=True)
class Span:
    """From one moment (aware) up to another, which is no longer part of it."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """Its length by the minutes on the clock."""
        length = to_the_minute(self.end) - to_the_minute(self.start)
        return max(int(length.total_seconds()) // 60, 0)

    def overlaps(self, other: Span) -> bool:
        """Whether both have a moment in common; one that begins when the other ends has not."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Clocks:
    """When each side said that a session began and ended."""

    expert_start: datetime | None = None
    expert_end: datetime | None = None
    sme_start: datetime | None = None
    sme_end: datetime | None = None

    @property
    def overlap(self) -> Span:
        """The time on which both clocks agree, or that of the one there is; by whole minutes."""
        starts = [to_the_minute(one) for one in (self.expert_start, self.sme_start) if one]
        ends = [to_the_minute(one) for one in (self.expert_end, self.sme_end) if one]
        start = max(starts) if starts else min(ends)
        return Span(start, max(min(ends), start))

    @property
    def both(self) -> bool:
        """Whether each side has said both."""
        return None not in (self.expert_start, self.expert_end, self.sme_start, self.sme_end)

    def differ(self, tolerance_minutes: int) -> bool:
        """Whether they are further apart than that, at either end."""
        tolerance = timedelta(minutes=tolerance_minutes)
        pairs = ((self.expert_start, self.sme_start), (self.expert_end, self.sme_end))
        return any(one and other and abs(one - other) > tolerance for one, other in pairs)


def is_forgotten(start: datetime, now: datetime, programme: Programme) -> bool:
    """Whether a session runs for longer than a day may have: somebody forgot to end it."""
    return now >= forgotten_at(start, programme)


def forgotten_at(start: datetime, programme: Programme) -> datetime:
    """When a session that still runs is taken for forgotten."""
    return start + timedelta(minutes=programme.limits.most_minutes_a_day)


# --- where a session must lie --------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """What a session must lie within: the contract from its conclusion, its period, and the end of support.

    `ended_at` is when a contract was terminated before its period was over.
    """

    concluded_at: datetime
    first: date
    last: date
    support_ends: date
    ended_at: datetime | None = None

    @classmethod
    def of(
        cls,
        concluded_at: datetime,
        first: date,
        last: date,
        programme: Programme,
        ended_at: datetime | None = None,
    ) -> Frame:
        """The frame of a contract under a programme."""
        return cls(concluded_at, first, last, programme.dates[Deadline.SUPPORT].closes, ended_at)

    @property
    def closes(self) -> datetime:
        """The first moment (aware UTC) that is too late (invariant 3)."""
        last = end_of(min(self.last, self.support_ends))
        return min(last, self.ended_at) if self.ended_at else last

    def require(self, span: Span) -> None:
        """Refuses what lies outside, with the day that counts."""
        if to_the_minute(span.start) < to_the_minute(self.concluded_at):
            raise Refusal(
                _("The contract was concluded on {when}. Support before it is not covered.")(
                    when=self.concluded_at
                ),
                about="start",
            )
        if day_of(span.start) < self.first:
            raise Refusal(_("The contract begins on {day}.")(day=self.first), about="start")
        if self.ended_at is not None and span.end > self.ended_at:
            raise Refusal(_("The contract ended on {when}.")(when=self.ended_at), about="end")
        if span.end > end_of(min(self.last, self.support_ends)):
            if self.support_ends < self.last:
                raise Refusal(_("Support had to end by {day}.")(day=self.support_ends), about="end")
            raise Refusal(_("The period of the contract ended on {day}.")(day=self.last), about="end")

    def clip(self, span: Span) -> Span:
        """The part of a clocked session that counts: of one day, and within the frame."""
        start = min(max(span.start, self.concluded_at), self.closes)
        end = min(span.end, end_of(day_of(start)), self.closes)
        return Span(start, max(start, end))


def require_entered(span: Span, now: datetime) -> None:
    """Refuses times that somebody typed and that cannot be: backwards, to come, or over midnight."""
    if span.end <= span.start:
        raise Refusal(
            _("The end must be after the start. A session over midnight is entered as two."), about="end"
        )
    if day_of(span.start) != day_of(span.end - timedelta(microseconds=1)):
        raise Refusal(_("A session over midnight is entered as two, one for each day."), about="end")
    if span.end > now:
        raise Refusal(_("This lies in the future. Please enter it when it is over."), about="end")


# --- how much counts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Room:
    """The minutes that are left: of the contract, and of the day for whichever side has less."""

    contract: int
    day: int

    def require(self, programme: Programme) -> None:
        """Refuses one more session when there is no unit left of the contract or of the day (DOMAIN 14 Q5)."""
        unit = programme.money.unit_minutes
        if self.contract < unit:
            raise Refusal(_("All hours of the contract are used. Nothing more can be billed."))
        if self.day < unit:
            raise Refusal(_a_day(programme))


@dataclass(frozen=True)
class Billed:
    """What may be billed of a session, in minutes, and what it was cut down by."""

    minutes: int
    flags: frozenset[Flag] = frozenset()


def bill(span: Span, break_minutes: int, room: Room, programme: Programme) -> Billed:
    """The billable minutes: without the break, in whole units rounded down, and not above what is left.

    DOMAIN 8.3; invariant 6: the sessions of a contract never come to more than the contract.
    """
    unit = programme.money.unit_minutes
    worked = _whole(span.minutes - break_minutes, unit)
    of_day = _whole(min(worked, room.day), unit)
    counted = _whole(min(of_day, room.contract), unit)
    flags = {flag for flag, cut in ((Flag.LONG_DAY, of_day < worked), (Flag.CAPPED, counted < of_day)) if cut}
    return Billed(counted, frozenset(flags))


def _whole(minutes: int, unit: int) -> int:
    return max(minutes, 0) // unit * unit


def require_billable(span: Span, break_minutes: int, room: Room, programme: Programme) -> None:
    """Refuses a session of which nothing would be left, and typed times that make a day too long."""
    unit = programme.money.unit_minutes
    if not 0 <= break_minutes <= span.minutes - unit:
        raise Refusal(
            _("Without the break less than {minutes} minutes are left, so nothing can be billed.")(
                minutes=unit
            ),
            about="break_minutes" if break_minutes else None,
        )
    room.require(programme)


def require_day(span: Span, break_minutes: int, room: Room, programme: Programme) -> None:
    """Refuses typed times that make a day longer than it may be (DOMAIN 10.4 C7)."""
    if _whole(span.minutes - break_minutes, programme.money.unit_minutes) > room.day:
        raise Refusal(_a_day(programme), about="end")


def _a_day(programme: Programme) -> Text:
    return _("On one day at most {count} hours can be billed.")(
        count=programme.limits.most_minutes_a_day // 60
    )


# --- flags ---------------------------------------------------------------------------------------------


def clock_flags(clocks: Clocks, *, late: bool, word_given: bool, programme: Programme) -> set[Flag]:
    """What is to be seen about the times of a session that has ended."""
    if late:
        return {Flag.LATE_ENTRY}
    flags = set()
    if not clocks.both:
        flags.add(Flag.ONE_CLOCK)
    if clocks.differ(programme.limits.clock_tolerance_minutes):
        flags.add(Flag.CLOCKS_DIFFER)
    if not word_given:
        flags.add(Flag.NO_WORD)
    return flags


@dataclass(frozen=True)
class Recording:
    """A recording that is kept elsewhere: its length in minutes and its beginning (aware)."""

    minutes: int
    began_at: datetime


@dataclass(frozen=True)
class Kept:
    """The evidence of one session; photos and materials are counted once each, however often they came."""

    photos: int = 0
    materials: int = 0
    recordings: Sequence[Recording] = ()
    reused: Collection[Flag] = ()


def evidence_flags(
    mode: str, span: Span, minutes: int, kept: Kept, programme: Programme, *, recording_required: bool
) -> set[Flag]:
    """What is missing or odd about the evidence of `minutes` that were billed (DOMAIN 7.2, 7.4)."""
    flags = set(kept.reused)
    if mode == DESK:
        return flags | ({Flag.MATERIAL_MISSING} if not kept.materials else set())
    limits = programme.limits
    if kept.photos < limits.photos_a_session:
        flags.add(Flag.PHOTOS_MISSING)
    length = sum(recording.minutes for recording in kept.recordings)
    if recording_required and not kept.recordings:
        flags.add(Flag.RECORDING_MISSING)
    elif recording_required and length * 100 < minutes * limits.recording_percent:
        flags.add(Flag.RECORDING_SHORT)
    if any(_off(recording, span, limits.clock_tolerance_minutes) for recording in kept.recordings):
        flags.add(Flag.RECORDING_OFF)
    return flags


def _off(recording: Recording, span: Span, tolerance_minutes: int) -> bool:
    tolerance = timedelta(minutes=tolerance_minutes)
    return not span.start - tolerance <= recording.began_at <= span.end + tolerance


def is_desk_too_much(minutes: Sequence[tuple[str, int]], programme: Programme) -> bool:
    """Whether too large a part of a contract's billed time, as mode and minutes, is work without the company."""
    total = sum(billed for _mode, billed in minutes)
    desk = sum(billed for mode, billed in minutes if mode == DESK)
    return desk * 100 > total * programme.limits.desk_percent


# --- what people type ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fingerprint:
    """The SHA-256 of a file that we do not hold, however a tool prints it."""

    hex: str

    def __post_init__(self) -> None:
        plain = re.sub(r"[\s:]", "", unicodedata.normalize("NFKC", self.hex)).lower()
        if not re.fullmatch(r"[0-9a-f]{64}", plain):
            raise Refusal(_("An SHA-256 has 64 signs, 0 to 9 and a to f. Please copy it whole."))
        object.__setattr__(self, "hex", plain)

    def __str__(self) -> str:
        return self.hex


def as_digits(typed: str) -> str | None:
    """Exactly four digits, or nothing."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    return plain if re.fullmatch(r"[0-9]{4}", plain) else None
