"""The fake Slack's Web API over HTTP: token, body, failures asked for, limits of pace, answers as Slack words them."""

import asyncio
import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bots.playground import slack_files
from bots.playground.slack_methods import FORM_ONLY, METHODS, Method, respond
from bots.playground.slack_rules import LIMITS
from bots.playground.slack_state import Json, Refused, Sent, SlackError, Workspace
from bots.playground.slack_views import VIEW_METHODS

STRUCTURED = ("blocks", "view", "metadata", "attachments", "files")
# In a form everything is a string; these are meant as yes or no.
YES_OR_NO = {name for name, spec in LIMITS["surfaces"]["message"]["fields"].items() if "bool" in spec}
YES_OR_NO |= {"include_locale", "include_num_members", "include_all_metadata", "inclusive", "return_im"}
# How long a call that is to time out is held, if the client does not hang up first.
HELD = 120.0
BREATH = 0.02


class WebApi:
    """The routes of the Web API over one workspace."""

    def __init__(self, work: Workspace, *, api_url: str, strict_rate: bool) -> None:
        self.work = work
        self.api_url = api_url
        self.strict_rate = strict_rate
        self.routes = [
            Route("/upload/{file}", self._upload, methods=["POST"]),
            Route("/files/{file}/{name}", self._download),
            Route("/response/{id}", self._respond, methods=["POST"]),
            Route("/{method}", self._call, methods=["GET", "POST"]),
        ]
        self._failures: dict[str, list[str | int]] = {}
        self._last_post: dict[str, datetime] = {}

    def fail_next(self, method: str, error: str | int, times: int = 1) -> None:
        """Makes the next calls of a method fail.

        `error` is Slack's word (`"fatal_error"`), a status (429, 503), `"timeout"` (never answers), `"reset"`
        (the connection breaks) or `"lost"` (the call is done, its answer is lost).
        """
        self._failures.setdefault(method, []).extend([error] * times)

    def methods(self) -> Mapping[str, tuple[Method, tuple[str, ...]]]:
        return METHODS | VIEW_METHODS | slack_files.methods(self.api_url)

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        failure = self._failures[method].pop(0) if self._failures.get(method) else None
        if failure is not None and failure != "lost":
            return await _failed(request, failure)
        args: Json = {}
        try:
            args = await _arguments(request, method)
            answer = self._done(method, args, _token(request, args))
        except SlackError as no:
            body = _words(no)
            self.work.refused.append(Refused(method, no.status, body, args))
            pause = {"Retry-After": "1"} if no.status == 429 else None
            return JSONResponse(body, no.status, pause)
        self.work.sent.append(Sent(method, args, answer.get("ts") or answer.get("message_ts")))
        return _Broken() if failure == "lost" else JSONResponse({"ok": True} | answer)

    def _done(self, method: str, args: Json, token: str | None) -> Json:
        if token is None:
            raise SlackError("not_authed")
        if token != self.work.bot_token:
            raise SlackError("invalid_auth")
        known = self.methods()
        if method not in known:
            raise SlackError("unknown_method")
        do, needed = known[method]
        if missing := [name for name in needed if args.get(name) in (None, "")]:
            said = [f"missing required field: {name} [json-pointer:/{name}]" for name in missing]
            raise SlackError("invalid_arguments", said)
        if method == "chat.postMessage":
            self._keep_pace(args["channel"])
        return do(self.work, {name: value for name, value in args.items() if name != "token"})

    def _keep_pace(self, channel: str) -> None:
        """One message a second and channel, where `strict_rate` is on: Slack itself tolerates short bursts."""
        now = self.work.now()
        if self.strict_rate and now - self._last_post.get(
            channel, datetime.min.replace(tzinfo=now.tzinfo)
        ) < timedelta(seconds=1):
            raise SlackError("ratelimited", status=429)
        self._last_post[channel] = now

    async def _respond(self, request: Request) -> Response:
        try:
            args = json.loads(await request.body())
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        try:
            respond(self.work, request.path_params["id"], args)
        except SlackError as no:
            status = no.status if no.status != 200 else 400
            self.work.refused.append(Refused("response_url", status, _words(no), args))
            return JSONResponse(_words(no), status)
        self.work.sent.append(Sent("response_url", args, None))
        return PlainTextResponse("ok")

    async def _upload(self, request: Request) -> Response:
        """The bytes, bare or as a form's first file; Slack wants no token here."""
        if request.headers.get("content-type", "").startswith("multipart/"):
            async with request.form() as form:
                data = b"".join([await part.read() for part in form.values() if not isinstance(part, str)])
        else:
            data = await request.body()
        try:
            slack_files.receive(self.work, request.path_params["file"], data)
        except SlackError as no:
            self.work.refused.append(Refused("upload", 400, no.error, len(data)))
            return PlainTextResponse(no.error, 400)
        return PlainTextResponse(f"OK - {len(data)}")

    async def _download(self, request: Request) -> Response:
        """Without the token Slack answers 200 with its login page, not with an error."""
        if _token(request, {}) != self.work.bot_token:
            return HTMLResponse("<!DOCTYPE html><html><title>Slack</title><body>Sign in</body></html>")
        try:
            doc = slack_files.find(self.work, request.path_params["file"])
        except SlackError:
            return PlainTextResponse("", 404)
        return Response(base64.b64decode(doc["data"] or ""), media_type=doc["mimetype"])


def _token(request: Request, args: Json) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token if kind == "Bearer" and token else args.get("token")


async def _arguments(request: Request, method: str) -> Json:
    """Everything the call says: query, then a form, or JSON where the method reads it."""
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    body = await request.body()
    if kind == "application/json" and method not in FORM_ONLY and body:
        told = _parsed(body)
        if not isinstance(told, dict):
            raise SlackError("invalid_json")
        args |= told
    elif kind == "application/x-www-form-urlencoded":
        args |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    for name, value in args.items():
        if name in STRUCTURED and isinstance(value, str):
            args[name] = _parsed(value)
        if name in YES_OR_NO and isinstance(value, str):
            args[name] = value.lower() in ("1", "true")
    return {name: value for name, value in args.items() if value is not None}


def _parsed(value: str | bytes) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _words(no: SlackError) -> Json:
    body: Json = {"ok": False, "error": no.error}
    if no.error == "invalid_blocks":
        body["errors"] = no.messages
    if no.messages:
        body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in no.messages]}
    return body


async def _failed(request: Request, failure: str | int) -> Response:
    if failure == 429:
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"})
    if isinstance(failure, int):
        return PlainTextResponse("", failure)
    if failure == "reset":
        return _Broken()
    if failure == "timeout":
        waited = 0.0
        while waited < HELD and not await request.is_disconnected():
            await asyncio.sleep(BREATH)
            waited += BREATH
        return _Broken()
    return JSONResponse({"ok": False, "error": failure})


class _Broken(Response):
    """Announces more than it says: the server drops the connection in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
