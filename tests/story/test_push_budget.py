"""How many messages LINE has to push for a whole case, which is what an office pays for."""

import pytest

from bots.playground.players import Desk, Phone
from bots.playground.story import PLOT, SEQUEL, Performance
from bots.terminal.pushes import pushes
from services.database import transaction
from services.push_forecast import END_OF_CASE
from services.push_use import PushUse
from tests.town import Town

MOST = 11
"""Pushes for one case, from the registration to the payment, with eight sessions and one returned paper."""


async def test_a_case_from_registration_to_payment_takes_less_than_twelve_pushes(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = town.ouentai.stage
    assert stage is not None
    stage.story.pace = 0
    play = Performance(stage.story)
    for part in (PLOT, SEQUEL):
        await play.through(part["step"])
    shop, clerk = Phone(town, play.ids["company"]), Desk(town, play.ids["clerk"])
    sent = [one for one in town.line.sent if one.method == "push" and one.to == shop.user]
    assert 0 < len(sent) <= MOST

    async with transaction(town.ouentai.engine) as connection:
        use = PushUse(connection, town.ouentai.programme)
        cases, kinds = await use.per_case(), dict(await use.by_kind())
    assert (cases.cases, cases.median, cases.worst) == (1, len(sent), len(sent))
    assert kinds["plan.approved"] == kinds["contract.ready"] == 1
    # The word of the payment goes with an answer, or at the latest the next day.
    assert kinds.get(END_OF_CASE, 0) + len(sent) <= MOST

    await town.ouentai.look_at_quota()
    await clerk.opens_home()
    assert f"{len(sent)}通（最大{len(sent)}通）" in clerk.sees("home")
    assert await pushes(town.ouentai.engine, town.ouentai.programme, as_json=False) == 0
    assert f"1 completed cases took {len(sent)} pushes" in capsys.readouterr().out
    town.accepted()
