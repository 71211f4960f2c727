"""The automatic requirements of a plan, each broken alone and all at once (DOMAIN 6.4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from locales.language import speaker
from services.formation_rules import (
    REQUIREMENTS,
    TIES,
    Side,
    Situation,
    Tie,
    all_of,
    findings,
    problems,
    same_address,
)
from services.plan_content import Relation, Room, Step
from services.programme import Deadline, load
from services.values import Yen
from tests.services.plan_people import CONTENT

RULES = load("phase2")
NOON = datetime(2021, 10, 20, 3, 0, tzinfo=UTC)
TERMS = "2021-10-19"
SOUND = Situation(
    content=CONTENT,
    minutes=CONTENT.minutes,
    company=Side(True, TERMS),
    expert=Side(True, TERMS),
    qualification="IT_COORDINATOR",
    room=Room(Yen(300_000), Yen(1_500_000), Yen(5_000_000_000)),
)


def codes(situation: Situation, now: datetime = NOON) -> list[str]:
    """The requirements that stand in the way."""
    return [code for code, _words in problems(situation, RULES, now)]


def with_content(**other: object) -> Situation:
    """A sound plan but for this in its content."""
    content = replace(CONTENT, **other)  # type: ignore[arg-type]
    return replace(SOUND, content=content, minutes=content.minutes)


def test_a_sound_plan_fulfils_everything() -> None:
    assert codes(SOUND) == []
    assert len({one.code for one in REQUIREMENTS}) == len(REQUIREMENTS)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (replace(SOUND, company=Side(False, TERMS)), "REGISTERED"),
        (replace(SOUND, expert=Side(False, TERMS)), "REGISTERED"),
        (replace(SOUND, company=Side(True, "2021-07-20")), "TERMS"),
        (replace(SOUND, expert=Side(True, "2021-07-20")), "TERMS"),
        (replace(SOUND, qualification=None), "QUALIFIED"),
        (replace(SOUND, qualification="CCNA"), "QUALIFIED"),
        (replace(SOUND, agreed=False), "AGREED"),
        (replace(SOUND, other_chosen="P-0007"), "ALONE"),
        (with_content(area="GARDENING"), "AREA"),
        (with_content(price=Yen(500)), "PRICE"),
        (replace(SOUND, minutes=CONTENT.minutes + 30), "HOURS"),
        (with_content(steps=(Step("SURVEY", 45 * 2), Step("ISSUES", 45))), "HOURS"),
        (with_content(steps=(Step("SURVEY", 30),)), "HOURS"),
        (with_content(steps=()), "HOURS"),
        (with_content(steps=(Step("SURVEY", 60), Step("SURVEY", 60))), "HOURS"),
        (with_content(steps=(Step("PARTY", 60),)), "HOURS"),
        (replace(SOUND, room=replace(SOUND.room, sme=Yen(103_999))), "CAPS"),
        (replace(SOUND, room=replace(SOUND.room, expert=Yen(103_999))), "CAPS"),
        (replace(SOUND, room=replace(SOUND.room, budget=Yen(103_999))), "CAPS"),
        (with_content(period_start=date(2021, 10, 19)), "PERIOD"),
        (with_content(period_end=date(2021, 11, 7)), "PERIOD"),
        (with_content(period_end=date(2022, 1, 11)), "PERIOD"),
        (replace(SOUND, signing_open=False), "OPEN"),
        *((replace(SOUND, ties=frozenset({tie})), "APART") for tie in Tie),
        (with_content(relation=Relation.RELATED), "APART"),
        (replace(SOUND, company=Side(True, TERMS, RULES.limits.live_contracts_sme)), "CONTRACTS"),
        (replace(SOUND, expert=Side(True, TERMS, RULES.limits.live_contracts_expert)), "CONTRACTS"),
    ],
)
def test_each_requirement_alone_stands_in_the_way(broken: Situation, code: str) -> None:
    assert set(codes(broken)) == {code}


@pytest.mark.parametrize(
    "sound",
    [
        replace(SOUND, room=Room(Yen(104_000), Yen(104_000), Yen(104_000))),
        with_content(period_start=date(2021, 10, 20), period_end=date(2022, 1, 10)),
        replace(SOUND, company=Side(True, TERMS, RULES.limits.live_contracts_sme - 1)),
        with_content(price=Yen(501)),
        with_content(relation=Relation.BUSINESS),
    ],
)
def test_just_within_is_within(sound: Situation) -> None:
    assert codes(sound) == []


def test_a_plan_for_longer_than_a_case_may_last_is_too_long() -> None:
    early = replace(CONTENT, period_start=date(2021, 5, 1), terms_version="2021-04-26")
    situation = replace(
        SOUND, content=early, company=Side(True, "2021-04-26"), expert=Side(True, "2021-04-26")
    )
    assert codes(situation, datetime(2021, 5, 1, tzinfo=UTC)) == ["LENGTH"]


def test_before_the_rule_nobody_needed_a_qualification() -> None:
    terms = "2021-07-20"
    before = replace(
        with_content(terms_version=terms),
        company=Side(True, terms),
        expert=Side(True, terms),
        qualification=None,
    )
    assert codes(before, datetime(2021, 8, 1, tzinfo=UTC)) == []


def test_the_last_second_of_the_contract_deadline_is_in_time() -> None:
    last = RULES.closes(Deadline.CONTRACT)
    late = with_content(period_start=date(2021, 12, 20))
    assert codes(late, last) == []
    assert codes(late, last + timedelta(seconds=1)) == ["OPEN"]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    content = replace(
        CONTENT,
        area="GARDENING",
        steps=(Step("SURVEY", 45),),
        period_start=date(2021, 1, 4),
        period_end=date(2022, 2, 1),
        relation=Relation.RELATED,
        terms_version="2020-01-01",
    )
    limits = RULES.limits
    wrong = Situation(
        content=content,
        minutes=60,
        company=Side(False, "old", limits.live_contracts_sme),
        expert=Side(False, "old", limits.live_contracts_expert),
        qualification=None,
        room=Room(Yen(0), Yen(-1), Yen(1)),
        ties=frozenset(Tie),
        agreed=False,
        other_chosen="P-0007",
        signing_open=False,
    )
    after = RULES.closes(Deadline.CONTRACT) + timedelta(seconds=1)
    found = findings(wrong, RULES, after)
    # A price that leaves nothing to claim has no caps, so the two cannot be broken at once.
    assert {one.code for one in found if not one.problems} == {"PRICE"}
    said = speaker("en")(all_of(words for _code, words in problems(wrong, RULES, after)))
    assert len(said.splitlines()) == sum(len(one.problems) for one in found) == 27
    for words in TIES.values():
        assert speaker("en")(words) in said


def test_over_a_cap_the_largest_plan_that_fits_is_named() -> None:
    long = with_content(price=Yen(4000), steps=(Step("SURVEY", 86 * 60),))
    [(code, words)] = problems(long, RULES, NOON)
    assert code == "CAPS"
    assert words.values == {"left": Yen(300_000), "hours": "85.5"}


def test_where_no_plan_fits_that_is_said() -> None:
    [(_code, words)] = problems(replace(SOUND, room=replace(SOUND.room, expert=Yen(-5))), RULES, NOON)
    assert words.values == {"left": Yen(0)}
    assert "too little" in speaker("en")(words)


def test_a_price_that_leaves_nothing_to_claim_has_no_caps() -> None:
    cheap = replace(with_content(price=Yen(400)), room=Room(Yen(0), Yen(0), Yen(0)))
    assert codes(cheap) == ["PRICE"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("兵庫県神戸市中央区加納町1-2-3", "兵庫県神戸市中央区加納町1丁目2番3号", True),
        ("神戸市中央区加納町１−２−３", "兵庫県神戸市中央区加納町1-2-3", True),
        ("兵庫県神戸市中央区加納町1-2-3", "兵庫県神戸市中央区加納町1-2-4", False),
        ("兵庫県神戸市中央区加納町1-2-3", "兵庫県神戸市中央区加納町1-2-3 501", False),
        ("神戸市", "神戸市", False),
    ],
)
def test_addresses_are_compared_by_their_numbers(one: str, other: str, same: bool) -> None:
    assert same_address(one, other) is same
