"""Papers that the programme makes: rendered from versioned templates, sealed, and linked to for five minutes."""

from __future__ import annotations

import asyncio
import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import typst
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from locales import _
from locales.language import DEFAULT, TOKYO
from services.clock import wall
from services.documents import DIGITS, LINKED_FOR
from services.filecheck import PDF
from services.label import Label
from services.paper_records import Paper
from services.refusals import Refusal
from services.secrets import vault

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Paper", "Papers"]

KIND = "paper"
TEMPLATES = Path(__file__).parent / "paper_templates"
FONTS = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
PASSED = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
NEVER_PRINTED = {"Cc", "Cs", "Co", "Cn"}
BREAKS = {"\n", "\t"}
TURNS_DIRECTION = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Papers:
    """Papers within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def make(self, kind: str, ref: int, template: str, data: Mapping[str, Any], name: str) -> Paper:
        """A PDF from `services/paper_templates/<template>.typ` and this data, sealed and kept; the same data
        gives the same bytes. `name` is the file name people see.

        `dated` (today unless given) and `programme` are added to the data. Amounts are whole numbers, dates and
        moments Python's own, shown as they read in Tokyo.
        """
        programme = self._services.programme
        given = {
            "dated": programme.today(self._services.now),
            "programme": {
                "name": programme.name,
                "short_name": programme.short_name,
                "phase": programme.phase,
            },
            **data,
        }
        content = await asyncio.to_thread(render, template, given)
        return await self._keep(kind, ref, content, PDF, name, template)

    async def keep(self, kind: str, ref: int, data: bytes, mime: str, name: str) -> Paper:
        """Seal bytes that were made elsewhere, such as a transfer file or a list."""
        return await self._keep(kind, ref, data, mime, name, "")

    async def _keep(self, kind: str, ref: int, data: bytes, mime: str, name: str, template: str) -> Paper:
        paper = Paper(
            kind=kind,
            ref=ref,
            name=name,
            template=template,
            mime=mime,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            sealed=vault().encrypt(data),
            made_at=self._services.now,
        )
        self._services.session.add(paper)
        await self._services.session.flush()
        return paper

    async def get(self, paper_id: int) -> Paper | None:
        """A paper by its id, without its bytes."""
        return await self._services.session.get(Paper, paper_id)

    async def read(self, paper_id: int) -> bytes:
        """The bytes of a paper, their SHA-256 checked."""
        found = await shown(self._services.connection, paper_id)
        if found is None:
            raise Refusal(_("This file is no longer there."))
        return found[1]

    async def link(self, paper_id: int) -> str:
        """The path under which a paper can be read for 5 minutes, and a note of who asked for it.

        Whether the person may see it is the caller's to decide before: papers know nothing of their subjects.
        """
        if await self.get(paper_id) is None:
            raise Refusal(_("This file is no longer there."))
        await self._services.audit.note("link given", KIND, paper_id)
        until = int((wall() + LINKED_FOR).timestamp())
        return f"/files/papers/{paper_id}?until={until}&sig={vault().sign(_link(paper_id, until))}"


class AlteredPaper(Exception):
    """What is kept of a paper is not what was sealed."""


async def shown(connection: AsyncConnection, paper_id: int) -> tuple[Paper, bytes] | None:
    """A paper and its bytes, for whoever has a good link; raises AlteredPaper."""
    session = AsyncSession(connection, expire_on_commit=False)
    row = (await session.execute(select(Paper, Paper.sealed).where(Paper.id == paper_id))).one_or_none()
    if row is None:
        return None
    paper, sealed = row
    data = vault().decrypt(sealed)
    if hashlib.sha256(data).hexdigest() != paper.sha256:
        raise AlteredPaper(f"paper {paper_id} is not what it was")
    return paper, data


def is_linked(paper_id: int, until: str, signature: str) -> bool:
    """Whether we gave this link, even if its time is over."""
    return bool(DIGITS.fullmatch(until)) and vault().signed(_link(paper_id, int(until)), signature)


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template and its data, which is read as data and never as markup; takes about 50 ms."""
    return typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": orjson.dumps(_printable(data), default=_plain, option=PASSED).decode()},
        format="pdf",
        timestamp=0,
    )


@cache
def _fonts() -> typst.Fonts:
    folders: list[Path] = []
    for package in FONTS:
        found = find_spec(package)
        if found is None or not found.submodule_search_locations:
            raise RuntimeError(f"The fonts of the package {package} are missing.")
        folders += map(Path, found.submodule_search_locations)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _printable(value: Any) -> Any:
    """Without signs that print nothing or would make a paper read otherwise than it is written."""
    if isinstance(value, str):
        return "".join(sign for sign in unicodedata.normalize("NFC", value) if _prints(sign))
    if isinstance(value, Mapping):
        return {key: _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value


def _prints(sign: str) -> bool:
    return sign in BREAKS or (unicodedata.category(sign) not in NEVER_PRINTED and sign not in TURNS_DIRECTION)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Label):
        return value.label(DEFAULT)
    raise TypeError(f"a paper cannot show a {type(value).__name__}")


def _link(paper_id: int, until: int) -> str:
    return f"{KIND} {paper_id} {until}"
