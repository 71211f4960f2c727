"""Everything is stopped: nothing new begins, and a running contract goes its whole way to the money (DOMAIN 15.10, 9.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import driver
from services.sessions import Session, Sessions
from tests.services.plan_people import CONTENT
from tests.services.season import cast, invariants
from tests.services.season.cast import Season
from tests.services.season.deeds import Deed, perform
from tests.services.season.prospects import Prospects
from tests.services.season.walking import approved, before, concluded, must, newest, proposed, record

BEGINS = datetime(2021, 10, 20, 1, 0, tzinfo=UTC)
ROAD = ["start", "stop", "record", "prove", "confirm_session", "report", "confirm_report", "issue", "hand_in"]
ROAD += ["accept_report", "approve_claim"]


@pytest.fixture
async def season(engine: AsyncEngine, quick_papers: None) -> Season:
    """A season at its beginning; newer terms come into force two days later."""
    return await cast.opened(engine, cast.small(BEGINS, timedelta(days=2)), BEGINS)


async def suspend(season: Season) -> None:
    """Two clerks stop every part of the programme."""
    await must(season, Deed("turn_switches", "misaki", how=4))
    await must(season, Deed("confirm_switches", "ken"))
    async with season.engine.connect() as connection:
        rows = await driver(connection).rows("SELECT count(*) FROM switch_changes WHERE NOT open", ())
    assert rows == [(len(season.programme.switches),)]


async def test_a_running_contract_goes_all_the_way_to_its_payment_while_everything_is_stopped(
    season: Season,
) -> None:
    contract = await concluded(season, "owner1", "taro")
    await suspend(season)
    went = []
    while (deed := (await Prospects.seen(season)).next_of(contract)) is not None:
        await must(season, deed)
        went.append(deed.what)
        assert await season.broken() == []
    assert went == ROAD
    await must(season, Deed("draw_up", "misaki"))
    run = await newest(season, "payment_runs")
    await must(season, Deed("release", "ken", run))
    await must(season, Deed("all_paid", "misaki", run, after=timedelta(days=10)))
    assert await record(season, "claims", "state", await newest(season, "claims")) == "paid"
    # Newer terms have come into force on the way; the contract keeps its own (9).
    assert season.programme.terms_at(season.now).version == cast.NEWER
    assert await record(season, "contracts", "terms_version", contract) == CONTENT.terms_version
    assert await season.broken() == []


async def test_changes_corrections_and_the_end_of_a_contract_go_on_too(season: Season) -> None:
    contract = await concluded(season, "owner1", "taro", 360)
    await suspend(season)
    await must(season, Deed("propose_change", "taro", contract, 2))
    await must(season, Deed("agree_to_change", "owner1", await newest(season, "contract_changes")))
    confirm = await before(season, contract, "confirm_session")
    await must(season, Deed("dispute_session", "owner1", confirm.of))
    await must(season, Deed("set_times", "taro", confirm.of))
    await must(season, Deed("confirm_session", "owner1", confirm.of))
    await must(season, Deed("terminate", "owner1", contract))
    await must(season, Deed("report", "taro", contract))
    assert await season.broken() == []


async def test_nothing_new_begins_and_what_was_stopped_goes_on_when_it_is_resumed(season: Season) -> None:
    plan = await proposed(season, "owner1", "taro")
    contract = await approved(season, "owner2", "saburo")
    await suspend(season)
    new = [
        Deed("propose", "taro", 9, 40),
        Deed("revise", "taro", plan, 41),
        Deed("agree", "owner1", plan),
        Deed("sign", "owner2", contract),
        Deed("sign", "saburo", contract),
    ]
    for deed in new:
        refused = await perform(season, deed)
        assert refused is not None, deed
        assert invariants.is_of_a_stop(refused), deed
    assert await season.broken() == []
    await must(season, Deed("turn_switches", "ken", how=1))
    await must(season, Deed("confirm_switches", "misaki"))
    for deed in new[2:]:
        await must(season, deed)
    assert await season.broken() == []


async def test_it_would_be_seen_if_a_stop_reached_a_running_contract(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    await concluded(season, "owner1", "taro")
    await suspend(season)
    await season.wait(timedelta(days=1))
    start = Sessions.start

    async def only_when_open(sessions: Sessions, contract_id: int) -> Session:
        await sessions._services.switches.require("plans")
        return await start(sessions, contract_id)

    monkeypatch.setattr(Sessions, "start", only_when_open)
    [wrong] = await season.broken()
    assert wrong.startswith("suspension: ")
    assert wrong.endswith("its expert could not start a session")
