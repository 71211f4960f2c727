"""An expert saves a search in Slack, hears of new cases on one card, and changes or deletes it later."""

from datetime import timedelta
from typing import Any

from conversations.acts import BUTTONS
from conversations.messages import Pressed, act
from conversations.turn import Turn, take
from services.companies import Standing
from tests.conftest import NOON
from tests.conversations.market import Market
from tests.story import people as story
from tests.story.experts import expert as registered_expert
from tests.story.test_case import handed_in
from tests.town import Desk, Town, words

SAVE, LIST, ALL = "この検索を保存する", "保存した検索", "すべて見る"
HOUR = timedelta(hours=1)


async def saves(desk: Desk, typed: str, telling: str = "at_once", **other: str) -> Desk:
    """Search, and save the search."""
    await desk.commands(f"検索 {typed}")
    await desk.presses(SAVE)
    return await desk.submits({"telling": telling, **other})


def cards(desk: Desk) -> list[dict[str, Any]]:
    """What the application has written to somebody, the newest first."""
    return [one for one in desk._places("dm") if one["user"] == desk.stage.slack.bot_user_id]


async def sweeps(town: Town, after: timedelta = timedelta(0)) -> None:
    """Let what is due be done."""
    await town.turn(NOON + after) if after else await town.ouentai.sweep()
    await town.idle()


async def approved(clerk: Desk) -> None:
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")


async def test_a_case_that_the_clerk_approves_comes_to_the_expert_and_the_next_on_the_same_card(
    town: Town,
) -> None:
    clerk = await town.clerk()
    desk = await registered_expert(town, clerk)
    await saves(desk, "聞き間違い", called="電話の相談")
    assert "「電話の相談」として保存しました" in desk.sees()
    shop = await story.owner(town, clerk)
    await handed_in(shop)
    await sweeps(town)
    before = len(cards(desk))
    await approved(clerk)
    await sweeps(town)
    (card, *rest) = cards(desk)
    assert len(rest) == before
    told = words(card["blocks"])
    assert "「電話の相談」に新しい案件 1件" in told and "聞き間違い" in told and "菓匠やまもと" not in told
    await handed_in(shop)
    await approved(clerk)
    await sweeps(town)
    (again, *rest) = cards(desk)
    assert again["ts"] == card["ts"] and len(rest) == before
    assert "「電話の相談」に新しい案件 2件" in words(again["blocks"])
    await desk.presses(ALL, where="dm")
    assert "2件" in desk.sees() and "聞き間違い" in desk.sees() and desk.sees().count("新着") == 2
    await desk.presses(ALL, where="dm")
    assert "2件" in desk.sees() and "新着" not in desk.sees()
    town.accepted()


async def test_a_name_is_proposed_from_words_and_filters(town: Town) -> None:
    market = await Market.opened(town)
    await market.expert.commands("検索 会計 兵庫県")
    await market.expert.presses(SAVE)
    (block,) = [one for one in market.expert.modal["blocks"] if "called" in one.get("block_id", "")]
    assert block["element"]["initial_value"] == "会計 兵庫県"
    town.accepted()


async def test_the_list_shows_what_is_looked_for_and_what_can_be_done(town: Town) -> None:
    market = await Market.opened(town)
    desk = market.expert
    await desk.commands("保存")
    assert "保存した検索はありません" in desk.sees()
    await saves(desk, "会計", called="会計の相談", telling="digest")
    await desk.presses(LIST)
    assert "会計の相談" in desk.sees() and "毎朝まとめて" in desk.sees() and "「会計」" in desk.sees()
    await desk.presses("名前と通知を変える")
    await desk.submits({"called": "経理", "telling": "home"})
    assert "ホームに表示" in desk.sees()
    await desk.commands("保存")
    assert "経理" in desk.sees() and "ホームに表示だけ" in desk.sees()
    await desk.presses("7日間休む")
    assert "お休み中" in desk.sees()
    await desk.presses("お知らせを再開する")
    assert "お休み中" not in desk.sees()
    await desk.presses("削除する")
    assert "「経理」を削除しました" in desk.sees() and "名前と通知" not in desk.sees()
    await desk.presses("元に戻す")
    assert "「経理」を元に戻しました" in desk.sees() and "ホームに表示だけ" in desk.sees()
    town.accepted()


async def test_the_word_alone_shows_the_list_in_a_message_too(town: Town) -> None:
    market = await Market.opened(town)
    await saves(market.expert, "会計", called="会計の相談")
    await market.expert.says("保存した検索")
    assert "会計の相談" in market.expert.sees("dm")
    town.accepted()


async def test_the_home_counts_what_is_new_and_leads_to_it(town: Town) -> None:
    market = await Market.opened(town, {"title": "在庫の数え方"})
    desk = market.expert
    await saves(desk, "会計", called="会計の相談", telling="home")
    assert "新しい案件はまだありません" in desk.sees("home")
    said = len(cards(desk))
    await market.publish(2, title="会計を楽に")
    await sweeps(town)
    assert "「会計の相談」に新しい案件 1件" in desk.sees("home") and len(cards(desk)) == said
    await desk.presses("「会計の相談」を見る", where="home")
    assert "会計を楽に" in desk.sees() and "在庫の数え方" not in desk.sees()
    assert "「会計の相談」に新しい案件" not in desk.sees("home")
    town.accepted()


async def test_a_case_is_opened_from_the_card_with_the_way_to_all_of_them(town: Town) -> None:
    market = await Market.opened(town)
    desk = market.expert
    await saves(desk, "会計", called="会計の相談")
    case = await market.publish(2, title="会計を楽に")
    await sweeps(town)
    await desk.presses(f"{case.number}を見る", where="dm")
    assert "従業員6名の和菓子店です。" in desk.sees()
    await desk.presses("検索結果に戻る")
    assert "会計を楽に" in desk.sees()
    town.accepted()


async def test_old_buttons_explain_themselves(town: Town) -> None:
    market = await Market.opened(town)
    desk = market.expert
    await saves(desk, "会計", called="会計の相談")
    case = await market.publish(2, title="会計を楽に")
    await sweeps(town)
    await market.cancel(2)
    await desk.presses(f"{case.number}を見る", where="dm")
    assert "企業が取り下げました" in desk.sees()
    await desk.commands("保存")
    await desk.presses("削除する")
    await desk.presses(ALL, where="dm")
    assert "削除されています" in desk.sees("dm")
    async with market.acting(desk.user) as services:
        me = await services.experts.mine()
        assert me is not None
        me.standing = Standing.WITHDRAWN
    await desk.presses(ALL, where="dm")
    assert "専門家の登録をお願いします" in desk.sees("dm")
    town.accepted()


async def test_a_new_message_comes_after_some_time_and_the_old_one_points_to_it(town: Town) -> None:
    market = await Market.opened(town)
    desk = market.expert
    await saves(desk, "会計", called="会計の相談")
    await market.publish(2, title="会計を楽に")
    await sweeps(town)
    first = cards(desk)[0]["ts"]
    await sweeps(town, HOUR)
    await market.publish(3, title="会計ソフト")
    await sweeps(town, HOUR + timedelta(seconds=1))
    newest, old = cards(desk)[:2]
    assert old["ts"] == first and newest["ts"] != first
    assert "新しい案件 2件" in words(newest["blocks"])
    assert "新しいお知らせにまとめました" in words(old["blocks"])
    town.accepted()


async def test_a_digest_comes_in_the_morning_with_what_is_still_open_and_no_mail(town: Town) -> None:
    market = await Market.opened(town)
    desk = market.expert
    await saves(desk, "会計", called="会計の相談", telling="digest")
    await market.publish(2, title="会計を楽に")
    await market.publish(3, title="会計ソフト")
    said = len(cards(desk))
    await sweeps(town)
    assert len(cards(desk)) == said
    await market.cancel(2)
    await sweeps(town, 20 * HOUR)
    (card, *rest) = cards(desk)
    assert len(rest) == said
    assert "新しい案件 1件" in words(card["blocks"]) and "会計を楽に" not in words(card["blocks"])
    assert town.mails("kenichi@sato.example") == []
    town.accepted()


async def test_somebody_elses_saved_search_cannot_be_pressed(town: Town) -> None:
    market = await Market.opened(town)
    await saves(market.expert, "会計", called="会計の相談")
    other = await market.registers(town.desk("別の専門家"), 2)
    async with market.acting(market.expert.user) as services:
        (kept,) = await services.saved_searches.mine()
    async with market.acting(other.user) as services:
        assert services.person is not None
        for name in sorted(one for one in BUTTONS if one.startswith("saved.")):
            turn = Turn(services.person, services, chatty=False)
            args = {"i": kept.id, "s": kept.id, "r": 1, "d": 1}
            await take(turn, Pressed(act(name, **args)))
            assert "会計の相談" not in str(turn.said), name
    async with market.acting(market.expert.user) as services:
        (kept,) = await services.saved_searches.mine()
        assert [row.action for row in await services.audit.history("saved search", kept.id)] == ["saved"]


async def test_the_card_speaks_the_experts_language(town: Town) -> None:
    market = await Market.opened(town)
    desk = market.expert
    await saves(desk, "会計", called="会計の相談")
    async with market.acting(desk.user) as services:
        assert services.person is not None
        await services.people.speak(services.person.id, "en")
    await market.publish(2, title="会計を楽に")
    await sweeps(town)
    assert "1 new cases" in words(cards(desk)[0]["blocks"])
    town.accepted()
