"""What can be judged of a plan without a database: its rules, its difference, its room under the caps."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.language import speaker
from services import fees
from services.plan_content import (
    COMPARED,
    Content,
    PlanMode,
    Relation,
    Room,
    Step,
    add_months,
    difference,
    masked,
    require_room,
    require_valid,
    warnings,
)
from services.plan_timers import next_digest
from services.programme import load
from services.refusals import Refusal
from services.values import Period, Yen
from tests.services.plan_people import CONTENT

RULES = load("phase2")
TODAY = date(2021, 10, 20)
AMPLE = Yen(5_000_000_000)


def test_a_plan_within_the_rules_is_quoted() -> None:
    quote = require_valid(CONTENT, RULES, TODAY)
    assert (quote.total, quote.honorarium, quote.sme_share) == (120_000, 104_000, 16_000)


@pytest.mark.parametrize(
    ("changed", "about"),
    [
        ({"steps": ()}, "steps"),
        ({"steps": (Step("SURVEY", 30),)}, "steps"),
        ({"steps": (Step("SURVEY", 45), Step("TOOLS", 45))}, "steps"),
        ({"steps": (Step("SURVEY", 60), Step("SURVEY", 60))}, "steps"),
        ({"steps": (Step("PARTY", 60),)}, "steps"),
        ({"steps": (Step("SURVEY", -60), Step("TOOLS", 180))}, "steps"),
        ({"price": Yen(500)}, "price"),
        ({"period_start": TODAY}, "period_start"),
        ({"period_end": date(2021, 11, 7)}, "period_end"),
        ({"period_end": date(2022, 1, 11)}, "period_end"),
        ({"mode": PlanMode.VISIT}, "place"),
        ({"relation": Relation.RELATED}, "relation"),
    ],
)
def test_what_breaks_a_rule_is_refused_at_its_question(changed: dict[str, Any], about: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_valid(replace(CONTENT, **changed), RULES, TODAY)
    assert refused.value.about == about


def test_the_last_day_of_support_still_counts() -> None:
    require_valid(replace(CONTENT, period_end=date(2022, 1, 10)), RULES, TODAY)


def test_months_are_added_by_the_calendar() -> None:
    assert add_months(date(2021, 8, 31), 6) == date(2022, 2, 28)
    assert add_months(date(2021, 11, 8), 2) == date(2022, 1, 8)


def test_a_longer_support_than_six_months_is_refused() -> None:
    early = replace(CONTENT, period_start=date(2021, 7, 1), period_end=date(2022, 1, 5))
    with pytest.raises(Refusal) as refused:
        require_valid(early, RULES, date(2021, 6, 1))
    assert refused.value.about == "period_end"


@pytest.mark.parametrize(
    ("price", "minutes", "days", "count"),
    [(4000, 1920, 40, 0), (20_000, 480, 1, 0), (20_001, 480, 1, 1), (4000, 510, 1, 1), (4000, 2430, 7, 1)],
)
def test_what_is_unusual_is_pointed_out(price: int, minutes: int, days: int, count: int) -> None:
    period = Period(date(2021, 11, 8), date(2021, 11, 7 + days) if days < 20 else date(2021, 12, 17))
    assert len(warnings(Yen(price), minutes, period, RULES, TODAY)) == count


def test_an_early_beginning_is_pointed_out() -> None:
    period = Period(date(2021, 10, 21), date(2021, 12, 17))
    assert len(warnings(Yen(4000), 600, period, RULES, TODAY)) == 1


# --- caps ----------------------------------------------------------------------------------------------


def test_a_plan_over_the_companys_cap_is_refused_with_the_hours_that_fit() -> None:
    long = replace(CONTENT, price=Yen(4000), steps=(Step("SURVEY", 86 * 60),))
    with pytest.raises(Refusal) as refused:
        require_room(long, Room(Yen(300_000), Yen(1_500_000), AMPLE), RULES)
    assert "85.5" in speaker("en")(refused.value.reason)


def test_a_plan_over_the_experts_cap_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        require_room(CONTENT, Room(Yen(300_000), Yen(50_000), AMPLE), RULES)
    assert "expert" in speaker("en")(refused.value.reason)


def test_a_plan_over_the_budget_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        require_room(CONTENT, Room(Yen(300_000), Yen(1_500_000), Yen(50_000)), RULES)
    assert refused.value.reason.values == {"left": Yen(50_000), "hours": "15"}
    assert "budget" in speaker("en")(refused.value.reason)


@pytest.mark.parametrize("left", [0, -5, 3249])
def test_where_nothing_fits_that_is_said(left: int) -> None:
    with pytest.raises(Refusal) as refused:
        require_room(CONTENT, Room(Yen(left), Yen(1_500_000), AMPLE), RULES)
    assert "too little" in speaker("en")(refused.value.reason)


@given(st.integers(501, 30_000), st.integers(2, 400), st.integers(0, 300_000))
def test_what_is_said_to_fit_fits_and_half_an_hour_more_does_not(price: int, halves: int, left: int) -> None:
    plan = replace(CONTENT, price=Yen(price), steps=(Step("SURVEY", halves * 30),))
    room = Room(Yen(left), Yen(1_500_000), AMPLE)
    fits = fees.largest_minutes_within(Yen(price), Yen(left), RULES.rates)
    if halves * 30 <= fits:
        require_room(plan, room, RULES)
    else:
        with pytest.raises(Refusal):
            require_room(plan, room, RULES)


# --- what changed --------------------------------------------------------------------------------------

TEXTS = st.text(min_size=1, max_size=5)
STEPS = st.lists(
    st.builds(Step, st.sampled_from(["SURVEY", "ISSUES", "TOOLS"]), st.sampled_from([30, 60]), TEXTS),
    unique_by=lambda step: step.step,
    min_size=1,
)
CONTENTS = st.builds(
    Content,
    area=st.sampled_from(["EC", "SNS"]),
    purpose=TEXTS,
    steps=STEPS.map(tuple),
    price=st.integers(501, 503).map(Yen),
    period_start=st.just(date(2021, 11, 8)),
    period_end=st.dates(date(2021, 11, 9), date(2021, 11, 11)),
    mode=st.sampled_from(PlanMode),
    relation=st.sampled_from(Relation),
    terms_version=st.just("2021-10-19"),
    place=st.none() | TEXTS,
    message=st.none() | TEXTS,
    tool_costs_note=st.none() | TEXTS,
)


def test_changes_name_what_was_and_what_is() -> None:
    new = replace(CONTENT, price=Yen(4000), steps=(Step("SURVEY", 240), Step("TOOLS", 60)))
    assert [(one.field, one.step, one.old, one.new) for one in difference(CONTENT, new)] == [
        ("price", None, 3750, 4000),
        ("minutes", None, 1920, 300),
        ("content", "SURVEY", "受注の流れを一緒に調べます", ""),
        ("hours", "INTRODUCTION", 1680, 0),
        ("hours", "TOOLS", 0, 60),
    ]


@given(CONTENTS)
def test_nothing_differs_from_itself(content: Content) -> None:
    assert difference(content, content) == []


@given(CONTENTS, CONTENTS)
def test_the_difference_backwards_is_the_same_turned_round(old: Content, new: Content) -> None:
    there = {(one.field, one.step, str(one.old), str(one.new)) for one in difference(old, new)}
    back = {(one.field, one.step, str(one.new), str(one.old)) for one in difference(new, old)}
    assert there == back


@given(CONTENTS, CONTENTS)
def test_everything_that_differs_is_named(old: Content, new: Content) -> None:
    named = {change.field for change in difference(old, new)}
    assert {field for field in COMPARED if getattr(old, field) != getattr(new, field)} <= named
    if {(s.step, s.minutes, s.content) for s in old.steps} == {
        (s.step, s.minutes, s.content) for s in new.steps
    }:
        assert not named & {"hours", "content"}
    else:
        assert named & {"hours", "content"}


def test_contact_data_is_masked_everywhere() -> None:
    phone = "お電話は078-322-0000へ"
    hidden = masked(
        replace(
            CONTENT,
            purpose=phone,
            message=phone,
            place=phone,
            tool_costs_note=phone,
            steps=(Step("SURVEY", 60, phone),),
        )
    )
    assert "322" not in repr(hidden)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2021-10-20T03:00", "2021-10-20T06:00"),
        ("2021-10-20T02:59", "2021-10-20T03:00"),
        ("2021-10-20T09:00", "2021-10-21T00:00"),
        ("2021-10-20T15:30", "2021-10-21T00:00"),
    ],
)
def test_a_digest_comes_at_nine_noon_three_or_six(at: str, told: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert next_digest(moment) == datetime.fromisoformat(told).replace(tzinfo=UTC)
