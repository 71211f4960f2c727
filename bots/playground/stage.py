"""Puts the playground on stage: fake platforms with secrets of their own, the mailbox and the page."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.routing import BaseRoute, Mount

from bots.playground.line import FakeLine
from bots.playground.mailbox import FakeMailbox
from bots.playground.page import Playground, ProgrammeClock
from bots.playground.reset import Reset
from bots.playground.slack import FakeSlack
from bots.playground.store import Store
from bots.playground.story import Story
from services.calendar import BusinessCalendar
from services.clock import wall

LINE_API, SLACK_API = "/play/line-api", "/play/slack-api"
KEYS = ("line_secret", "line_token", "slack_secret", "slack_token")


@dataclass
class Stage:
    """The playground while it runs. `channel` is the secretariat's, `escalation` where open matters climb to."""

    store: Store
    line: FakeLine
    slack: FakeSlack
    mailbox: FakeMailbox
    page: Playground
    story: Story
    channel: str
    escalation: str
    keys: dict[str, str]
    smtp_url: str

    @property
    def routes(self) -> list[BaseRoute]:
        """The fake platforms and the page."""
        return [
            Mount(LINE_API, routes=self.line.routes),
            Mount(SLACK_API, routes=self.slack.routes),
            *self.page.routes,
        ]

    async def close(self) -> None:
        """End sessions, streams and the mailbox."""
        await self.page.close()
        await self.line.close()
        await self.slack.aclose()
        await self.mailbox.close()


async def build(
    store: Store,
    clock: ProgrammeClock,
    calendar: BusinessCalendar,
    origin: str,
    engine: AsyncEngine,
    settle: Callable[[], Awaitable[None]],
) -> Stage:
    """The playground on this origin (`http://127.0.0.1:port`); `store` has been loaded.

    `engine` is the app's own; `settle` returns when the app has nothing more to answer or to send.
    """
    keys = store.get("secrets", "keys")
    if keys is None:
        keys = {name: secrets.token_hex(16) for name in KEYS}
        store.put("secrets", "keys", keys)
    line = FakeLine(
        channel_secret=keys["line_secret"],
        access_token=keys["line_token"],
        webhook_url=f"{origin}/line/webhook",
        store=store,
        now=wall,
    )
    slack = FakeSlack(
        signing_secret=keys["slack_secret"],
        bot_token=keys["slack_token"],
        events_url=f"{origin}/slack/events",
        store=store,
        now=wall,
        api_url=f"{origin}{SLACK_API}/",
    )
    mailbox = FakeMailbox(store=store, now=clock.now)
    smtp_url = await mailbox.start()
    page = Playground(
        line=line,
        slack=slack,
        mailbox=mailbox,
        clock=clock,
        calendar=calendar,
        store=store,
        line_api=LINE_API,
    )
    story = Story(page, line, slack, origin, settle, calendar)
    page.story, page.sequel = story.play, story.play_on
    page.reset = Reset(engine, store, slack, page, settle).empty
    channel = page.prepare()
    return Stage(
        store, line, slack, mailbox, page, story, channel, page.prepare_escalation(), dict(keys), smtp_url
    )
