"""A company in support asks in plain words and from the menu below the chat, and nothing is done by mistake."""

from services.session_records import SessionState
from tests.services import road
from tests.services.road import acting_in
from tests.story.test_contract import Pair, pair
from tests.story.test_sessions import ONE

__all__ = ["pair"]


def menu(pair: Pair) -> str:
    """What stands below the chat."""
    return str(pair.town.line.phone(pair.shop.user)["rich_menu"])


async def test_plain_words_are_answered_before_there_is_anything(pair: Pair) -> None:
    for typed, answer in (
        ("契約", "契約書を読む"),
        ("報告", "報告書はまだありません"),
        ("請求書", "請求書はまだありません"),
        ("支払いました", "請求書はまだありません"),
        ("いつまで？", "2021年12月17日(金)"),
        ("ありがとう", "どういたしまして"),
    ):
        await pair.shop.says(typed)
        assert answer in pair.shop.recent, typed


async def test_a_payment_is_told_in_words(pair: Pair) -> None:
    await pair.both_sign()
    await pair.town.turn(ONE)
    async with acting_in(pair.town, pair.shop) as services:
        await road.invoice(services, await road.report(services, pair.contract))
    await pair.shop.says("請求書")
    assert "振り込んだら「支払いました」" in pair.shop.last
    await pair.shop.says("いつまで")
    assert "2022年1月7日(金)" in pair.shop.last
    await pair.shop.says("支払いました", "今日")
    assert "これで手続きは終わりです" in pair.shop.last
    await pair.shop.says("状況")
    assert "○謝金" not in pair.shop.recent
    assert "●謝金" in pair.shop.recent


async def test_an_expert_hears_the_same_words_in_slack(pair: Pair) -> None:
    await pair.desk.says("契約")
    assert "やまだ菓子店" in pair.desk.sees("dm")
    await pair.desk.says("請求書")
    assert "企業へ請求" in pair.desk.sees("dm")


async def test_the_menu_below_the_chat_fits_the_support(pair: Pair) -> None:
    await pair.both_sign()
    assert "支援を始める・終わる" in menu(pair)
    await pair.shop.taps("支援を始める・終わる")
    assert "今日" in pair.shop.last
    await pair.town.turn(ONE)
    await pair.shop.taps("支援を始める・終わる")
    assert "支援が始まっています" not in pair.shop.last
    await pair.shop.taps("支援を始める")
    assert "支援が始まっています" in pair.shop.last
    await pair.shop.taps("支援を始める・終わる", "終わりました", "契約を見る", "あといくら")
    assert "あなたの自己負担" in pair.shop.last
    pair.town.accepted()


async def test_a_yes_signs_and_never_answers_what_was_left_open(pair: Pair) -> None:
    await pair.shop.taps("取りやめる", "日程が合わなくなった", "スキップ")
    assert "契約を取りやめる" in pair.shop.last
    await pair.shop.taps("契約する")
    await pair.shop.says("はい")
    assert "署名しました" in pair.shop.last
    await pair.shop.says("状況")
    assert "書きかけ" not in pair.shop.recent


async def test_what_is_asked_is_asked_again_after_a_sticker(pair: Pair) -> None:
    await pair.both_sign()
    await pair.town.turn(ONE)
    await pair.desk.commands("start")
    await pair.shop.sends_sticker()
    assert "4けたの数字" in pair.shop.last
    await pair.shop.says("何の数字？")
    assert "ごいっしょにいることの確認" in pair.shop.last


async def test_a_denial_by_mistake_is_put_right(pair: Pair) -> None:
    await pair.both_sign()
    await pair.town.turn(ONE)
    async with acting_in(pair.town, pair.shop) as services:
        await road.session(services, pair.contract, start=ONE, state=SessionState.RECORDED)
    await pair.shop.says("受けていない")
    await pair.shop.taps("はい、受けていません", "まちがいでした")
    assert "下から選び直せます" in pair.shop.last
    await pair.shop.taps("その通り")
    assert "確認しました" in pair.shop.last


async def test_a_status_is_never_more_than_four_messages(pair: Pair) -> None:
    await pair.both_sign()
    await pair.town.turn(ONE)
    async with acting_in(pair.town, pair.shop) as services:
        for _time in range(3):
            await road.session(services, pair.contract, start=ONE, state=SessionState.RECORDED)
        await road.invoice(services, await road.report(services, pair.contract))
    before = len(pair.shop.messages)
    await pair.shop.says("状況")
    assert len(pair.shop.messages) - before <= 4
    assert "支援が3回あります" in pair.shop.recent
    assert "請求書" in pair.shop.recent
