"""An expert proposes in Slack, a small business compares and agrees on LINE (story steps 6 and 7)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services import people as everybody
from services.bundle import Services
from services.cases import Case
from services.database import transaction
from services.people import Identity
from services.plans import Plan
from services.values import Yen
from tests.conftest import NOON
from tests.services import plan_people as people
from tests.services.plan_people import CONTENT
from tests.town import Desk, Phone, Town

AGREE = ("詳しく見る", "この計画で進める", "同意する")
FIRST = {"area": "EC", "purpose": "ネット販売を始め、注文の手間を半分にします。"}
STEPS = {"steps": ["SURVEY", "INTRODUCTION"], "price": "3750"}
HOURS = {"hours_survey": "4", "work_survey": "受注の流れを調べます", "hours_introduction": "28"}
WHEN = {
    "period_start": "2021-11-08",
    "period_end": "2021-12-24",
    "mode": "online",
    "tool_costs_note": "月額の利用料が別にかかります",
}


async def identity(town: Town, channel: str, external: str) -> Identity:
    """Under what somebody is known to us."""
    async with transaction(town.ouentai.engine) as connection:
        rows = await connection.exec_driver_sql(
            "SELECT channel, tenant, external FROM identities WHERE channel = %s AND external = %s",
            (channel, external),
        )
        return Identity(*rows.one())


async def acting(town: Town, who: Phone | Desk, act: Callable[[Services], Awaitable[Any]]) -> Any:
    """Do something in a person's name, without the conversation for it."""
    channel = "line" if isinstance(who, Phone) else "slack"
    found = await identity(town, channel, who.user)
    async with transaction(town.ouentai.engine) as connection:
        person = await everybody.lock(connection, found)
        services = Services(connection, town.ouentai.programme, town.ouentai.clock, person)
        done = await act(services)
        await services.flush()
        return done


@pytest.fixture
async def shop(town: Town) -> Phone:
    """A registered shop with a published case."""
    phone = await town.phone().adds_us()

    async def settle(services: Services) -> Case:
        return await people.case(services, await people.company(services))

    await acting(town, phone, settle)
    return phone


async def expert(town: Town, name: str = "佐藤 健一") -> Desk:
    """A registered expert."""
    desk = town.desk(name)
    await desk.opens_home()

    async def settle(services: Services) -> Any:
        return await people.expert(services, display_name=name)

    await acting(town, desk, settle)
    return desk


async def find(desk: Desk) -> None:
    """Come to the form of a plan for the newest case."""
    await desk.commands("search")
    await desk.submits()
    await desk.presses("提案する")


async def propose(town: Town, desk: Desk, price: int = 3750) -> Plan:
    """Send a plan, as the form would."""

    async def send(services: Services) -> Plan:
        [case] = list((await services.session.scalars(people.every_case())).all())
        plan = await services.plans.send(replace(CONTENT, price=Yen(price)), case_id=case.id)
        await town.ouentai.dispatcher.run(_told(services))
        return plan

    return await acting(town, desk, send)


def _told(services: Services) -> Callable[[Services], Awaitable[None]]:
    async def tell(others: Services) -> None:
        others.notices.told.extend(services.notices.told)

    return tell
