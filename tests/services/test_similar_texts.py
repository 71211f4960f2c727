"""The index of texts on PostgreSQL: found at once, forgotten, taken up later, and never read through."""

import random
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from services import similar_records, similar_texts
from services.bundle import Services
from services.refusals import Refusal
from services.secrets import open_vault
from services.similar_prints import BANDS
from services.similar_texts import Texts
from services.timers import Attempt
from tests.conftest import KEY, NOON, ActingAs
from tests.services.case_company import CONTENT, applied
from tests.services.test_case_file import GOOD
from tests.services.test_case_import import taken
from tests.services.test_similar_prints import CASE, written
from tests.services.test_thesaurus_book import clerk


async def indexed(services: Services, kind: str) -> list[int]:
    """What can be found."""
    found = await services.connection.execute(
        text("SELECT ref FROM similar_texts WHERE kind = :kind ORDER BY ref"), {"kind": kind}
    )
    return list(found.scalars())


async def test_the_same_text_is_found_and_never_by_itself(acting: ActingAs) -> None:
    async with acting(None) as services:
        await similar_texts.keep(services, "case", {1: CASE, 2: CASE, 3: ("まったく別の話です。" * 3,)})
        assert await similar_texts.candidates(services, "case", 1, CASE) == [2]
        assert await similar_texts.candidates(services, "case", 9, CASE) == [2, 1]


async def test_kinds_are_apart(acting: ActingAs) -> None:
    async with acting(None) as services:
        await similar_texts.keep(services, "plan", {1: CASE})
        assert await similar_texts.candidates(services, "case", 9, CASE) == []


async def test_a_text_that_was_rewritten_is_no_longer_found_by_its_old_words(acting: ActingAs) -> None:
    other = ("会計の締めに10日かかります。", "領収書を手で入力しています。", "早く締める手順を知りたいです。")
    async with acting(None) as services:
        await similar_texts.keep(services, "case", {1: CASE})
        await similar_texts.keep(services, "case", {1: other})
        assert await similar_texts.candidates(services, "case", 9, CASE) == []
        assert await similar_texts.candidates(services, "case", 9, other) == [1]
        await similar_texts.forget(services, "case", [1])
        assert await similar_texts.candidates(services, "case", 9, other) == []
        left = await services.connection.scalar(text("SELECT count(*) FROM similar_bands"))
        assert left == 0


async def test_what_was_kept_under_an_older_key_is_found(acting: ActingAs) -> None:
    async with acting(None) as services:
        await similar_texts.keep(services, "case", {1: CASE})
        open_vault([Fernet.generate_key().decode(), KEY])
        assert await similar_texts.candidates(services, "case", 9, CASE) == [1]
        open_vault([Fernet.generate_key().decode()])
        assert await similar_texts.candidates(services, "case", 9, CASE) == [], (
            "nothing can be found without it"
        )


async def test_nothing_that_was_written_lies_open(acting: ActingAs) -> None:
    async with acting(None) as services:
        await similar_texts.keep(services, "case", {1: CASE})
        rows = await services.connection.execute(
            text("SELECT t::text || b::text FROM similar_texts t, similar_bands b")
        )
        assert not any("注文" in row for row in rows.scalars())


async def test_a_look_up_takes_a_bounded_number_of_steps(acting: ActingAs) -> None:
    async with acting(None) as services:
        chance = random.Random(5)
        many: dict[int, Texts] = {ref: CASE for ref in range(1, 301)}
        others: dict[int, Texts] = {ref: [written(chance, 60)] for ref in range(301, 901)}
        await similar_texts.keep(services, "case", many | others)
        await services.connection.execute(text("ANALYZE similar_bands"))
        assert len(await similar_texts.candidates(services, "case", 1, CASE)) <= similar_texts.COMPARED
        keys = await services.connection.scalar(text("SELECT keys FROM similar_texts WHERE ref = 1"))
        assert len(keys) == BANDS
        plan = await services.connection.scalar(
            text("EXPLAIN (ANALYZE, FORMAT JSON) " + similar_texts.FIND),
            {"keys": keys, "ref": 1, "each": similar_texts.EACH + 1, "most": similar_texts.COMPARED},
        )
        [scan] = [node for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") == "similar_bands"]
        assert scan["Node Type"] == "Index Only Scan"
        assert scan["Actual Loops"] == BANDS and scan["Actual Rows"] <= similar_texts.EACH + 1


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]


# --- records -------------------------------------------------------------------------------------------


async def test_a_case_that_is_handed_in_is_found_and_told_whose_it_is(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        first = await applied(services)
        second = await applied(services, title="もう一度")
    async with acting("U-other") as services:
        copy = await applied(services)
        with pytest.raises(Refusal, match="members of the secretariat"):
            await similar_records.twins(services, "case", copy.id)
    async with clerk(acting) as services:
        twins = await similar_records.twins(services, "case", second.id)
        assert [(twin.written.number, twin.same_company) for twin in twins] == [
            (copy.number, False),
            (first.number, True),
        ]
        assert {twin.likeness.share for twin in twins} == {1.0}
        assert await similar_records.twins(services, "case", 999) == []


async def test_what_was_there_before_is_taken_up_some_at_a_time(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar_records, "AT_ONCE", 2)
    async with acting("U-owner") as services:
        ids = [(await applied(services, title=f"その{number}")).id for number in range(3)]
        await similar_records.keep_later(services, "case", ids)
        assert await indexed(services, "case") == []
    async with acting(None) as services:
        assert await Attempt().run(services)
        assert await indexed(services, "case") == ids[:2]
    async with acting(None) as services:
        assert not await Attempt().run(services), "something else may be done meanwhile"
    async with acting(None, at=NOON + timedelta(minutes=2)) as services:
        assert await Attempt().run(services)
        assert await indexed(services, "case") == ids
    async with clerk(acting) as services:
        assert len(await similar_records.twins(services, "case", ids[0])) == 2
    async with acting(None, at=NOON + timedelta(days=1)) as services:
        assert (
            await services.connection.scalar(
                text("SELECT count(*) FROM timers WHERE kind = 'similar.keep' AND done_at IS NULL")
            )
            == 0
        )


async def test_two_texts_are_laid_side_by_side_for_clerks_alone(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        one, other = await applied(services), await applied(services)
        with pytest.raises(Refusal):
            await similar_records.both(services, "case", one.id, other.id)
    async with clerk(acting) as services:
        mine, theirs = await similar_records.both(services, "case", one.id, other.id)
        assert mine.texts == theirs.texts == (CONTENT.background, CONTENT.issue, CONTENT.goal)
        for kind, ref in (("case", 999), ("company", one.id)):
            with pytest.raises(Refusal, match="compared"):
                await similar_records.both(services, kind, one.id, ref)


async def test_a_copy_of_a_case_of_another_system_is_found_soon(acting: ActingAs) -> None:
    async with acting(None) as services:
        row = GOOD | {"background": CONTENT.background, "issue": CONTENT.issue, "goal": CONTENT.goal}
        await taken(services, row)
    async with acting(None) as services:
        assert await Attempt().run(services)
    async with acting("U-owner") as services:
        copy = await applied(services)
    async with clerk(acting) as services:
        [twin] = await similar_records.twins(services, "case", copy.id)
        assert (twin.written.number, twin.likeness.share) == ("C0001", 1.0)
    async with acting(None, at=NOON + timedelta(hours=1)) as services:
        await taken(
            services,
            row
            | {"issue": "まったく別の困りごとです。", "goal": "別の目標です。", "background": "別の店です。"},
        )
    async with acting(None, at=NOON + timedelta(hours=1)) as services:
        await Attempt().run(services)
    async with clerk(acting) as services:
        assert await similar_records.twins(services, "case", copy.id) == []
