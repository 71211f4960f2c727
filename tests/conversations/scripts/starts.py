"""Where a written conversation begins: people and records as they stand there, made in one line each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import select

from services import outbox, people
from services.bundle import Services
from services.cases import Case, CaseState
from services.claims import Invoice
from services.companies import Company
from services.contract_records import Contract, ContractState
from services.database import transaction
from services.experts import Expert
from services.people import Identity, IdentityRow
from services.plan_records import Plan
from services.report_records import Report, ReportState
from services.session_records import Session, SessionState
from services.values import Yen
from tests.pictures import jpeg
from tests.services import plan_people, road
from tests.story.people import answers
from tests.story.test_case import CASE
from tests.town import Desk, Phone, Town

T = TypeVar("T")
SUPPORT = datetime(2021, 11, 10, 4, 0, tzinfo=UTC)
"""One in the afternoon in Tokyo on a day of the period."""
AFTER = datetime(2021, 12, 25, 3, 0, tzinfo=UTC)
QUESTION = "注文は1日に何件くらいありますか。"
NAME = "佐藤 健一"


@dataclass
class Cast:
    """Who takes part in one conversation, and what there is between them."""

    town: Any
    phone: Phone
    desk: Desk | None = None
    clerk: Desk | None = None
    company: Company | None = None
    expert: Expert | None = None
    case: Case | None = None
    plan: Plan | None = None
    contract: Contract | None = None


async def does(town: Town, who: Phone | Desk, change: Callable[[Services], Awaitable[T]]) -> T:
    """Let somebody act who has been here before, and send what is said about it."""
    dispatcher = town.ouentai.dispatcher
    columns = (IdentityRow.channel, IdentityRow.tenant, IdentityRow.external)
    async with transaction(town.ouentai.engine) as connection:
        row = (await connection.execute(select(*columns).where(IdentityRow.external == who.user))).one()
        person = await people.lock(connection, Identity(*row))
        services = Services(connection, town.ouentai.programme, town.ouentai.clock, person)
        result = await change(services)
        claims = await outbox.post(connection, await dispatcher._letters(services))
    dispatcher.delivery.send_soon(claims)
    await town.idle()
    return result


async def friend(cast: Cast) -> None:
    """Somebody who has added us."""
    await cast.phone.adds_us()


async def registering(cast: Cast) -> None:
    """Somebody at the first question of the registration."""
    await friend(cast)
    await cast.phone.taps("登録をはじめる", "すべてはい")


async def registered(cast: Cast) -> None:
    """A registered shop."""
    await friend(cast)
    cast.company = await does(cast.town, cast.phone, plan_people.company)


async def writing(cast: Cast) -> None:
    """A registered shop that has answered every question about a case."""
    await registered(cast)
    await cast.phone.says("相談")
    await answers(cast.phone, *CASE)


async def published(cast: Cast) -> None:
    """A shop with an open case."""
    await registered(cast)
    company = cast.company
    assert company is not None
    cast.case = await does(cast.town, cast.phone, lambda services: plan_people.case(services, company))


async def expert(cast: Cast) -> None:
    """A registered expert in Slack; the shop has not added us."""
    cast.desk = cast.town.desk(NAME)
    await cast.desk.opens_home()
    cast.expert = await does(
        cast.town, cast.desk, lambda services: plan_people.expert(services, display_name=NAME)
    )


async def newcomer_in_slack(cast: Cast) -> None:
    """Somebody in Slack who is nobody yet."""
    cast.desk = cast.town.desk(NAME)
    await cast.desk.opens_home()


async def both(cast: Cast) -> None:
    """A shop with an open case, and an expert."""
    await published(cast)
    await expert(cast)


async def asked(cast: Cast) -> None:
    """The expert has asked the shop something."""
    await both(cast)
    case = cast.case
    assert cast.desk is not None and case is not None
    await does(cast.town, cast.desk, lambda services: services.enquiries.ask(case.id, QUESTION))


async def proposed(cast: Cast) -> None:
    """The expert has sent a plan."""
    await both(cast)
    case = cast.case
    assert cast.desk is not None and case is not None
    cast.plan = await does(
        cast.town,
        cast.desk,
        lambda services: services.plans.send(replace(plan_people.CONTENT), case_id=case.id),
    )


async def _pair(cast: Cast, state: CaseState) -> tuple[Company, Expert, Case]:
    await registered(cast)
    await expert(cast)
    company, its_expert = cast.company, cast.expert
    assert company is not None and its_expert is not None
    cast.case = await does(cast.town, cast.phone, lambda services: plan_people.case(services, company, state))
    return company, its_expert, cast.case


async def to_sign(cast: Cast) -> None:
    """The plan was approved: the contract waits for both signatures."""
    company, its_expert, case = await _pair(cast, CaseState.PLAN_AGREED)

    async def approved(services: Services) -> Plan:
        made = await road.plan(services, company, its_expert, case_id=case.id)
        await services.ledger.reserve(made, Yen(104_000))
        return made

    plan = cast.plan = await does(cast.town, cast.phone, approved)
    cast.contract = await cast.town.ouentai.dispatcher.run(lambda services: services.contracts.prepare(plan))
    await cast.town.idle()


async def in_support(cast: Cast) -> None:
    """A contract was concluded; it is one in the afternoon on a day of the support."""
    company, its_expert, case = await _pair(cast, CaseState.CONTRACTED)

    async def concluded(services: Services) -> Contract:
        plan = cast.plan = await road.plan(services, company, its_expert, case_id=case.id)
        made = await road.contract(services, company, its_expert, plan=plan, state=ContractState.CONCLUDED)
        await services.ledger.reserve(plan, Yen(made.honorarium_yen))
        return made

    cast.contract = await does(cast.town, cast.phone, concluded)
    await cast.town.set_clock(SUPPORT)


async def recorded(cast: Cast) -> None:
    """The expert has written down a session of two hours, which the shop is to confirm."""
    await in_support(cast)
    contract = cast.contract
    assert contract is not None and cast.desk is not None

    async def written(services: Services) -> Session:
        made = await road.session(services, contract, state=SessionState.RECORDED)
        services.notices.tell("session.recorded", services.person.id, session=made.id)  # type: ignore[union-attr]
        return made

    await cast.town.set_clock(datetime(2021, 11, 10, 7, 0, tzinfo=UTC))
    await does(cast.town, cast.desk, written)
    await cast.phone.says("状況")


async def reported(cast: Cast) -> None:
    """The expert has sent the report of the whole support, which the shop is to confirm."""
    await in_support(cast)
    contract = cast.contract
    assert contract is not None and cast.desk is not None

    async def sent(services: Services) -> Report:
        given = await road.session(services, contract)
        return await road.report(
            services,
            contract,
            minutes=given.billable_minutes,
            state=ReportState.CONFIRMING,
            confirmed_at=None,
            content={"outcome": "転記が2時間から30分になりました。"},
        )

    await cast.town.set_clock(AFTER)
    await does(cast.town, cast.desk, sent)
    await cast.phone.says("報告")


async def invoiced(cast: Cast) -> None:
    """The expert has sent the invoice for the shop's share."""
    await in_support(cast)
    contract = cast.contract
    assert contract is not None and cast.desk is not None

    async def accepted(services: Services) -> Invoice:
        await road.report(services, contract)
        plan = await services.plans.get(contract.plan_id)
        assert plan is not None
        await services.ledger.confirm(plan, Yen(contract.honorarium_yen))
        return await services.invoices.issue(contract.id)

    await cast.town.set_clock(AFTER)
    await does(cast.town, cast.desk, accepted)


async def applied(cast: Cast) -> None:
    """Somebody whose registration waits for the secretariat."""
    await registering(cast)
    serial = cast.town.clock_serial
    await answers(
        cast.phone,
        ("tap", "個人事業主"),
        ("say", "菓匠やまもと"),
        ("say", "山本 あき"),
        ("tap", "小売業"),
        ("tap", "5人以下"),
        ("say", "650-0001"),
        ("say", "4丁目2-1"),
        ("say", f"078-331-{1000 + serial}"),
        ("say", f"aki{serial}@yamamoto.example"),
        ("tap", "未マッチング"),
        ("tap", "ない・今回がはじめて"),
        ("tap", "同意する"),
    )
    await cast.phone.uploads("書類を送る", jpeg(f"tax return {serial}"))
    await cast.phone.uploads("書類を送る", jpeg(f"identity {serial}"))
    await cast.phone.taps("この内容で申請する")


async def nobody(cast: Cast) -> None:
    """Nobody has added us yet."""


Start = Callable[[Cast], Awaitable[None]]
STARTS: dict[str, Start] = {
    "だれもいない": nobody,
    "友だち": friend,
    "登録の途中": registering,
    "申請済み": applied,
    "登録済み": registered,
    "相談の確認": writing,
    "相談を公開中": published,
    "専門家": expert,
    "はじめての専門家": newcomer_in_slack,
    "質問が届いた": asked,
    "提案が届いた": proposed,
    "契約の前": to_sign,
    "支援の日": in_support,
    "支援の記録が届いた": recorded,
    "報告が届いた": reported,
    "請求が届いた": invoiced,
}
"""The beginnings by the words of the scripts."""
