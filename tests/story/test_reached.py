"""Whom LINE does not reach, and what it may not push, still reaches people: by e-mail, and by a clerk who calls."""

import json
from datetime import timedelta

import pytest

from bots.playground.players import Phone
from bots.terminal.pushes import pushes
from tests.pictures import jpeg
from tests.story.people import SOLE, answers, applicant, newcomer
from tests.town import Town


async def test_whoever_blocks_us_is_called_and_written_to(town: Town) -> None:
    clerk = await town.clerk()
    shop = await applicant(town)
    (address,) = {mail["to"] for mail in town.mailbox.mails()}
    before = len(town.mails(address))
    await town.line.unfollow(shop.user)
    await town.idle()
    await clerk.opens_home()
    assert "LINEがブロックされています" not in clerk.sees("home")
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    assert len(town.mails(address)) == before + 1
    await clerk.opens_home()
    assert "LINEがブロックされています：1件" in clerk.sees("home")
    assert "1件（うちメールで1件）" in clerk.sees("home")
    assert address not in clerk.sees("home")
    await clerk.presses("連絡先を見る", where="home")
    assert address in clerk.sees() and "菓匠やまもと" in clerk.sees()
    await clerk.closes()
    await clerk.presses("電話しました", where="home")
    await clerk.opens_home()
    assert "LINEがブロックされています" not in clerk.sees("home")
    town.accepted()


async def test_it_is_no_task_any_more_when_line_reaches_them_again(town: Town) -> None:
    clerk = await town.clerk()
    shop = await applicant(town)
    await town.line.unfollow(shop.user)
    await town.idle()
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    await clerk.opens_home()
    assert "LINEがブロックされています：1件" in clerk.sees("home")
    await shop.adds_us()
    await clerk.presses("メール済み", where="home")
    await clerk.opens_home()
    assert "LINEがブロックされています" not in clerk.sees("home")


async def test_what_line_may_not_push_any_more_goes_by_mail(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk = await town.clerk()
    shop = await applicant(town)
    (address,) = {mail["to"] for mail in town.mailbox.mails()}
    town.line.account.quota = 0
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    assert "登録が完了しました" not in shop.recent
    await town.ouentai.sweep()
    await town.idle()
    told = [mail for mail in town.mails(address) if "登録が完了しました" in str(mail)]
    assert told
    await town.ouentai.look_at_quota()
    await clerk.opens_home()
    assert "届かなかったお知らせ" not in clerk.sees("home")
    assert "*上限*\n0通" in clerk.sees("home")
    capsys.readouterr()
    await pushes(town.ouentai.engine, town.ouentai.programme, as_json=True)
    assert json.loads(capsys.readouterr().out)["month"]["may"] == 0


async def test_the_secretariat_sends_by_mail_what_line_refused(town: Town) -> None:
    clerk = await town.clerk()
    shop = await applicant(town)
    (address,) = {mail["to"] for mail in town.mailbox.mails()}
    before = len(town.mails(address))
    town.line.fail_next("/v2/bot/message/push", 400)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    assert "登録が完了しました" not in shop.recent
    await clerk.opens_home()
    await clerk.presses("代わりにメールで送る", where="home")
    await town.idle()
    assert len(town.mails(address)) == before + 2
    await clerk.opens_home()
    assert "届かなかったお知らせ" not in clerk.sees("home")


def pushes_to(town: Town, phone: Phone) -> int:
    """How many pushes LINE accepted for a phone."""
    return len([sent for sent in town.line.sent if sent.method == "push" and sent.to == phone.user])


async def test_who_comes_back_from_the_page_for_documents_is_answered_for_nothing(town: Town) -> None:
    shop = await applicant(town)
    assert "受け付けました" in shop.recent
    assert pushes_to(town, shop) == 0


async def test_who_does_not_come_back_is_pushed_what_is_next(town: Town) -> None:
    shop = await newcomer(town)
    await answers(shop, *SOLE)
    before = len(shop.messages)
    assert await town.upload(shop.button("書類を送る")["uri"], jpeg("tax return")) == 200
    assert len(shop.messages) == before
    await town.turn(town.ouentai.clock.now() + timedelta(seconds=100))
    assert "届きました" in shop.last and "本人確認" in shop.last
    assert pushes_to(town, shop) == 1
    town.accepted()


async def test_what_is_typed_before_the_next_question_was_seen_is_no_answer_to_it(town: Town) -> None:
    shop = await newcomer(town)
    await answers(shop, *SOLE)
    await shop.taps("送りました")
    assert "まだ届いていません" in shop.last
    assert await town.upload(shop.button("書類を送る")["uri"], jpeg("tax return")) == 200
    await shop.says("これでいいですか")
    assert "届きました" in shop.last and "本人確認" in shop.last
    assert await town.upload(shop.button("書類を送る")["uri"], jpeg("identity")) == 200
    await shop.says("送りました")
    assert "確認してください" in shop.last
    await town.turn(town.ouentai.clock.now() + timedelta(seconds=100))
    assert pushes_to(town, shop) == 0
    town.accepted()
