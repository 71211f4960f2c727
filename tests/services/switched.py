"""Parts of the programme that are stopped, for tests of what then is refused and of who hears of it."""

from datetime import datetime, timedelta

from services import secretariat
from services.bundle import Services
from services.notices import Notice
from services.switches import ChangeState, SwitchChange
from services.timers import Attempt
from tests.conftest import NOON, ActingAs

ANNA, BEN = "U-anna", "U-ben"
"""Two clerks."""


async def stopped(services: Services, code: str, *, open: bool = False) -> SwitchChange:
    """A part stopped (or resumed) as if two clerks had done so."""
    assert services.person is not None
    change = SwitchChange(
        code=code,
        open=open,
        state=ChangeState.IN_FORCE,
        reason="確認のため、しばらく止めます。",
        proposed_by=services.person.id,
        proposed_at=services.now,
        confirmed_at=services.now,
    )
    services.session.add(change)
    await services.flush()
    return change


async def clerks(acting: ActingAs) -> None:
    """Both clerks are in the secretariat's channel."""
    for clerk in (ANNA, BEN):
        async with acting(clerk, "slack") as services:
            await secretariat.read_members(services.connection, "T1", [ANNA, BEN])


async def changed(acting: ActingAs, code: str, *, open: bool = False, at: datetime = NOON) -> int:
    """One clerk proposes, the other confirms; the id of the change."""
    await clerks(acting)
    async with acting(ANNA, "slack", at) as services:
        change = await services.switches.propose(code, open, "確認のため、しばらく止めます。")
    async with acting(BEN, "slack", at) as services:
        await services.switches.confirm(change.id)
    return change.id


async def tell(acting: ActingAs, at: datetime = NOON) -> list[Notice]:
    """Do what is due, transaction by transaction, as the application does; returns what was told."""
    told: list[Notice] = []
    for round_ in range(1000):
        async with acting(None, at=at + timedelta(seconds=round_)) as services:
            more = await Attempt().run(services)
        told += services.notices.told
        if not more:
            return told
    raise AssertionError("it is never done")
