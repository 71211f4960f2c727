"""Through the door: signed requests are answered in time and in Slack's own form, others touch nothing."""

import io
import logging
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from bots.slack import cards
from bots.slack import membership as membership_module
from bots.slack.reception import SORRY
from conversations.messages import (
    Attached,
    Button,
    Card,
    Filled,
    FormPage,
    Input,
    Option,
    Pressed,
    Said,
    Say,
    Screen,
    act,
)
from locales import Text
from locales.language import speaker
from services import people
from services.database import transaction
from services.people import Identity
from tests.bots.slack.bench import Bench
from tests.bots.slack.payloads import FORM_TYPE, wrapped

JSON = "application/json"


async def deliver(bench: Bench, body: Any, **more: Any) -> tuple[int, str]:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    answer = await bench.slack.deliver(raw, JSON, **more)
    return answer.status, answer.text


def identity(bench: Bench, user: str | None = None) -> Identity:
    return Identity("slack", bench.slack.team_id, user or bench.user)


async def members(bench: Bench) -> set[str]:
    async with bench.engine.connect() as connection:
        return set((await connection.execute(text("SELECT external FROM secretariat_members"))).scalars())


async def home_button(bench: Bench, name: str = "menu.show") -> None:
    """Give the person a Home with one button."""
    element = {
        "type": "button",
        "action_id": "b",
        "text": {"type": "plain_text", "text": "B"},
        "value": f"a={name}",
    }
    view = {"type": "home", "blocks": [{"type": "actions", "elements": [element]}]}
    await bench.client.call("views.publish", user_id=bench.user, view=view)


def page(*inputs: Input, **more: Any) -> FormPage:
    return FormPage(Text("Page"), 12, 0, 2, 3, inputs or [Input("name", Text("Name"), "line")], **more)


# --- what is not Slack's


@pytest.mark.parametrize("how", [{"timestamp": 1}, {"signature": "v0=00"}, {"signature": "no"}])
async def test_an_unsigned_or_stale_request_touches_nothing(bench: Bench, how: Any) -> None:
    envelope = bench.slack.event("message", user=bench.user, text="x", channel_type="im", channel="D1")
    assert await deliver(bench, envelope, **how) == (401, "")
    assert bench.turn.accepted == []


async def test_a_request_without_signature_is_refused(bench: Bench) -> None:
    async with bench.session.post(bench.url, data=b"{}") as answer:
        assert answer.status == 401


async def test_garbage_is_refused(bench: Bench) -> None:
    assert await deliver(bench, b"{") == (400, "")


async def test_two_megabytes_are_too_much(bench: Bench) -> None:
    async with bench.session.post(bench.url, data=io.BytesIO(b"x" * (2 * 1024 * 1024 + 1))) as answer:
        assert answer.status == 413

    async def streamed() -> Any:
        for _ in range(40):
            yield b"x" * 65536

    async with bench.session.post(bench.url, data=streamed()) as answer:
        assert answer.status == 413


async def test_the_address_is_confirmed(bench: Bench) -> None:
    status, body = await deliver(bench, {"type": "url_verification", "challenge": "3eZ"})
    assert (status, orjson.loads(body)) == (200, {"challenge": "3eZ"})


# --- events


async def test_an_event_is_stored_and_answered_with_an_empty_200(bench: Bench) -> None:
    await bench.slack.message(bench.user, None, "hello")
    (arrival,) = bench.turn.accepted
    assert arrival.identity == identity(bench)
    assert arrival.body["text"] == "hello"
    assert bench.slack.refused == []


async def test_an_event_that_could_not_be_stored_comes_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.turn.fails = True
    envelope = bench.slack.event("message", user=bench.user, text="x", channel_type="im", channel="D1")
    assert await deliver(bench, envelope) == (500, "")
    assert "山本商店" not in caplog.text


async def stands(bench: Bench, kind: str, ref: str) -> str:
    """A card in the room, as the sender has posted and kept it; returns its time stamp."""
    posted = await bench.client.call("chat.postMessage", channel=bench.room, text="card")
    async with transaction(bench.engine) as connection:
        await cards.keep(connection, kind, ref, bench.room, posted["ts"])
    return str(posted["ts"])


async def test_a_reply_under_a_card_says_what_it_is_about(bench: Bench) -> None:
    ts = await stands(bench, "handoff", "12")
    other = (await bench.client.call("chat.postMessage", channel=bench.room, text="no card"))["ts"]
    await bench.slack.message(bench.user, bench.room, "返信：はい", thread_ts=ts)
    await bench.slack.message(bench.user, bench.room, "x", thread_ts=other)
    assert [bench.turn.channel.hear(one.body) for one in bench.turn.accepted] == [
        Said("返信：はい", "handoff:12", bench.room),
        Said("x", other, bench.room),
    ]


async def test_so_do_its_files(bench: Bench) -> None:
    ts = await stands(bench, "handoff", "12")
    file = bench.slack.upload(bench.user, "gamen.png", b"png")
    await bench.slack.message(bench.user, bench.room, "返信：図です", thread_ts=ts, files=[file])
    assert [bench.turn.channel.hear(one.body) for one in bench.turn.accepted] == [
        Said("返信：図です", "handoff:12", bench.room),
        Attached("photo", file, "gamen.png", "handoff:12", "返信：図です", public=True),
    ]


async def test_a_reply_that_is_changed_or_deleted_is_not_heard_again(bench: Bench) -> None:
    ts = await stands(bench, "handoff", "12")
    reply = await bench.slack.message(bench.user, bench.room, "返信：はい", thread_ts=ts)
    await bench.slack.edit(bench.user, bench.room, reply, "返信：いいえ")
    await bench.slack.delete(bench.user, bench.room, reply)
    assert len(bench.turn.accepted) == 1
    assert bench.slack.refused == []


async def test_who_is_in_the_secretariat_is_read_before_a_reply_under_a_card(bench: Bench) -> None:
    ts = await stands(bench, "handoff", "12")
    await bench.slack.message(bench.user, bench.room, "返信：はい", thread_ts=ts)
    assert await members(bench) >= {bench.user}


async def test_a_clerk_is_one_from_joining_to_leaving(bench: Bench) -> None:
    clerk = bench.slack.create_user("鈴木")
    await bench.slack.join(clerk, bench.room)
    assert clerk in await members(bench)
    await bench.slack.leave(clerk, bench.room)
    assert clerk not in await members(bench)


async def test_other_rooms_make_nobody_a_clerk(bench: Bench) -> None:
    other = bench.slack.create_channel("random")
    await bench.slack.join(bench.slack.create_user("鈴木"), other)
    assert await members(bench) == set()


async def test_a_late_repeat_of_joining_brings_nobody_back(bench: Bench) -> None:
    gone = bench.slack.create_user("鈴木")
    await bench.slack.send(bench.slack.event("member_joined_channel", user=gone, channel=bench.room))
    assert gone not in await members(bench)


async def test_a_leaver_is_out_even_when_slack_does_not_answer(bench: Bench) -> None:
    clerk = bench.slack.create_user("鈴木")
    await bench.slack.join(clerk, bench.room)
    bench.slack.fail_next("conversations.members", 503)
    await bench.slack.leave(clerk, bench.room)
    assert clerk not in await members(bench)


# --- presses and commands


async def test_a_press_opens_its_window_at_once(bench: Bench) -> None:
    await home_button(bench)
    bench.turn.says = lambda heard: [Screen(Text("Menu"), [Say("here")])]
    answer = await bench.slack.press(bench.user, action_id="b")
    assert (answer.status, answer.text) == (200, "")
    assert bench.modal()["title"]["text"] == "Menu"
    assert bench.slack.refused == []


async def test_a_command_opens_its_window_and_the_name_is_kept(bench: Bench) -> None:
    bench.turn.says = lambda heard: [Say("the menu")]
    assert (await bench.slack.command(bench.user, "menu")).text == ""
    assert "the menu" in str(bench.modal()["blocks"])
    async with transaction(bench.engine) as connection:
        assert (await people.lock(connection, identity(bench))).name == "佐藤 健一"
    await bench.slack.command(bench.user, "menu")
    assert len(bench.calls("users.info")) == 1


async def test_a_name_that_slack_does_not_tell_is_the_one_in_the_request(bench: Bench) -> None:
    bench.slack.fail_next("users.info", 503)
    await bench.slack.command(bench.user)
    async with transaction(bench.engine) as connection:
        assert (await people.lock(connection, identity(bench))).name == bench.user.lower()


async def test_a_window_that_opens_too_late_is_explained(bench: Bench) -> None:
    bench.turn.says = lambda heard: [Say("the menu")]
    bench.slack.fail_next("views.open", "expired_trigger_id")
    answer = await bench.slack.command(bench.user)
    assert orjson.loads(answer.text)["response_type"] == "ephemeral"
    await home_button(bench)
    bench.slack.fail_next("views.open", "expired_trigger_id")
    await bench.slack.press(bench.user, action_id="b")
    assert len(bench.calls("chat.postMessage")) == 1
    assert bench.slack.refused == []


async def test_a_press_while_its_person_is_busy_is_quiet(bench: Bench) -> None:
    await home_button(bench)
    bench.turn.busy = True
    assert (await bench.slack.press(bench.user, action_id="b")).text == ""


async def test_a_crash_is_apologised_for_and_logged_without_names(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await home_button(bench)
    bench.turn.fails = True
    assert (await bench.slack.press(bench.user, action_id="b")).status == 200
    assert speaker("ja")(SORRY) in str(bench.modal())
    answer = await bench.slack.command(bench.user)
    assert orjson.loads(answer.text)["response_type"] == "ephemeral"
    assert "山本商店" not in caplog.text and "佐藤" not in caplog.text


# --- windows


async def opened(bench: Bench, said: FormPage | Screen) -> str:
    """Open a window with this in it; returns its id."""
    bench.turn.says = lambda heard: [said]
    await bench.slack.command(bench.user)
    return str(bench.modal()["id"])


async def test_a_page_is_sent_and_the_next_one_takes_its_place(bench: Bench) -> None:
    view = await opened(bench, page())
    bench.turn.says = lambda heard: [
        FormPage(Text("Second"), 12, 1, 2, 4, [Input("note", Text("N"), "line")])
    ]
    await bench.slack.submit(bench.user, view, {"name@3": "山本"})
    assert bench.turn.channel.hear(bench.turn.answered[-1].body) == Filled(12, 0, 3, {"name": "山本"})
    assert bench.modal()["title"]["text"] == "Second 2/2"
    assert bench.slack.refused == []


async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(bench: Bench) -> None:
    view = await opened(bench, page())
    bench.turn.says = lambda heard: [page(errors={"name": Text("Too short")})]
    await bench.slack.submit(bench.user, view, {"name@3": "山"})
    assert bench.modal()["errors"] == {"name@3": "Too short"}
    # The same page again is the same submission, and has the same answer.
    await bench.slack.submit(bench.user, view, {"name@3": "山"})
    assert len([one for one in bench.turn.answered if one.body["kind"] == "fill"]) == 1
    assert bench.modal()["errors"] == {"name@3": "Too short"}
    assert bench.slack.refused == []


async def test_a_page_that_another_process_has_taken_already_stays_open(bench: Bench) -> None:
    view = await opened(bench, page())
    bench.turn.says = lambda heard: [page(errors={"name": Text("Too short")})]
    await bench.slack.submit(bench.user, view, {"name@3": "山"})
    bench.reception._sent.clear()
    await bench.slack.submit(bench.user, view, {"name@3": "山"})
    assert list(bench.modal()["errors"]) == ["name@3"]
    assert bench.slack.refused == []


async def test_a_page_sent_while_its_person_is_busy_is_being_saved(bench: Bench) -> None:
    view = await opened(bench, page())
    bench.turn.busy = True
    await bench.slack.submit(bench.user, view, {"name@3": "山本"})
    (button,) = [e for b in bench.modal()["blocks"] for e in b.get("elements", []) if e["type"] == "button"]
    assert button["value"] == "a=page.show&d=12&p=0"
    bench.turn.busy = False
    bench.turn.says = lambda heard: [page()]
    await bench.slack.press(bench.user, view_id=view, action_id=button["action_id"])
    assert bench.modal()["callback_id"] == "form"
    assert bench.slack.refused == []


async def test_a_crash_takes_nothing_away_that_was_typed(bench: Bench) -> None:
    view = await opened(bench, page())
    bench.turn.fails = True
    await bench.slack.submit(bench.user, view, {"name@3": "山本"})
    assert list(bench.modal()["errors"]) == ["name@3"]
    bench.turn.fails = False
    bench.turn.says = lambda heard: [Say("Thank you")]
    await bench.slack.submit(bench.user, view, {"name@3": "山本"})
    assert "Thank you" in str(bench.modal()["blocks"])


async def test_a_crash_on_a_page_without_inputs_is_told_above_it(bench: Bench) -> None:
    view = await opened(bench, page(Input("id", Text("Identity"), "document")))
    bench.turn.fails = True
    await bench.slack.submit(bench.user, view)
    assert len(bench.slack.window(bench.user)["modals"]) == 2


async def test_a_form_that_is_done_says_so_and_a_silent_one_closes(bench: Bench) -> None:
    view = await opened(bench, page())
    bench.turn.says = lambda heard: [Card("Received")]
    await bench.slack.submit(bench.user, view, {"name@3": "山本"})
    assert bench.modal()["submit"] is None
    view = await opened(bench, page())
    bench.turn.says = lambda heard: []
    await bench.slack.submit(bench.user, view, {"name@3": "山本"})
    assert bench.slack.window(bench.user)["modals"] == []


async def test_an_input_that_matters_draws_the_page_again(bench: Bench) -> None:
    choice = Input(
        "kind",
        Text("Kind"),
        "choice",
        options=[Option("a", "A", act("x")), Option("b", "B", act("x"))],
        redraws=True,
    )
    name = Input("name", Text("Name"), "line")
    view = await opened(bench, page(choice, name))
    bench.slack.fill(bench.user, view, {"name@3": "half typed"})
    more = Input("more", Text("More"), "line")
    chosen = Input(**{**vars(choice), "value": "b"})
    bench.turn.says = lambda heard: [FormPage(Text("Page"), 12, 0, 2, 4, [chosen, name, more])]
    await bench.slack.change(bench.user, view, "kind@3", "b")
    assert [b["block_id"] for b in bench.modal()["blocks"] if b["type"] == "input"] == [
        "kind@3",
        "name@3",
        "more@4",
    ]
    values = bench.modal()["values"] if "values" in bench.modal() else bench.modal()["state"]["values"]
    assert values["name@3"]["name"]["value"] == "half typed"
    assert bench.slack.refused == []


async def test_a_view_that_was_changed_meanwhile_is_shown_anyway(bench: Bench) -> None:
    view = await opened(bench, Screen(Text("One"), [Say("x", [Button("Go", act("go"))])]))
    bench.turn.says = lambda heard: [Screen(Text("Two"), [Say("y")])]
    bench.slack.fail_next("views.update", "hash_conflict")
    (button,) = [e for b in bench.modal()["blocks"] for e in b.get("elements", [])]
    await bench.slack.press(bench.user, view_id=view, action_id=button["action_id"])
    assert bench.modal()["title"]["text"] == "Two"
    assert "hash" not in bench.calls("views.update")[-1]


async def test_a_view_that_was_closed_meanwhile_is_no_trouble(bench: Bench) -> None:
    view = await opened(bench, Screen(Text("One"), [Say("x", [Button("Go", act("go"))])]))
    bench.turn.says = lambda heard: [Screen(Text("Two"), [Say("y")])]
    bench.slack.fail_next("views.update", "not_found")
    (button,) = [e for b in bench.modal()["blocks"] for e in b.get("elements", [])]
    await bench.slack.press(bench.user, view_id=view, action_id=button["action_id"])
    assert bench.calls("chat.postMessage") == []


async def test_a_refusal_is_laid_over_the_page_and_replaces_only_the_third(bench: Bench) -> None:
    view = await opened(
        bench, page(Input("id", Text("I"), "document", buttons=[Button("Sent", act("page.show"))]))
    )
    bench.turn.says = lambda heard: [Say("No longer")]
    (button,) = [e for b in bench.modal()["blocks"] for e in b.get("elements", []) if e["type"] == "button"]
    await bench.slack.press(bench.user, view_id=view, action_id=button["action_id"])
    assert len(bench.slack.window(bench.user)["modals"]) == 2
    bench.slack.fail_next("views.push", "push_limit_reached")
    await bench.slack.press(bench.user, view_id=view, action_id=button["action_id"])
    assert len(bench.slack.window(bench.user)["modals"]) == 2
    assert "No longer" in str(bench.slack.window(bench.user)["modals"][0])


# --- the secretariat, names, options


async def test_who_is_the_secretariat_is_read_before_its_acts(bench: Bench) -> None:
    await home_button(bench, "review.take")
    await bench.slack.press(bench.user, action_id="b")
    assert bench.user in await members(bench)
    assert isinstance(bench.turn.channel.hear(bench.turn.answered[-1].body), Pressed)


async def test_it_is_not_read_twice_within_seconds(bench: Bench) -> None:
    await home_button(bench, "review.take")
    for _ in range(3):
        await bench.slack.press(bench.user, action_id="b")
    assert len(bench.calls("conversations.members")) == 1


async def test_it_is_read_again_after_a_while(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership_module, "FRESH", timedelta(0))
    await home_button(bench, "review.take")
    await bench.slack.press(bench.user, action_id="b")
    await bench.slack.press(bench.user, action_id="b")
    assert len(bench.calls("conversations.members")) == 2


async def test_what_an_expert_presses_does_not_ask_who_the_secretariat_is(bench: Bench) -> None:
    await home_button(bench, "review.take")
    await bench.slack.press(bench.user, action_id="b")
    expert = bench.slack.create_user("中村")
    for _ in range(3):
        await bench.slack.command(expert)
    assert len(bench.calls("conversations.members")) == 1


async def test_when_slack_does_not_tell_nothing_is_renewed_and_the_turn_goes_on(bench: Bench) -> None:
    await home_button(bench, "review.take")
    bench.slack.fail_next("conversations.members", 503, times=9)
    await bench.slack.press(bench.user, action_id="b")
    await bench.slack.press(bench.user, action_id="b")
    assert await members(bench) == set()
    assert len(bench.turn.answered) == 2


async def test_a_list_is_given_at_most_a_hundred_options(bench: Bench) -> None:
    view = await opened(bench, page(Input("bank", Text("Bank"), "search")))
    found = await bench.slack.options(bench.user, view, "bank@3", "みず")
    assert (len(found), found[0]["value"]) == (100, "v0")
    assert bench.asked == [("bank", "みず", {"bank": ""})]
    assert bench.slack.refused == []


async def test_a_list_that_cannot_be_given_is_empty(bench: Bench) -> None:
    view = await opened(bench, page(Input("bank", Text("Bank"), "search")))

    async def fails(*_args: Any) -> Any:
        raise RuntimeError("山本商店")

    bench.reception._options = fails
    assert await bench.slack.options(bench.user, view, "bank@3", "みず") == []
    assert bench.slack.refused == []


async def test_a_press_by_another_workspace_changes_nothing(bench: Bench) -> None:
    payload = {
        "type": "block_actions",
        "user": {"id": "U9", "team_id": "T0OTHER"},
        "team": {"id": bench.slack.team_id},
        "actions": [{"type": "button", "value": "a=review.take&i=1"}],
    }
    answer = await bench.slack.deliver(wrapped(payload), FORM_TYPE)
    assert (answer.status, answer.text, bench.turn.answered) == (200, "", [])
