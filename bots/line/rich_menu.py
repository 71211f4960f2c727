"""The rich menus: read from menus.toml, uploaded when they are new or changed, remembered by id (PLATFORMS 1.16)."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.orm import Mapped, mapped_column

from bots.line.client import LineClient
from bots.line.wire import pack
from conversations.messages import Act
from services.database import Base, transaction

Obj = dict[str, Any]

HERE = Path(__file__).parent
PICTURES = HERE / "menus"
WIDTH, HEIGHT = 1200, 810
COLUMNS, ROWS = 6, 2
DEFAULT = "newcomer"
LOCK = 0x6C696E65


@dataclass(frozen=True)
class Cell:
    """One place to tap: where on the grid (column, row, columns, rows), what it does, how it looks."""

    act: str
    place: tuple[int, int, int, int]
    icon: str
    label: str
    glyph: str = ""
    note: str = ""
    lead: bool = False

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, width and height in the picture."""
        column, row, columns, rows = self.place
        wide, high = WIDTH // COLUMNS, HEIGHT // ROWS
        return column * wide, row * high, columns * wide, rows * high


@dataclass(frozen=True)
class Menu:
    """What somebody in one state sees below the chat."""

    name: str
    bar: str
    cells: tuple[Cell, ...]

    @property
    def picture(self) -> bytes:
        """The committed PNG that draw_menus.py made."""
        return (PICTURES / f"{self.name}.png").read_bytes()

    @property
    def object(self) -> Obj:
        """The rich menu as LINE wants it; its name carries the hash of all that is seen of it."""
        menu = {
            "size": {"width": WIDTH, "height": HEIGHT},
            "selected": True,
            "chatBarText": self.bar,
            "areas": [_area(cell) for cell in self.cells],
        }
        return menu | {
            "name": f"{self.name} {hashlib.sha256(orjson.dumps(menu) + self.picture).hexdigest()[:16]}"
        }


def _area(cell: Cell) -> Obj:
    x, y, width, height = cell.bounds
    action = {"type": "postback", "label": cell.label, "data": pack(Act(cell.act)), "displayText": cell.label}
    return {"bounds": {"x": x, "y": y, "width": width, "height": height}, "action": action}


@cache
def menus() -> tuple[Menu, ...]:
    """The menu of each state."""
    with (HERE / "menus.toml").open("rb") as file:
        read = tomllib.load(file)
    return tuple(
        Menu(
            name, menu["bar"], tuple(Cell(**cell | {"place": tuple(cell["place"])}) for cell in menu["cells"])
        )
        for name, menu in read.items()
    )


class LineMenuRow(Base):
    """The rich menu that LINE keeps for one state."""

    __tablename__ = "line_menus"
    name: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str]
    menu_id: Mapped[str]


async def ensure(client: LineClient, engine: AsyncEngine) -> None:
    """Upload the menus that are missing or changed, show newcomers theirs, and let the client know their ids.

    One process at a time; run at the start, before letters are sent. Raises LineError when LINE refuses.
    A replaced menu stays at LINE: who has it keeps it until theirs is next made current.
    """
    async with transaction(engine) as connection:
        await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        listed = await client.listed_menus()
        ids = {menu.name: await _ensure(client, connection, menu, listed) for menu in menus()}
    await client.show_everyone(ids[DEFAULT])
    client.menus = ids


async def _ensure(client: LineClient, connection: AsyncConnection, menu: Menu, listed: dict[str, str]) -> str:
    drawn = menu.object
    known = (
        await connection.execute(
            select(LineMenuRow.menu_id).where(
                LineMenuRow.name == menu.name, LineMenuRow.hash == drawn["name"]
            )
        )
    ).scalar_one_or_none()
    if known and known in listed.values():
        return known
    # A start that was cut short may have left a menu that has no picture yet.
    menu_id = listed.get(drawn["name"]) or await client.create_menu(drawn)
    await client.upload_menu(menu_id, menu.picture)
    row = {"name": menu.name, "hash": drawn["name"], "menu_id": menu_id}
    await connection.execute(
        insert(LineMenuRow).values(row).on_conflict_do_update(index_elements=["name"], set_=row)
    )
    return menu_id
