"""The Messaging API as the bot meets it: send, ask, fetch (PLATFORMS 1.6-1.10, 1.17)."""

import base64
import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.playground import line_events
from bots.playground.line_account import Account
from bots.playground.line_http import Call, Door, No, answer
from bots.playground.line_menus import RichMenus

Obj = dict[str, Any]

RETRY_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
RECIPIENT = re.compile(r"[UCR][0-9a-f]{32}")


@dataclass(frozen=True)
class Sent:
    """One accepted call that sent messages; `to` is a person's id, for a multicast a list of them."""

    method: str
    to: str | list[str]
    messages: list[Obj]
    retry_key: str | None


class LineApi:
    """Everything below /v2/bot that this project calls."""

    def __init__(self, account: Account, menus: RichMenus, door: Door) -> None:
        self.account = account
        self.menus = menus
        self.sent: list[Sent] = []
        self.door = door

    def routes(self) -> list[Route]:
        route, message = self.door.route, "/v2/bot/message"
        return [
            route("POST", f"{message}/reply", self._reply),
            route("POST", f"{message}/push", self._push, retry_key=True),
            route("POST", f"{message}/multicast", self._multicast, retry_key=True),
            route("POST", f"{message}/validate/reply", self._validate),
            route("POST", f"{message}/validate/push", self._validate),
            route("POST", f"{message}/validate/multicast", self._validate),
            route("GET", f"{message}/quota", self._quota),
            route("GET", f"{message}/quota/consumption", self._consumption),
            route("GET", f"{message}/{{message}}/content", self._content),
            route("GET", f"{message}/{{message}}/content/transcoding", self._transcoding),
            route("POST", "/v2/bot/chat/loading/start", self._loading),
            route("POST", "/v2/bot/chat/markAsRead", self._mark_as_read),
            route("GET", "/v2/bot/profile/{user}", self._profile),
            route("GET", "/v2/bot/info", self._info),
            *self.menus.routes(self.door),
            # For the page, which has no token: the real platform shows pictures in the app itself.
            Route("/picture/{id}", self._picture, methods=["GET"]),
            *(route(method, "/{path:path}", _unknown) for method in ("GET", "POST", "PUT", "DELETE")),
        ]

    # Sending

    def _reply(self, call: Call) -> Response:
        body = call.json("reply_request")
        user = self.account.whose(body["replyToken"])
        if not user:
            raise No(400, "Invalid reply token")
        self._check_quotes(body["messages"], user)
        self.account.spend(body["replyToken"])
        return answer({"sentMessages": self._deliver("reply", user, [user], body["messages"], None)})

    def _push(self, call: Call) -> Response:
        body = call.json("push_request")
        to = self._recipient(body["to"], "to")
        if not self.account.user(to):
            raise No(400, "Failed to send messages")
        self._check_quotes(body["messages"], to)
        key, before = self._retry_key(call)
        if before:
            return before
        self._charge([to])
        sent = self._deliver("push", to, [to], body["messages"], key)
        if key:
            self.account.accept(key, call.id, sent)
        return answer({"sentMessages": sent})

    def _multicast(self, call: Call) -> Response:
        body = call.json("multicast_request")
        everyone = [self._recipient(id, f"to[{index}]") for index, id in enumerate(body["to"])]
        key, before = self._retry_key(call)
        if before:
            return before
        users = [id for id in dict.fromkeys(everyone) if self.account.user(id)]
        self._charge(users)
        self._deliver("multicast", everyone, users, body["messages"], key)
        if key:
            self.account.accept(key, call.id, [])
        return answer({})

    def _validate(self, call: Call) -> Response:
        call.json("validate_request")
        return answer({})

    def _deliver(
        self, method: str, to: str | list[str], users: list[str], messages: list[Obj], key: str | None
    ) -> list[Obj]:
        self.sent.append(Sent(method, to, messages, key))
        sent: list[Obj] = []
        for user in users:
            sent = self.account.bot_wrote(user, messages)
        return sent

    def _recipient(self, id: str, place: str) -> str:
        if not RECIPIENT.fullmatch(id):
            raise No(400, f"The property, '{place}', in the request body is invalid (line: -, column: -)")
        return id

    def _check_quotes(self, messages: list[Obj], user: str) -> None:
        for index, message in enumerate(messages):
            if "quoteToken" in message:
                found = line_events.read_chat_token("quote", message["quoteToken"])
                if not found or found[0] != user:
                    raise No(400, f"The quote token is invalid (messages[{index}].quoteToken)")

    def _retry_key(self, call: Call) -> tuple[str | None, Response | None]:
        """(key, the answer to a repeat): 409, with what was sent the first time (PLATFORMS 1.8)."""
        key = call.headers.get("x-line-retry-key")
        if key is None:
            return None, None
        if not RETRY_KEY.fullmatch(key):
            raise No(400, "The retry key is invalid")
        known = self.account.accepted(key.lower())
        if not known:
            return key.lower(), None
        body = {"message": "The retry key is already accepted"}
        more = {"sentMessages": known["sent"]} if known["sent"] else {}
        return key, answer(body | more, 409, {"X-Line-Accepted-Request-Id": known["request"]})

    def _charge(self, users: list[str]) -> None:
        if not self.account.consume(sum(map(self.account.reaches, users))):
            raise No(429, "You have reached your monthly limit.")

    # Asking

    def _quota(self, call: Call) -> Response:
        if self.account.quota is None:
            return answer({"type": "none"})
        return answer({"type": "limited", "value": self.account.quota})

    def _consumption(self, call: Call) -> Response:
        return answer({"totalUsage": self.account.consumed()})

    def _profile(self, call: Call) -> Response:
        user = self.account.user(call.params["user"])
        if not user or not self.account.reaches(user["id"]):
            raise No(404, "Not found")
        return answer({"userId": user["id"], "displayName": user["name"], "language": user["language"]})

    def _info(self, call: Call) -> Response:
        return answer(
            {
                "userId": self.account.bot_id,
                "basicId": "@ouentai",
                "displayName": "Ouentai",
                "chatMode": "chat",
                "markAsReadMode": "manual",
            }
        )

    def _loading(self, call: Call) -> Response:
        body = call.json("loading_request")
        user = self._recipient(body["chatId"], "chatId")
        if not user.startswith("U"):
            raise No(400, "The property, 'chatId', in the request body is invalid (line: -, column: -)")
        if self.account.reaches(user):
            until = self.account.now().timestamp() + body.get("loadingSeconds", 20)
            self.account.update(user, loading_until=until)
        return answer({}, 202)

    def _mark_as_read(self, call: Call) -> Response:
        if not self.account.mark_read(call.json("mark_as_read_request")["markAsReadToken"]):
            raise No(400, "Invalid mark as read token")
        return answer({})

    # Files

    def _content(self, call: Call) -> Response:
        doc = self._file(call)
        if doc["waits"] > 0:
            self.account.waited(call.params["message"], doc)
            return Response(status_code=202)
        return Response(base64.b64decode(doc["data"]), media_type=doc["mime"])

    def _transcoding(self, call: Call) -> Response:
        doc = self._file(call)
        if not doc["mime"].startswith(("audio/", "video/")):
            raise No(400, "Not a video or audio")
        if doc["waits"] <= 0:
            return answer({"status": "succeeded"})
        self.account.waited(call.params["message"], doc)
        return answer({"status": "processing"})

    def _file(self, call: Call) -> Obj:
        doc = self.account.content(call.params["message"])
        if not doc:
            raise No(404, "Not found")
        if doc["gone"]:
            raise No(410, "Gone")
        return doc

    async def _picture(self, request: Request) -> Response:
        id = request.path_params["id"]
        menu = self.menus.picture(id)
        if menu:
            return Response(menu[0], media_type=menu[1])
        doc = self.account.content(id)
        if not doc or doc["gone"]:
            return Response(status_code=404)
        return Response(base64.b64decode(doc["data"]), media_type=doc["mime"])


def _unknown(call: Call) -> Response:
    raise No(404, "Not found")
