"""Going down the road on purpose: from a proposal to wherever a test begins."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from services.database import driver
from services.refusals import Refusal
from tests.services.season.cast import Season
from tests.services.season.deeds import Deed, doing, perform
from tests.services.season.plan_deeds import LENGTHS, PRICES
from tests.services.season.prospects import Prospects


async def must(season: Season, deed: Deed) -> None:
    """Do what cannot be refused."""
    refused = await perform(season, deed)
    assert refused is None, f"{deed} was refused: {refused}"


async def proposed(season: Season, owner: str, expert: str, minutes: int = 240, price: int = 4000) -> int:
    """A plan of an expert for the next case of a company that has none from him; returns its id."""
    async with season.engine.connect() as connection:
        free = await driver(connection).rows(
            "SELECT id FROM cases c WHERE company_id = %(company)s AND state IN ('published', 'negotiating')"
            " AND NOT EXISTS (SELECT FROM plans p WHERE p.case_id = c.id AND p.expert_id = %(expert)s)"
            " AND NOT EXISTS (SELECT FROM plans p WHERE p.case_id = c.id AND p.state IN ('agreed', 'approved'))"
            " ORDER BY id LIMIT 1",
            {"company": season.company[owner], "expert": season.expert[expert]},
        )
    await must(season, Deed("propose", expert, free[0][0], _how(minutes, price)))
    return await newest(season, "plans")


def _how(minutes: int, price: int) -> int:
    return LENGTHS.index(minutes) + 5 * PRICES.index(price) + 40


async def record(season: Season, table: str, column: str, id: int) -> str:
    """What a record has in one of its columns."""
    async with season.engine.connect() as connection:
        rows = await driver(connection).rows(f"SELECT {column} FROM {table} WHERE id = %s", (id,))
    return str(rows[0][0])


async def newest(season: Season, table: str) -> int:
    """The id of the newest record of a table."""
    async with season.engine.connect() as connection:
        rows = await driver(connection).rows(f"SELECT max(id) FROM {table}", ())
    return int(rows[0][0])


async def agreed(season: Season, owner: str, expert: str, minutes: int = 240, price: int = 4000) -> int:
    """A plan that waits for its formation review; returns its id."""
    plan = await proposed(season, owner, expert, minutes, price)
    await must(season, Deed("agree", owner, plan))
    return plan


async def approved(season: Season, owner: str, expert: str, minutes: int = 240, price: int = 4000) -> int:
    """A contract that waits for both signatures; returns its id."""
    await must(season, Deed("approve_plan", "misaki", await agreed(season, owner, expert, minutes, price)))
    return await newest(season, "contracts")


async def concluded(season: Season, owner: str, expert: str, minutes: int = 240, price: int = 4000) -> int:
    """A contract that both have signed; returns its id."""
    contract = await approved(season, owner, expert, minutes, price)
    for who in (owner, expert):
        await must(season, Deed("sign", who, contract))
    return contract


async def before(season: Season, contract: int, what: str) -> Deed:
    """Go on with a contract until this is its next step, and return that step undone."""
    for _step in range(40):
        deed = (await Prospects.seen(season)).next_of(contract)
        assert deed is not None, f"contract {contract} does not come to {what}"
        if deed.what == what:
            return deed
        await must(season, deed)
    raise AssertionError(f"contract {contract} never comes to {what}")


async def at_once(season: Season, deeds: Sequence[Deed]) -> list[Refusal | None]:
    """Everybody acts at the same moment, each on a connection of his own; what became of it, in their order."""
    await season.wait(max(deed.after for deed in deeds))
    async with asyncio.timeout(60):
        return await asyncio.gather(*(season.act(deed.who, doing(season, deed)) for deed in deeds))
