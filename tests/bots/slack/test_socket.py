"""Over a socket the same requests have the same answers, acknowledged by their envelope."""

from typing import Any

import pytest
from slack_sdk.socket_mode.request import SocketModeRequest

from bots.slack.socket import SlackSocket
from conversations.messages import Say
from tests.bots.slack import payloads
from tests.bots.slack.bench import Bench
from tests.bots.slack.payloads import TEAM, USER


class Wire:
    """Stands for the socket: keeps what is sent back."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def send_socket_mode_response(self, response: Any) -> None:
        self.sent.append(response.to_dict())


async def take(bench: Bench, kind: str, payload: dict[str, Any]) -> list[dict[str, Any]]:
    wire: Any = Wire()
    await SlackSocket(bench.reception, "xapp-1", bench.api_url).take(
        wire, SocketModeRequest(kind, "e1", payload)
    )
    sent: list[dict[str, Any]] = wire.sent
    return sent


async def test_an_event_is_stored_and_acknowledged(bench: Bench) -> None:
    sent = await take(bench, "events_api", payloads.envelope(payloads.message("hello")))
    assert [one["envelope_id"] for one in sent] == ["e1"]
    assert [one.body["text"] for one in bench.turn.accepted] == ["hello"]


async def test_an_event_that_could_not_be_stored_is_not_acknowledged(bench: Bench) -> None:
    bench.turn.fails = True
    assert await take(bench, "events_api", payloads.envelope(payloads.message("hello"))) == []


async def test_a_submission_is_answered_with_its_action(bench: Bench) -> None:
    bench.turn.says = lambda heard: [Say("Thank you")]
    payload = payloads.interaction("view_submission", view=payloads.form_view())
    (answer,) = await take(bench, "interactive", payload)
    assert answer["payload"]["response_action"] == "update"


async def test_a_command_is_taken(bench: Bench) -> None:
    fields = {"command": "/ouentai", "user_id": USER, "team_id": TEAM, "trigger_id": "1.2", "text": "menu"}
    assert len(await take(bench, "slash_commands", fields)) == 1
    assert [one.body["text"] for one in bench.turn.answered] == ["menu"]


@pytest.mark.parametrize(
    ("kind", "payload"), [("events_api", {"type": "event_callback"}), ("hello", {}), ("interactive", {})]
)
async def test_what_makes_no_sense_is_acknowledged_and_left(
    bench: Bench, kind: str, payload: dict[str, Any]
) -> None:
    assert len(await take(bench, kind, payload)) == 1
    assert bench.turn.accepted == []
