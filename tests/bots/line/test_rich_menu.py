"""Rich menus are uploaded once, again when they changed, and given to whoever is in their state."""

import io
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from PIL import Image
from sqlalchemy import Table, delete
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.delivery import Sent
from bots.line import rich_menu
from bots.line.client import LineClient
from bots.line.rich_menu import HEIGHT, WIDTH, LineMenuRow, Menu, ensure, menus
from bots.line.wire import unpack
from bots.playground.line_rules import rich_menu_problems
from services import embedded
from services.database import Base, connect, transaction
from services.outbox import Letter
from tests.bots.playground.line_server import TOKEN, Bench, running

STATES = ["newcomer", "in_review", "registered", "in_support"]
ACTS = {"money.left"} | {
    f"menu.{name}"
    for name in (
        "register",
        "about",
        "help",
        "status",
        "write_case",
        "proposals",
        "request",
        "cases",
        "language",
        "session",
        "contract",
    )
}


def test_there_is_a_menu_for_each_state() -> None:
    assert [menu.name for menu in menus()] == STATES
    assert {cell.act for menu in menus() for cell in menu.cells} == ACTS


@pytest.mark.parametrize("menu", menus(), ids=STATES)
def test_line_takes_each_menu_and_its_cells_cover_the_picture(menu: Menu) -> None:
    drawn = menu.object
    assert rich_menu_problems(drawn) == []
    bounds = [area["bounds"] for area in drawn["areas"]]
    assert sum(one["width"] * one["height"] for one in bounds) == WIDTH * HEIGHT
    assert [unpack(area["action"]["data"]).name for area in drawn["areas"]] == [
        cell.act for cell in menu.cells
    ]


@pytest.mark.parametrize("menu", menus(), ids=STATES)
def test_each_picture_has_the_size_of_its_menu_and_is_light_enough(menu: Menu) -> None:
    assert len(menu.picture) < 1_000_000
    with Image.open(io.BytesIO(menu.picture)) as image:
        assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))


def test_the_name_changes_with_the_words_and_with_nothing_else() -> None:
    menu = menus()[0]
    assert menu.object["name"] == menu.object["name"]
    assert Menu(menu.name, "別の言葉", menu.cells).object["name"] != menu.object["name"]


# --- uploading -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded.start(tmp_path_factory.mktemp("rich-menu"), durable=False) as server:
        yield server.url


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = connect(database)
    table = LineMenuRow.__table__
    assert isinstance(table, Table)
    async with transaction(engine) as connection:
        await connection.run_sync(lambda sync: Base.metadata.create_all(sync, tables=[table]))
        await connection.execute(delete(LineMenuRow))
    yield engine
    await engine.dispose()


async def draw(kind: str, ref: str, language: str) -> str:
    return {"1": "newcomer", "2": "registered"}[ref]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with running() as bench:
        yield bench


@pytest.fixture
async def client(bench: Bench) -> AsyncIterator[LineClient]:
    async with aiohttp.ClientSession() as session:
        yield LineClient(session, TOKEN, bench.url + "/play/line-api", bench.url + "/play/line-api", draw)


def seen(bench: Bench, user: str) -> str:
    name: str = bench.line.phone(user)["rich_menu"]["menu"]["name"]
    return name.split()[0]


async def test_everyone_sees_the_newcomers_menu_until_they_get_their_own(
    bench: Bench, client: LineClient, engine: AsyncEngine
) -> None:
    user = await bench.friend()
    await ensure(client, engine)
    assert seen(bench, user) == "newcomer"
    assert await client.send(Letter("line", user, "menu", ref="2", attempts=1)) == Sent()
    assert seen(bench, user) == "registered"


async def test_a_second_start_uploads_nothing(bench: Bench, client: LineClient, engine: AsyncEngine) -> None:
    await ensure(client, engine)
    before = dict(client.menus)
    await ensure(client, engine)
    assert client.menus == before
    assert len(await client.listed_menus()) == len(STATES)


async def test_a_menu_that_was_deleted_or_changed_is_uploaded_again(
    bench: Bench, client: LineClient, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ensure(client, engine)
    before = dict(client.menus)
    await bench.call("DELETE", f"/v2/bot/richmenu/{before['in_review']}")
    changed = [Menu("newcomer", "別の言葉", menus()[0].cells), *menus()[1:]]
    monkeypatch.setattr(rich_menu, "menus", lambda: changed)
    await ensure(client, engine)
    assert {name for name in STATES if client.menus[name] != before[name]} == {"newcomer", "in_review"}
    assert seen(bench, await bench.friend()) == "newcomer"


async def test_a_start_that_was_cut_short_is_taken_up_again(
    bench: Bench, client: LineClient, engine: AsyncEngine
) -> None:
    without_picture = await client.create_menu(menus()[0].object)
    with_picture = await client.create_menu(menus()[1].object)
    await client.upload_menu(with_picture, menus()[1].picture)
    await ensure(client, engine)
    assert client.menus["newcomer"] == without_picture
    assert client.menus["in_review"] == with_picture
