"""Calendar, plans, requirements, caps and forms hold for the real programme and for the invented one alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import everything
from conversations.catalogue import CarriedOver
from conversations.form import Form, answer, current, walk
from conversations.questions import Duration, Facts
from locales import Text
from locales.language import speaker
from services import fees, formation_rules
from services.answers import Draft
from services.ledger import Party
from services.plan_content import Content, PlanMode, Relation, Room, Step, require_room, require_valid
from services.programme import Deadline, Programme
from services.refusals import Refusal
from services.values import Yen
from tests.conftest import ActingAs
from tests.conversations.samples import sample
from tests.programmes import BOTH, HARBOUR, for_each_programme
from tests.services import plan_people, road

everything.load()
FORMS = sorted((form for form in Form.all.values() if form.questions), key=lambda form: form.name)


def opened(programme: Programme) -> datetime:
    """Noon on a day when everything is open."""
    return programme.playground_starts.astimezone(UTC).replace(hour=3)


def facts(programme: Programme) -> Facts:
    """What answers are read by at that moment."""
    now = opened(programme)
    return Facts(programme, now, programme.today(now), "ja", speaker("ja"))


def content(programme: Programme, minutes: int, **other: Any) -> Content:
    """A sound plan of so many minutes."""
    now = opened(programme)
    values: dict[str, Any] = {
        "area": programme.areas[0].code,
        "purpose": "ネット販売を始めます。",
        "steps": (Step(programme.steps[0].code, minutes),),
        "price": programme.money.self_paid_minimum + 3000,
        "period_start": programme.today(now) + timedelta(days=10),
        "period_end": programme.today(now) + timedelta(days=60),
        "mode": PlanMode.ONLINE,
        "relation": Relation.NONE,
        "terms_version": programme.terms_at(now).version,
    }
    return Content(**(values | other))


# --- the calendar ---------------------------------------------------------------------------------------


@given(st.sampled_from(BOTH), st.dates(date(2021, 1, 1), date(2024, 12, 31)), st.integers(1, 30))
def test_business_days_are_counted_there_and_back(programme: Programme, day: date, count: int) -> None:
    calendar = programme.calendar
    later = calendar.add_business_days(day, count)
    assert calendar.is_business_day(later)
    assert calendar.business_days_between(day, later) == count
    assert calendar.add_business_days(later, -count) <= day


@given(st.sampled_from(BOTH), st.integers(0, 365 * 24 * 60))
def test_a_review_is_due_when_the_office_closes_and_never_too_soon(programme: Programme, minute: int) -> None:
    calendar = programme.calendar
    sent = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    due = calendar.review_due(sent).astimezone(calendar.time_zone)
    assert due.time() == calendar.closes and calendar.is_business_day(due.date())
    between = calendar.business_days_between(calendar.received_on(sent), due.date())
    assert between == calendar.review_business_days


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 6, 2),
        date(2023, 7, 17),
        date(2023, 7, 28),
        date(2023, 8, 11),
        date(2023, 8, 14),
        date(2024, 6, 2),
    ],
)
def test_the_harbour_has_holidays_of_its_own_beside_the_national_ones(day: date) -> None:
    assert not HARBOUR.calendar.is_business_day(day)
    assert HARBOUR.calendar.is_business_day(date(2023, 12, 29))
    assert HARBOUR.calendar.closes == time(16, 30)


# --- plans and requirements -----------------------------------------------------------------------------


@for_each_programme
def test_a_plan_keeps_to_the_least_time_and_to_whole_units(programme: Programme) -> None:
    today, unit = programme.today(opened(programme)), programme.money.unit_minutes
    least = programme.limits.least_minutes
    require_valid(content(programme, least), programme, today)
    for wrong in (least - unit, least + unit - 1):
        with pytest.raises(Refusal) as refused:
            require_valid(content(programme, wrong), programme, today)
        assert refused.value.about == "steps"


@for_each_programme
def test_support_ends_with_the_programmes_last_day_and_months(programme: Programme) -> None:
    last = programme.dates[Deadline.SUPPORT].closes
    late = {"period_start": last - timedelta(days=20), "period_end": last}
    require_valid(content(programme, 240, **late), programme, programme.today(opened(programme)))
    for wrong in (
        late | {"period_end": last + timedelta(days=1)},
        {
            "period_end": last,
            "period_start": last - timedelta(days=31 * programme.limits.longest_case_months + 5),
        },
    ):
        with pytest.raises(Refusal) as refused:
            require_valid(content(programme, 240, **wrong), programme, date(2020, 1, 1))
        assert refused.value.about == "period_end"


@for_each_programme
def test_every_package_makes_a_sound_plan(programme: Programme) -> None:
    for package in programme.packages:
        steps = tuple(Step(code, int(hours * 60)) for code, hours in package.hours.items())
        plan = content(programme, 0, steps=steps)
        assert plan.minutes == package.total.minutes
        require_valid(plan, programme, programme.today(opened(programme)))


@for_each_programme
@given(above=st.integers(1, 20_000), units=st.integers(5, 800), left=st.integers(0, 300_000).map(Yen))
def test_what_is_said_to_fit_fits_and_one_unit_more_does_not(
    programme: Programme, above: int, units: int, left: Yen
) -> None:
    price, unit = programme.money.self_paid_minimum + above, programme.money.unit_minutes
    plan, room = content(programme, units * unit, price=price), Room(left, Yen(10**9), Yen(10**9))
    if units * unit <= fees.largest_minutes_within(price, left, programme.rates):
        require_room(plan, room, programme)
    else:
        with pytest.raises(Refusal):
            require_room(plan, room, programme)


@for_each_programme
@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (
            lambda plan, rules: replace(
                plan, company=replace(plan.company, live_contracts=rules.limits.live_contracts_sme)
            ),
            "CONTRACTS",
        ),
        (lambda plan, rules: replace(plan, room=replace(plan.room, sme=Yen(0))), "CAPS"),
        (lambda plan, rules: replace(plan, content=replace(plan.content, area="NOWHERE")), "AREA"),
        (lambda plan, rules: replace(plan, expert=replace(plan.expert, terms_version="old")), "TERMS"),
        (lambda plan, rules: replace(plan, signing_open=False), "OPEN"),
        (lambda plan, rules: plan, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_requirements_are_those_of_the_programme(
    programme: Programme,
    broken: Callable[[formation_rules.Situation, Programme], formation_rules.Situation],
    code: str | None,
) -> None:
    version = programme.terms_at(opened(programme)).version
    side = formation_rules.Side(True, version)
    plan = content(programme, 240)
    room = Room(programme.money.sme_cap, programme.money.expert_cap, programme.money.budget)
    sound = formation_rules.Situation(plan, 240, side, side, programme.qualifications[0].code, room)
    found = formation_rules.problems(broken(sound, programme), programme, opened(programme))
    assert [one for one, _why in found] == ([] if code is None else [code])


async def test_the_books_follow_the_harbours_caps_and_quarters(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        services.programme = HARBOUR
        company = await plan_people.company(services, used=234_020)
    async with acting("U-taro", "slack") as services:
        services.programme = HARBOUR
        expert = await plan_people.expert(services)
        sound = content(HARBOUR, 525, price=Yen(5001))
        plan = await road.plan(services, company, expert, content=sound)
        longer = await road.plan(
            services, company, expert, content=replace(sound, steps=(Step("SURVEY", 540),))
        )
        with pytest.raises(Refusal) as refused:
            await services.ledger.reserve(longer, Yen(38_889))
        assert "8.75 hours" in speaker("en")(refused.value.reason)
        await services.ledger.reserve(plan, Yen(37_808))
        assert (await services.ledger.account(Party.COMPANY, company.id)).remaining == 0
        left = (await services.ledger.account(Party.EXPERT, expert.id)).remaining
        assert left == HARBOUR.money.expert_cap - 37_808


# --- forms ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_form_of_the_harbour_can_be_answered_to_the_end(form: type[Form]) -> None:
    here_and_now, draft = facts(HARBOUR), Draft(form.name)
    for _step in range(200):
        here = current(walk(form, draft, here_and_now), draft)
        if here is None:
            return
        draft = answer(form, draft, here.question.key, sample(here), here_and_now)
    raise AssertionError(f"{form.name} never ends")


@for_each_programme
def test_hours_are_asked_in_the_programmes_units(programme: Programme) -> None:
    unit, question = programme.money.unit_minutes, Duration(Text("How long?"), at_most=10)
    assert question.read(f"{unit}分", facts(programme)).minutes == unit
    with pytest.raises(Refusal, match="steps of"):
        question.read(f"{60 + unit // 3}分", facts(programme))


@for_each_programme
def test_what_was_used_before_is_at_most_the_cap(programme: Programme) -> None:
    question = CarriedOver(Text("How much?"), lambda money: money.sme_cap)
    cap = programme.money.sme_cap
    assert question.read(str(int(cap)), facts(programme)) == cap
    with pytest.raises(Refusal):
        question.read(str(int(cap) + 1), facts(programme))
