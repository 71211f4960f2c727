"""What an expert looked for in vain is taught to the search by the secretariat, in Slack."""

from typing import Any

import pytest

from tests.services import plan_people as people
from tests.services.market import expert as as_expert
from tests.services.market import published
from tests.services.road import acting_in
from tests.services.small_thesaurus import small
from tests.story.test_plans import settled
from tests.town import Desk, Town

__all__ = ["small"]

pytestmark = pytest.mark.usefixtures("small")


async def searcher(town: Town, name: str = "佐藤 健一", serial: int = 1) -> Desk:
    """A registered expert."""
    desk = town.desk(name)
    await desk.opens_home()
    async with acting_in(town, desk) as services:
        await as_expert(services, serial)
    return desk


async def with_cases(town: Town, *cases: dict[str, Any]) -> None:
    """Open cases of a shop."""
    phone = await town.phone().adds_us()
    await settled(town, phone, people.company)
    async with acting_in(town, phone) as services:
        for serial, case in enumerate(cases, start=1):
            await published(services, serial, **case)


@pytest.fixture
async def clerk(town: Town) -> Desk:
    """A clerk; experts have looked for photographs from the air, which the one case calls drones."""
    await with_cases(town, {"title": "ドローンで畑を見る"}, {"title": "在庫の数え方"})
    for serial, name in enumerate(("佐藤 健一", "高橋 涼"), start=1):
        await (await searcher(town, name, serial)).commands("search 空撮")
    return await town.clerk()


async def opens(clerk: Desk) -> Desk:
    """Open the list of what was not found."""
    await clerk.opens_home()
    await clerk.presses("見る", where="home")
    return clerk


async def test_what_was_not_found_is_taught_and_found_by_the_next_search(town: Town, clerk: Desk) -> None:
    await clerk.opens_home()
    assert "検索で見つからなかった言葉：1" in clerk.sees("home")
    await opens(clerk)
    assert "空撮" in clerk.sees() and "2回（専門家2人）" in clerk.sees() and "佐藤" not in clerk.sees()
    await clerk.presses("開く")
    assert "知らない言葉" in clerk.sees() and "この言葉のある案件*\n0件" in clerk.sees()
    await clerk.presses("同じ意味の言葉を選ぶ")
    await clerk.submits({"other": "ドローン"})
    assert "まだ保存していません" in clerk.sees()
    assert "「空撮」で1件見つかります（今は0件）" in clerk.sees()
    await clerk.presses("保存する")
    assert "保存しました" in clerk.sees()
    await clerk.opens_home()
    assert "検索で見つからなかった言葉：0" in clerk.sees("home")
    other = await searcher(town, "伊藤 翼", 3)
    await other.commands("search 空撮")
    assert "ドローンで畑を見る" in other.sees()
    town.accepted()


async def test_what_was_taught_is_undone_and_waits_again(town: Town, clerk: Desk) -> None:
    await opens(clerk)
    await clerk.presses("開く")
    await clerk.presses("同じ意味の言葉を選ぶ")
    await clerk.submits({"other": "ドローン"})
    await clerk.presses("保存する")
    await clerk.presses("元に戻す")
    assert "元に戻しました" in clerk.sees()
    await clerk.presses("検索の言葉の一覧")
    await clerk.presses("変更の記録")
    assert clerk.sees().count("変えた人") == 2 and "鈴木 美咲" in clerk.sees()
    await clerk.opens_home()
    assert "検索で見つからなかった言葉：1" in clerk.sees("home")
    town.accepted()


async def test_what_is_not_for_us_leaves_the_list_and_can_be_put_back(town: Town, clerk: Desk) -> None:
    await opens(clerk)
    await clerk.presses("開く")
    await clerk.presses("案件と関係ない")
    assert "一覧から外しました" in clerk.sees() and "空撮" not in clerk.sees()
    await clerk.presses("一覧に戻す")
    assert "空撮" in clerk.sees()
    town.accepted()


async def test_a_single_letter_is_not_taught_and_the_clerk_reads_why(town: Town) -> None:
    await with_cases(town, {"title": "在庫の数え方"})
    await (await searcher(town)).commands("search 鯉")
    clerk = await opens(await town.clerk())
    assert "同じ意味の言葉を教えると" in clerk.sees()
    await clerk.presses("開く")
    assert "短い言葉なので教えられません" in clerk.sees() and "同じ意味の言葉を選ぶ" not in clerk.sees()
    town.accepted()


async def test_what_is_found_by_now_leaves_the_list_by_itself(town: Town, clerk: Desk) -> None:
    phone = town.phone("田中 一郎")
    await phone.adds_us()
    await settled(town, phone, people.company)
    async with acting_in(town, phone) as services:
        await published(services, 9, title="空撮で宣伝したい")
    await opens(clerk)
    assert "待っているものはありません" in clerk.sees() and "残り：0" in clerk.sees()
    town.accepted()


async def test_a_word_that_is_proposed_is_one_press_away(town: Town) -> None:
    await with_cases(town, {"title": "旅館の予約"})
    await (await searcher(town)).commands("search 在庫棚")
    clerk = await opens(await town.clerk())
    await clerk.presses("開く")
    await clerk.presses("「在庫」と同じ")
    assert "まだ保存していません" in clerk.sees() and "加える：同じ意味*\n在庫棚" in clerk.sees()
    await clerk.presses("保存する")
    assert "在庫、棚卸し、在庫棚" in clerk.sees()
    town.accepted()


async def test_a_group_is_found_changed_and_what_the_programme_brought_is_named_when_it_goes(
    town: Town,
) -> None:
    clerk = await town.clerk()
    await clerk.opens_home()
    await clerk.presses("検索の言葉の一覧", where="home")
    assert "1／2" in clerk.sees()
    await clerk.presses("次のページ")
    assert "2／2" in clerk.sees() and "採用" in clerk.sees()
    await clerk.presses("言葉を探す")
    await clerk.submits({"words": "クラファン"})
    assert "「クラファン」のあるグループ：1" in clerk.sees()
    await clerk.presses("直す")
    await clerk.submits({"words": "クラウドファンディング\n資金集めサイト", "kinds": "CAMPFIRE"})
    shown = clerk.sees()
    assert "外す（はじめからある言葉）" in shown and "クラファン" in shown and "資金集めサイト" in shown
    await clerk.presses("直す")
    await clerk.submits(
        {"words": "クラウドファンディング\nクラファン\n資金集めサイト", "reason": "現場の言葉"}
    )
    assert "外す" not in clerk.sees()
    await clerk.presses("保存する")
    assert "事務局が変えたグループ" in clerk.sees()
    await clerk.presses("元に戻す")
    town.accepted()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ドローン\n店", "短すぎます"),
        ("ドローン\n管理", "どの案件にもある"),
        ("ドローン", "2つ以上"),
        ("ドローン\n通販", "もう「"),
        ("、、", "少しだけ書いて"),
    ],
)
async def test_what_would_do_harm_is_said_at_the_field_and_nothing_typed_is_lost(
    town: Town, words: str, said: str
) -> None:
    clerk = await town.clerk()
    await clerk.opens_home()
    await clerk.presses("検索の言葉の一覧", where="home")
    await clerk.presses("新しいグループ")
    await clerk.submits({"words": words})
    assert said in clerk.errors()["words"]
    await clerk.submits({"words": "ドローン\n空撮"})
    assert "まだ保存していません" in clerk.sees()
    town.accepted()


async def test_two_clerks_at_once_lose_nothing(town: Town) -> None:
    misaki, ken = await town.clerk(), await town.clerk("田中 健")
    for each, word in ((misaki, "資金集めサイト"), (ken, "応援購入")):
        await each.opens_home()
        await each.presses("検索の言葉の一覧", where="home")
        await each.presses("言葉を探す")
        await each.submits({"words": "クラファン"})
        await each.presses("直す")
        await each.submits({"words": f"クラウドファンディング\nクラファン\n{word}"})
    await misaki.presses("保存する")
    assert "保存しました" in misaki.sees()
    await ken.presses("保存する")
    shown = ken.sees()
    assert "その間に変わりました" in shown and "資金集めサイト" in shown and "応援購入" in shown
    assert "まだ保存していません" in shown
    await ken.presses("保存する")
    assert "保存しました" in ken.sees() and "資金集めサイト" in ken.sees() and "応援購入" in ken.sees()
    town.accepted()


async def new_group(clerk: Desk, words: str) -> None:
    """Propose a group of its own."""
    await clerk.opens_home()
    await clerk.presses("検索の言葉の一覧", where="home")
    await clerk.presses("新しいグループ")
    await clerk.submits({"words": words})


async def test_a_new_group_may_begin_with_the_word_of_one_that_was_given_up(town: Town) -> None:
    clerk = await town.clerk()
    await new_group(clerk, "ドローン\n空撮")
    await clerk.presses("保存する")
    await clerk.presses("検索の言葉の一覧")
    await clerk.presses("言葉を探す")
    await clerk.submits({"words": "空撮"})
    await clerk.presses("削除する")
    assert "削除しました" in clerk.sees()
    await new_group(clerk, "ドローン\n無人機")
    assert "まだ保存していません" in clerk.sees() and "その間に変わりました" not in clerk.sees()
    await clerk.presses("保存する")
    assert "無人機" in clerk.sees() and "空撮" not in clerk.sees()
    town.accepted()


async def test_two_clerks_who_begin_the_same_group_see_each_others_words(town: Town) -> None:
    misaki, ken = await town.clerk(), await town.clerk("田中 健")
    await new_group(misaki, "ドローン\n空撮")
    await new_group(ken, "ドローン\n無人機")
    await misaki.presses("保存する")
    await ken.presses("保存する")
    assert "その間に変わりました" in ken.sees() and "空撮" in ken.sees()
    await ken.presses("保存する")
    assert "空撮" in ken.sees() and "無人機" in ken.sees()
    town.accepted()


async def test_who_is_not_of_the_secretariat_sees_no_words(town: Town, clerk: Desk) -> None:
    stranger = await searcher(town, "伊藤 翼", 3)
    home = await stranger.opens_home()
    assert "見つからなかった言葉" not in str(home)
    await stranger.commands("thesaurus")
    assert "事務局" in stranger.sees() and "ネットショップ" not in stranger.sees()
    town.accepted()
