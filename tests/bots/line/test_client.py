"""What LINE answers decides what becomes of a letter; the fake LINE answers as LINE does, over real HTTP."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bots.delivery import Failed, Sent
from bots.fetching import Gone, NotYet, TooLarge
from bots.line.client import LineClient, LineError, Quota
from services.clock import wall
from services.outbox import Letter
from tests.bots.playground.line_server import TOKEN, Bench, running

REPLY, PUSH = "/v2/bot/message/reply", "/v2/bot/message/push"
HELLO = {"messages": [{"type": "text", "text": "こんにちは"}]}


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with running() as bench:
        # The fake's reply tokens live by the same clock as ours.
        bench.moment = wall()
        yield bench


async def draw(kind: str, ref: str, language: str) -> str:
    return {"1": "newcomer", "2": "registered"}[ref]


@pytest.fixture
async def client(bench: Bench) -> AsyncIterator[LineClient]:
    async with aiohttp.ClientSession() as session:
        yield LineClient(session, TOKEN, bench.url + "/play/line-api", bench.url + "/play/line-api", draw)


def letter(
    to: str, token: str | None = None, *, attempts: int = 1, seconds: float = 50, **more: Any
) -> Letter:
    until = wall() + timedelta(seconds=seconds) if token else None
    given: dict[str, Any] = {"body": HELLO, "retry_key": uuid.uuid4()} | more
    return Letter("line", to, "say", reply_token=token, reply_until=until, attempts=attempts, **given)


def methods(bench: Bench) -> list[str]:
    return [sent.method for sent in bench.line.sent]


async def spoken_to(bench: Bench) -> tuple[str, str]:
    """Somebody who has just written, and the token to answer with."""
    user = await bench.friend()
    return user, (await bench.line.say(user, "やあ"))["replyToken"]


async def test_the_free_reply_is_taken_first(bench: Bench, client: LineClient) -> None:
    user, token = await spoken_to(bench)
    assert await client.send(letter(user, token)) == Sent()
    assert methods(bench) == ["reply"]


async def test_without_a_token_or_in_time_no_more_it_is_a_push_with_its_key(
    bench: Bench, client: LineClient
) -> None:
    user, token = await spoken_to(bench)
    late = letter(user, token, seconds=-1)
    assert await client.send(late) == Sent(pushed=True)
    assert await client.send(letter(user)) == Sent(pushed=True)
    assert methods(bench) == ["push", "push"]
    assert bench.line.sent[0].retry_key == str(late.retry_key)


async def test_a_token_that_line_does_not_take_becomes_a_push_at_once(
    bench: Bench, client: LineClient
) -> None:
    user, token = await spoken_to(bench)
    assert await client.send(letter(user, token)) == Sent()
    assert await client.send(letter(user, token)) == Sent(pushed=True)
    assert methods(bench) == ["reply", "push"]


@pytest.mark.parametrize("outcome", ["timeout", "reset", 500])
async def test_a_reply_of_unknown_outcome_is_tried_again_as_a_push(
    bench: Bench, client: LineClient, outcome: Any
) -> None:
    client.timeout = aiohttp.ClientTimeout(total=0.2)
    user, token = await spoken_to(bench)
    bench.line.fail_next(REPLY, outcome)
    found = await client.send(letter(user, token))
    assert isinstance(found, Failed)
    assert found.again
    assert methods(bench) == []
    assert await client.send(letter(user, token, attempts=2)) == Sent(pushed=True)
    assert methods(bench) == ["push"]


async def test_a_push_that_was_accepted_before_counts_as_sent(bench: Bench, client: LineClient) -> None:
    user = await bench.friend()
    sent = letter(user)
    bench.line.fail_next(PUSH, "reset", accepted=True)
    found = await client.send(sent)
    assert isinstance(found, Failed)
    assert found.again
    assert await client.send(sent) == Sent(pushed=True)
    assert methods(bench) == ["push"]


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failure_of_lines_is_tried_again(bench: Bench, client: LineClient, status: int) -> None:
    bench.line.fail_next(PUSH, status)
    found = await client.send(letter(await bench.friend()))
    assert found == Failed(f"{status} Failed by order of a test", again=True)


async def test_too_many_at_once_waits_longer_each_time(bench: Bench, client: LineClient) -> None:
    user = await bench.friend()
    bench.line.fail_next(PUSH, 429, times=2)
    first, later = await client.send(letter(user)), await client.send(letter(user, attempts=11))
    assert isinstance(first, Failed) and isinstance(later, Failed)
    assert first.again and later.again
    assert first.after == timedelta(seconds=2)
    assert later.after == timedelta(minutes=10)


async def test_over_the_monthly_limit_is_final_and_says_so(bench: Bench, client: LineClient) -> None:
    user = await bench.friend()
    bench.line.account.quota = 0
    assert await client.send(letter(user)) == Failed("over quota", again=False)


async def test_a_refusal_names_the_property_and_not_the_words(bench: Bench, client: LineClient) -> None:
    secret = "0312345678" * 600
    body = {"messages": [{"type": "text", "text": secret}]}
    found = await client.send(letter(await bench.friend(), body=body))
    assert isinstance(found, Failed)
    assert not found.again
    assert "messages[0].text" in found.error
    assert "0312345678" not in found.error


async def test_somebody_who_is_unknown_is_final(bench: Bench, client: LineClient) -> None:
    found = await client.send(letter("U" + "0" * 32))
    assert found == Failed("400 Failed to send messages", again=False)


async def test_line_out_of_reach_is_tried_again(bench: Bench) -> None:
    async with aiohttp.ClientSession() as session:
        client = LineClient(session, TOKEN, "http://127.0.0.1:1", "http://127.0.0.1:1")
        found = await client.send(letter("U" + "0" * 32))
    assert isinstance(found, Failed)
    assert found.again


async def test_a_menu_that_is_not_uploaded_yet_is_linked_later(bench: Bench, client: LineClient) -> None:
    user = await bench.friend()
    found = await client.send(Letter("line", user, "menu", ref="1", attempts=1))
    assert isinstance(found, Failed)
    assert found.again


async def test_a_profile_is_asked_for_and_a_person_who_blocked_us_has_none(
    bench: Bench, client: LineClient
) -> None:
    user = await bench.friend()
    profile = await client.profile(user)
    assert profile is not None
    assert profile["displayName"] == "田中"
    await bench.line.unfollow(user)
    assert await client.profile(user) is None


async def test_what_a_person_sent_is_fetched_when_it_is_ready_and_while_it_is_there(
    bench: Bench, client: LineClient
) -> None:
    user = await bench.friend()
    bench.line.account.slow_content = 1
    photo = (await bench.line.photo(user, b"jpeg" * 50_000))["message"]["id"]
    with pytest.raises(NotYet):
        await client.fetch(photo, 200_000)
    assert await client.fetch(photo, 200_000) == b"jpeg" * 50_000
    with pytest.raises(TooLarge):
        await client.fetch(photo, 199_999)
    await bench.line.unsend(user, photo)
    for gone in (photo, "404", "../../profile/U1"):
        with pytest.raises(Gone):
            await client.fetch(gone, 200_000)


@pytest.mark.parametrize("outcome", [429, 500, 401])
async def test_what_line_does_not_give_at_the_moment_is_fetched_later(
    bench: Bench, client: LineClient, outcome: Any
) -> None:
    user = await bench.friend()
    photo = (await bench.line.photo(user, b"jpeg"))["message"]["id"]
    bench.line.fail_next("*", outcome)
    with pytest.raises(NotYet):
        await client.fetch(photo, 1000)
    assert await client.fetch(photo, 1000) == b"jpeg"


async def test_the_quota_is_known(bench: Bench, client: LineClient) -> None:
    user = await bench.friend()
    assert await client.quota() == Quota(None, 0)
    bench.line.account.quota = 200
    await client.send(letter(user))
    assert await client.quota() == Quota(200, 1)


async def test_a_person_sees_that_an_answer_is_on_its_way(bench: Bench, client: LineClient) -> None:
    user = await bench.friend()
    await client.loading(user)
    assert bench.line.phone(user)["loading"]
    with pytest.raises(LineError, match="multiple of 5"):
        await client.loading(user, 7)
