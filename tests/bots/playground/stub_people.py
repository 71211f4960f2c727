"""People who only note down what was done to them, with screens that show every element once."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.calendar import BusinessCalendar
from services.clock import TOKYO, wall
from tests.bots.playground.screens import CARD, HOME, MESSAGES, QUICK_REPLIES, RICH_MENU, Json, option

CALENDAR = BusinessCalendar(TOKYO, time(9), time(17), frozenset({"12-29", "12-30", "12-31"}), frozenset(), 2)
START = datetime(2026, 9, 8, 0, 41, tzinfo=UTC)


def drawn(id: str) -> bytes:
    """A picture that tells its parts apart."""
    wide = id == "menu"
    image = Image.new("RGB", (1200, 405) if wide else (600, 400), "#f3f7f6")
    pen = ImageDraw.Draw(image)
    for n, colour in enumerate(("#0f766e", "#b45309", "#5b3a86")):
        pen.rounded_rectangle(
            (n * 400 + 130, 90, n * 400 + 270, 230) if wide else (n * 180 + 60, 120, n * 180 + 180, 300),
            30,
            colour,
        )
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


class Notes:
    """Notes each act as (person, act, fields), in order."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str, Json]] = []
        self.fails: Exception | None = None

    def __getattr__(self, act: str) -> Callable[..., Any]:
        if act.startswith("_"):
            raise AttributeError(act)

        async def note(user: str, **fields: Any) -> None:
            if self.fails:
                raise self.fails
            self.done.append((user, act, fields))

        return note


class StubLine(Notes):
    """A phone with every kind of message on it."""

    def __init__(self) -> None:
        super().__init__()
        self.on_change: Callable[[str], None] = lambda user: None
        self.people: list[Json] = []
        self.extra: list[tuple[str, Json]] = []
        self.began = wall()
        self.routes = [Route("/picture/{id}", self._picture)]

    def create_user(self, name: str) -> str:
        id = f"U{len(self.people) + 1:032x}"
        self.people.append({"id": id, "name": name, "blocked": False, "friend": not self.people})
        return id

    def users(self) -> list[Json]:
        return self.people

    def phone(self, user: str) -> Json:
        person = next(each for each in self.people if each["id"] == user)
        shown = [*MESSAGES, *self.extra] if person["friend"] else []
        return {
            "user": person,
            "messages": [
                {
                    "id": str(n),
                    "from": who,
                    "at": self.began.isoformat(),
                    "message": message,
                    "sender": {"name": "事務局 鈴木"} if n == 9 else None,
                    "unsent": message.get("text") == "取り消した文",
                    "read": True,
                }
                for n, (who, message) in enumerate(shown)
            ],
            "quick_reply": {"items": QUICK_REPLIES} if shown else None,
            "rich_menu": {"menu": RICH_MENU, "image": "picture/menu"} if shown else None,
            "loading": bool(shown),
        }

    async def _picture(self, request: Request) -> Response:
        return Response(drawn(request.path_params["id"]), media_type="image/png")


class StubSlack(Notes):
    """A window with a card, a thread, a note, a Home and, where asked for, a modal."""

    bot = "UBOT"

    def __init__(self) -> None:
        super().__init__()
        self.on_change: Callable[[str], None] = lambda user: None
        self.people: list[Json] = []
        self.modals: list[Json] = []
        self.note: Json | None = None
        self.began = wall().timestamp()

    def create_user(self, name: str) -> str:
        id = f"W{len(self.people) + 1}"
        self.people.append({"id": id, "name": name})
        return id

    def create_channel(self, name: str, *, members: list[str]) -> str:
        self.members = list(members)
        return "C1"

    async def join(self, user: str, channel: str) -> None:
        self.members.append(user)

    def users(self) -> list[Json]:
        return self.people

    def fill(self, user: str, **fields: Any) -> None:
        self.done.append((user, "fill", fields))

    async def suggest(self, user: str, **fields: Any) -> Json:
        return {"options": [option("みなと銀行", "0562"), option("三井住友銀行", "0009")]}

    def window(self, user: str) -> Json:
        clerk = user in self.members
        at = self.began
        card = {"ts": f"{at:.6f}", "user": self.bot, "text": "登録の確認", "blocks": CARD, "edited": False}
        replies = [
            {
                "ts": f"{at + 60:.6f}",
                "user": user,
                "text": "書類を確認します :eyes:",
                "blocks": [],
                "edited": False,
            },
            {
                "ts": f"{at + 90:.6f}",
                "user": self.bot,
                "text": "担当を *記録* しました。",
                "blocks": [],
                "edited": False,
            },
        ]
        talk = {
            "ts": f"{at + 120:.6f}",
            "user": user,
            "text": "`/ouentai` で検索もできます &lt;便利&gt;",
            "blocks": [],
            "edited": True,
        }
        channel = {
            "id": "C1",
            "name": "事務局",
            "kind": "channel",
            "messages": [card | {"replies": replies}, talk | {"replies": []}],
        }
        direct = {"id": "D1", "name": "ouentai", "kind": "im", "messages": [card | {"replies": []}]}
        return {
            "me": next(each for each in self.people if each["id"] == user),
            "users": [
                *self.people,
                {"id": self.bot, "name": "ouentai", "is_bot": True},
                {"id": "UCLERK", "name": "鈴木 美咲"},
            ],
            "channels": [channel, direct] if clerk else [direct],
            "home": HOME,
            "modals": self.modals if not clerk else [],
            "note": self.note,
        }


class StubClock:
    """Programme time that moves only when it is turned."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    async def turn(self, to: datetime) -> None:
        self.at = to
