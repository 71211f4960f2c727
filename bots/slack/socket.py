"""Socket Mode: the same requests over a connection that we open, where nobody can reach us (PLATFORMS 2.9)."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.inbound import Malformed, Parsed, parse_command, parse_event, parse_interaction
from bots.slack.reception import Reception
from services.clock import wall

log = logging.getLogger(__name__)
PARSERS = {
    "events_api": parse_event,
    "interactive": parse_interaction,
    "slash_commands": parse_command,
}


class SlackSocket:
    """Takes requests from a socket; Slack has proved who it is by whom we called."""

    def __init__(self, reception: Reception, app_token: str, api_base: str) -> None:
        self._reception = reception
        self._app_token = app_token
        self._api_base = api_base
        self._client: Any = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Connect, and stay connected until `stop`."""
        self._client = SocketModeClient(
            app_token=self._app_token, web_client=AsyncWebClient(base_url=self._api_base)
        )
        self._client.socket_mode_request_listeners.append(self._listen)
        await self._client.connect()

    async def stop(self) -> None:
        """Take nothing more, finish what was begun, and disconnect."""
        if self._client is not None:
            self._client.socket_mode_request_listeners.clear()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._client.close()
            self._client = None

    async def _listen(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        # One slow answer must not hold up the next request of the same connection.
        task = asyncio.create_task(self.take(client, request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Answer one request; what could not be stored is not acknowledged, so that Slack sends it again."""
        try:
            answer = await self._answer(request)
        except Exception as error:
            log.error("socket request failed: %s", type(error).__name__)
            return
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))

    async def _answer(self, request: SocketModeRequest) -> dict[str, Any] | None:
        read = PARSERS.get(request.type)
        if read is None:
            return None
        try:
            parsed: Parsed = read(request.payload, wall())
        except Malformed as error:
            log.warning("a socket request makes no sense: %s", error)
            return None
        return await self._reception.receive(parsed)
