"""What went wrong elsewhere, and must not here: the catalogue of known failures, one test each.

These are held already, each where its like stands:

- aiogram #1317, two messages of one person are answered at once and the one overwrites the other:
  tests/doors/test_line_order.py, test_what_is_typed_on_two_phones_at_once_is_taken_in_order_or_shown_back
- Chatwoot PR #15605, what colleagues write among themselves reaches the customer:
  tests/conversations/scripts/handoff_from_a_form.txt, tests/story/test_handoff.py
- openclaw PR #48567, of two decisions at once nobody knows whose was kept:
  tests/doors/test_decisions.py, test_two_clerks_deciding_at_once_are_one_decision_and_both_know_whose
- bolt-js #1828, what was typed into a modal is gone after an error:
  tests/doors/test_crashes.py, test_a_page_on_which_we_crash_stays_open_with_all_that_was_typed
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import Settings, running
from conversations.form import Form
from conversations.questions import Line
from locales import Text
from services.programme import Programme
from tests.conftest import KEY, NOON
from tests.conversations.scripts.conftest import Stage, shared, stage
from tests.conversations.scripts.play import Player, read
from tests.town import Phone, Town

__all__ = ["shared", "stage"]
pytestmark = pytest.mark.asyncio(loop_scope="package")


async def goes(stage: Stage, script: str) -> Player:
    """Play a conversation as it should go."""
    player = Player(stage, read(script))
    await player.play()
    stage.accepted()
    return player


async def test_an_old_button_does_not_push_the_flow_forward(stage: Stage) -> None:
    """Typebot #1657: tapping an old button "always moves forward" and breaks the flow."""
    await goes(
        stage,
        """はじまり: 登録の途中
        人 taps: 個人事業主
        人: 菓匠やまもと
        人: 山本 あき
        → 4/12
        人 taps old: 個人事業主
        → last 4/12
        人 taps: 小売業
        → 5/12""",
    )


async def test_who_comes_back_after_a_long_time_is_not_sent_round_in_circles(stage: Stage) -> None:
    """Typebot #2340: after the session's time every message begins the flow anew, again and again."""
    await goes(
        stage,
        """はじまり: 登録の途中
        人 taps: 個人事業主
        人: 菓匠やまもと
        +9日
        人: 山本 あき
        → 4/12
        人: 小売業
        → 5/12
        → not ようこそ
        人: 3人
        → 6/12""",
    )


async def test_the_last_words_of_one_form_do_not_fill_the_next(stage: Stage) -> None:
    """Rasa #7712: the utterance that ended one form is taken for the first answer of the next."""
    await goes(
        stage,
        """はじまり: 質問が届いた
        人 taps: 答える
        人: 電話が15件です。
        人 taps: 返事を送る
        人: 相談
        → last 1/11
        人: 販売・集客
        → 2/11
        人: 戻る
        → 1/11
        人: 直す
        → not 電話が15件""",
    )


@asynccontextmanager
async def serving(database: str, folder: Path, at: datetime) -> AsyncIterator[Town]:
    """The application on a database, from a moment on, until it is stopped."""
    settings = Settings(
        database_url=database,
        port=0,
        secret_keys=KEY,
        data_dir=folder,
        clock=at,
        mail_from="office@play.invalid",
    )
    async with running(settings) as run:
        run.ouentai.delivery.in_a_hurry = True
        yield Town(run)


async def begun(town: Town) -> Phone:
    """Somebody who has answered two questions."""
    phone = await town.phone().adds_us()
    await phone.taps("登録をはじめる", "すべてはい", "個人事業主")
    return await phone.says("菓匠やまもと")


async def days_later(town: Town, days: int) -> None:
    """Let days go by, one after the other."""
    for _day in range(days):
        await town.turn(town.ouentai.clock.now() + timedelta(days=1))


async def test_what_is_due_later_is_not_forgotten_by_a_restart(database: str, tmp_path: Path) -> None:
    """python-telegram-bot #3522: timeouts of conversations are gone when the bot is started again."""
    async with serving(database, tmp_path, NOON) as town:
        user = (await begun(town)).user
    async with serving(database, tmp_path, NOON) as town:
        phone = Phone(town, user)
        heard = len(phone.messages)
        await days_later(town, 3)
        assert "書きかけがあります" in phone.last and len(phone.messages) == heard + 1
        await phone.taps("続ける")
        assert "3/12" in phone.last


async def test_a_reminder_that_was_refused_stays_refused_over_an_upgrade(
    database: str, tmp_path: Path
) -> None:
    """LSC (v1.17): the settings of reminders are void after an upgrade."""
    async with serving(database, tmp_path, NOON) as town:
        phone = await begun(town)
        await days_later(town, 3)
        await phone.taps("もう不要")
        user = phone.user
    # Starting brings the tables up to date, as an upgrade does.
    async with serving(database, tmp_path, NOON + timedelta(days=3)) as town:
        phone = Phone(town, user)
        heard = len(phone.messages)
        await days_later(town, 4)
        assert not any("書きかけ" in str(message) for message in phone.messages[heard:])
        await phone.says("続き")
        assert "3/12" in phone.last


async def test_a_deploy_in_the_middle_keeps_the_answers_and_asks_what_is_new(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """botbuilder-dotnet #5007: a deploy breaks the dialogs that are in flight."""
    player = await goes(
        stage,
        """はじまり: 登録の途中
        人 taps: 個人事業主
        人: 菓匠やまもと
        → 3/12""",
    )
    company = Form.all["company"]
    added = Line(Text("What is on your sign?"))
    added.key = "sign"
    kept = [question for question in company.questions if question.key != "representative"]
    monkeypatch.setattr(company, "questions", (kept[0], added, *kept[1:]))
    phone = player.cast.phone
    await phone.says("もう一度")
    assert "What is on your sign?" in phone.last
    await phone.says("まねき猫")
    assert "業種" in phone.last
    await phone.says("直す")
    assert "菓匠やまもと" in phone.last and "個人事業主" in phone.last
    stage.accepted()


async def test_an_error_after_saving_leads_to_no_second_record(stage: Stage) -> None:
    """Chatwoot #6446: saved, but answered with a 500, so that the client saves it once more."""
    player = await goes(
        stage,
        """はじまり: 質問が届いた
        人 taps: 答える
        人: 電話が15件です。""",
    )
    phone = player.cast.phone
    stage.line.fail_next("/v2/bot/message/reply", 500)
    action = phone.button("返事を送る")
    event = stage.line.event(phone.user, "postback", postback={"data": action["data"]})
    await stage.line.deliver(event)
    await stage.idle()
    await stage.line.deliver(event, redelivery=True)
    await stage.idle()
    for _try in range(50):
        if "返事を送りました" in phone.last:
            break
        await asyncio.sleep(0.2)
        await stage.ouentai.sweep()
        await stage.idle()
    assert "返事を送りました" in phone.last
    assert [str(message) for message in phone.messages].count(str(phone.messages[-1])) == 1
    assert player._seen("専門家").count("電話が15件です。") == 1


async def test_who_leaves_and_comes_back_is_still_in_the_same_thread(stage: Stage) -> None:
    """Chatwoot #5448: after a reconnect the messages go into a new thread, and the old one is orphaned."""
    await goes(
        stage,
        """はじまり: 登録の途中
        事務局 arrives
        人: 担当者
        人 taps: このまま送る
        事務局 presses: 引き受ける
        人: 一つ目です
        人 blocks us
        人 adds us
        人: 二つ目です
        → not わかりませんでした
        事務局 → 一つ目です
        事務局 → 二つ目です
        事務局 writes: 返信：届いています
        人 → 届いています""",
    )


async def test_deciding_on_a_later_card_leaves_the_earlier_one_alone(stage: Stage) -> None:
    """vercel/eve #2471: approving a later card denied an earlier one."""
    first = await goes(stage, "はじまり: 申請済み")
    second = await goes(stage, "はじまり: 申請済み\n事務局 approves\n人 → 登録が完了しました")
    assert "登録が完了" not in first.cast.phone.last
    await first.cast.phone.says("状況")
    assert "審査中" in first.cast.phone.last
    assert second.cast.clerk is not None
    await second.cast.clerk.presses("引き受ける", where="channel")
    await second.cast.clerk.presses("承認する")
    assert "登録が完了しました" in first.cast.phone.last


async def test_a_button_is_not_dead_because_it_was_pressed_before(stage: Stage) -> None:
    """hermes-agent PR #100112: a key against duplicates that does not fit makes buttons dead.

    That the same press, sent again by Slack, is one press: tests/doors/test_slack_door.py.
    """
    player = await goes(stage, "はじまり: 専門家")
    desk = player.desk
    await desk.opens_home()
    for _time in range(3):
        await desk.presses("提出した計画", where="home")
        assert "計画" in desk.sees()
        await desk.closes()


async def test_whoever_has_saved_sees_where_to_go_next(stage: Stage) -> None:
    """simpler-grants-gov #6166: after "save" people are lost, for nothing says where to go."""
    await goes(
        stage,
        """はじまり: 登録の途中
        人 taps: 個人事業主
        人: やめる
        → button 続ける
        → button メニュー
        人 taps: 続ける
        → 2/12""",
    )
    await goes(
        stage,
        """はじまり: 相談の確認
        人: はい
        人: はい
        → ご相談を受け付けました
        → button 相談を見る
        人 taps: 相談を見る
        → 審査中""",
    )


async def test_files_are_still_there_after_a_return(stage: Stage) -> None:
    """jGrants: applications lost their attachments, unnoticed for months."""
    player = await goes(
        stage,
        """はじまり: 申請済み
        事務局 returns: trade_name = 看板の名前を書いてください。
        人 taps: 直す
        人: やまもと製菓
        → 1件受け取り済み
        人 taps: この内容で申請する
        → 受け付けました
        事務局 presses: 引き受ける""",
    )
    assert player.clerk.sees().count("1件受け取り済み") == 2


async def test_a_draft_outlives_new_terms(stage: Stage) -> None:
    """jGrants: when the form was renewed, the drafts that people had could not be sent any more."""
    programme: Programme = stage.ouentai.programme
    latest = programme.terms[-1]
    await stage.set_clock(
        datetime.combine(latest.valid_from, datetime.min.time(), UTC) - timedelta(days=1, hours=12)
    )
    await goes(
        stage,
        """はじまり: 登録の途中
        人 taps: 個人事業主
        人: 菓匠やまもと
        人: 山本 あき
        人 taps: 小売業
        人 taps: 5人以下
        人: 650-0001
        人: 4丁目2-1
        人: 〈電話〉
        人: 〈メール〉
        人 taps: 未マッチング
        人 taps: ない・今回がはじめて
        人 taps: 同意する
        → 確定申告書
        +4日
        人: 続き
        → last 12/12
        → 内容が新しくなりました
        人 taps: 同意する
        → 確定申告書
        人: 直す
        → 菓匠やまもと
        → 〈電話〉""",
    )
