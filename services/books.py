"""The books as a whole: a line for every party, and whether they agree with the ledger and the papers to the yen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ledger_records import HELD, Party, Stage
from services.programme import Programme
from services.values import Yen

AT_ONCE = 1000


@dataclass(frozen=True)
class Line:
    """One party: what its account keeps at each stage, and what its ledger rows add up to.

    Who has no account yet, because nothing was ever promised, keeps what was declared of phase I and no rows.
    """

    party: Party
    number: str
    opened: bool
    cap: Yen
    kept: dict[Stage, Yen]
    by_rows: dict[Stage, Yen]

    @property
    def remaining(self) -> Yen:
        """What the cap leaves; below zero for a party that is over it."""
        return Yen(self.cap - sum(self.kept.values()))

    def wrong(self) -> Iterator[str]:
        """Every yen by which this line disagrees with its rows, or is above its cap."""
        if self.remaining < 0:
            yield f"{self.number}: {-self.remaining} above the cap of {self.cap}"
        if not self.opened:
            if any(self.by_rows.values()):
                yield f"{self.number}: has ledger rows and no account"
            return
        for stage in HELD:
            if self.kept[stage] != self.by_rows[stage]:
                yield (
                    f"{self.number}: {stage} is {self.kept[stage]} in the account, "
                    f"{self.by_rows[stage]} by the ledger"
                )


_LINES = text("""
    WITH moves AS (
        SELECT company_id, expert_id, plan_id, travel, target AS stage, yen FROM ledger
        UNION ALL SELECT company_id, expert_id, plan_id, travel, source, -yen FROM ledger
    ), counted AS (
        SELECT 'company' AS party, company_id AS owner_id, stage, yen FROM moves
        WHERE company_id IS NOT NULL AND NOT travel
        UNION ALL SELECT 'expert', expert_id, stage, yen FROM moves WHERE expert_id IS NOT NULL AND NOT travel
        UNION ALL SELECT 'budget', 0, stage, yen FROM moves WHERE plan_id IS NOT NULL AND NOT travel
        UNION ALL SELECT 'travel', 0, stage, yen FROM moves WHERE travel
    ), summed AS (
        SELECT party, owner_id, stage, sum(yen)::bigint AS yen FROM counted GROUP BY party, owner_id, stage
    ), r AS (
        SELECT party, owner_id, jsonb_object_agg(stage, yen) AS by_rows FROM summed GROUP BY party, owner_id
    ), parties AS (
        SELECT 'company' AS party, id AS owner_id, number, standing, phase1_used_yen AS declared FROM companies
        UNION ALL SELECT 'expert', id, number, standing, phase1_paid_yen FROM experts
        UNION ALL VALUES ('budget', 0, 'budget', 'completed', 0), ('travel', 0, 'travel', 'completed', 0)
    )
    SELECT party, number, declared, by_rows, a.id IS NOT NULL AS opened,
        a.carried_yen, a.reserved_yen, a.confirmed_yen, a.paid_yen, a.reclaimed_yen
    FROM parties LEFT JOIN accounts a USING (party, owner_id) LEFT JOIN r USING (party, owner_id)
    WHERE a.id IS NOT NULL OR r.party IS NOT NULL OR standing = 'completed'
    ORDER BY array_position(ARRAY['company', 'expert', 'budget', 'travel'], party), number
""")

_TOTALS = text("""
    SELECT coalesce(sum(reserved_yen), 0) AS reserved_yen, coalesce(sum(confirmed_yen), 0) AS confirmed_yen,
        coalesce(sum(paid_yen), 0) AS paid_yen, coalesce(sum(reclaimed_yen), 0) AS reclaimed_yen
    FROM accounts WHERE party = :party
""")
_WHOLE = (Stage.RESERVED, Stage.CONFIRMED, Stage.PAID, Stage.RECLAIMED)
"""What companies, experts and the budget have in common; phase I is not of this budget."""

_PAID = text("""
    WITH ledgered AS (
        SELECT claim_id,
            sum(CASE WHEN target = 'paid' THEN yen ELSE -yen END) FILTER (WHERE NOT travel) AS honorarium,
            sum(CASE WHEN target = 'paid' THEN yen ELSE -yen END) FILTER (WHERE travel) AS travel
        FROM ledger
        WHERE (source = 'confirmed' AND target = 'paid') OR (source = 'paid' AND target = 'confirmed')
        GROUP BY claim_id
    ), banked AS (
        SELECT claim_id, sum(honorarium_yen) AS honorarium, sum(travel_yen) AS travel
        FROM payments WHERE state = 'paid' GROUP BY claim_id
    )
    SELECT coalesce(c.number, 'no claim') AS number, what, 'the payments' AS papers, coalesce(here, 0) AS here, coalesce(there, 0) AS there
    FROM ledgered l FULL JOIN banked b USING (claim_id) LEFT JOIN claims c ON c.id = claim_id
    CROSS JOIN LATERAL (VALUES
        ('paid', l.honorarium, b.honorarium), ('paid travel', l.travel, b.travel)) AS t (what, here, there)
    WHERE coalesce(here, 0) <> coalesce(there, 0)
    ORDER BY number, what
""")

_CONFIRMED = text("""
    WITH confirmed AS (
        SELECT plan_id, sum(yen) AS yen FROM ledger
        WHERE NOT travel AND source = 'reserved' AND target = 'confirmed' GROUP BY plan_id
    ), accepted AS (
        SELECT plan_id, sum(r.honorarium_yen) AS yen
        FROM reports r JOIN contracts k ON k.id = r.contract_id WHERE r.state = 'accepted' GROUP BY plan_id
    ), pairs AS (
        SELECT p.number, 'the accepted report' AS papers, coalesce(c.yen, 0) AS here, coalesce(a.yen, 0) AS there
        FROM confirmed c FULL JOIN accepted a USING (plan_id) JOIN plans p ON p.id = plan_id
        UNION ALL SELECT h.number, 'the claim', coalesce(c.yen, 0), h.honorarium_yen
        FROM claims h JOIN contracts k ON k.id = h.contract_id LEFT JOIN confirmed c USING (plan_id)
        WHERE h.state IN ('approved_once', 'approved', 'scheduled', 'paid', 'pay_failed', 'reclaimed')
    )
    SELECT number, 'confirmed' AS what, papers, here, there FROM pairs WHERE here <> there ORDER BY number
""")
_IDLE = text("""
    SELECT p.number, sum(CASE WHEN target = 'reserved' THEN l.yen ELSE -l.yen END) AS yen
    FROM ledger l JOIN plans p ON p.id = l.plan_id
    WHERE NOT travel AND 'reserved' IN (source, target)
        AND NOT EXISTS (
            SELECT FROM contracts k WHERE k.plan_id = p.id
            AND k.state IN ('ready', 'signed_by_expert', 'signed_by_sme', 'concluded', 'terminated'))
    GROUP BY p.number HAVING sum(CASE WHEN target = 'reserved' THEN l.yen ELSE -l.yen END) <> 0
    ORDER BY p.number
""")


@asynccontextmanager
async def opened(engine: AsyncEngine, programme: Programme) -> AsyncIterator[Books]:
    """The books at one moment, whatever is booked while they are read."""
    async with engine.connect() as connection:
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        await connection.execution_options(**options)
        yield Books(connection, programme)


class Books:
    """Reads accounts and ledger of everybody, row by row."""

    def __init__(self, connection: AsyncConnection, programme: Programme) -> None:
        self._connection = connection
        money = programme.money
        self._caps = {
            Party.COMPANY: money.sme_cap,
            Party.EXPERT: money.expert_cap,
            Party.BUDGET: money.budget,
            Party.TRAVEL: money.travel_budget,
        }

    async def lines(self) -> AsyncIterator[Line]:
        """Companies, experts, then budget and travel: whoever has an account, and who is registered without one."""
        async for row in self._stream(_LINES):
            party = Party(row.party)
            cap, by_rows = self._caps[party], row.by_rows or {}
            kept = {stage: Yen(getattr(row, f"{stage}_yen") or 0) for stage in HELD}
            if not row.opened:
                kept[Stage.CARRIED] = min(Yen(row.declared), cap)
            added = {stage: Yen(by_rows.get(stage, 0)) for stage in HELD}
            yield Line(party, row.number, row.opened, cap, kept, added)

    async def wrong(self) -> AsyncIterator[str]:
        """Every discrepancy, named by the number of what it is about; nothing where the books balance."""
        async for line in self.lines():
            for discrepancy in line.wrong():
                yield discrepancy
        async for discrepancy in self._totals():
            yield discrepancy
        for query in (_PAID, _CONFIRMED):
            async for row in self._stream(query):
                yield (
                    f"{row.number}: {row.what} is {Yen(int(row.here))} in the ledger, "
                    f"{Yen(int(row.there))} by {row.papers}"
                )
        async for row in self._stream(_IDLE):
            yield f"{row.number}: {Yen(int(row.yen))} is reserved, and no contract of it runs"

    async def _totals(self) -> AsyncIterator[str]:
        """Each yen of a plan is in three accounts at the same stage."""
        sums = {}
        for party in (Party.COMPANY, Party.EXPERT, Party.BUDGET):
            row = (await self._connection.execute(_TOTALS, {"party": party})).one()
            sums[party] = {stage: Yen(int(getattr(row, f"{stage}_yen"))) for stage in _WHOLE}
        for stage in _WHOLE:
            companies, experts, budget = (sums[party][stage] for party in sums)
            if not companies == experts == budget:
                yield (
                    f"all: {stage} is {companies} of companies, {experts} of experts, {budget} of the budget"
                )

    async def _stream(self, query: Any) -> AsyncIterator[Any]:
        async with self._connection.stream(query) as rows:
            async for some in rows.partitions(AT_ONCE):
                for row in some:
                    yield row
