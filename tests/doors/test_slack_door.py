"""What comes to Slack's door: signed, fresh and sensible, or it touches nothing."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from services.clock import wall
from tests.doors.people import FORM, events, fetched, floods, interaction, kept, pressing, send
from tests.town import Desk, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
DOOR, JSON = "/slack/events", "application/json"


async def deliver(town: Town, body: Any, kind: str = JSON, **more: Any) -> tuple[int, str]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await town.slack.deliver(raw, kind, **more)
    await town.idle()
    return answer.status, answer.text


def said(town: Town, desk: Desk, words: Any = "登録", **more: Any) -> Any:
    """A direct message to the app that is not sent yet."""
    where = {"channel": town.slack.work.direct(desk.user)["id"], "channel_type": "im"}
    return town.slack.event(
        "message", **{"user": desk.user, "text": words, "team": town.slack.team_id} | where | more
    )


async def test_only_what_slack_signed_just_now_is_stored(town: Town) -> None:
    desk = town.desk()
    before = await events(town)
    now = int(wall().timestamp())
    body = json.dumps(said(town, desk)).encode()
    for stale in (now - 301, now - 86_400, now + 400, 1, 0):
        assert await deliver(town, body, timestamp=stale) == (401, "")
    for signature in ("v0=00", "no", "v1=" + "0" * 64, "あ".encode().decode("latin-1")):
        assert await deliver(town, body, signature=signature) == (401, "")
    for timestamp in ("", "now", "１６３４６９８８００", f"{now}.5", f"-{now}", "9" * 40, "NaN"):
        headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": "v0=00"}
        assert (await deliver(town, body, headers=headers))[0] == 401
    assert (await fetched(town, DOOR, "POST", data=body))[0] == 401
    assert await events(town) == before
    assert (await deliver(town, body))[0] == 200
    assert await events(town) == before + 1


async def test_two_megabytes_are_too_much(town: Town) -> None:
    assert await floods(town, DOOR, 2 * 1024 * 1024 + 1, {}) == [413, 413]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        *(
            (JSON, body)
            for body in (b"", b"{", b"null", b"[]", b"12", b"\xff", b"[" * 100_000, b'{"a":"\x00"}')
        ),
        *((JSON, body) for body in (b'{"type":"event_callback"}', b'{"type":"event_callback","event":[]}')),
        *(
            (FORM, body)
            for body in (b"", b"payload=", b"payload=%7B", b"payload=[]", b"payload=%7B%7D", b"\xff")
        ),
        *((FORM, body) for body in (b"&" * 200_000, b"command=%2Fouentai", b"a=1&" * 200)),
        *((kind, b"hello") for kind in ("text/plain", "multipart/form-data; boundary=x", "")),
    ],
)
async def test_signed_nonsense_is_refused(town: Town, kind: str, body: bytes) -> None:
    before = await events(town)
    assert (await deliver(town, body, kind))[0] == 400
    assert await events(town) == before


async def test_slacks_own_questions_are_answered(town: Town) -> None:
    asked = {"type": "url_verification", "challenge": "3eZbrw1aB", "token": "old"}
    status, answer = await deliver(town, asked)
    assert (status, json.loads(answer)) == (200, {"challenge": "3eZbrw1aB"})
    assert await deliver(town, urlencode({"ssl_check": "1", "token": "old"}).encode(), FORM) == (200, "")
    assert await deliver(town, {"type": "app_rate_limited", "team_id": town.slack.team_id}) == (200, "")


def strange(town: Town, desk: Desk) -> list[Any]:
    """Events that are none of a person's own doing with us, or of kinds that nobody knows yet."""
    made = town.slack.event
    return [
        *(made(kind, user=desk.user) for kind in ("team_join", "reaction_added", "something_new")),
        made("app_home_opened", user=desk.user, tab="messages"),
        *(
            said(town, desk, subtype=kind)
            for kind in ("message_changed", "message_deleted", "channel_join", "new")
        ),
        said(town, desk, bot_id="B1"),
        said(town, desk, user=town.slack.bot_user_id),
        said(town, desk, user="USLACKBOT"),
        said(town, desk, user_team="T0OTHER"),
        said(town, desk, channel_type="channel", channel="C1"),
        said(town, desk, channel_type="group", channel=town.channel),
        said(town, desk, channel_type="mpim", channel="G1"),
        said(town, desk, user=None),
        said(town, desk) | {"type": "something_new"},
    ]


async def test_unknown_events_and_talk_among_people_get_a_quiet_200(town: Town) -> None:
    desk = town.desk()
    before = await events(town)
    for event in strange(town, desk):
        assert await deliver(town, event) == (200, "")
    for kind in ("shortcut", "message_action", "view_closed", "something_new"):
        assert await deliver(
            town, urlencode({"payload": json.dumps(interaction(town, desk, kind))}).encode(), FORM
        ) == (200, "")
    assert await events(town) == before
    assert desk.sees("dm") == ""
    town.accepted()


async def test_an_event_that_slack_sends_again_is_answered_once(town: Town) -> None:
    desk = town.desk()
    event = said(town, desk, "ヘルプ")
    for retry in (0, 1, 2, 3):
        assert (await town.slack.send(event, retry=retry)).status == 200
    await town.idle()
    assert desk.sees("dm").count("/ouentai 登録") == 1
    town.accepted()


async def test_a_press_that_slack_sends_again_is_one_press(town: Town) -> None:
    desk = town.desk()
    await desk.opens_home()
    payload = pressing(town, desk, "a=expert.register")
    before = await events(town)
    for _again in range(3):
        assert (await send(town, payload)).text == ""
    assert await events(town) == before + 1
    assert len(desk.window["modals"]) == 1
    drafts = "SELECT count(*) FROM drafts d JOIN identities i USING (person_id) WHERE i.external = :of"
    assert (await kept(town, drafts, of=desk.user))[0][0] == 1
    town.accepted()


JUNK: list[Any] = [
    *("", "x", "a", "a=", "a=?", "=", "&&&", "a=form.answer", "a=page.show&d=1", "a=page.show&d=1&p=99999"),
    *("a=no.such.act&i=1", "a=review.approve", "a=review.approve&i=x", "a=page.show&p=0&d=" + "9" * 200),
    *("a=review.open&i=" + "9" * 18, "a=review.open&i=" + "9" * 40, "a=form.answer&d=１&k=kind&v=1"),
    *(
        "a=menu.show&i=%00",
        "a=form.answer&d=1&k=%00&v=%00",
        "a=search.open&q=%00",
        "%ff%fe",
        "\ud800",
        "あ" * 2000,
    ),
    *("a=" + "x" * 3000, None, 1, True, [], {}, ["a=menu.show"], {"a": "menu.show"}),
]


async def test_a_button_with_a_value_that_is_none_of_ours_changes_nothing(town: Town) -> None:
    desk = town.desk()
    for value in JUNK:
        assert (await send(town, pressing(town, desk, value))).status == 200, value
    for actions in (None, {}, "x", [], [None], [[]], ["x"], [{}], [{"type": []}]):
        answer = await send(town, pressing(town, desk, "", actions=actions))
        assert answer.status in (200, 400), actions
    town.accepted()


async def test_elements_of_every_kind_with_junk_in_them_change_nothing(town: Town) -> None:
    desk = town.desk()
    kinds = (
        "static_select",
        "datepicker",
        "overflow",
        "checkboxes",
        "radio_buttons",
        "something_new",
        7,
        None,
    )
    for kind in kinds:
        for junk in (None, "x", 5, [], {}, {"value": 3}, {"value": "a=menu.show&x=%00"}, [{"value": "x"}]):
            action = {"type": kind, "action_id": junk, "block_id": junk, "action_ts": junk}
            action |= {"selected_option": junk, "selected_options": junk, "selected_date": junk}
            assert (await send(town, pressing(town, desk, "", actions=[action]))).status == 200
    town.accepted()


async def test_a_command_with_two_thousand_signs_is_answered(town: Town) -> None:
    desk = town.desk()
    for words in (
        "あ" * 2000,
        "search " + "在庫 " * 600,
        "😀" * 1000,
        "登録" + "\u202e" * 1000,
        "\x00",
        "\ud800",
        " ",
    ):
        await desk.commands(words.encode("utf-8", "replace").decode())
        assert desk.modal["blocks"], words[:20]
        await town.slack.close(desk.user, desk.modal["id"], cleared=True)
    town.accepted()


@pytest.mark.parametrize(
    "words",
    [
        "\x00",
        "\u202eabc\u2066",
        "\ud83d",
        "<!channel>",
        "😀" * 5000,
        "https://x.invalid?a=<b>",
        "'; --",
        "%s{0}",
    ],
)
async def test_whatever_is_typed_to_the_app_is_answered_kindly(town: Town, words: str) -> None:
    desk = town.desk()
    assert (await deliver(town, said(town, desk, words)))[0] == 200
    assert desk.sees("dm")
    assert "<!channel>" not in json.dumps(desk.window, ensure_ascii=False)
    town.accepted()


async def test_a_user_that_nobody_could_be_is_refused(town: Town) -> None:
    desk = town.desk()
    before = await events(town)
    for user in ("", None, 5, [], {}, "\x00", "U" * 5000, "U 1", "\ud800"):
        assert (await deliver(town, said(town, desk, user=user)))[0] in (200, 400)
        payload = interaction(
            town,
            desk,
            "block_actions",
            user={"id": user},
            actions=[{"type": "button", "value": "a=menu.show"}],
        )
        assert (await deliver(town, urlencode({"payload": json.dumps(payload)}).encode(), FORM))[0] == 400
    for name in ("event_id", "team_id"):
        for value in ("", None, 5, "\x00", "x" * 9000):
            assert (await deliver(town, said(town, desk) | {name: value}))[0] == 400
    assert await events(town) == before
