"""A shop with an open case and an expert who looks for one, as far as the story goes before they meet."""

from dataclasses import dataclass

from tests.story.experts import expert
from tests.story.people import owner
from tests.story.test_case import handed_in
from tests.town import Desk, Phone, Town


@dataclass
class Market:
    """Everybody who is there."""

    town: Town
    clerk: Desk
    shop: Phone
    expert: Desk


async def published_case(shop: Phone, clerk: Desk) -> None:
    """Write the case of the story, and let it be approved."""
    await handed_in(shop)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")


async def opened(town: Town) -> Market:
    """A market with one case."""
    clerk = await town.clerk()
    shop = await owner(town, clerk)
    await published_case(shop, clerk)
    return Market(town, clerk, shop, await expert(town, clerk))
