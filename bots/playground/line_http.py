"""The door of the fake Messaging API: who may come in, what is noted, and failures that tests order."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.playground.line_rules import object_problems, refusal

Obj = dict[str, Any]

MAX_BODY = 2_000_000
HANG_SECONDS = 60.0
# Refusals of what was sent; 404, 409, 410 and 429 are ordinary answers.
REFUSALS = (400, 401, 403, 413, 415)
RATE = {"message": "The API rate limit has been exceeded. Try again later."}


class Refused(NamedTuple):
    """One call LINE would not take: what was called, what it answered, what it was given."""

    path: str
    status: int
    body: Any
    payload: Any


class No(Exception):
    """Ends a call with this status and LINE's error body."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message} | more


@dataclass(frozen=True)
class Call:
    """One request, read."""

    id: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes

    def json(self, shape: str) -> Obj:
        """The body as the object `shape` of line_limits.toml; anything else is refused."""
        if not self.headers.get("content-type", "").startswith("application/json"):
            raise No(415, "Unsupported Media Type")
        try:
            body: Obj = orjson.loads(self.raw)
        except orjson.JSONDecodeError as error:
            raise No(400, f"The request body could not be parsed as JSON: {error}") from None
        found = object_problems(shape, body)
        if found:
            raise No(400, **refusal(found))
        return body


Handler = Callable[[Call], Response]


@dataclass
class Fault:
    """A failure in waiting: a status, "timeout" (no answer) or "reset" (the connection breaks)."""

    path: str
    outcome: int | Literal["timeout", "reset"]
    times: int
    accepted: bool


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, headers, "application/json")


class Door:
    """Guards every route; LINE's own order: token, size, rate, headers, then the call itself."""

    def __init__(self, token: str) -> None:
        self.refused: list[Refused] = []
        self.over_limit: Callable[[str, str], bool] = lambda method, path: False
        self._token = token
        self._faults: list[Fault] = []

    def fail_next(
        self, path: str, outcome: int | Literal["timeout", "reset"], times: int = 1, accepted: bool = False
    ) -> None:
        """Lets the next calls of a path (`*` matches) fail; `accepted`: after they have taken effect."""
        self._faults.append(Fault(path, outcome, times, accepted))

    def route(
        self,
        method: str,
        path: str,
        handler: Handler,
        *,
        retry_key: bool = False,
        max_body: int = MAX_BODY,
    ) -> Route:
        """A guarded route; `retry_key`: whether X-Line-Retry-Key may come along."""

        def take(call: Call) -> Response:
            if call.headers.get("authorization") != f"Bearer {self._token}":
                raise No(
                    401,
                    "Authentication failed. Confirm that the access token in the authorization header is valid.",
                )
            if len(call.raw) > max_body:
                raise No(413, "Request Entity Too Large")
            if self.over_limit(method, call.path):
                raise No(429, **RATE)
            if not retry_key and "x-line-retry-key" in call.headers:
                raise No(400, "The retry key is not supported by this endpoint")
            return handler(call)

        async def endpoint(request: Request) -> Response:
            path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
            call = Call(str(uuid.uuid4()), path, request.path_params, request.headers, await request.body())
            fault = self._fault(path)
            if fault and not fault.accepted:
                return await _strike(fault, request)
            response = self._answer(call, take)
            if fault:
                return await _strike(fault, request)
            response.headers["X-Line-Request-Id"] = call.id
            return response

        return Route(path, endpoint, methods=[method])

    def _answer(self, call: Call, take: Handler) -> Response:
        try:
            return take(call)
        except No as no:
            if no.status in REFUSALS:
                self.refused.append(Refused(call.path, no.status, no.body, _readable(call.raw)))
            return answer(no.body, no.status)

    def _fault(self, path: str) -> Fault | None:
        for fault in self._faults:
            if fnmatchcase(path, fault.path):
                fault.times -= 1
                if not fault.times:
                    self._faults.remove(fault)
                return fault
        return None


def _readable(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw


async def _strike(fault: Fault, request: Request) -> Response:
    if isinstance(fault.outcome, int):
        message = RATE["message"] if fault.outcome == 429 else "Failed by order of a test"
        headers = {"X-Line-Request-Id": str(uuid.uuid4())}
        return answer({"message": message}, fault.outcome, headers)
    if fault.outcome == "reset":
        # uvicorn's request cycle holds the connection; ASGI itself has no word for breaking it.
        cast(Any, request.receive).__self__.transport.abort()
    try:
        async with asyncio.timeout(HANG_SECONDS):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass
    return Response(status_code=503)
