"""A shop with open cases and an expert, both registered, in the running application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select

from services import people
from services.bundle import Services
from services.cases import Case
from services.database import transaction
from services.people import Identity, IdentityRow
from tests.services import market
from tests.town import Desk, Phone, Town

COLUMNS = (IdentityRow.channel, IdentityRow.tenant, IdentityRow.external)


class Market:
    """Everybody who is there; the records are made at once, what is tested goes through the doors."""

    def __init__(self, town: Town, shop: Phone, expert: Desk) -> None:
        self.town, self.shop, self.expert = town, shop, expert

    @classmethod
    async def opened(cls, town: Town, *cases: dict[str, Any]) -> Market:
        """A market with these cases, or with one."""
        shop, desk = town.phone(), town.desk()
        await shop.adds_us()
        made = cls(town, shop, desk)
        for serial, case in enumerate(cases or ({},), start=1):
            await made.publish(serial, **case)
        await made.registers(desk)
        return made

    async def publish(self, serial: int, **case: Any) -> Case:
        """Open a case of the shop."""
        async with self.acting(self.shop.user) as services:
            return await market.published(services, serial, **case)

    async def registers(self, desk: Desk, serial: int = 1) -> Desk:
        """Make somebody in Slack a registered expert, at the Home."""
        await desk.opens_home()
        async with self.acting(desk.user) as services:
            await market.expert(services, serial)
        await desk.opens_home()
        return desk

    async def cancel(self, serial: int = 1) -> None:
        """Let the shop take a case back."""
        async with self.acting(self.shop.user) as services:
            case = (await services.cases.mine())[-serial]
            await services.cases.cancel(case.id)

    @asynccontextmanager
    async def acting(self, user: str) -> AsyncIterator[Services]:
        """The services as somebody acts through them who was here before."""
        ouentai = self.town.ouentai
        async with transaction(ouentai.engine) as connection:
            row = (await connection.execute(select(*COLUMNS).where(IdentityRow.external == user))).one()
            person = await people.lock(connection, Identity(*row))
            services = Services(connection, ouentai.programme, ouentai.clock, person)
            yield services
            await services.flush()
