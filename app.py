"""Ouentai: settings, wiring, routes and lifespan; the only place where things are put together."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import ipaddress
import logging
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
import uvloop
from cryptography.fernet import Fernet
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bots.channel import Channel, Dispatcher
from bots.delivery import Delivery, Sender
from bots.fetching import Fetcher
from bots.line import rich_menu
from bots.line.channel import LineChannel
from bots.line.client import LineClient
from bots.line.webhook import endpoint as line_endpoint
from bots.mail.channel import MailChannel
from bots.mail.client import MailClient
from bots.playground.stage import LINE_API, SLACK_API, build
from bots.playground.store import PostgresStore
from bots.runtime import Ouentai
from bots.slack.channel import SlackChannel
from bots.slack.client import SlackClient
from bots.slack.endpoints import SlackEndpoint
from bots.slack.membership import Membership
from bots.slack.reception import Reception
from bots.slack.sender import SlackSender
from bots.slack.socket import SlackSocket
from bots.terminal import auditing, cases, commands, thesaurus
from bots.terminal.books import books
from bots.terminal.pushes import pushes
from bots.terminal.record import record
from bots.web.upload import routes as upload_routes
from conversations import everything
from conversations.expert import banks
from services import embedded, fetching, installation, programme, thesaurus_book
from services.checked_toml import FileError
from services.clock import Clock
from services.database import connect, transaction
from services.migrations import upgrade
from services.secrets import open_vault
from services.storage import open_storage

log = logging.getLogger("ouentai")
SWEEP_SECONDS = 1.0
WIPE_SECONDS = 3600.0
QUOTA_SECONDS = 1800.0
CANCEL_SECONDS = 0.1
LINE_TENANT = "line"


class Unusable(Exception):
    """The settings do not fit together; the sentence says how to put it right."""


class Settings(BaseSettings):
    """What the environment may set (DESIGN 7)."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    secret_keys: str | None = None
    playground: bool = False
    line_channel_secret: str | None = None
    line_channel_access_token: str | None = None
    line_api_base: str = "https://api.line.me"
    line_data_api_base: str = "https://api-data.line.me"
    slack_signing_secret: str | None = None
    slack_bot_token: str | None = None
    slack_app_token: str | None = None
    slack_api_base: str = "https://slack.com/api/"
    slack_secretariat_channel: str | None = None
    slack_escalation_channel: str | None = None
    smtp_url: str | None = None
    mail_from: str = "ouentai@play.invalid"
    programme: str = "phase2"
    clock: datetime | None = None
    data_dir: Path = Path("var")
    files: str | None = None

    @property
    def credentials(self) -> list[str | None]:
        """What the real platforms need; all of it or nothing."""
        return [
            self.line_channel_secret,
            self.line_channel_access_token,
            self.slack_signing_secret,
            self.slack_bot_token,
            self.slack_secretariat_channel,
        ]

    @property
    def plays(self) -> bool:
        """Whether this is the playground: no credentials at all."""
        return not any([*self.credentials, self.slack_app_token])

    def check(self) -> None:
        """Refuse settings that do not fit together; raises Unusable."""
        if self.plays:
            if not self.playground and not _is_loopback(self.host):
                raise Unusable(
                    "The playground listens on loopback only. Set PLAYGROUND=1 to allow another address."
                )
            return
        if not all(self.credentials):
            raise Unusable(
                "Some LINE or Slack credentials are set and some are not. Set LINE_CHANNEL_SECRET, "
                "LINE_CHANNEL_ACCESS_TOKEN, SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN and "
                "SLACK_SECRETARIAT_CHANNEL, or none of them for the playground."
            )
        if not (self.public_url or "").startswith("https://"):
            raise Unusable("Set PUBLIC_URL to the https address under which people reach this server.")
        if not self.secret_keys:
            raise Unusable("Set SECRET_KEYS to one or more Fernet keys, newest first, separated by commas.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def _keys(settings: Settings) -> list[str]:
    """The keys of this installation, newest first."""
    return settings.secret_keys.split(",") if settings.secret_keys else _kept_keys(settings.data_dir)


def _kept_keys(data_dir: Path) -> list[str]:
    """The playground's own keys, made once for each DATA_DIR."""
    path = data_dir / "secret_keys"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(Fernet.generate_key().decode())
    return path.read_text().split(",")


async def _forever(what: Callable[[], Awaitable[Any]], seconds: float) -> None:
    while True:
        try:
            await what()
        except Exception as error:
            log.error("%s failed: %s", getattr(what, "__name__", "loop"), type(error).__name__)
            log.debug("why it failed", exc_info=True)
        await asyncio.sleep(seconds)


class _Clockwork:
    """The clock as the playground's page sees and turns it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.move: Callable[[datetime], Awaitable[None]] | None = None

    def now(self) -> datetime:
        """Programme time."""
        return self._clock.now()

    async def turn(self, to: datetime) -> None:
        """Move programme time forwards."""
        if self.move is not None:
            await self.move(to)


@contextlib.asynccontextmanager
async def running(settings: Settings, *, durable: bool = True) -> AsyncIterator[Running]:
    """The application, listening; everything it started has ended when this ends."""
    settings.check()
    async with contextlib.AsyncExitStack() as stack:
        listener = socket.create_server((settings.host, settings.port))
        # Inherited by what it accepts: an answer's body does not wait until its head was acknowledged.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stack.callback(listener.close)
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        url = settings.database_url
        if url is None:
            server = await asyncio.to_thread(embedded.start, settings.data_dir, durable=durable)
            stack.callback(server.release)
            url = server.url
        open_vault(_keys(settings))
        await asyncio.to_thread(upgrade, url)
        engine = connect(url)
        stack.push_async_callback(engine.dispose)
        ouentai, routes = await _assemble(settings, engine, origin, stack)
        web = Starlette(routes=routes)
        server_config = uvicorn.Config(
            web, log_level="warning", access_log=False, timeout_graceful_shutdown=3, server_header=False
        )
        web_server = uvicorn.Server(server_config)
        serving = asyncio.create_task(web_server.serve([listener]))
        stack.push_async_callback(_stop, web_server, serving)
        while not web_server.started:
            if serving.done():
                await serving
            await asyncio.sleep(0.005)
        for what, seconds in (
            (ouentai.sweep, SWEEP_SECONDS),
            (ouentai.wipe, WIPE_SECONDS),
            (ouentai.look_at_quota, QUOTA_SECONDS),
        ):
            loop = asyncio.create_task(_forever(what, seconds))
            stack.push_async_callback(_cancel, loop)
        stack.push_async_callback(ouentai.dispatcher.idle)
        menus = asyncio.create_task(rich_menu.ensure(ouentai.line, engine))
        stack.push_async_callback(_cancel, menus)
        if ouentai.stage is not None:
            await menus
        yield Running(ouentai, origin, serving)
        if ouentai.stage is not None:
            await ouentai.stage.page.close()


@dataclass
class Running:
    """The application and where it listens; `serving` ends when it is told to stop."""

    ouentai: Ouentai
    origin: str
    serving: asyncio.Task[None]


async def _stop(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    # It looks every tenth of a second whether connections are left: those that wait for nothing end before it looks.
    for connection in list(server.server_state.connections):
        connection.shutdown()
    server.should_exit = True
    await asyncio.gather(serving, return_exceptions=True)


async def _cancel(task: asyncio.Task[Any]) -> None:
    """End a task. It may take more than one word: `asyncio.wait_for` can swallow a cancellation (Python 3.11)."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_SECONDS)
    await asyncio.gather(task, return_exceptions=True)


async def _settle(settings: Settings, engine: AsyncEngine, rules: programme.Programme) -> timedelta:
    """How far programme time is ahead of real time, also in a database that is new."""
    async with transaction(engine) as connection:
        return await installation.settle(
            connection,
            playground=settings.plays,
            starts=settings.clock,
            first=rules.playground_starts if settings.plays else None,
        )


async def _assemble(
    settings: Settings, engine: AsyncEngine, origin: str, stack: contextlib.AsyncExitStack
) -> tuple[Ouentai, list[BaseRoute]]:
    """Every part, wired to the others, and the routes."""
    everything.load()
    rules = programme.load(settings.programme)
    clock = Clock(await _settle(settings, engine, rules))
    stage = None
    clockwork = _Clockwork(clock)
    if settings.plays:
        store = PostgresStore(engine)
        await store.load()
        stack.push_async_callback(store.close)
        stage = await build(
            store, clockwork, rules.calendar, origin, engine, settle=lambda: ouentai.dispatcher.idle()
        )
        stack.push_async_callback(stage.close)
        settings = settings.model_copy(
            update={
                "public_url": settings.public_url or "https://play.invalid",
                "line_channel_secret": stage.keys["line_secret"],
                "line_channel_access_token": stage.keys["line_token"],
                "line_api_base": origin + LINE_API,
                "line_data_api_base": origin + LINE_API,
                "slack_signing_secret": stage.keys["slack_secret"],
                "slack_bot_token": stage.keys["slack_token"],
                "slack_api_base": f"{origin}{SLACK_API}/",
                "slack_secretariat_channel": stage.channel,
                "slack_escalation_channel": stage.escalation,
                "smtp_url": stage.smtp_url,
            }
        )
    ouentai, routes = await _wire(settings, engine, rules, clock, stack)
    ouentai.stage = stage
    clockwork.move = ouentai.turn_clock
    if stage is not None:
        # The fakes want no pause between two messages, and whoever plays need not wait for one.
        ouentai.delivery.in_a_hurry = True
        routes = [*routes, *stage.routes, Route("/", lambda request: RedirectResponse("/play"))]
    return ouentai, routes


async def _wire(
    settings: Settings,
    engine: AsyncEngine,
    rules: programme.Programme,
    clock: Clock,
    stack: contextlib.AsyncExitStack,
) -> tuple[Ouentai, list[BaseRoute]]:
    """Channels, senders, the turn around the turn, and the doors through which events come."""
    assert settings.public_url and settings.line_channel_secret and settings.line_channel_access_token
    assert settings.slack_signing_secret and settings.slack_bot_token and settings.slack_secretariat_channel
    session = await stack.enter_async_context(aiohttp.ClientSession())
    channels: dict[str, Channel] = {
        "line": LineChannel(settings.public_url),
        "slack": SlackChannel(
            settings.public_url, settings.slack_secretariat_channel, settings.slack_escalation_channel
        ),
    }
    delivery = Delivery(engine, {})
    dispatcher = Dispatcher(engine, rules, clock, channels, delivery)
    slack = SlackClient(session, settings.slack_bot_token, settings.slack_api_base)
    line = LineClient(
        session,
        settings.line_channel_access_token,
        settings.line_api_base,
        settings.line_data_api_base,
        lambda kind, ref, language: ouentai.draw(kind, ref, language),
    )
    storage = open_storage(settings.files, settings.data_dir)
    ouentai = Ouentai(engine, rules, clock, dispatcher, delivery, line, slack, storage)
    senders: dict[str, Sender] = {
        "line": line,
        "slack": SlackSender(slack, engine, ouentai.draw, settings.public_url),
        fetching.CHANNEL: Fetcher(engine, storage, clock, {"line": line, "slack": slack}, dispatcher.work),
    }
    if settings.smtp_url:
        channels["mail"] = MailChannel()
        senders["mail"] = MailClient(settings.smtp_url, settings.mail_from)
    delivery.senders.update(senders)
    reception = Reception(
        dispatcher,
        slack,
        engine,
        Membership(slack, engine, settings.slack_secretariat_channel),
        banks.options,
        settings.public_url,
    )
    if settings.slack_app_token:
        slack_socket = SlackSocket(reception, settings.slack_app_token, settings.slack_api_base)
        await slack_socket.start()
        stack.push_async_callback(slack_socket.stop)
    return ouentai, [
        Route(
            "/line/webhook",
            line_endpoint(dispatcher, settings.line_channel_secret, LINE_TENANT),
            methods=["POST"],
        ),
        *SlackEndpoint(reception, settings.slack_signing_secret).routes,
        *upload_routes(engine, storage, dispatcher.work, rules, clock),
        Route("/healthz", lambda request: PlainTextResponse("ok")),
        Route("/readyz", _readiness(ouentai)),
        Route("/metrics", lambda request: Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)),
    ]


def _readiness(ouentai: Ouentai) -> Callable[[Request], Awaitable[Response]]:
    async def ready(request: Request) -> Response:
        try:
            async with ouentai.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:
            return JSONResponse({"database": False, "workers": ouentai.ready}, status_code=503)
        return JSONResponse(
            {"database": True, "workers": ouentai.ready}, status_code=200 if ouentai.ready else 503
        )

    return ready


# --- what an operator types -----------------------------------------------------------------------------


async def _serve(settings: Settings) -> None:
    async with running(settings) as run:
        where = run.origin + ("/play" if settings.plays else "")
        print(f"Ouentai is ready: {where}", flush=True)
        await asyncio.to_thread(thesaurus_book.load)
        # What stays for good is not looked through again: that would hold everybody up for a tenth of a second.
        gc.collect()
        gc.freeze()
        await run.serving


async def _operate(settings: Settings, arguments: argparse.Namespace) -> int:
    async with commands.database(settings.database_url, settings.data_dir) as engine:
        match arguments.command:
            case "outbox":
                return await commands.letters(engine, arguments.what, arguments.letter)
            case "clock":
                return await commands.clock(engine, arguments.to)
            case "pushes":
                return await pushes(engine, programme.load(settings.programme), arguments.json)
            case "books":
                return await books(
                    engine, programme.load(settings.programme), arguments.party, arguments.json
                )
            case "record":
                open_vault(_keys(settings))
                rules = programme.load(settings.programme)
                return await record(engine, rules, arguments.who, arguments.to)
            case "thesaurus":
                return await thesaurus.export(engine, arguments.to)
            case "cases":
                open_vault(_keys(settings))
                rules = programme.load(settings.programme)
                return await cases.run(engine, rules, await _settle(settings, engine, rules), arguments)
            case "audit" if arguments.what == "verify":
                open_vault(_keys(settings))
                return await auditing.verify(engine, arguments.head)
            case "audit":
                open_vault(_keys(settings))
                storage = open_storage(settings.files, settings.data_dir)
                rules = programme.load(settings.programme)
                return await auditing.bundle(engine, rules, storage, arguments.case, arguments.to)
        return 0


def main() -> int:
    """Serve, or do what an operator asks for."""
    arguments = commands.parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = Settings()
    try:
        if arguments.command == "quote":
            return commands.quote(programme.load(settings.programme), arguments.price, arguments.hours)
        if arguments.command:
            return asyncio.run(_operate(settings, arguments))
        with contextlib.suppress(KeyboardInterrupt):
            uvloop.run(_serve(settings))
    except (Unusable, installation.WrongDatabase, embedded.Unavailable, FileError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
