"""The briefing's worked case on its whole road: 3,750 yen for 32 hours, 120,000 in all, 104,000 and 16,000 (DOMAIN 8.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services import audit_chain, books
from services.bundle import Services
from services.database import driver, transaction
from services.ledger import Party, Stage
from services.programme import load
from services.values import Yen
from tests.services.plan_people import CONTENT
from tests.services.season import cast
from tests.services.season.cast import Season
from tests.services.season.contract_deeds import WORDS
from tests.services.season.deeds import Deed
from tests.services.season.walking import must, newest

BEGINS = datetime(2021, 10, 20, 3, 0, tzinfo=UTC)
SUPPORT = datetime(2021, 11, 8, 4, 0, tzinfo=UTC)
"""One o'clock in Tokyo on the first of eight afternoons of four hours."""
TOTAL, HONORARIUM, SHARE = 120_000, 104_000, 16_000


@pytest.fixture
async def season(engine: AsyncEngine) -> Season:
    """The whole programme with its real caps."""
    return await cast.opened(engine, load("phase2"), BEGINS)


async def rows(season: Season, query: str) -> list[tuple[object, ...]]:
    """What the database says."""
    async with season.engine.connect() as connection:
        return await driver(connection).rows(query, ())


async def test_the_worked_case_is_right_to_the_yen_from_the_proposal_to_the_payment(season: Season) -> None:
    await concludes(season)
    assert await rows(
        season, "SELECT price_yen, minutes, honorarium_yen, terms_version, state FROM contracts"
    ) == [(3750, 32 * 60, HONORARIUM, "2021-10-19", "concluded")]
    await supports(season)
    await reports(season)
    await invoices(season)
    assert await rows(
        season, "SELECT minutes, total_yen, honorarium_yen, share_yen, state FROM invoices"
    ) == [(32 * 60, TOTAL, HONORARIUM, SHARE, "paid")]
    await is_paid(season)
    assert await rows(season, "SELECT minutes, honorarium_yen, travel_yen, state FROM claims") == [
        (32 * 60, HONORARIUM, 0, "paid")
    ]
    assert await rows(
        season, "SELECT honorarium_yen, travel_yen, withheld_yen, net_yen, state, paid_on FROM payments"
    ) == [(HONORARIUM, 0, 0, HONORARIUM, "paid", date(2021, 12, 24))]
    assert await rows(season, "SELECT count, total_yen, state FROM payment_runs") == [
        (1, HONORARIUM, "closed")
    ]
    await the_ledger_tells_its_way(season)
    await the_books_balance(season)
    await the_log_is_sound(season)
    assert await season.broken() == []


async def concludes(season: Season) -> None:
    """Proposed, agreed, approved and signed."""
    case = (await rows(season, f"SELECT min(id) FROM cases WHERE company_id = {season.company['owner1']}"))[
        0
    ][0]
    assert isinstance(case, int)
    await season.must("taro", lambda services: services.plans.send(CONTENT, case_id=case))
    plan = await newest(season, "plans")
    await must(season, Deed("agree", "owner1", plan))
    await must(season, Deed("approve_plan", "misaki", plan))
    assert await rows(season, "SELECT source, target, yen FROM ledger WHERE plan_id IS NOT NULL") == [
        ("free", "reserved", HONORARIUM)
    ]
    for who in ("taro", "owner1"):
        await must(season, Deed("sign", who, await newest(season, "contracts")))
    assert await season.broken() == []


async def supports(season: Season) -> None:
    """Eight times four hours: both sides' clocks, the word, the record with its evidence, the company's word."""
    contract = await newest(season, "contracts")
    for day in range(8):
        await season.wait(SUPPORT + timedelta(days=day) - season.now - timedelta(seconds=1))
        await must(season, Deed("start", "taro", contract))
        session = await newest(season, "sessions")

        async def word(services: Services, session: int = session) -> None:
            found = await services.sessions.get(session)
            assert found is not None
            await services.sessions.give_word(session, found.code_word)

        await season.must("owner1", word)
        await must(season, Deed("stop", "owner1", session, after=timedelta(hours=4)))
        for deed in ("stop", "record", "prove"):
            await must(season, Deed(deed, "taro", session))
        await must(season, Deed("confirm_session", "owner1", session))
        assert await season.broken() == []
    assert (
        await rows(season, "SELECT billable_minutes, state, flags FROM sessions ORDER BY id")
        == [(240, "confirmed", [])] * 8
    )


async def reports(season: Season) -> None:
    """The report is sent, confirmed with a rating, and accepted."""
    contract = await newest(season, "contracts")
    season.now = datetime(2021, 12, 17, 1, 0, tzinfo=UTC)
    await season.must("taro", lambda services: services.reports.send(contract, WORDS))
    report = await newest(season, "reports")
    await must(season, Deed("confirm_report", "owner1", report, 4))
    await must(season, Deed("accept_report", "ken", report))
    assert await rows(season, "SELECT minutes, total_yen, honorarium_yen, state, rating FROM reports") == [
        (32 * 60, TOTAL, HONORARIUM, "accepted", 5)
    ]
    assert await season.broken() == []


async def invoices(season: Season) -> None:
    """The expert asks the company for its share, and the company says that it has paid."""
    await must(season, Deed("issue", "taro", await newest(season, "contracts")))
    await must(season, Deed("say_paid", "owner1", await newest(season, "invoices")))
    assert await season.broken() == []


async def is_paid(season: Season) -> None:
    """Claimed, approved, drawn up by one clerk, released by another, and carried out by the bank."""
    await must(season, Deed("hand_in", "taro", await newest(season, "contracts"), 1))
    await must(season, Deed("approve_claim", "misaki", await newest(season, "claims")))
    season.now = datetime(2021, 12, 21, 1, 0, tzinfo=UTC)
    await must(season, Deed("draw_up", "misaki"))
    run = await newest(season, "payment_runs")
    await must(season, Deed("release", "ken", run))
    assert await transferred(season) == [HONORARIUM]
    assert await season.broken() == []
    season.now = datetime(2021, 12, 24, 3, 0, tzinfo=UTC)
    await must(season, Deed("all_paid", "ken", run))
    await season.due()


async def transferred(season: Season) -> list[int]:
    """The amounts in the transfer file of the run."""
    [(paper,)] = await rows(season, "SELECT file_paper_id FROM payment_runs")
    assert isinstance(paper, int)
    read: list[bytes] = []

    async def look(services: Services) -> None:
        read.append(await services.papers.read(paper))

    await season.must(None, look)
    records = read[0].decode("cp932").splitlines()
    return [int(record[80:90]) for record in records if record.startswith("2")]


async def the_ledger_tells_its_way(season: Season) -> None:
    moves = await rows(
        season, "SELECT source, target, yen, reason FROM ledger WHERE plan_id IS NOT NULL ORDER BY id"
    )
    assert moves == [
        ("free", "reserved", HONORARIUM, "plan approved"),
        ("reserved", "confirmed", HONORARIUM, "report accepted"),
        ("confirmed", "paid", HONORARIUM, "paid"),
    ]


async def the_books_balance(season: Season) -> None:
    async with books.opened(season.engine, season.programme) as opened:
        assert [wrong async for wrong in opened.wrong()] == []
        lines = {line.party: line async for line in opened.lines() if line.kept[Stage.PAID]}
    assert {line.kept[Stage.PAID] for line in lines.values()} == {Yen(HONORARIUM)}
    assert {party: int(line.remaining) for party, line in lines.items()} == {
        Party.COMPANY: 300_000 - HONORARIUM,
        Party.EXPERT: 1_500_000 - HONORARIUM,
        Party.BUDGET: 5_000_000_000 - HONORARIUM,
    }


async def the_log_is_sound(season: Season) -> None:
    async with transaction(season.engine) as connection:
        while await audit_chain.seal(connection):
            pass
    async with season.engine.connect() as connection:
        found = await audit_chain.verify(connection)
        written = await connection.scalar(text("SELECT count(*) FROM audit"))
    assert (found.faults, found.unsealed, found.sealed) == ([], 0, written)
