"""What is said to the secretariat stands in the thread of its card, and what clerks say there is understood."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from conversations import current, menu
from conversations.messages import Attached, Card, Message, Said, Say, Voice
from conversations.notices import WORDINGS
from conversations.turn import Turn
from services import people
from services.bundle import Services
from services.notices import Notice
from services.people import Identity
from tests.services.pictures import photo
from tests.town import Town, words

Wording = Callable[[Notice], Sequence[Message]]


@dataclass
class Talk:
    """What is heard in threads, and what the test has us say."""

    heard: list[Said | Attached] = field(default_factory=list)
    says: Wording = lambda notice: [Say(str(notice.ids["words"]))]


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch) -> Talk:
    talk = Talk()

    async def draw(services: Services, ref: int) -> Card:
        return Card(f"Matter {ref}", badge="open")

    async def word(services: Services, notice: Notice) -> Sequence[Message]:
        return talk.says(notice)

    async def listen(turn: Turn, said: Said) -> bool:
        talk.heard.append(said)
        return True

    async def receive(turn: Turn, attached: Attached) -> bool:
        talk.heard.append(attached)
        return True

    monkeypatch.setitem(current.CARDS, "handoff", draw)
    monkeypatch.setitem(WORDINGS, "test.posted", word)
    monkeypatch.setattr(menu, "LISTENERS", [listen])
    monkeypatch.setattr(menu, "RECEIVERS", [receive])
    return talk


async def post(town: Town, ref: int, *lines: str, draw: bool = True) -> None:
    async def change(services: Services) -> None:
        for line in lines:
            services.notices.post("handoff", ref, "test.posted", words=line)
        if draw:
            services.notices.draw("handoff", ref)

    await town.ouentai.dispatcher.run(change)
    await town.idle()


async def test_notes_stand_in_the_thread_of_their_card_in_order(town: Town, talk: Talk) -> None:
    clerk = await town.clerk()
    await post(town, 12, "one", "two")
    await post(town, 13, "other")
    await post(town, 12, "three", draw=False)
    assert clerk.sees_thread("Matter 12").split("\n") == ["one", "two", "three"]
    assert clerk.sees_thread("Matter 13") == "other"
    town.accepted()


async def test_hostile_words_in_a_note_call_nobody(town: Town, talk: Talk) -> None:
    clerk = await town.clerk()
    await post(town, 12, "<!channel> <@U0VICTIM> *x*")
    (reply,) = clerk.card("Matter 12")["replies"]
    assert reply["text"] == "&lt;!channel&gt; &lt;@U0VICTIM&gt; *x*"
    assert {block["text"]["type"] for block in reply["blocks"]} == {"plain_text"}
    town.accepted()


async def test_a_clerk_is_called_by_our_own_words(town: Town, talk: Talk) -> None:
    clerk = await town.clerk()
    talk.says = lambda notice: [Say("please look", mentions=[clerk.user])]
    await post(town, 12, "x")
    (reply,) = clerk.card("Matter 12")["replies"]
    assert reply["blocks"][0]["text"]["text"] == f"<@{clerk.user}>"
    assert reply["text"].startswith(f"<@{clerk.user}>")
    town.accepted()


async def test_clerks_are_heard_under_the_card_with_what_they_share(town: Town, talk: Talk) -> None:
    clerk = await town.clerk()
    await post(town, 12, "note")
    await post(town, 13, "note")
    await clerk.replies("返信：はい", beside="Matter 12")
    await clerk.shares(photo(), "図.jpg", "返信：図です", beside="Matter 12")
    said, words_with_it, attached = talk.heard
    assert said == Said("返信：はい", "handoff:12", town.channel)
    assert words_with_it == Said("返信：図です", "handoff:12", town.channel)
    assert isinstance(attached, Attached)
    assert (attached.kind, attached.name, attached.thread) == ("photo", "図.jpg", "handoff:12")
    assert (attached.caption, attached.public) == ("返信：図です", True)


async def test_what_a_clerk_corrects_or_deletes_is_not_heard_again(town: Town, talk: Talk) -> None:
    clerk = await town.clerk()
    await post(town, 12, "note")
    await clerk.replies("返信：はい")
    mine = clerk.card()["replies"][-1]
    await town.slack.edit(clerk.user, town.channel, mine["ts"], "返信：いいえ")
    await town.slack.delete(clerk.user, town.channel, mine["ts"])
    await town.idle()
    assert len(talk.heard) == 1


async def test_a_reply_that_slack_sends_twice_is_heard_once(town: Town, talk: Talk) -> None:
    clerk = await town.clerk()
    await post(town, 12, "note")
    card = clerk.card()
    file = town.slack.upload(clerk.user, "a.jpg", photo())
    event: dict[str, Any] = {
        "user": clerk.user,
        "text": "返信：はい",
        "files": [{"id": file, "name": "a.jpg", "mimetype": "image/jpeg"}],
        "subtype": "file_share",
        "channel": card["channel"],
        "channel_type": "group",
        "thread_ts": card["ts"],
        "parent_user_id": town.slack.bot_user_id,
    }
    envelope = town.slack.event("message", **event)
    for retry in (0, 1, 2):
        await town.slack.send(envelope, retry=retry)
    await town.idle()
    assert len(talk.heard) == 2


async def test_a_file_that_nobody_claims_is_left_to_the_clerks(
    town: Town, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await town.clerk()
    await post(town, 12, "note")
    monkeypatch.setattr(menu, "RECEIVERS", [])
    posted = len(town.slack.sent)
    await clerk.shares(photo(), "図.jpg")
    assert [one.method for one in town.slack.sent[posted:] if one.method.startswith("chat.")] == []


async def test_what_climbs_is_said_in_the_second_channel(town: Town, talk: Talk) -> None:
    stage = town.ouentai.stage
    assert stage is not None

    async def change(services: Services) -> None:
        services.notices.escalate("test.posted", words="nobody has answered")

    await town.ouentai.dispatcher.run(change)
    await town.idle()
    posted = town.slack.work.messages(stage.escalation)
    assert [words(one["blocks"]) for one in posted] == ["nobody has answered"]
    assert town.slack.work.messages(town.channel) == []
    town.accepted()


async def test_a_person_is_answered_under_the_name_of_a_person(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def word(services: Services, notice: Notice) -> Sequence[Message]:
        return [Voice("お待たせしました。", "鈴木（事務局）")]

    monkeypatch.setitem(WORDINGS, "handoff.replied", word)
    phone, desk = await town.phone().adds_us(), town.desk()
    await desk.says("hello")
    both = Identity("line", "line", phone.user), Identity("slack", town.slack.team_id, desk.user)

    async def change(services: Services) -> None:
        for identity in both:
            person = await people.lock(services.connection, identity)
            services.notices.tell("handoff.replied", person.id, thread="handoff:12")

    await town.ouentai.dispatcher.run(change)
    await town.idle()
    assert (phone.sender, phone.last) == ("鈴木（事務局）", "お待たせしました。")
    assert "鈴木（事務局）\nお待たせしました。" in desk.sees("dm")
    town.accepted()
