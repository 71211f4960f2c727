"""Letters reach Slack once, cards are brought up to date where they stand, and faults say what they are."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.delivery import Failed, Sent
from bots.slack import cards, render
from bots.slack.sender import SlackSender
from conversations.messages import Button, Card, Heading, Say, Screen, act
from locales import Text
from locales.language import speaker
from services import people
from services.database import transaction
from services.outbox import Letter
from services.people import Identity, People
from tests.bots.slack.bench import URL, Bench

PAUSED = Sent(timedelta(seconds=1))


class Desk:
    """A sender whose cards say what the test lets them say."""

    def __init__(self, bench: Bench) -> None:
        self.badge = "waiting"
        self.asked: list[tuple[str, str, str]] = []
        self.sender = SlackSender(bench.client, bench.engine, self.draw, URL)

    async def draw(self, kind: str, ref: str, language: str) -> Any:
        self.asked.append((kind, ref, language))
        if ref == "404":
            return None
        if kind == "home":
            return Screen(Text("Home"), [Heading(Text("Close"))])
        return Card(f"Review {ref}", badge=self.badge, buttons=[Button("Open", act("review.open", i=ref))])


@pytest.fixture
def desk(bench: Bench) -> Desk:
    return Desk(bench)


def words(address: str, **more: Any) -> Letter:
    body = render.message(Say("hello"), speaker("ja"), URL)
    letter = Letter("slack", address, "say", body, retry_key=uuid.uuid4(), attempts=1)
    return replace(letter, **more)


def card(bench: Bench, ref: str = "7", attempts: int = 1) -> Letter:
    return Letter("slack", bench.room, "card", ref=f"review:{ref}", attempts=attempts)


def messages(bench: Bench, kind: str = "channel") -> list[str]:
    """What everybody sees in the room, or the person in the DM."""
    return [
        message["text"]
        for channel in bench.slack.window(bench.user)["channels"]
        if channel["kind"] == kind
        for message in channel["messages"]
    ]


async def test_words_arrive_in_the_dm(bench: Bench, desk: Desk) -> None:
    assert await desk.sender.send(words(bench.user)) == Sent()
    assert messages(bench, "im") == ["hello"]
    assert bench.slack.refused == []


async def test_words_whose_answer_was_lost_are_not_said_twice(bench: Bench, desk: Desk) -> None:
    bench.slack.fail_next("chat.postMessage", "lost")
    letter = words(bench.user)
    assert await desk.sender.send(letter) == Failed("connection_failed", again=True)
    assert await desk.sender.send(replace(letter, attempts=2)) == Sent()
    assert messages(bench, "im") == ["hello"]


async def test_words_that_never_arrived_are_said_again(bench: Bench, desk: Desk) -> None:
    bench.slack.fail_next("chat.postMessage", "reset")
    letter = words(bench.user)
    assert isinstance(await desk.sender.send(letter), Failed)
    await desk.sender.send(replace(letter, attempts=2))
    assert messages(bench, "im") == ["hello"]


async def test_a_reply_in_a_thread_is_not_said_twice_either(bench: Bench, desk: Desk) -> None:
    ts = await bench.slack.message(bench.user, bench.room, "question")
    letter = words(bench.room)
    letter = replace(letter, body=(letter.body or {}) | {"thread_ts": ts})
    bench.slack.fail_next("chat.postMessage", "lost")
    assert isinstance(await desk.sender.send(letter), Failed)
    await desk.sender.send(replace(letter, attempts=2))
    assert len(bench.calls("chat.postMessage")) == 1


def threads(bench: Bench) -> list[tuple[str, list[str]]]:
    """What stands in the DM, each with its replies."""
    (direct,) = [one for one in bench.slack.window(bench.user)["channels"] if one["kind"] == "im"]
    return [(one["text"], [reply["text"] for reply in one["replies"]]) for one in direct["messages"]]


def about(bench: Bench, thread: str, text: str) -> Letter:
    body = render.message(Say(text), speaker("ja"), URL) | {"thread": thread}
    return words(bench.user, body=body)


async def test_letters_about_one_thing_stand_under_the_first_of_them(bench: Bench, desk: Desk) -> None:
    for thread, text in (("enquiry:1", "one"), ("enquiry:2", "two"), ("enquiry:1", "more of one")):
        assert await desk.sender.send(about(bench, thread, text)) == Sent()
    await desk.sender.send(words(bench.user))
    assert threads(bench) == [("one", ["more of one"]), ("two", []), ("hello", [])]
    assert bench.slack.refused == []


async def test_the_first_letter_of_a_thread_is_posted_once_although_its_answer_was_lost(
    bench: Bench, desk: Desk
) -> None:
    bench.slack.fail_next("chat.postMessage", "lost")
    first = about(bench, "enquiry:1", "one")
    assert await desk.sender.send(first) == Failed("connection_failed", again=True)
    assert await desk.sender.send(replace(first, attempts=2)) == Sent()
    await desk.sender.send(about(bench, "enquiry:1", "more"))
    assert threads(bench) == [("one", ["more"])]


async def test_neither_is_one_that_was_posted_before_a_crash(bench: Bench, desk: Desk) -> None:
    first, second = about(bench, "enquiry:1", "one"), about(bench, "enquiry:1", "more")
    for letter in (first, replace(first, attempts=2), second, replace(second, attempts=2)):
        assert await desk.sender.send(letter) == Sent()
    assert threads(bench) == [("one", ["more"])]


@pytest.mark.parametrize("attempts", [1, 2])
async def test_a_thread_whose_root_is_gone_begins_anew(bench: Bench, desk: Desk, attempts: int) -> None:
    await desk.sender.send(about(bench, "enquiry:1", "one"))
    (posted,) = [sent for sent in bench.slack.sent if sent.method == "chat.postMessage"]
    await bench.client.call("chat.delete", channel=await bench.client.direct(bench.user), ts=posted.ts)
    await desk.sender.send(replace(about(bench, "enquiry:1", "two"), attempts=attempts))
    await desk.sender.send(about(bench, "enquiry:1", "three"))
    assert threads(bench) == [("two", ["three"])]


async def test_a_card_is_posted_once_and_then_changed_in_its_place(bench: Bench, desk: Desk) -> None:
    assert await desk.sender.send(card(bench)) == PAUSED
    desk.badge = "approved"
    assert await desk.sender.send(card(bench)) == PAUSED
    assert messages(bench) == ["Review 7 - approved"]
    assert desk.asked == [("review", "7", "ja")] * 2
    assert bench.slack.refused == []


async def test_a_card_whose_answer_was_lost_is_found_again(bench: Bench, desk: Desk) -> None:
    bench.slack.fail_next("chat.postMessage", "lost")
    assert isinstance(await desk.sender.send(card(bench)), Failed)
    desk.badge = "taken"
    assert await desk.sender.send(card(bench, attempts=2)) == PAUSED
    assert messages(bench) == ["Review 7 - taken"]
    async with transaction(bench.engine) as connection:
        assert await cards.find(connection, "review", "7", bench.room) is not None


async def test_a_card_that_somebody_deleted_is_posted_anew(bench: Bench, desk: Desk) -> None:
    await desk.sender.send(card(bench))
    (posted,) = [sent for sent in bench.slack.sent if sent.method == "chat.postMessage"]
    await bench.client.call("chat.delete", channel=bench.room, ts=posted.ts)
    await desk.sender.send(card(bench))
    assert len(messages(bench)) == 1
    await desk.sender.send(card(bench))
    assert len(messages(bench)) == 1


async def test_each_record_has_its_own_card(bench: Bench, desk: Desk) -> None:
    await desk.sender.send(card(bench, "7"))
    await desk.sender.send(card(bench, "8"))
    assert len(messages(bench)) == 2


def note(bench: Bench, ref: str, text: str, attempts: int = 1) -> Letter:
    """Words for the thread of a card in the room."""
    body = render.message(Say(text), speaker("ja"), URL) | {"card": f"handoff:{ref}"}
    return words(bench.room, body=body, attempts=attempts)


def cards_in(bench: Bench) -> list[tuple[str, list[str]]]:
    """The cards in the room, each with what stands in its thread."""
    (room,) = [one for one in bench.slack.window(bench.user)["channels"] if one["kind"] == "channel"]
    return [(one["text"], [reply["text"] for reply in one["replies"]]) for one in room["messages"]]


async def test_a_note_stands_in_the_thread_of_its_card(bench: Bench, desk: Desk) -> None:
    for ref in ("12", "13"):
        await desk.sender.send(replace(card(bench), ref=f"handoff:{ref}"))
    assert await desk.sender.send(note(bench, "12", "first")) == PAUSED
    await desk.sender.send(note(bench, "13", "other"))
    await desk.sender.send(note(bench, "12", "second"))
    assert cards_in(bench) == [
        ("Review 12 - waiting", ["first", "second"]),
        ("Review 13 - waiting", ["other"]),
    ]


async def test_a_card_that_does_not_stand_yet_is_posted_for_its_note(bench: Bench, desk: Desk) -> None:
    await desk.sender.send(note(bench, "12", "early"))
    await desk.sender.send(replace(card(bench), ref="handoff:12"))
    assert cards_in(bench) == [("Review 12 - waiting", ["early"])]


async def test_a_card_that_was_deleted_stands_again_for_its_note(bench: Bench, desk: Desk) -> None:
    await desk.sender.send(replace(card(bench), ref="handoff:12"))
    ((posted),) = [sent.ts for sent in bench.slack.sent if sent.method == "chat.postMessage"]
    await bench.client.call("chat.delete", channel=bench.room, ts=posted)
    await desk.sender.send(note(bench, "12", "late"))
    assert cards_in(bench) == [("Review 12 - waiting", ["late"])]


@pytest.mark.parametrize("failure", ["lost", "reset"])
@pytest.mark.parametrize("stands", [True, False])
async def test_a_note_is_said_once_whatever_answer_is_lost(
    bench: Bench, desk: Desk, failure: str, stands: bool
) -> None:
    if stands:
        await desk.sender.send(replace(card(bench), ref="handoff:12"))
    letter = note(bench, "12", "once")
    bench.slack.fail_next("chat.postMessage", failure)
    assert isinstance(await desk.sender.send(letter), Failed)
    assert await desk.sender.send(replace(letter, attempts=2)) == PAUSED
    assert cards_in(bench) == [("Review 12 - waiting", ["once"])]


async def test_a_note_about_what_is_gone_stands_alone(bench: Bench, desk: Desk) -> None:
    await desk.sender.send(note(bench, "404", "gone"))
    assert cards_in(bench) == [("gone", [])]


async def test_a_home_is_published_in_its_viewers_language(bench: Bench, desk: Desk) -> None:
    async with transaction(bench.engine) as connection:
        person = await people.lock(connection, Identity("slack", bench.slack.team_id, bench.user))
        await People(connection).speak(person.id, "en")
    assert (
        await desk.sender.send(Letter("slack", bench.user, "home", ref=str(person.id), attempts=1)) == Sent()
    )
    assert desk.asked == [("home", str(person.id), "en")]
    assert bench.slack.window(bench.user)["home"]["blocks"][0]["text"]["text"] == "Close"


async def test_what_is_gone_needs_no_card(bench: Bench, desk: Desk) -> None:
    assert await desk.sender.send(card(bench, "404")) == Sent()
    assert messages(bench) == []


async def test_slacks_own_word_stands_on_a_dead_letter(bench: Bench, desk: Desk) -> None:
    letter = replace(card(bench), address="C0NOWHERE")
    assert await desk.sender.send(letter) == Failed("channel_not_found", again=False)
    assert await desk.sender.send(words("U0NOBODY")) == Failed("user_not_found", again=False)


async def test_a_limit_is_waited_for_as_slack_says(bench: Bench, desk: Desk) -> None:
    bench.slack.fail_next("chat.update", 429)
    await desk.sender.send(card(bench))
    assert await desk.sender.send(card(bench)) == Failed("ratelimited", True, timedelta(seconds=1))


async def test_a_letter_of_an_unknown_kind_is_a_fault_of_ours(desk: Desk) -> None:
    with pytest.raises(ValueError, match="smoke"):
        await desk.sender.send(Letter("slack", "U1", "smoke"))
