"""The story that the playground plays, from the friend added to the plan agreed on."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bots.playground import story
from bots.playground.players import Desk, Phone, words
from bots.playground.stage import Stage
from bots.playground.story import PLOT, Performance
from tests.town import Town

PAGE = {"X-Playground": "1"}
STEPS = len(PLOT["step"])


@pytest.fixture
def stage(town: Town) -> Stage:
    """The playground, in which the story is played without pauses."""
    stage = town.ouentai.stage
    assert stage is not None
    stage.story.pace = 0
    return stage


async def asks(town: Town, what: str = "story", **fields: Any) -> int:
    """What the page asks when a button of its own is pressed; returns the HTTP status."""
    async with (
        aiohttp.ClientSession(headers=PAGE) as page,
        page.post(f"{town.run.origin}/play/api/{what}", json=fields) as answer,
    ):
        return answer.status


async def caption(town: Town) -> dict[str, Any]:
    """What the page shows of the story."""
    async with (
        aiohttp.ClientSession() as page,
        page.get(f"{town.run.origin}/play/api/state") as answer,
    ):
        shown: dict[str, Any] = (await answer.json())["story"]["caption"]
        return shown


async def until(town: Town, there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The caption once it is as wanted."""
    async with asyncio.timeout(120):
        while not there(shown := await caption(town)):
            await asyncio.sleep(0.05)
    return shown


async def end(town: Town) -> dict[str, Any]:
    """The last caption of the story that plays."""
    return await until(town, lambda shown: shown["state"] != "playing")


def people(stage: Stage, town: Town) -> tuple[Phone, list[Desk], Desk]:
    """The company, the experts and the clerk who came last."""
    company, clerk = stage.page.people("company")[-1], stage.page.people("clerk")[-1]
    return Phone(town, company), [Desk(town, id) for id in stage.page.people("expert")], Desk(town, clerk)


async def test_it_is_played_from_the_first_tap_to_the_agreement(
    town: Town, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert await asks(town) == 202
    shown = await end(town)
    assert (shown["state"], shown["step"], shown["of"]) == ("done", STEPS, STEPS)
    shop, (chosen, other), clerk = people(stage, town)
    said = "\n".join(words(message) for message in shop.messages)
    sum_, own = "合計 120,000円", "あなたの負担 16,000円"
    assert sum_ in said and own in said and "事務局が確認中" in shop.recent
    await chosen.opens_home()
    await chosen.presses("提出した計画", where="home")
    await chosen.presses("開く")
    for line in ("120,000円", "謝金 104,000円", "16,000円", "成立審査待ち"):
        assert line in chosen.sees()
    assert "ほかの計画に決まりました" in other.sees("dm")
    assert "120,000円" in clerk.sees("channel")
    assert clerk.window["modals"] == []
    assert [record.getMessage() for record in caplog.records] == []
    town.accepted()


async def test_where_people_have_done_things_others_come_in_for_the_story(town: Town, stage: Stage) -> None:
    shop, (expert,), clerk = people(stage, town)
    await shop.adds_us()
    await expert.opens_home()
    await expert.presses("登録をはじめる", where="home")
    await clerk.commands("")
    before = [len(shop.messages), len(expert.window["modals"]), len(clerk.window["modals"])]
    assert await asks(town) == 202
    assert (await end(town))["state"] == "done"
    newcomer, experts, other_clerk = people(stage, town)
    assert newcomer.user != shop.user and other_clerk.user != clerk.user and len(experts) == 3
    assert "事務局が確認中" in newcomer.recent
    assert [len(shop.messages), len(expert.window["modals"]), len(clerk.window["modals"])] == before
    town.accepted()


async def test_it_is_stopped_half_way_and_played_again_by_others(town: Town, stage: Stage) -> None:
    stage.story.pace = 0.2
    await asks(town)
    await until(town, lambda shown: shown["step"] == 3)
    assert await asks(town, stop=True) == 202
    assert (await end(town))["state"] == "stopped"
    again = Performance(stage.story)
    assert await again.cast("company") == stage.page.people("company")[1]
    assert await again.cast("clerk") == stage.page.people("clerk")[0]
    await town.idle()
    town.accepted()


async def test_it_says_so_when_it_cannot_go_on(
    town: Town, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "GLANCES", 1)
    await town.turn(datetime(2022, 3, 1, tzinfo=UTC))
    await asks(town)
    shown = await end(town)
    assert shown["state"] == "failed" and shown["step"] < STEPS
    assert not town.line.refused


async def test_everything_begins_again_when_the_playground_is_emptied(town: Town, stage: Stage) -> None:
    shop, _experts, clerk = people(stage, town)
    await shop.adds_us()
    await shop.taps("登録をはじめる", "すべてはい", "個人事業主")
    assert await asks(town, "reset") == 200
    newcomer, (expert,), other_clerk = people(stage, town)
    assert not {shop.user, clerk.user} & {newcomer.user, other_clerk.user}
    assert newcomer.messages == [] and expert.window["home"] is None
    assert other_clerk.sees("channel") == "" and clerk.user not in stage.page.people("clerk")
    await newcomer.adds_us()
    assert "ようこそ" in newcomer.last and "この事業とは" in str(town.line.phone(newcomer.user)["rich_menu"])
    assert await asks(town) == 202
    assert (await end(town))["state"] == "done"
    town.accepted()


async def test_a_story_that_plays_ends_when_the_playground_is_emptied(town: Town, stage: Stage) -> None:
    stage.story.pace = 0.2
    await asks(town)
    await until(town, lambda shown: shown["step"] == 3)
    assert await asks(town, "reset") == 200
    assert await caption(town) is None
    assert [len(stage.page.people(kind)) for kind in ("company", "expert", "clerk")] == [1, 1, 1]
    town.accepted()


@pytest.mark.parametrize("step", PLOT["step"], ids=lambda step: step["id"])
def test_every_step_is_told_in_short_sentences(step: dict[str, Any]) -> None:
    assert all(len(sentence) <= 50 for sentence in step["ja"].split("。"))
    assert len(step["ja"]) <= 60 and len(step["en"]) <= 110
    places = ("chat", "menu") if step["who"] == "company" else ("home", "dm", "thread", "channel")
    assert step["at"] in places
