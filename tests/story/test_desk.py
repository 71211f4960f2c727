"""Companies of a town with a local desk hear of it when they write a case, and in the help."""

from tests.story.people import owner
from tests.town import Town

DESK = "求人ステーションKOBE"


async def test_a_company_in_kobe_can_ask_the_local_desk(town: Town) -> None:
    phone = await owner(town, await town.clerk())
    await phone.says("ヘルプ")
    assert DESK in phone.recent
    await phone.taps("相談を書く")
    assert "書き方を相談できます" in phone.recent and "どんなことを相談したいですか" in phone.last
    await phone.says("中断")
    await phone.taps("相談を書く")
    assert phone.recent.count("書き方を相談できます") == 0
    newcomer = await town.phone("田中 一郎").adds_us()
    await newcomer.says("ヘルプ")
    assert DESK not in newcomer.recent
    town.accepted()
