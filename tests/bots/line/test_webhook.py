"""LINE's door: only what LINE signed comes in, and it is stored before it is acknowledged."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import pytest
from starlette.requests import Request
from starlette.responses import Response

from bots.line.webhook import endpoint, signed
from bots.playground import line_events
from services.inbox import Arrival

SECRET = "channel-secret"
USER = "U" + "a" * 32


class Dispatcher:
    """Writes down what it accepts."""

    def __init__(self) -> None:
        self.accepted: list[Arrival] = []

    async def accept(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        self.accepted.extend(arrivals)
        return list(arrivals)


async def post(dispatcher: Dispatcher, raw: bytes, signature: str | None) -> Response:
    headers = [] if signature is None else [(b"X-Line-Signature".lower(), signature.encode("latin-1"))]
    chunks: Iterator[bytes] = iter([raw[: len(raw) // 2], raw[len(raw) // 2 :]])

    async def receive() -> Any:
        chunk = next(chunks)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks.__length_hint__())}  # type: ignore[attr-defined]

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/line/webhook",
        "query_string": b"",
        "headers": headers,
    }
    return await endpoint(dispatcher, SECRET, "kobe")(Request(scope, receive))


def body(*events: Any) -> bytes:
    return line_events.body("U" + "e" * 32, list(events))


def hello() -> dict[str, Any]:
    return line_events.event(
        USER, "message", 1, message=line_events.message(USER, "text", "1", text="こんにちは")
    )


def test_the_signature_is_lines_own() -> None:
    raw = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    right = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
    assert signed(raw, right, "8c570fa6dd201bb328f1c1eac23a96d8")
    assert not signed(raw + b" ", right, "8c570fa6dd201bb328f1c1eac23a96d8")


async def test_a_signed_event_is_stored_and_acknowledged() -> None:
    dispatcher, raw = Dispatcher(), body(hello(), hello())
    response = await post(dispatcher, raw, line_events.sign(SECRET, raw))
    assert (response.status_code, response.body) == (200, b"{}")
    assert [one.identity.external for one in dispatcher.accepted] == [USER, USER]


@pytest.mark.parametrize(
    "signature",
    [None, "", "x", "ÿé", line_events.sign("another secret", body(hello()))],
    ids=["none", "empty", "nonsense", "not ascii", "another secret's"],
)
async def test_an_unsigned_body_is_refused_and_nothing_is_stored(signature: str | None) -> None:
    dispatcher = Dispatcher()
    assert (await post(dispatcher, body(hello()), signature)).status_code == 401
    assert dispatcher.accepted == []


async def test_a_signed_body_that_is_not_json_is_a_bad_request() -> None:
    raw = b"{not json"
    assert (await post(Dispatcher(), raw, line_events.sign(SECRET, raw))).status_code == 400


async def test_unsigned_nonsense_is_not_even_read() -> None:
    assert (await post(Dispatcher(), b"{not json", "x")).status_code == 401


@pytest.mark.parametrize("events", [[], [{"type": "telepathy"}], [hello() | {"mode": "standby"}]])
async def test_what_is_not_for_us_is_acknowledged_quietly(events: list[Any]) -> None:
    dispatcher, raw = Dispatcher(), body(*events)
    assert (await post(dispatcher, raw, line_events.sign(SECRET, raw))).status_code == 200
    assert dispatcher.accepted == []


async def test_a_body_of_more_than_two_megabytes_is_too_large() -> None:
    raw = orjson.dumps({"events": [], "padding": "x" * 2_000_001})
    assert (await post(Dispatcher(), raw, line_events.sign(SECRET, raw))).status_code == 413


async def test_what_could_not_be_stored_is_not_acknowledged() -> None:
    class Broken(Dispatcher):
        async def accept(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
            await asyncio.sleep(0)
            raise OSError("no database")

    raw = body(hello())
    assert (await post(Broken(), raw, line_events.sign(SECRET, raw))).status_code == 500
