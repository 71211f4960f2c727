"""The running application with everybody who takes part, played through its doors."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from app import Running
from bots.playground.players import Desk, Phone, words

__all__ = ["Desk", "Phone", "Town", "show", "words"]

Json = dict[str, Any]


class Town:
    """Everybody who takes part, and the one application between them."""

    def __init__(self, run: Running) -> None:
        assert run.ouentai.stage is not None
        self.run = run
        self.ouentai = run.ouentai
        self.line = run.ouentai.stage.line
        self.slack = run.ouentai.stage.slack
        self.mailbox = run.ouentai.stage.mailbox
        self.channel = run.ouentai.stage.channel
        # A busy machine may be slow to answer; what happens then has tests of its own.
        self.slack.work.patience = timedelta(seconds=60)
        self.ouentai.slack.patience = 60

    async def idle(self) -> None:
        """Return when everything that was said has been answered and delivered."""
        await self.ouentai.dispatcher.idle()

    def phone(self, name: str = "山本 あき") -> Phone:
        """Somebody with a phone who has not added us yet."""
        return Phone(self, self.line.create_user(name))

    def desk(self, name: str = "佐藤 健一") -> Desk:
        """Somebody in Slack."""
        return Desk(self, self.slack.create_user(name))

    async def clerk(self, name: str = "鈴木 美咲") -> Desk:
        """Somebody in Slack who is in the secretariat's channel."""
        desk = self.desk(name)
        await self.slack.join(desk.user, self.channel)
        await self.idle()
        return desk

    async def turn(self, to: datetime) -> None:
        """Let programme time become this moment, and what is due be done."""
        await self.ouentai.turn_clock(to)
        await self.idle()

    def mails(self, to: str) -> list[Json]:
        """What somebody got by e-mail, oldest first."""
        return [mail for mail in self.mailbox.mails() if mail["to"] == to]

    async def upload(self, link: str, data: bytes, name: str = "photo.jpg") -> int:
        """Send a file through a one-time link; returns the HTTP status."""
        path = urlsplit(link).path
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name, content_type="application/octet-stream")
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.run.origin + path, data=form) as answer,
        ):
            await answer.read()
            status = answer.status
        await self.idle()
        return status

    def accepted(self) -> None:
        """Fail if a fake platform had to refuse anything that was sent."""
        assert self.line.refused == []
        assert self.slack.refused == []


def show(shown: Any) -> str:
    """A payload as readable JSON, for a look while writing a test."""
    return json.dumps(shown, ensure_ascii=False, indent=1)
