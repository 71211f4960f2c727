"""What an expert sees of a case or a request while a plan is written: as everywhere, without contact data."""

from tests.conversations.market import Market
from tests.town import Town

PHONE = "090-1234-5678"


async def test_contact_data_in_a_case_is_hidden_while_a_plan_is_written(town: Town) -> None:
    case = {"title": f"ネット注文 {PHONE}", "goal": f"半分にしたいです。{PHONE}へどうぞ。"}
    market = await Market.opened(town, case)
    await market.expert.commands("search ネット注文")
    await market.expert.presses("提案する")
    assert "半分にしたいです。" in market.expert.sees()
    assert PHONE not in market.expert.sees()
