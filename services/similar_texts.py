"""The index by which nearly the same texts find each other: cases, plans and reports (DOMAIN 10.4, C4).

It holds keyed hashes of the bands of each text, of which nothing can be read; what they lead to is decrypted and
compared letter by letter. A look-up takes a bounded number of steps, however many texts there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from services import similar_prints
from services.database import Base
from services.secrets import vault
from services.similar_prints import Likeness

if TYPE_CHECKING:
    from services.bundle import Services

EACH = 20
"""Of how many texts in the same band the latest are looked at."""
COMPARED = 40
"""How many texts one is compared with, at most: those with the most bands in common."""

Texts = Sequence[str]
Load = Callable[[Sequence[int]], Awaitable[Mapping[int, Texts]]]
"""What stands in the records with these ids."""


class SimilarText(Base):
    """A text that can be found, and the keys under which it is."""

    __tablename__ = "similar_texts"
    kind: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    keys: Mapped[Any] = mapped_column(ARRAY(BigInteger))


class SimilarBand(Base):
    """One band of one text; the kind is part of what the key is a hash of."""

    __tablename__ = "similar_bands"
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ref: Mapped[int] = mapped_column(BigInteger, primary_key=True)


@dataclass(frozen=True)
class Twin:
    """A record whose text is nearly the same as another's, and how alike they are."""

    ref: int
    likeness: Likeness


_FORGET = text("""
    DELETE FROM similar_bands AS band USING similar_texts AS known
    WHERE known.kind = :kind AND known.ref = ANY(:refs) AND band.ref = known.ref AND band.key = ANY(known.keys)
""")
_FORGET_TEXTS = text("DELETE FROM similar_texts WHERE kind = :kind AND ref = ANY(:refs)")
_KEEP = text("""
    INSERT INTO similar_texts (kind, ref, keys) VALUES (:kind, :ref, :keys)
    ON CONFLICT (kind, ref) DO UPDATE SET keys = excluded.keys
""")
_KEEP_BANDS = text("""
    INSERT INTO similar_bands (key, ref)
    SELECT key, ref FROM unnest(CAST(:keys AS bigint[]), CAST(:refs AS bigint[])) AS new (key, ref)
    ON CONFLICT DO NOTHING
""")
FIND = """
    SELECT near.ref FROM unnest(CAST(:keys AS bigint[])) AS asked (key)
    CROSS JOIN LATERAL (
        SELECT ref FROM similar_bands AS band WHERE band.key = asked.key ORDER BY ref DESC LIMIT :each) AS near
    WHERE near.ref <> :ref GROUP BY near.ref ORDER BY count(*) DESC, near.ref DESC LIMIT :most
"""


async def keep(services: Services, kind: str, texts: Mapping[int, Texts]) -> None:
    """Let these texts be found from now on, instead of what these records said before; many at once are cheaper."""
    if not texts:
        return
    keys = await asyncio.to_thread(lambda: {ref: _keys(kind, some) for ref, some in texts.items()})
    connection = services.connection
    await connection.execute(_FORGET, {"kind": kind, "refs": list(keys)})
    await connection.execute(_KEEP, [{"kind": kind, "ref": ref, "keys": own} for ref, own in keys.items()])
    flat = [(key, ref) for ref, own in keys.items() for key in own]
    await connection.execute(
        _KEEP_BANDS, {"keys": [key for key, _ref in flat], "refs": [ref for _key, ref in flat]}
    )


async def forget(services: Services, kind: str, refs: Sequence[int]) -> None:
    """Let these texts no longer be found."""
    await services.connection.execute(_FORGET, {"kind": kind, "refs": list(refs)})
    await services.connection.execute(_FORGET_TEXTS, {"kind": kind, "refs": list(refs)})


async def twins(services: Services, kind: str, ref: int, texts: Texts, load: Load) -> list[Twin]:
    """The records with nearly the same text, the most alike first; never the record itself."""
    refs = await candidates(services, kind, ref, texts)
    if not refs:
        return []
    others = await load(refs)
    found = await asyncio.to_thread(similar_prints.nearest, texts, others)
    return [Twin(other, likeness) for other, likeness in found]


async def candidates(services: Services, kind: str, ref: int, texts: Texts) -> list[int]:
    """The records worth comparing with: at most so many, those with the most bands in common first."""
    asked = await asyncio.to_thread(_all_keys, kind, texts)
    found = await services.connection.execute(
        text(FIND), {"keys": asked, "ref": ref, "each": EACH + 1, "most": COMPARED}
    )
    return list(found.scalars())


def _keys(kind: str, texts: Texts) -> list[int]:
    return [_key(vault().hash(f"similar {kind} {band}")) for band in similar_prints.bands(texts)]


def _all_keys(kind: str, texts: Texts) -> list[int]:
    """The keys of a text under each of the vault's, for older ones are still in use."""
    named = (f"similar {kind} {band}" for band in similar_prints.bands(texts))
    return [_key(digest) for name in named for digest in vault().hashes(name)]


def _key(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)
