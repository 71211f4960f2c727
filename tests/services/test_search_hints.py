"""What is offered beside what was found costs a bounded number of steps, whatever is typed."""

from services import search_hints
from services.search_hints import MOST_PIECES
from tests.conftest import ActingAs
from tests.services.market import published


async def test_the_words_that_no_open_case_has_are_named_as_they_were_typed(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        await published(services, title="盆栽の店")
    async with acting("U1", "slack") as services:
        assert await search_hints.missing(services, "盆栽 刀鍛冶 盆栽 の 刀鍛冶") == ["刀鍛冶"]


async def test_of_very_many_words_only_the_first_are_looked_up(acting: ActingAs) -> None:
    typed = ["漆器", "茶道", "華道", "弓道", "剣道", "陶芸", "苔玉", "空撮", "盆栽", "囲碁", "将棋"]
    async with acting("U1", "slack") as services:
        assert await search_hints.missing(services, " ".join(typed)) == typed[:MOST_PIECES]
