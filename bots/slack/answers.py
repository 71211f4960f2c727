"""What is done in Slack at once after a turn: a window opened, changed or laid over, or a submission answered."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class OpenView:
    """Open a window, within three seconds of the press."""

    view: Json
    trigger: str


@dataclass(frozen=True)
class UpdateView:
    """Show something else in a window that is open."""

    view: Json
    view_id: str
    hash: str


@dataclass(frozen=True)
class PushView:
    """Lay a window over the one that is open; where three lie there already, it replaces the top one."""

    view: Json
    trigger: str
    under: UpdateView


@dataclass(frozen=True)
class Respond:
    """Answer a submission with a response_action."""

    payload: Json


Answer = OpenView | UpdateView | PushView | Respond
