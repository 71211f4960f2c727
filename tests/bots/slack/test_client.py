"""Slack's answers and silences become results and faults that say whether to try again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bots.fetching import Gone, NotYet, TooLarge
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


# --- files


async def test_a_file_comes_with_our_token(bench: Bench) -> None:
    file = bench.slack.upload(bench.user, "gamen.png", b"png" * 100_000)
    assert await bench.client.fetch(file, 300_000) == b"png" * 100_000


async def test_a_file_that_is_too_large_is_not_even_begun(bench: Bench) -> None:
    file = bench.slack.upload(bench.user, "gamen.png", b"x" * 301)
    with pytest.raises(TooLarge):
        await bench.client.fetch(file, 300)


async def test_a_file_is_not_read_on_when_it_is_larger_than_slack_said(bench: Bench) -> None:
    file = bench.slack.upload(bench.user, "gamen.png", b"x" * 301)
    doc = bench.slack.work.store.get("slack_file", file)
    bench.slack.work.store.put("slack_file", file, (doc or {}) | {"size": 3})
    with pytest.raises(TooLarge):
        await bench.client.fetch(file, 300)


@pytest.mark.parametrize("ref", ["F0UNKNOWN", "", "../x"])
async def test_a_file_that_slack_does_not_know_is_gone(bench: Bench, ref: str) -> None:
    with pytest.raises(Gone):
        await bench.client.fetch(ref, 300)


@pytest.mark.parametrize(
    ("failure", "fault"), [("fatal_error", NotYet), (429, NotYet), ("access_denied", Gone)]
)
async def test_slacks_trouble_is_told_from_its_refusal(bench: Bench, failure: Any, fault: type) -> None:
    file = bench.slack.upload(bench.user, "gamen.png", b"png")
    bench.slack.fail_next("files.info", failure)
    with pytest.raises(fault):
        await bench.client.fetch(file, 300)


async def test_the_login_page_is_no_file(bench: Bench) -> None:
    file = bench.slack.upload(bench.user, "gamen.png", b"png")
    bench.slack.work.bot_token = "xoxb-other"
    with pytest.raises(Gone):
        await bench.client._download(f"{bench.api_url}files/{file}/gamen.png", 300)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/files/F1/x.png",
        "http://files.slack.com/files/F1/x.png",
        "https://files.slack.com.evil.example/x",
        "https://files.slack.com@evil.example/x",
        "https://evil@files.slack.com/x",
        "https://files.slack.com:8443/x",
        "https://docs.google.com/x",
        "ftp://127.0.0.1/x",
        "http://127.0.0.1:1/x",
        "http://[::1/x",
        "",
    ],
)
async def test_the_token_goes_to_slack_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    async def info(method: str, **args: Any) -> Any:
        return {"file": {"size": 3, "url_private_download": url}}

    async def never(*args: Any) -> bytes:
        raise AssertionError("the token went elsewhere")

    monkeypatch.setattr(bench.client, "call", info)
    monkeypatch.setattr(bench.client, "_download", never)
    with pytest.raises(Gone):
        await bench.client.fetch("F1", 300)
