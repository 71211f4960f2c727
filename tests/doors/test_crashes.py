"""When it is our own fault: said kindly, logged without anybody's data, and nothing is lost."""

import json
from typing import Any

import pytest

from conversations import acts
from tests.doors.people import answers_of, kept
from tests.story.people import newcomer
from tests.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
SORRY = "申し訳ありません"


async def crash(*_arguments: Any) -> None:
    """Fail in the way in which libraries do, with what they were given in the words."""
    raise RuntimeError("cannot handle 山本 あき, 078-331-8181, aki@yamamoto.example")


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The errors that were logged, which are then forgotten."""
    lines = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert not any(record.exc_info for record in caplog.records)
    caplog.clear()
    return lines


async def test_a_turn_that_crashes_is_tried_again_apologised_for_and_stands_in_nobodys_way(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    before = len(phone.messages)
    with monkeypatch.context() as broken:
        broken.setitem(acts.BUTTONS, "menu.about", crash)
        about = town.line.event(phone.user, "postback", postback={"data": "a=menu.about"})
        name = town.line.written(phone.user, "text", text="菓匠やまもと")
        await town.line.deliver(about, name | {"timestamp": about["timestamp"] + 1})
        await town.idle()
    assert logged(caplog) == ["turn failed: RuntimeError"] * 3
    said = json.dumps(phone.messages[before:], ensure_ascii=False)
    assert said.count(SORRY) == 1 and "代表者" in phone.last
    assert (await answers_of(town, phone.user))["trade_name"] == "菓匠やまもと"
    given_up = "SELECT state FROM inbox WHERE key = :key"
    assert (await kept(town, given_up, key=f"line:{about['webhookEventId']}"))[0][0] == 2
    town.accepted()


async def test_a_page_on_which_we_crash_stays_open_with_all_that_was_typed(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = town.desk()
    await desk.commands("登録")
    page = {
        "full_name": "高橋 涼",
        "kana": "たかはし りょう",
        "born_on": "1985-04-01",
        "postal_code": "150-0001",
    }
    await desk.fills(page | {"affiliation": "freelance"})
    with monkeypatch.context() as broken:
        broken.setattr("conversations.pages.fill", crash)
        await desk.submits()
    assert set(logged(caplog)) == {"interaction failed: RuntimeError"}
    assert SORRY in next(iter(desk.errors().values()))
    await desk.submits()
    assert (await answers_of(town, desk.user))["full_name"] == "高橋 涼"
    assert desk.errors() == {}
    town.accepted()


async def test_a_command_and_a_press_on_which_we_crash_are_apologised_for(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = town.desk()
    await desk.opens_home()
    with monkeypatch.context() as broken:
        broken.setitem(acts.BUTTONS, "expert.register", crash)
        broken.setattr("conversations.menu.command", crash)
        await desk.presses("登録をはじめる", where="home")
        assert SORRY in desk.sees()
        answer = await town.slack.command(desk.user)
        assert SORRY in answer.text
    assert logged(caplog) == ["interaction failed: RuntimeError"] * 2
    await desk.presses("登録をはじめる", where="home")
    assert SORRY not in desk.sees()
    town.accepted()
