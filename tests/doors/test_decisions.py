"""Decisions at the same moment, on outdated cards, and by those who may not decide."""

import asyncio
import json
from datetime import timedelta

import pytest

from bots.playground.slack_views import shown
from tests.doors.people import Json, kept, posts, pressing, send, standing, submission
from tests.story.people import applicant
from tests.town import Desk, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
ONLY_MEMBERS = "事務局チャンネルのメンバーだけ"


async def newest(town: Town) -> int:
    """The id of the review that came last."""
    return int((await kept(town, "SELECT max(id) FROM reviews"))[0][0])


async def state(town: Town, review: int) -> str:
    """What became of a review."""
    return str((await kept(town, "SELECT state FROM reviews WHERE id = :id", id=review))[0][0])


async def seen_by(town: Town, desk: Desk) -> str:
    """All that somebody in Slack has on the screen."""
    await town.idle()
    return json.dumps(desk.window, ensure_ascii=False)


async def copied(town: Town, desk: Desk, act: str) -> str:
    """Press a button with a copied value; returns all that its presser then sees."""
    assert (await send(town, pressing(town, desk, act))).status == 200
    return await seen_by(town, desk)


async def test_two_clerks_deciding_at_once_are_one_decision_and_both_know_whose(town: Town) -> None:
    first, second = await town.clerk("鈴木 美咲"), await town.clerk("高橋 涼")
    phone = await applicant(town)
    review = await newest(town)
    for clerk in (first, second):
        await clerk.presses("開く", where="channel")
    before, mailed = len(phone.messages), len(town.mails("aki@yamamoto.example"))
    await asyncio.gather(first.presses("承認する"), second.presses("承認する"))
    await town.idle()
    assert await state(town, review) == "approved"
    assert len(phone.messages) == before + 1 and "登録が完了" in phone.last
    assert ["登録が完了" in mail["text"] for mail in town.mails("aki@yamamoto.example")[mailed:]] == [True]
    seen = [clerk.sees() for clerk in (first, second)]
    refused = [one for one in seen if "が決めました" in one or "に決めました" in one]
    assert len(refused) == 1
    assert all("承認" in one and "10月20日" in one for one in seen)
    assert "鈴木 美咲" in refused[0] or "高橋 涼" in refused[0]
    assert (await kept(town, "SELECT count(*) FROM audit WHERE action = 'approved' AND revision = 1"))[0][
        0
    ] >= 1
    town.accepted()


async def test_approving_and_returning_at_once_is_one_decision(town: Town) -> None:
    first, second = await town.clerk("鈴木 美咲"), await town.clerk("高橋 涼")
    phone = await applicant(town)
    review = await newest(town)
    for clerk in (first, second):
        await clerk.presses("開く", where="channel")
    await second.presses("差し戻す")
    await second.fills({"which": ["phone"]})
    await second.fills({"code_phone": "CONTACT_UNREACHABLE"})
    before = len(phone.messages)
    await asyncio.gather(first.presses("承認する"), second.submits())
    await town.idle()
    decided = await state(town, review)
    assert decided in ("approved", "returned")
    assert len(phone.messages) == before + 1
    assert ("登録が完了" in phone.last) == (decided == "approved")
    loser = second if decided == "approved" else first
    assert "決めました" in loser.sees()
    town.accepted()


async def test_nobody_outside_the_channel_decides_even_with_a_copied_payload(town: Town) -> None:
    clerk, outsider = await town.clerk(), town.desk()
    phone = await applicant(town)
    review = await newest(town)
    before = await standing(town, of=phone.user)
    for act in ("open", "take", "approve", "return", "reject", "put_back"):
        seen = await copied(town, outsider, f"a=review.{act}&i={review}")
        assert ONLY_MEMBERS in seen, act
        assert "菓匠やまもと" not in seen and "331-8181" not in seen
    # Nor does a company with a copied postback, nor its applicant.
    await posts(town, phone, *(f"a=review.{act}&i={review}" for act in ("open", "take", "approve", "return")))
    assert ONLY_MEMBERS in phone.last
    assert await standing(town, of=phone.user) == before
    # Nor with a whole modal of a clerk's, which Slack would never hand over.
    await clerk.presses("開く", where="channel")
    await clerk.presses("不承認にする")
    doc = town.slack.work.view(clerk.modal["id"])
    assert doc is not None
    answer = await send(town, submission(town, outsider, shown(doc)))
    assert answer.status == 200 and "菓匠" not in answer.text
    assert await state(town, review) == "waiting"
    town.accepted()


async def test_who_has_left_the_channel_decides_nothing_any_more(town: Town) -> None:
    gone = await town.clerk("高橋 涼")
    await applicant(town)
    review = await newest(town)
    await gone.presses("開く", where="channel")
    await town.slack.leave(gone.user, town.channel)
    await gone.presses("承認する")
    assert ONLY_MEMBERS in gone.sees()
    assert await state(town, review) == "waiting"
    town.accepted()


async def test_nothing_is_decided_while_slack_does_not_say_who_is_in_the_channel(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await town.clerk()
    await applicant(town)
    review = await newest(town)
    await clerk.presses("開く", where="channel")

    async def silent(_channel: str) -> list[str]:
        raise TimeoutError

    monkeypatch.setattr(town.ouentai.slack, "members", silent)
    monkeypatch.setattr("bots.slack.membership.FRESH", timedelta(0))
    async with town.ouentai.engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE secretariat_members SET read_at = read_at - interval '10 minutes'"
        )
    await clerk.presses("承認する")
    assert "確認できませんでした" in clerk.sees()
    assert await state(town, review) == "waiting"


async def test_a_button_on_an_outdated_card_explains_itself_and_decides_nothing(town: Town) -> None:
    clerk = await town.clerk()
    phone = await applicant(town)
    old = await newest(town)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("差し戻す")
    await clerk.fills({"which": ["phone"]})
    await clerk.submits({"code_phone": "CONTACT_UNREACHABLE"})
    # Returned, and not handed in again yet: the old buttons say who did that and when.
    seen = await copied(town, clerk, f"a=review.approve&i={old}")
    assert "差し戻し" in seen and "鈴木 美咲" in seen and "決めました" in seen
    await phone.taps("直す")
    await phone.says("090-1234-5678")
    await phone.taps("この内容で申請する")
    assert (new := await newest(town)) != old
    before = await standing(town, of=phone.user)
    for act in ("approve", "take", "put_back", "return", "reject"):
        seen = await copied(town, clerk, f"a=review.{act}&i={old}")
        assert "決めました" in seen or "新しい" in seen or "あとから" in seen, act
    assert await standing(town, of=phone.user) == before
    assert await state(town, new) == "waiting"
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    assert "登録が完了" in phone.last
    town.accepted()


async def test_a_return_that_was_begun_before_somebody_else_decided_says_so(town: Town) -> None:
    first, second = await town.clerk("鈴木 美咲"), await town.clerk("高橋 涼")
    phone = await applicant(town)
    await second.presses("開く", where="channel")
    await second.presses("差し戻す")
    await second.fills({"which": ["phone"]})
    await second.fills({"code_phone": "CONTACT_UNREACHABLE"})
    await first.presses("引き受ける", where="channel")
    await first.presses("承認する")
    before = len(phone.messages)
    await second.submits()
    assert "鈴木 美咲" in second.sees() and "決めました" in second.sees()
    assert len(phone.messages) == before
    town.accepted()


async def test_nobody_decides_on_their_own_business(town: Town) -> None:
    clerk = await town.clerk()
    await applicant(town)
    review = await newest(town)
    await clerk.presses("開く", where="channel")
    async with town.ouentai.engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE company_members SET person_id = (SELECT person_id FROM identities WHERE external = "
            f"'{clerk.user}') WHERE company_id = (SELECT subject_id FROM reviews WHERE id = {review})"
        )
    await clerk.presses("承認する")
    assert "ほかの方が決めて" in clerk.sees()
    assert await state(town, review) == "waiting"
    town.accepted()


async def test_files_are_linked_for_the_secretariat_alone(town: Town) -> None:
    clerk, outsider = await town.clerk(), town.desk()
    await applicant(town)
    await clerk.presses("開く", where="channel")
    links = [e["url"] for block in clerk.modal["blocks"] for e in buttons(block) if "url" in e]
    assert len(links) == 2 and all("sig=" in link for link in links)
    assert "sig=" not in clerk.sees("channel") and "sig=" not in await seen_by(town, outsider)


def buttons(block: Json) -> list[Json]:
    """What can be pressed in a block."""
    return [one for one in [*block.get("elements", []), block.get("accessory")] if isinstance(one, dict)]
