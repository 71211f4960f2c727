"""The story that the playground plays: from the friend added to the plan agreed on, and on to the payment."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from bots.playground import story
from bots.playground.players import Desk, Phone, words
from bots.playground.stage import Stage
from bots.playground.story import PLOT, SEQUEL, Performance
from services import audit_chain, books
from services import ledger_records as ledger
from services.database import transaction
from tests.town import Town

PAGE = {"X-Playground": "1"}
STEPS, STEPS_ON = len(PLOT["step"]), len(SEQUEL["step"])


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
    async with asyncio.timeout(240):
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

    before = len(stage.page.people("expert")), len(stage.page.people("company"))
    assert await asks(town, part=2) == 202
    shown = await end(town)
    assert (shown["state"], shown["step"], shown["of"], shown["part"]) == ("done", STEPS_ON, STEPS_ON, 2)
    assert (len(stage.page.people("expert")), len(stage.page.people("company"))) == before
    await paid(town, shop, chosen)
    clerk, colleague = (Desk(town, id) for id in stage.page.people("clerk"))
    for line in ("結果入力済み", "1件・104,000円", "鈴木 美咲", "木村 優子"):
        assert line in clerk.sees("channel")
    assert "佐藤" not in clerk.sees("channel").partition("登録")[0]
    assert clerk.window["modals"] == colleague.window["modals"] == []
    assert [record.getMessage() for record in caplog.records] == []
    town.accepted()


async def paid(town: Town, shop: Phone, expert: Desk) -> None:
    """Everybody sees the money that the briefing names, the books agree, and nobody has touched the log."""
    said = "\n".join(words(message) for message in shop.messages)
    for line in (
        "が成立しました",
        "支援が終わりました",
        "支援の報告をご確認",
        "16,000円（税込）",
        "に支払いました",
    ):
        assert line in said, line
    for line in ("すべて終わりました", "これまで16,000円", "✓謝金"):
        assert line in shop.recent, line
    for line in ("謝金をお振り込みしました", "32時間", "104,000円", "支払通知書を開く"):
        assert line in expert.sees("dm"), line
    await expert.opens_home()
    assert "支払い済み" in expert.sees("home")
    assert "進行中の計画" not in expert.sees("home")
    async with books.opened(town.ouentai.engine, town.ouentai.programme) as found:
        assert [each async for each in found.wrong()] == []
        held = {
            line.party: line.kept[ledger.Stage.PAID]
            async for line in found.lines()
            if line.kept[ledger.Stage.PAID]
        }
    assert held == {ledger.Party.COMPANY: 104_000, ledger.Party.EXPERT: 104_000, ledger.Party.BUDGET: 104_000}
    async with transaction(town.ouentai.engine) as connection:
        while await audit_chain.seal(connection):
            pass
        log = await audit_chain.verify(connection)
    assert log.sound and log.sealed > 100 and not log.unsealed, log.faults


async def test_the_second_part_is_played_at_once_by_people_who_are_brought_there_first(
    town: Town, stage: Stage
) -> None:
    await town.turn(datetime(2021, 10, 29, 9, 0, tzinfo=UTC))
    assert await asks(town, part=2) == 202
    hurried = await until(town, lambda shown: shown["of"] == STEPS)
    assert hurried["text"] == PLOT["hurried"]
    shown = await end(town)
    assert (shown["state"], shown["step"], shown["of"]) == ("done", STEPS_ON, STEPS_ON)
    shop, (chosen, _other), _clerk = people(stage, town)
    await paid(town, shop, chosen)
    town.accepted()


async def test_its_time_never_goes_back_where_a_visitor_has_turned_the_clock(
    town: Town, stage: Stage
) -> None:
    play = Performance(stage.story)
    play.facts["expert"] = {"begins": "2021-11-08"}
    await town.turn(datetime(2021, 11, 19, 3, 0, tzinfo=UTC))
    await play.comes("0", "10:00")
    assert play.today == date(2021, 11, 22)
    await play.comes("3", "10:00")
    await play.comes("0", "10:00")
    assert play.today == date(2021, 11, 25)
    await play.comes("+4", "10:00")
    assert play.today == date(2021, 12, 1)


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


@pytest.mark.parametrize("part", [1, 2])
async def test_it_says_so_when_it_cannot_go_on(
    town: Town, stage: Stage, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(story, "GLANCES", 1)
    await town.turn(datetime(2022, 3, 1, tzinfo=UTC))
    await asks(town, part=part)
    shown = await end(town)
    assert shown["state"] == "failed" and shown["step"] < shown["of"] == STEPS
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
    rooms = [each["id"] for each in other_clerk.window["channels"] if each["kind"] == "channel"]
    assert rooms == [stage.channel, stage.escalation]
    await newcomer.adds_us()
    assert "ようこそ" in newcomer.last and "この事業とは" in str(town.line.phone(newcomer.user)["rich_menu"])
    assert await asks(town) == 202
    assert (await end(town))["state"] == "done"
    town.accepted()


async def test_it_is_emptied_although_something_of_the_apps_own_is_at_work(town: Town, stage: Stage) -> None:
    async with town.ouentai.engine.connect() as connection:
        await connection.execute(text("SELECT count(*) FROM timers"))
        emptying = asyncio.create_task(asks(town, "reset"))
        await asyncio.sleep(0.5)
        # Whoever waited here for a lock while the emptying waits for ours would be in a deadlock.
        await connection.execute(text("SELECT count(*) FROM accounts"))
        await connection.rollback()
    assert await emptying == 200


async def test_a_story_that_plays_ends_when_the_playground_is_emptied(town: Town, stage: Stage) -> None:
    stage.story.pace = 0.2
    await asks(town)
    await until(town, lambda shown: shown["step"] == 3)
    assert await asks(town, "reset") == 200
    assert await caption(town) is None
    assert [len(stage.page.people(kind)) for kind in ("company", "expert", "clerk")] == [1, 1, 1]
    town.accepted()


@pytest.mark.parametrize("step", [*PLOT["step"], *SEQUEL["step"]], ids=lambda step: step["id"])
def test_every_step_is_told_in_short_sentences(step: dict[str, Any]) -> None:
    assert all(len(sentence) <= 50 for sentence in step["ja"].split("。"))
    assert len(step["ja"]) <= 60 and len(step["en"]) <= 110
    places = ("chat", "menu") if step["who"] == "company" else ("home", "dm", "thread", "channel")
    assert step["at"] in places
