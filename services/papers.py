"""Papers that the programme makes: rendered from versioned templates, sealed, and linked to for five minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from services.paper_records import Paper

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Paper", "Papers"]


class Papers:
    """Papers within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def make(self, kind: str, ref: int, template: str, data: Mapping[str, Any], name: str) -> Paper:
        """A PDF from `services/paper_templates/<template>.typ` and this data, sealed and kept; the same data
        gives the same bytes. `name` is the file name people see."""
        raise NotImplementedError

    async def keep(self, kind: str, ref: int, data: bytes, mime: str, name: str) -> Paper:
        """Seal bytes that were made elsewhere, such as a transfer file or a list."""
        raise NotImplementedError

    async def read(self, paper_id: int) -> bytes:
        """The bytes of a paper, their SHA-256 checked."""
        raise NotImplementedError

    async def link(self, paper_id: int) -> str:
        """The path under which a paper can be read for 5 minutes, and a note of who asked for it.

        Whether the person may see it is the caller's to decide before: papers know nothing of their subjects.
        """
        raise NotImplementedError
