"""Events that come twice, late, in the wrong order or at the same moment, and people who come and go."""

import asyncio
from typing import Any

import pytest

from tests.doors.people import answers_of, draft_of, kept
from tests.pictures import jpeg
from tests.story.people import SOLE, answers, applicant, newcomer
from tests.town import Phone, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")


def written(phone: Phone, words: str, seconds_ago: float = 0) -> Any:
    """A text that was typed so many seconds ago and is not delivered yet."""
    event = phone.stage.line.written(phone.user, "text", text=words)
    return event | {"timestamp": event["timestamp"] - int(seconds_ago * 1000)}


async def test_the_same_event_again_and_at_once_is_answered_once(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    before = len(phone.messages)
    event = written(phone, "菓匠やまもと")
    line = town.line
    answers = await asyncio.gather(
        *(line.deliver(event) for _copy in range(4)),
        line.deliver(event, event),
        line.deliver(event, redelivery=True),
    )
    await town.idle()
    assert {answer.status for answer in answers} == {200}
    assert (await line.deliver(event, redelivery=True)).status == 200
    await town.idle()
    assert len(phone.messages) == before + 1
    assert "代表者" in phone.last
    rows = await kept(town, "SELECT state FROM inbox WHERE key = :key", key=f"line:{event['webhookEventId']}")
    assert [row[0] for row in rows] == [1]
    town.accepted()


async def test_a_redelivery_of_what_never_came_is_simply_answered(town: Town) -> None:
    phone = await newcomer(town)
    event = town.line.event(phone.user, "postback", postback={"data": phone.button("個人事業主")["data"]})
    await town.line.deliver(event, redelivery=True)
    await town.idle()
    assert "2/12" in phone.last
    town.accepted()


async def test_several_events_in_one_webhook_are_taken_in_the_order_in_which_they_happened(
    town: Town,
) -> None:
    phone, other = await newcomer(town), town.phone("高橋 涼")
    await phone.taps("個人事業主")
    first, second = written(phone, "菓匠やまもと"), written(phone, "山本 あき", -0.1)
    follow = town.line.event(other.user, "follow", follow={"isUnblocked": False})
    town.line.account.update(other.user, friend=True)
    await town.line.deliver(second, follow, first)
    await town.idle()
    assert (await answers_of(town, phone.user))["trade_name"] == "菓匠やまもと"
    assert (await answers_of(town, phone.user))["representative"] == "山本 あき"
    assert "ようこそ" in other.last
    town.accepted()


async def test_a_text_that_comes_late_is_shown_back_and_not_taken_for_another_answer(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    old = written(phone, "むかしの名前", 30)
    await phone.says("菓匠やまもと")
    assert "代表者" in phone.last
    await town.line.deliver(old, redelivery=True)
    await town.idle()
    assert "むかしの名前" in phone.last and "遅れ" in phone.last and "代表者" in phone.last
    assert (await answers_of(town, phone.user))["trade_name"] == "菓匠やまもと"
    assert "representative" not in await answers_of(town, phone.user)
    await phone.says("山本 あき")
    assert "業種" in phone.last
    # So is a word that would have moved a form on which it was not typed; help is help at any time.
    await town.line.deliver(written(phone, "戻る", 30))
    await town.idle()
    assert "業種" in phone.last and "戻る" in phone.last
    await town.line.deliver(written(phone, "ヘルプ", 30))
    await town.idle()
    assert "番号" in phone.last
    await phone.says("小売業")
    assert "従業員" in phone.last
    town.accepted()


async def test_a_button_that_comes_late_changes_its_own_answer_only(town: Town) -> None:
    phone = await newcomer(town)
    late = town.line.event(phone.user, "postback", postback={"data": phone.button("個人事業主")["data"]})
    await phone.taps("個人事業主")
    await phone.says("菓匠やまもと", "山本 あき")
    asked = phone.last
    await town.line.deliver(late | {"timestamp": late["timestamp"] - 60_000})
    await town.idle()
    assert phone.last == asked
    assert (await answers_of(town, phone.user))["representative"] == "山本 あき"


async def test_what_is_typed_on_two_phones_at_once_is_taken_in_order_or_shown_back(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    before = len(phone.messages)
    first, second = written(phone, "菓匠やまもと"), written(phone, "山本 あき", -0.1)
    await asyncio.gather(town.line.deliver(second), town.line.deliver(first))
    await town.idle()
    assert len(phone.messages) == before + 2
    answers = await answers_of(town, phone.user)
    if answers["trade_name"] == "菓匠やまもと":
        assert answers["representative"] == "山本 あき"
    else:
        assert answers["trade_name"] == "山本 あき" and "representative" not in answers
        assert "菓匠やまもと" in phone.last
    town.accepted()


async def test_a_button_pressed_on_several_phones_at_once_is_one_answer(town: Town) -> None:
    phone = await newcomer(town)
    data = {"data": f"a=form.answer&d={await draft_of(town, phone.user)}&k=kind&v=sole_proprietor"}
    line = town.line
    await asyncio.gather(
        *(line.deliver(line.event(phone.user, "postback", postback=data)) for _phone in range(5))
    )
    await town.idle()
    assert await answers_of(town, phone.user) == {"kind": "sole_proprietor"}
    assert "2/12" in phone.last
    town.accepted()


async def test_sending_a_form_from_two_phones_hands_it_in_once(town: Town) -> None:
    clerk = await town.clerk()
    phone = await newcomer(town)
    await answers(phone, *SOLE)
    for words in ("tax return", "identity"):
        assert await phone.uploads("書類を送る", jpeg(words)) == 200
    send = {"data": phone.button("この内容で申請する")["data"]}
    cards = clerk.sees("channel").count("事業者の登録")
    line = town.line
    await asyncio.gather(
        *(line.deliver(line.event(phone.user, "postback", postback=send)) for _phone in range(3))
    )
    await town.idle()
    rows = await kept(
        town,
        "SELECT count(*) FROM reviews r JOIN identities i ON i.person_id = r.submitted_by WHERE i.external = :of",
        of=phone.user,
    )
    assert rows[0][0] == 1
    assert phone.recent.count("受け付けました") == 1
    assert "送信" in phone.last
    assert clerk.sees("channel").count("事業者の登録") == cards + 1
    town.accepted()


async def test_who_blocks_us_in_the_middle_finds_the_draft_when_back(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    await phone.says("菓匠やまもと")
    before = len(phone.messages)
    gone = await town.line.unfollow(phone.user)
    await town.idle()
    blocked = (
        "SELECT p.blocked_at FROM people p JOIN identities i ON i.person_id = p.id WHERE i.external = :of"
    )
    assert (await kept(town, blocked, of=phone.user))[0][0] is not None
    await phone.adds_us()
    assert (await kept(town, blocked, of=phone.user))[0][0] is None
    # Neither a late repeat of the block nor a block that only comes now makes a friend unreachable.
    older = town.line.event(phone.user, "unfollow")
    await town.line.deliver(gone, redelivery=True)
    await town.line.deliver(older | {"timestamp": gone["timestamp"] - 1}, redelivery=True)
    await town.idle()
    assert (await kept(town, blocked, of=phone.user))[0][0] is None
    assert "登録をはじめる" in phone.buttons() and len(phone.messages) == before + 1
    await phone.taps("登録をはじめる")
    assert "続き" in phone.last and "代表者" in phone.last
    await phone.says("山本 あき")
    assert "業種" in phone.last
    town.accepted()


async def test_who_has_blocked_us_is_not_written_to_but_gets_the_mail(town: Town) -> None:
    clerk = await town.clerk()
    phone = await applicant(town)
    await town.line.unfollow(phone.user)
    await town.idle()
    before = len(town.line.sent)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    pushes = [one for one in town.line.sent[before:] if phone.user in str(one) and "message" in str(one)]
    assert pushes == []
    assert any("登録が完了" in mail["text"] for mail in town.mails("aki@yamamoto.example"))
    await phone.adds_us()
    assert "完了" in phone.recent
    town.accepted()
