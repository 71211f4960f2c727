"""Slack's answers and silences become results and faults that say whether to try again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bots.slack import client as client_module
from bots.slack.client import SlackClient, SlackFault
from tests.bots.slack.bench import Bench, running


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A fake Slack; the client needs no database."""
    no_database: Any = None
    async with running(no_database) as made:
        yield made


async def test_what_slack_answers_is_returned(bench: Bench) -> None:
    assert (await bench.client.call("auth.test"))["team_id"] == bench.slack.team_id


@pytest.mark.parametrize(
    ("failure", "error", "again"),
    [
        ("fatal_error", "fatal_error", True),
        ("internal_error", "internal_error", True),
        (503, "http_503", True),
        (404, "http_404", False),
        ("reset", "connection_failed", True),
        ("invalid_blocks", "invalid_blocks", False),
    ],
)
async def test_a_fault_says_whether_to_try_again(
    bench: Bench, failure: str | int, error: str, again: bool
) -> None:
    bench.slack.fail_next("chat.postMessage", failure)
    with pytest.raises(SlackFault) as caught:
        await bench.client.call("chat.postMessage", channel=bench.room, text="x")
    assert (caught.value.error, caught.value.again) == (error, again)


async def test_slack_says_how_long_to_wait(bench: Bench) -> None:
    bench.slack.fail_next("chat.postMessage", 429)
    with pytest.raises(SlackFault) as caught:
        await bench.client.call("chat.postMessage", channel=bench.room, text="x")
    assert (caught.value.error, caught.value.after) == ("ratelimited", timedelta(seconds=1))


async def test_silence_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    bench.slack.fail_next("auth.test", "timeout")
    with pytest.raises(SlackFault, match="timeout"):
        await bench.client.call("auth.test")


async def test_a_wrong_token_is_slacks_own_word(bench: Bench) -> None:
    with pytest.raises(SlackFault, match="invalid_auth"):
        await SlackClient(bench.session, "xoxb-other", bench.api_url).call("auth.test")


async def test_members_come_from_every_page(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "PAGE", 2)
    users = [bench.slack.create_user(f"U{n}") for n in range(5)]
    room = bench.slack.create_channel("large", members=users)
    assert set(await bench.client.members(room)) == {*users, bench.slack.bot_user_id}
    assert len(bench.calls("conversations.members")) == 3


async def test_a_person_has_a_name_and_a_locale(bench: Bench) -> None:
    assert await bench.client.user(bench.user) == ("佐藤 健一", "ja-JP")


async def test_a_dm_is_looked_up_once(bench: Bench) -> None:
    assert await bench.client.direct(bench.user) == await bench.client.direct(bench.user)
    assert len(bench.calls("conversations.open")) == 1
