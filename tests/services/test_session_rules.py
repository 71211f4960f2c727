"""When a session counts, and for how long, in tables (DOMAIN 7.2, 8.3, 10.4 C5-C7)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import session_rules
from services.programme import Programme, load
from services.refusals import Refusal
from services.session_rules import (
    Clocks,
    Fingerprint,
    Flag,
    Frame,
    Kept,
    Recording,
    Room,
    Span,
    TimeOfDay,
    at,
)

DAY = date(2021, 11, 10)
PLENTY = Room(32 * 60, 480)


def t(text: str, day: date = DAY) -> datetime:
    """A moment of the tenth of November in Tokyo, such as 13:02:40."""
    hour, minute, *second = map(int, text.split(":"))
    return at(day, hour * 60 + minute) + timedelta(seconds=second[0] if second else 0)


def span(text: str, day: date = DAY) -> Span:
    """From-to on that day."""
    start, end = text.split("-")
    return Span(t(start, day), t(end, day))


def frame(**other: object) -> Frame:
    """A contract of the eighth of November to Christmas Eve, concluded on the first."""
    values = {
        "concluded_at": datetime(2021, 11, 1, 3, 0, tzinfo=UTC),
        "first": date(2021, 11, 8),
        "last": date(2021, 12, 24),
        "support_ends": date(2022, 1, 10),
    }
    return Frame(**(values | other))  # type: ignore[arg-type]


# --- rounding (DOMAIN 8.3) -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("worked", "pause", "billed"),
    [
        ("13:00-15:00", 0, 120),
        ("13:00-14:59", 0, 90),
        ("13:00-13:30", 0, 30),
        ("13:00-13:29", 0, 0),
        ("13:00-15:10", 10, 120),
        ("13:00-15:10", 11, 90),
        ("13:00-13:00", 0, 0),
        ("13:00:59-15:00:01", 0, 120),
        ("13:00:00-14:59:59", 0, 90),
        ("09:00-17:00", 0, 480),
        ("09:00-18:00", 60, 480),
        ("13:00-14:00", 90, 0),
    ],
)
def test_a_session_is_rounded_down_to_whole_units(
    rules: Programme, worked: str, pause: int, billed: int
) -> None:
    assert session_rules.bill(span(worked), pause, PLENTY, rules) == session_rules.Billed(billed)


@pytest.mark.parametrize(("unit", "billed"), [(15, 105), (30, 90), (60, 60)])
def test_the_unit_is_the_programme_s(rules: Programme, unit: int, billed: int) -> None:
    other = replace(rules, money=replace(rules.money, unit_minutes=unit))
    assert session_rules.bill(span("13:00-14:59"), 0, PLENTY, other).minutes == billed


@pytest.mark.parametrize(
    ("room", "billed", "flags"),
    [
        (Room(1920, 480), 240, set()),
        (Room(240, 240), 240, set()),
        (Room(90, 480), 90, {Flag.CAPPED}),
        (Room(100, 480), 90, {Flag.CAPPED}),
        (Room(20, 480), 0, {Flag.CAPPED}),
        (Room(1920, 150), 150, {Flag.LONG_DAY}),
        (Room(1920, 100), 90, {Flag.LONG_DAY}),
        (Room(60, 150), 60, {Flag.LONG_DAY, Flag.CAPPED}),
        (Room(0, 0), 0, {Flag.LONG_DAY}),
    ],
)
def test_never_more_than_is_left_of_the_contract_and_of_the_day(
    rules: Programme, room: Room, billed: int, flags: set[Flag]
) -> None:
    assert session_rules.bill(span("13:00-17:00"), 0, room, rules) == session_rules.Billed(
        billed, frozenset(flags)
    )


@given(
    length=st.integers(0, 1440),
    pause=st.integers(0, 1440),
    left=st.integers(0, 5000),
    day=st.integers(0, 480),
)
def test_what_is_billed_fits_whatever_happens(length: int, pause: int, left: int, day: int) -> None:
    billed = session_rules.bill(Span(at(DAY, 0), at(DAY, length)), pause, Room(left, day), load("phase2"))
    assert 0 <= billed.minutes <= min(max(length - pause, 0), left, day)
    assert billed.minutes % 30 == 0


def test_a_session_of_which_nothing_is_left_is_refused(rules: Programme) -> None:
    session_rules.require_billable(span("13:00-13:30"), 0, PLENTY, rules)
    for worked, pause, room in (
        ("13:00-13:29", 0, PLENTY),
        ("13:00-15:00", 91, PLENTY),
        ("13:00-15:00", -1, PLENTY),
        ("13:00-15:00", 0, Room(29, 480)),
        ("13:00-15:00", 0, Room(1920, 29)),
    ):
        with pytest.raises(Refusal):
            session_rules.require_billable(span(worked), pause, room, rules)


def test_a_day_of_more_than_eight_hours_is_refused_when_it_is_typed(rules: Programme) -> None:
    session_rules.require_day(span("09:00-18:00"), 60, Room(5000, 480), rules)
    session_rules.require_day(span("09:00-17:29"), 0, Room(5000, 480), rules)
    with pytest.raises(Refusal):
        session_rules.require_day(span("09:00-17:30"), 0, Room(5000, 480), rules)


# --- two clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clocks", "counted"),
    [
        (("13:00", "15:00", "13:00", "15:00"), "13:00-15:00"),
        (("13:00", "15:00", "13:10", "15:05"), "13:10-15:00"),
        (("13:10", "15:05", "13:00", "15:00"), "13:10-15:00"),
        (("13:00", "15:00", None, None), "13:00-15:00"),
        ((None, None, "13:00", "15:00"), "13:00-15:00"),
        (("13:00", "15:00", "13:20", None), "13:20-15:00"),
        (("13:00", "15:00", None, "14:30"), "13:00-14:30"),
        (("13:00", None, None, "15:00"), "13:00-15:00"),
        ((None, "15:00", "13:00", None), "13:00-15:00"),
        (("13:00:59", "15:00:59", "13:00:01", "15:00:58"), "13:00-15:00"),
        (("13:00", "13:30", "13:45", None), "13:45-13:45"),
    ],
)
def test_the_overlap_of_both_clocks_counts(clocks: tuple[str | None, ...], counted: str) -> None:
    assert Clocks(*(t(one) if one else None for one in clocks)).overlap == span(counted)


@pytest.mark.parametrize(
    ("clocks", "late", "word", "flags"),
    [
        (("13:00", "15:00", "13:02", "15:00"), False, True, set()),
        (("13:00", "15:00", "13:02", "15:00"), False, False, {Flag.NO_WORD}),
        (("13:00", "15:00", "13:15", "15:15"), False, True, set()),
        (("13:00", "15:00", "13:15:01", "15:00"), False, True, {Flag.CLOCKS_DIFFER}),
        (("13:00", "15:00", "13:00", "14:44:59"), False, True, {Flag.CLOCKS_DIFFER}),
        (("13:00", "15:00", None, None), False, False, {Flag.ONE_CLOCK, Flag.NO_WORD}),
        (("13:00", "15:00", "13:30", None), False, True, {Flag.ONE_CLOCK, Flag.CLOCKS_DIFFER}),
        ((None, None, None, None), True, False, {Flag.LATE_ENTRY}),
        (("13:00", "15:00", "14:00", "15:00"), True, True, {Flag.LATE_ENTRY}),
    ],
)
def test_a_reviewer_sees_what_is_odd_about_the_clocks(
    rules: Programme, clocks: tuple[str | None, ...], late: bool, word: bool, flags: set[Flag]
) -> None:
    read = Clocks(*(t(one) if one else None for one in clocks))
    assert session_rules.clock_flags(read, late=late, word_given=word, programme=rules) == flags


def test_what_runs_for_longer_than_a_day_may_have_was_forgotten(rules: Programme) -> None:
    assert not session_rules.is_forgotten(t("09:00"), t("16:59:59"), rules)
    assert session_rules.is_forgotten(t("09:00"), t("17:00"), rules)


# --- overlaps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        ("11:00-13:00", False),
        ("15:00-16:00", False),
        ("13:00-15:00", True),
        ("13:30-14:00", True),
        ("12:00-16:00", True),
        ("12:00-13:01", True),
        ("14:59-16:00", True),
    ],
)
def test_two_sessions_overlap_when_they_have_a_minute_in_common(other: str, overlaps: bool) -> None:
    assert span("13:00-15:00").overlaps(span(other)) is overlaps
    assert span(other).overlaps(span("13:00-15:00")) is overlaps


# --- the frame: contract, period, end of support, midnight ----------------------------------------------


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (t("00:00", date(2021, 11, 8)), t("02:00", date(2021, 11, 8))),
        (t("23:00", date(2021, 12, 24)), t("24:00", date(2021, 12, 24))),
        (t("23:00", date(2021, 12, 24)), t("23:59:59", date(2021, 12, 24))),
    ],
)
def test_the_first_minute_and_the_last_second_of_the_period_count(start: datetime, end: datetime) -> None:
    frame().require(Span(start, end))


@pytest.mark.parametrize(
    ("made", "start", "end"),
    [
        (frame(), t("23:59", date(2021, 11, 7)), t("23:59", date(2021, 11, 7)) + timedelta(hours=1)),
        (frame(), t("00:00", date(2021, 12, 25)), t("01:00", date(2021, 12, 25))),
        (frame(), t("23:00", date(2021, 12, 24)), t("24:00", date(2021, 12, 24)) + timedelta(minutes=1)),
        (frame(concluded_at=t("13:01")), t("13:00"), t("14:00")),
        (frame(last=date(2022, 1, 31)), t("00:00", date(2022, 1, 11)), t("01:00", date(2022, 1, 11))),
        (frame(ended_at=t("13:30")), t("13:00"), t("13:31")),
    ],
)
def test_before_the_contract_and_outside_its_period_nothing_counts(
    made: Frame, start: datetime, end: datetime
) -> None:
    with pytest.raises(Refusal):
        made.require(Span(start, end))


def test_the_minute_of_the_conclusion_counts() -> None:
    frame(concluded_at=t("13:00:40")).require(span("13:00-14:00"))


def test_support_ends_with_the_tenth_of_january() -> None:
    last = frame(last=date(2022, 1, 31))
    last.require(Span(t("22:00", date(2022, 1, 10)), t("24:00", date(2022, 1, 10))))
    assert last.closes == datetime(2022, 1, 10, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (t("13:00"), t("15:00"), 120),
        (t("23:00"), t("23:00") + timedelta(hours=2), 60),
        (t("23:00", date(2021, 12, 24)), t("23:00", date(2021, 12, 24)) + timedelta(hours=2), 60),
        (t("00:30", date(2021, 12, 25)), t("02:00", date(2021, 12, 25)), 0),
    ],
)
def test_a_clocked_session_counts_until_midnight_and_the_end_of_the_period(
    start: datetime, end: datetime, minutes: int
) -> None:
    within = frame().clip(Span(start, end))
    assert within.minutes == minutes
    assert within.end <= frame().closes


def test_typed_times_must_be_of_one_day_forwards_and_past() -> None:
    now = t("18:00")
    session_rules.require_entered(span("13:00-15:00"), now)
    session_rules.require_entered(span("13:00-18:00"), now)
    session_rules.require_entered(Span(t("22:00", date(2021, 11, 9)), t("24:00", date(2021, 11, 9))), now)
    for wrong in (
        span("15:00-13:00"),
        span("13:00-13:00"),
        span("13:00-18:01"),
        Span(t("23:00", date(2021, 11, 9)), t("01:00")),
    ):
        with pytest.raises(Refusal):
            session_rules.require_entered(wrong, now)


def test_a_day_in_tokyo_is_always_24_hours_long() -> None:
    day = date(2021, 1, 1)
    while day < date(2022, 3, 1):
        assert session_rules.end_of(day) - at(day, 0) == timedelta(hours=24)
        day += timedelta(days=1)


# --- evidence ------------------------------------------------------------------------------------------

WHOLE = Kept(photos=2, recordings=[Recording(120, t("13:00"))])


@pytest.mark.parametrize(
    ("mode", "kept", "flags"),
    [
        ("online", WHOLE, set()),
        ("visit", WHOLE, set()),
        ("online", Kept(), {Flag.PHOTOS_MISSING, Flag.RECORDING_MISSING}),
        ("online", replace(WHOLE, photos=1), {Flag.PHOTOS_MISSING}),
        ("online", replace(WHOLE, recordings=[Recording(107, t("13:00"))]), {Flag.RECORDING_SHORT}),
        ("online", replace(WHOLE, recordings=[Recording(108, t("13:00"))]), set()),
        (
            "online",
            replace(WHOLE, recordings=[Recording(60, t("13:00")), Recording(50, t("14:05"))]),
            set(),
        ),
        ("online", replace(WHOLE, recordings=[Recording(120, t("12:44"))]), {Flag.RECORDING_OFF}),
        ("online", replace(WHOLE, recordings=[Recording(120, t("12:45"))]), set()),
        ("online", replace(WHOLE, reused={Flag.PHOTO_REUSED}), {Flag.PHOTO_REUSED}),
        ("desk", Kept(), {Flag.MATERIAL_MISSING}),
        ("desk", Kept(materials=1), set()),
    ],
)
def test_what_is_missing_is_named(rules: Programme, mode: str, kept: Kept, flags: set[Flag]) -> None:
    assert (
        session_rules.evidence_flags(mode, span("13:00-15:00"), 120, kept, rules, recording_required=True)
        == flags
    )


def test_under_terms_without_recording_photos_suffice(rules: Programme) -> None:
    found = session_rules.evidence_flags(
        "online", span("13:00-15:00"), 120, Kept(photos=2), rules, recording_required=False
    )
    assert found == set()


@pytest.mark.parametrize(("desk", "online", "too_much"), [(90, 210, False), (120, 210, True), (30, 0, True)])
def test_work_at_the_desk_has_its_share(rules: Programme, desk: int, online: int, too_much: bool) -> None:
    assert session_rules.is_desk_too_much([("desk", desk), ("online", online)], rules) is too_much


# --- what people type ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("13:30", "13:30"),
        ("１３：３０", "13:30"),
        ("1330", "13:30"),
        ("9時", "09:00"),
        ("13時半", "13:30"),
        ("午後1時半ごろ", "13:30"),
        ("午後二時", "14:00"),
        ("正午", "12:00"),
        ("午前0時5分", "00:05"),
        ("24:00", "24:00"),
        ("pm3:15", "15:15"),
    ],
)
def test_a_time_of_day_is_read_however_it_is_written(typed: str, read: str) -> None:
    assert str(TimeOfDay(typed)) == read
    assert TimeOfDay(read).minutes == int(read[:2]) * 60 + int(read[3:])


@pytest.mark.parametrize(
    "typed", ["", "25:00", "13:60", "午後13時", "24:01", "あした", "12:3:4", "-1", "１３３"]
)
def test_what_is_no_time_of_day_is_asked_again(typed: str) -> None:
    with pytest.raises(Refusal):
        TimeOfDay(typed)


def test_a_fingerprint_is_read_as_tools_print_it() -> None:
    plain = "0123456789abcdef" * 4
    spaced = " ".join(plain[n : n + 2] for n in range(0, 64, 2)).upper()
    assert Fingerprint(spaced).hex == plain
    for wrong in ("", plain[:-1], plain + "0", "g" * 64):
        with pytest.raises(Refusal):
            Fingerprint(wrong)


def test_only_four_digits_are_a_word() -> None:
    assert session_rules.as_digits(" ４８２１ ") == "4821"
    assert [session_rules.as_digits(text) for text in ("482", "48211", "4,821", "四八二一", "")] == [None] * 5
