"""Each invariant can be broken, and then says so: a season that holds is changed behind everybody's back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.services.season import cast
from tests.services.season.cast import NEVER_CHANGED, Season
from tests.services.season.deeds import Deed
from tests.services.season.invariants import INVARIANTS, Watch, broken
from tests.services.season.walking import approved, before, concluded, must, newest

BEGINS = datetime(2021, 10, 20, 1, 0, tzinfo=UTC)
BREAKS = {
    "units": (
        "UPDATE plan_revisions SET honorarium_yen = honorarium_yen + 1",
        "UPDATE plan_revisions SET price_yen = 500",
        "UPDATE contracts SET minutes = minutes + 1",
        "UPDATE invoices SET share_yen = share_yen - 1, total_yen = total_yen - 1",
        "UPDATE claims SET honorarium_yen = honorarium_yen - 1",
        "UPDATE reports SET total_yen = total_yen + 1",
    ),
    "caps": (
        "UPDATE accounts SET paid_yen = paid_yen + 1 WHERE party = 'expert' AND paid_yen > 0",
        "UPDATE accounts SET carried_yen = 0 WHERE carried_yen > 0",
        "UPDATE accounts SET owner_id = owner_id + 100 WHERE party = 'company'",
        "DELETE FROM ledger WHERE target = 'paid'",
        "UPDATE ledger SET yen = yen + 60000 WHERE target = 'reserved'",
        "UPDATE payments SET state = 'failed' WHERE state = 'paid'",
        "UPDATE claims SET state = 'approved' WHERE state = 'paid'",
        "UPDATE contracts SET state = 'cancelled' WHERE state = 'ready'",
        "UPDATE contracts SET state = 'ended' WHERE state = 'concluded'",
        "UPDATE contracts SET state = 'terminated', ended_at = '2021-12-01' WHERE state = 'concluded'",
    ),
    "sessions": (
        "UPDATE sessions SET start_at = start_at - interval '30 days'",
        "UPDATE sessions SET end_at = end_at + interval '90 days'",
        "UPDATE sessions SET billable_minutes = billable_minutes + 30",
        "UPDATE contracts SET period_start = period_start + 30",
        "UPDATE contracts SET period_end = period_start - 1",
        "UPDATE sessions SET end_at = NULL WHERE state = 'confirmed'",
        "UPDATE sessions s SET start_at = o.start_at, end_at = o.end_at FROM sessions o WHERE o.id <> s.id",
    ),
    "deadlines": (
        "UPDATE contracts SET concluded_at = '2021-12-17T15:00:00Z' WHERE concluded_at IS NOT NULL",
        "UPDATE contracts SET signed_by_sme_at = '2021-12-17T15:00:00Z' WHERE concluded_at IS NOT NULL",
        "UPDATE claims SET first_sent_at = '2022-01-10T15:00:00Z'",
        "UPDATE reports SET first_sent_at = '2022-01-10T15:00:00Z'",
        "UPDATE companies SET applied_at = '2021-11-01T15:00:00Z'",
        "UPDATE plans SET agreed_at = '2021-12-17T15:00:00Z'",
        "INSERT INTO switch_changes (code, open, state, reason, proposed_at, confirmed_at)"
        " VALUES ('agreement', false, 'in_force', '', '2021-10-01', '2021-10-01')",
    ),
    "formation": (
        "UPDATE reviews SET state = 'returned' WHERE kind = 'plan'",
        "UPDATE plans SET revision = revision + 1",
        "UPDATE plans SET agreed_by_sme_revision = NULL",
        "UPDATE contracts SET plan_revision = 2",
        "DELETE FROM audit WHERE subject = 'plan' AND action = 'agreed'",
        "UPDATE audit SET actor = (SELECT min(person_id) FROM experts) WHERE action = 'agreed'",
        "DELETE FROM audit WHERE subject = 'plan' AND action = 'sent'",
        "UPDATE contracts SET price_yen = price_yen + 500",
    ),
    "hours": (
        "UPDATE sessions SET state = 'recorded' WHERE state = 'confirmed'",
        "UPDATE sessions SET answered_by = (SELECT min(person_id) FROM experts)",
        "UPDATE sessions SET billable_minutes = billable_minutes - 30",
        "UPDATE contracts SET minutes = minutes - 60 WHERE state = 'ended'",
        "UPDATE contracts SET minutes = minutes + 60",
        "UPDATE claims SET minutes = minutes + 30",
        "UPDATE sessions SET state = 'denied'",
    ),
    "eyes": (
        "INSERT INTO company_members SELECT company_id, person_id, true FROM plans p JOIN experts e ON e.id = p.expert_id",
        "UPDATE reviews r SET decided_by = e.person_id FROM claims h JOIN experts e ON e.id = h.expert_id"
        " WHERE r.kind = 'claim' AND r.subject_id = h.id",
        "UPDATE reviews r SET taken_by = m.person_id FROM plans p JOIN company_members m USING (company_id)"
        " WHERE r.kind = 'plan' AND r.subject_id = p.id",
        "UPDATE claims SET second_approved_by = NULL",
        "UPDATE payment_runs SET released_by = NULL",
        "UPDATE payment_runs SET made_by = (SELECT person_id FROM experts JOIN claims ON expert_id = experts.id LIMIT 1)",
        "UPDATE audit SET actor = (SELECT person_id FROM experts JOIN claims ON expert_id = experts.id LIMIT 1)"
        " WHERE subject = 'payment'",
    ),
    "notes": (
        "DELETE FROM audit WHERE action = 'honorarium free to reserved'",
        "UPDATE audit SET actor = NULL WHERE action LIKE 'honorarium%'",
        "UPDATE audit SET reason = NULL WHERE action LIKE 'honorarium%'",
        "UPDATE audit SET at = at + interval '1 second' WHERE action LIKE 'honorarium%'",
        "DELETE FROM audit WHERE action = 'concluded'",
        "DELETE FROM audit WHERE subject = 'session' AND action = 'confirmed'",
        "DELETE FROM audit WHERE subject = 'report' AND action = 'accepted'",
        "DELETE FROM audit WHERE subject = 'claim' AND action = 'scheduled'; UPDATE claims SET state = 'scheduled'",
        "DELETE FROM audit WHERE subject = 'payment'",
        "UPDATE audit SET actor = NULL",
        "UPDATE audit SET at = '2099-01-01'",
    ),
    "terms": (
        "UPDATE contracts SET terms_version = '2021-07-20' WHERE concluded_at IS NOT NULL",
        f"UPDATE contracts SET terms_version = '{cast.NEWER}' WHERE concluded_at IS NOT NULL",
    ),
}
"""What each invariant must see, if it is done past all services; suspension is tried in its own tests."""


@pytest.fixture
async def season(engine: AsyncEngine, quick_papers: None) -> Season:
    """One contract paid for, by four eyes; one in support; one to be signed; newer terms have begun meanwhile."""
    season = await cast.opened(engine, cast.small(BEGINS, timedelta(days=12)), BEGINS)
    contract = await concluded(season, "owner1", "taro", 720)
    for _session in range(3):
        await must(season, Deed("enter_late", "taro", contract, 4, timedelta(days=1, hours=12)))
        session = await newest(season, "sessions")
        for what in ("record", "prove"):
            await must(season, Deed(what, "taro", session))
        await must(season, Deed("confirm_session", "owner1", session))
    await must(season, Deed("report", "taro", contract))
    await must(season, await before(season, contract, "approve_claim"))
    await must(season, Deed("approve_claim", "misaki", await newest(season, "claims")))
    await must(season, Deed("draw_up", "misaki"))
    run = await newest(season, "payment_runs")
    await must(season, Deed("release", "ken", run))
    await must(season, Deed("all_paid", "ken", run, after=timedelta(days=10)))
    for owner, expert in (("owner2", "saburo"), ("owner3", "jiro")):
        for who in (owner, expert):
            await must(season, Deed("accept_terms", who))
        await (concluded if owner == "owner2" else approved)(season, owner, expert, 120)
    return season


async def test_every_invariant_says_so_when_it_is_broken(season: Season) -> None:
    assert await season.broken() == []
    silent = []
    for name, changes in BREAKS.items():
        for change in changes:
            said = await _said_of(season, change)
            if not any(what.startswith(f"{name}: ") for what in said):
                silent.append(f"{name} does not see: {change}")
    assert silent == []
    assert await season.broken() == []
    assert set(BREAKS) == {each.__name__ for each in INVARIANTS} - {"suspension"}


async def _said_of(season: Season, change: str) -> list[str]:
    """What is broken when the rows are changed so, past every guard; then it is undone."""
    async with season.engine.connect() as connection:
        for table in NEVER_CHANGED:
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for name in ("within_cap", "parts_add_up", "gross_is_net_and_tax"):
            await connection.execute(text(_without(name)))
        for statement in change.split("; "):
            await connection.execute(text(statement))
        said = await broken(connection, season.programme, season.now)
        await connection.rollback()
    return said


def _without(constraint: str) -> str:
    tables = {"within_cap": "accounts", "parts_add_up": "invoices", "gross_is_net_and_tax": "payments"}
    return f"ALTER TABLE {tables[constraint]} DROP CONSTRAINT ck_{tables[constraint]}_{constraint}"


async def test_a_change_without_a_note_is_seen_when_it_happens(season: Season) -> None:
    watch = Watch()
    async with season.engine.connect() as connection:
        assert await watch.look(connection) == []
        assert await watch.look(connection) == []
        await connection.execute(text("UPDATE contracts SET state = 'terminated' WHERE state = 'concluded'"))
        await connection.execute(text("UPDATE contracts SET terms_version = 'x' WHERE state = 'ended'"))
        said = await watch.look(connection)
        await connection.rollback()
    assert [what.split(":")[0] for what in said] == ["notes", "terms"]
