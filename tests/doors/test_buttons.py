"""Buttons that are not the presser's own, that are older than the program, or that never were buttons."""

import secrets
import string
from typing import Any

import pytest

from bots.playground.players import _actions
from conversations import acts
from tests.doors.people import draft_of, kept, posts, pressing, send, standing
from tests.pictures import jpeg
from tests.story.people import SOLE, answers, newcomer, owner
from tests.town import Phone, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
NO_LONGER = "このボタンは使えなくなりました"


def postbacks(phone: Phone) -> list[str]:
    """The data of every button that was ever shown on a phone."""
    found = {action.get("data") for message in phone.messages for action in _actions(message)}
    return sorted(filter(None, found))


async def test_copied_buttons_of_another_person_change_nothing_of_theirs(town: Town) -> None:
    clerk = await town.clerk()
    done = await owner(town, clerk)
    phone = await newcomer(town)
    await answers(phone, *SOLE[:8])
    await phone.says("戻る", "078-331-8181")
    stranger = await town.phone("高橋 涼").adds_us()
    before = [await standing(town, of=one.user) for one in (done, phone)]
    copied = postbacks(done) + postbacks(phone)
    assert len(copied) > 40
    await posts(town, stranger, *copied)
    await stranger.taps("登録をはじめる", "すべてはい", "個人事業主")
    await posts(town, stranger, *copied)
    assert [await standing(town, of=one.user) for one in (done, phone)] == before
    assert "菓匠" not in str(stranger.messages) and "331-8181" not in str(stranger.messages)
    await phone.says("aki@yamamoto.example")
    assert "10/12" in phone.last
    town.accepted()


async def test_a_copied_button_is_explained_to_whom_it_does_not_belong(town: Town) -> None:
    phone = await newcomer(town)
    stranger = await town.phone("高橋 涼").adds_us()
    await town.line.tap(stranger.user, phone.button("個人事業主"))
    await town.idle()
    assert NO_LONGER in stranger.last and "メニュー" in stranger.buttons()
    assert "事業の形" in phone.last
    town.accepted()


@pytest.mark.parametrize(
    "data",
    [
        *("a=gone.long_ago&i=1", "a=form.answer&d={d}&k=gone&v=1", "a=form.answer&d={d}&k=kind&v=gone"),
        *(
            "a=form.answer&d={d}",
            "a=form.answer",
            "a=form.edit&d={d}&k=gone",
            "a=form.send&d={d}",
            "a=form.on&d={d}",
        ),
        *(
            "a=form.send&d={d}&r=999",
            "a=form.reword&d={d}&k=gone",
            "a=page.show&d={d}&p=0",
            "a=form.back&d={d}",
        ),
    ],
)
async def test_a_button_from_before_a_deploy_is_explained_and_the_way_goes_on(town: Town, data: str) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    before = len(phone.messages)
    await posts(town, phone, data.format(d=await draft_of(town, phone.user)))
    assert len(phone.messages) == before + 1
    await phone.says("続き", "進む")
    await posts(town, phone, f"a=form.edit&d={await draft_of(town, phone.user)}&k=trade_name")
    await phone.says("菓匠やまもと")
    assert "代表者" in phone.last
    town.accepted()


async def test_a_draft_of_a_form_that_is_no_more_stands_in_nobodys_way(town: Town) -> None:
    phone = await newcomer(town)
    await phone.taps("個人事業主")
    draft = await draft_of(town, phone.user)
    async with town.ouentai.engine.begin() as connection:
        await connection.exec_driver_sql(f"UPDATE drafts SET form = 'gone' WHERE id = {draft}")
    for act in ("answer", "edit", "on", "reword", "back", "cancel", "resume", "send"):
        await posts(town, phone, f"a=form.{act}&d={draft}&k=kind&v=corporation&r=1")
        assert NO_LONGER in phone.last, act
    for typed in ("菓匠やまもと", "戻る", "やめる", "続き", "ヘルプ", "はい", "メニュー"):
        before = len(phone.messages)
        await phone.says(typed)
        assert len(phone.messages) > before, typed
    await phone.sends_sticker()
    assert "スタンプ" in phone.last
    await phone.taps("登録をはじめる", "すべてはい")
    assert "1/12" in phone.last
    await phone.taps("個人事業主")
    assert "2/12" in phone.last
    # What was written into the old form is still there, for the day on which somebody brings it back.
    assert (await kept(town, "SELECT count(*) FROM drafts WHERE id = :id", id=draft))[0][0] == 1
    town.accepted()


async def test_the_button_of_a_form_that_was_sent_says_so_and_sends_nothing(town: Town) -> None:
    phone = await newcomer(town)
    await answers(phone, *SOLE)
    for words in ("tax return", "identity"):
        assert await phone.uploads("書類を送る", jpeg(words)) == 200
    old = phone.button("この内容で申請する")
    await phone.taps("この内容で申請する")
    before = await standing(town, of=phone.user)
    await town.line.tap(phone.user, old)
    await town.idle()
    assert "送信" in phone.last and "10月20日" in phone.last
    assert await standing(town, of=phone.user) == before
    town.accepted()


async def test_sending_what_was_changed_since_the_card_was_drawn_asks_to_check_again(town: Town) -> None:
    phone = await newcomer(town)
    await answers(phone, *SOLE)
    for words in ("tax return", "identity"):
        assert await phone.uploads("書類を送る", jpeg(words)) == 200
    old = phone.button("この内容で申請する")
    await phone.taps("直す：電話番号")
    await phone.says("090-1234-5678")
    await town.line.tap(phone.user, old)
    await town.idle()
    assert "もう一度" in phone.last and "090-1234-5678" in phone.last
    assert "受け付けました" not in phone.recent
    await phone.taps("この内容で申請する")
    assert "受け付けました" in phone.recent
    town.accepted()


def nonsense() -> list[str]:
    """Postback data that none of our buttons has."""
    signs = string.ascii_letters + string.digits + string.punctuation + " あ漢😀"
    random = ["".join(secrets.choice(signs) for _sign in range(300)) for _try in range(5)]
    return [
        *(
            "",
            " ",
            "a",
            "a=",
            "=a",
            "a=a=a",
            "&",
            "a=?",
            "?",
            "a=menu.show&a=menu.help",
            "A=menu.show",
            "a=MENU.SHOW",
        ),
        *(
            "a=form.answer&d=" + "9" * 200,
            "a=form.answer&d=-1",
            "a=form.answer&d=１",
            "a=form.answer&d=" + "9" * 18,
        ),
        *(
            "a=menu.show&x=%00",
            "a=menu.show&x=\x00",
            "a=menu.show&x=%ED%A0%80",
            "a=menu.show&x=\ud800",
            "\ud83d",
        ),
        *(
            "a=menu.show&" + "x=1&" * 70,
            "a=form.answer;d=1",
            '{"a":"menu.show"}',
            "a=form.answer&d=1&d=2",
            "x" * 300,
        ),
        *random,
    ]


async def test_postbacks_without_sense_are_answered_kindly(town: Town) -> None:
    phone = await newcomer(town)
    for data in nonsense():
        before = len(phone.messages)
        await posts(town, phone, data)
        assert len(phone.messages) == before + 1, data
    made = town.line.event
    for postback in (None, [], "x", {}, {"data": None}, {"data": 5}, {"data": {}, "params": 5}):
        await town.line.deliver(made(phone.user, "postback", postback=postback))
    day: Any = {"data": "a=form.answer&d=1&k=kind", "params": {"date": "2021-99-99\x00"}}
    await town.line.deliver(made(phone.user, "postback", postback=day))
    await town.idle()
    assert NO_LONGER in phone.last
    await phone.taps("個人事業主")
    assert "2/12" in phone.last
    town.accepted()


FORGED = "&i={0}&d={0}&r={0}&p={0}&b={0}&c={0}&k=x&v=x&l=x&q=x"
ONE, HUGE = FORGED.format("1"), FORGED.format("9" * 18)


def forged(*tails: str) -> list[str]:
    """Every button there is, with what somebody may write into it."""
    return [f"a={name}{tail}" for name in sorted(acts.BUTTONS) for tail in tails]


async def test_no_button_breaks_whatever_is_written_into_it_on_a_phone(town: Town) -> None:
    done = await owner(town, await town.clerk())
    nobody = await town.phone("佐藤 健一").adds_us()
    before = await standing(town, of=done.user)
    await posts(town, nobody, *forged(ONE))
    assert await standing(town, of=done.user) == before
    await posts(town, done, *forged("", ONE, HUGE))
    town.accepted()


async def test_no_button_breaks_whatever_is_written_into_it_in_slack(town: Town) -> None:
    clerk, desk = await town.clerk(), town.desk()
    done = await owner(town, clerk)
    before = await standing(town, of=done.user)
    for act in forged(ONE):
        assert (await send(town, pressing(town, desk, act))).status == 200
    assert await standing(town, of=done.user) == before
    for act in forged("", HUGE):
        assert (await send(town, pressing(town, clerk, act))).status == 200
    town.accepted()
