"""Possession of a button is no permission: the words of searches belong to the secretariat."""

from collections.abc import Mapping

import pytest

from conversations import everything
from conversations.acts import BUTTONS
from conversations.messages import Message, Pressed, act
from conversations.secretariat.thesaurus_missed import at_home
from conversations.turn import Turn, take
from services.bundle import Services
from services.case_query import Matched
from services.missed_queries import note
from services.thesaurus_groups import Role
from tests.conftest import ActingAs
from tests.services.small_thesaurus import small
from tests.services.test_thesaurus_book import CLERK, clerk

__all__ = ["small"]

everything.load()
pytestmark = pytest.mark.usefixtures("small")
MINE = sorted(name for name in BUTTONS if name.startswith(("office.words", "office.missed")))

COPIED: tuple[dict[str, object], ...] = (
    {},
    {"k": "zz", "g": "nothing", "i": "x", "d": "9", "p": "-1", "r": "x", "b": "x"},
    {"p": "99", "q": "\u202e%", "g": "EC"},
)


async def pressed(services: Services, name: str, args: Mapping[str, object]) -> list[Message]:
    """What is said to whoever presses this."""
    assert services.person is not None
    turn = Turn(services.person, services, chatty=services.person.identity.channel == "line")
    await take(turn, Pressed(act(name, **args)))
    return turn.said


async def there(acting: ActingAs) -> dict[str, object]:
    """A query that was missed, a group that was changed, and arguments that fit any button."""
    async with acting("U-expert", "slack") as services:
        await note(services, "盆栽", Matched.ALL)
    async with clerk(acting) as services:
        edit = await services.thesaurus.save("EC", {"直販": Role.SAME}, 0)
        (missed,) = await services.missed.list()
        return {"k": missed.key, "g": "EC", "r": edit.id, "i": edit.id, "w": "盆栽", "t": "EC"}


async def test_nobody_else_sees_or_changes_anything(acting: ActingAs) -> None:
    args = await there(acting)
    for who, channel in (("U-expert", "slack"), ("U-owner", "line"), (CLERK, "line")):
        async with acting(who, channel) as services:
            for name in MINE:
                said = str(await pressed(services, name, args))
                assert "盆栽" not in said and "ネットショップ" not in said, name
    async with clerk(acting) as services:
        assert await services.missed.waiting() == 1
        assert len(await services.thesaurus.history()) == 1


async def test_a_copied_button_is_explained(acting: ActingAs) -> None:
    async with clerk(acting) as services:
        for args in COPIED:
            for name in MINE:
                assert await pressed(services, name, args), (name, args)
        assert await services.thesaurus.history() == []


async def test_only_the_secretariat_has_them_on_its_home(acting: ActingAs) -> None:
    async with acting("U-expert", "slack") as services:
        assert await at_home(services) == []
    async with clerk(acting) as services:
        assert len(await at_home(services)) == 1
