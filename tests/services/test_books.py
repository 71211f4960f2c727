"""The books balance to the yen, and whatever does not is named."""

import asyncio
import json
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.terminal.books import books
from services import numbers
from services.bundle import Services
from services.claim_records import Claim
from services.contract_records import Contract, ContractState
from services.database import transaction
from services.payment_records import Payment, PaymentRun, PaymentState, RunState
from services.plan_records import Plan
from services.programme import Programme
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road

OWNER, TARO = "U-owner", "U-taro"


async def a_season(acting: ActingAs) -> tuple[str, str, Claim]:
    """A paid claim of 30 hours with travel, a running contract and one that expired; returns both numbers and the claim."""
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services, paid=50_000)
    async with acting(OWNER) as services:
        company = await people.company(services, used=20_000)
        paid = await road.contract(services, company, expert)
        running = await road.contract(services, company, expert)
        expired = await road.contract(services, company, expert, state=ContractState.EXPIRED)
        ledger = services.ledger
        await ledger.reserve(await _plan(services, paid), Yen(104_000))
        await ledger.reserve(await _plan(services, running), Yen(104_000))
        await ledger.reserve(await _plan(services, expired), Yen(30_000))
        await ledger.release(await _plan(services, expired), "not signed")
        claim = await _pay(services, paid)
    return company.number, expert.number, claim


async def _plan(services: Services, of: Contract) -> Plan:
    plan = await services.plans.get(of.plan_id)
    assert plan is not None
    return plan


async def _pay(services: Services, contract: Contract) -> Claim:
    plan = await _plan(services, contract)
    contract.state = ContractState.ENDED
    report = await road.report(services, contract, minutes=1800)
    honorarium = Yen(report.honorarium_yen)
    await services.ledger.confirm(plan, honorarium)
    claim = await road.claim(services, await road.invoice(services, report), travel_yen=12_000)
    assert services.person is not None
    run = PaymentRun(
        id=1,
        number=numbers.make("T", 1),
        state=RunState.CLOSED,
        transfer_on=services.programme.today(services.now),
        count=1,
        total_yen=int(honorarium + 12_000),
        made_by=services.person.id,
        made_at=services.now,
    )
    services.session.add(run)
    await services.session.flush()
    payment = Payment(
        run_id=run.id,
        claim_id=claim.id,
        expert_id=claim.expert_id,
        state=PaymentState.PAID,
        honorarium_yen=int(honorarium),
        travel_yen=12_000,
        withheld_yen=0,
        net_yen=int(honorarium + 12_000),
        bank=road.BANK,
    )
    services.session.add(payment)
    await services.session.flush()
    await services.ledger.pay(plan, honorarium, Yen(12_000), claim_id=claim.id, payment_id=payment.id)
    return claim


async def break_by(engine: AsyncEngine, statement: str) -> None:
    """Change the database past everything that guards it."""
    async with transaction(engine) as connection:
        await connection.execute(text("ALTER TABLE ledger DISABLE TRIGGER USER"))
        await connection.execute(text(statement))
        await connection.execute(text("ALTER TABLE ledger ENABLE TRIGGER USER"))


async def test_books_that_balance_say_so_party_by_party(
    acting: ActingAs, engine: AsyncEngine, rules: Programme, capsys: pytest.CaptureFixture[str]
) -> None:
    company, expert, _claim = await a_season(acting)
    assert await books(engine, rules, None, as_json=False) == 0
    heading, *lines, verdict = capsys.readouterr().out.splitlines()
    assert heading.split()[:3] == ["number", "cap", "carried"]
    assert [line.split() for line in lines] == [
        [company, "300,000", "20,000", "104,000", "0", "97,500", "0", "78,500"],
        [expert, "1,500,000", "50,000", "104,000", "0", "97,500", "0", "1,248,500"],
        ["budget", "5,000,000,000", "0", "104,000", "0", "97,500", "0", "4,999,798,500"],
        ["travel", "50,000,000", "0", "0", "0", "12,000", "0", "49,988,000"],
    ]
    assert verdict == "The books balance."


async def test_one_party_is_found_by_its_number_however_it_is_typed(
    acting: ActingAs, engine: AsyncEngine, rules: Programme, capsys: pytest.CaptureFixture[str]
) -> None:
    company, _expert, _claim = await a_season(acting)
    assert await books(engine, rules, company.lower().replace("-", ""), as_json=True) == 0
    *lines, verdict = map(json.loads, capsys.readouterr().out.splitlines())
    assert [line["number"] for line in lines] == [company, "budget", "travel"]
    assert lines[0] == {
        "party": "company",
        "number": company,
        "opened": True,
        "cap": 300_000,
        "carried": 20_000,
        "reserved": 104_000,
        "confirmed": 0,
        "paid": 97_500,
        "reclaimed": 0,
        "remaining": 78_500,
    }
    assert verdict == {"balanced": True, "wrong": []}


@pytest.mark.parametrize("number", [numbers.make("C", 99_999), numbers.make("A", 1), "nobody"])
async def test_a_number_that_is_nobodys_is_told(
    acting: ActingAs,
    engine: AsyncEngine,
    rules: Programme,
    number: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await books(engine, rules, number, as_json=False) == 2
    assert capsys.readouterr().err.strip()


async def test_who_never_was_promised_anything_is_listed_with_what_he_declared(
    acting: ActingAs, engine: AsyncEngine, rules: Programme, capsys: pytest.CaptureFixture[str]
) -> None:
    async with acting(OWNER) as services:
        company = await people.company(services, used=20_000)
    assert await books(engine, rules, company.number, as_json=True) == 0
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (line["opened"], line["carried"], line["remaining"]) == (False, 20_000, 280_000)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE accounts SET reserved_yen = reserved_yen - 1 WHERE party = 'company'",
            ["{company}: reserved is ¥103,999 in the account, ¥104,000 by the ledger", "all: reserved"],
        ),
        (
            "UPDATE accounts SET paid_yen = paid_yen + 500 WHERE party = 'budget'",
            ["budget: paid is ¥98,000", "all: paid"],
        ),
        (
            "UPDATE ledger SET yen = yen + 1 WHERE target = 'carried' AND company_id IS NOT NULL",
            ["{company}: carried is ¥20,000 in the account, ¥20,001 by the ledger"],
        ),
        (
            "UPDATE ledger SET yen = yen - 10 WHERE target = 'paid' AND NOT travel",
            [
                "{company}: confirmed",
                "{company}: paid",
                "{expert}: paid",
                "budget: paid",
                "{claim}: paid is ¥97,490 in the ledger, ¥97,500 by the payments",
            ],
        ),
        ("UPDATE payments SET state = 'failed'", ["{claim}: paid is ¥97,500", "{claim}: paid travel"]),
        (
            "UPDATE claims SET honorarium_yen = honorarium_yen + 1",
            ["{claim}: confirmed is ¥97,500 in the ledger, ¥97,501 by the claim"],
        ),
        ("UPDATE reports SET state = 'deficient'", ["¥0 by the accepted report"]),
        (
            "UPDATE contracts SET state = 'expired' WHERE state = 'concluded'",
            ["¥104,000 is reserved, and no contract of it runs"],
        ),
        ("DELETE FROM accounts WHERE party = 'expert'", ["{expert}: has ledger rows and no account", "all:"]),
        (
            "UPDATE ledger SET claim_id = NULL WHERE target = 'paid'",
            ["no claim: paid is ¥97,500", "{claim}: paid is ¥0"],
        ),
    ],
)
async def test_what_does_not_agree_is_named(
    acting: ActingAs,
    engine: AsyncEngine,
    rules: Programme,
    statement: str,
    named: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    company, expert, claim = await a_season(acting)
    await break_by(engine, statement)
    assert await books(engine, rules, None, as_json=True) == 1
    verdict = json.loads(capsys.readouterr().out.splitlines()[-1])
    told = "\n".join(verdict["wrong"])
    assert not verdict["balanced"]
    for discrepancy in named:
        assert discrepancy.format(company=company, expert=expert, claim=claim.number) in told


async def test_what_is_above_a_cap_is_named(
    acting: ActingAs, engine: AsyncEngine, rules: Programme, capsys: pytest.CaptureFixture[str]
) -> None:
    company, _expert, _claim = await a_season(acting)
    lower = replace(rules, money=replace(rules.money, sme_cap=Yen(200_000)))
    assert await books(engine, lower, None, as_json=False) == 1
    assert f"{company}: ¥21,500 above the cap of ¥200,000" in capsys.readouterr().out


async def test_books_are_read_at_one_moment_while_others_write(
    acting: ActingAs, engine: AsyncEngine, rules: Programme, capsys: pytest.CaptureFixture[str]
) -> None:
    await a_season(acting)
    async with acting(None) as services:
        plan = await services.plans.get(2)
        assert plan is not None

    async def busy() -> None:
        for _turn in range(10):
            async with acting(None) as services:
                await services.ledger.release(plan, "smaller", down_to=Yen(65_000))
                await services.ledger.adjust(plan, Yen(104_000))

    writing = asyncio.create_task(busy())
    while not writing.done():
        assert await books(engine, rules, None, as_json=True) == 0
    await writing
