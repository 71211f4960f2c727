"""Rich menus of the fake LINE: made, given a picture, linked to people, switched by alias (PLATFORMS 1.16)."""

import base64
import io
import secrets
from collections.abc import Mapping
from typing import Any

from PIL import Image, UnidentifiedImageError
from starlette.responses import Response
from starlette.routing import Route

from bots.playground.line_account import Account
from bots.playground.line_http import Call, Door, No, answer

Obj = dict[str, Any]

MAX_IMAGE = 1_000_000
MAX_MENUS = 1000
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
NO_IMAGE = "must upload richmenu image before applying it to user"


class RichMenus:
    """The account's rich menus and who sees which: a person's own, else the default."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.store = account.store

    def routes(self, door: Door) -> list[Route]:
        menu, alias, user = "/v2/bot/richmenu", "/v2/bot/richmenu/alias", "/v2/bot/user"
        return [
            door.route("POST", menu, self._create),
            door.route("POST", f"{menu}/validate", self._validate),
            door.route("GET", f"{menu}/list", self._list),
            door.route("POST", f"{menu}/bulk/link", self._bulk_link),
            door.route("POST", f"{menu}/bulk/unlink", self._bulk_unlink),
            door.route("POST", alias, self._create_alias),
            door.route("GET", f"{alias}/list", self._list_aliases),
            door.route("GET", f"{alias}/{{alias}}", self._get_alias),
            door.route("POST", f"{alias}/{{alias}}", self._update_alias),
            door.route("DELETE", f"{alias}/{{alias}}", self._delete_alias),
            door.route("POST", f"{menu}/{{menu}}/content", self._upload, max_body=MAX_IMAGE),
            door.route("GET", f"{menu}/{{menu}}/content", self._download),
            door.route("GET", f"{menu}/{{menu}}", self._get),
            door.route("DELETE", f"{menu}/{{menu}}", self._delete),
            door.route("GET", f"{user}/all/richmenu", self._get_default),
            door.route("DELETE", f"{user}/all/richmenu", self._clear_default),
            door.route("POST", f"{user}/all/richmenu/{{menu}}", self._set_default),
            door.route("GET", f"{user}/{{user}}/richmenu", self._get_linked),
            door.route("DELETE", f"{user}/{{user}}/richmenu", self._unlink),
            door.route("POST", f"{user}/{{user}}/richmenu/{{menu}}", self._link),
        ]

    # What the phone shows

    def seen_by(self, user: Obj) -> tuple[str, Obj] | None:
        """(menu id, menu object) at the bottom of this person's chat."""
        for id in (user["rich_menu"], self._default()):
            doc = self.store.get("line.menu", id) if id else None
            if id and doc:
                return id, doc["menu"]
        return None

    def picture(self, id: str) -> tuple[bytes, str] | None:
        """(bytes, media type) of a menu's picture."""
        doc = self.store.get("line.menu", id)
        return (base64.b64decode(doc["image"]), doc["mime"]) if doc and doc["image"] else None

    def switch(self, user: str, alias: str) -> Mapping[str, str]:
        """Does what a tap on a switch does; returns the `params` of its postback (PLATFORMS 1.4)."""
        named = self.store.get("line.alias", alias)
        if not named:
            return {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}
        if not self.store.get("line.menu", named["richMenuId"]):
            return {"newRichMenuAliasId": alias, "status": "RICHMENU_NOTFOUND"}
        self.account.update(user, rich_menu=named["richMenuId"])
        return {"newRichMenuAliasId": alias, "status": "SUCCESS"}

    def _default(self) -> str | None:
        doc = self.store.get("line.default", "rich_menu")
        return doc["id"] if doc else None

    def _doc(self, id: str) -> Obj:
        doc = self.store.get("line.menu", id)
        if not doc:
            raise No(404, "richmenu not found")
        return doc

    def _with_image(self, id: str) -> str:
        if not self._doc(id)["image"]:
            raise No(400, NO_IMAGE)
        return id

    def _everyone_looks(self) -> None:
        for user in self.store.all("line.user"):
            self.account.changed(user)

    # Menus

    def _create(self, call: Call) -> Response:
        menu = call.json("rich_menu")
        if len(self.store.all("line.menu")) >= MAX_MENUS:
            raise No(400, "The maximum number of rich menus has been reached")
        id = f"richmenu-{secrets.token_hex(16)}"
        self.store.put("line.menu", id, {"menu": menu, "image": "", "mime": ""})
        return answer({"richMenuId": id})

    def _validate(self, call: Call) -> Response:
        call.json("rich_menu")
        return answer({})

    def _list(self, call: Call) -> Response:
        menus = [{"richMenuId": id} | doc["menu"] for id, doc in self.store.all("line.menu").items()]
        return answer({"richmenus": menus})

    def _get(self, call: Call) -> Response:
        id = call.params["menu"]
        return answer({"richMenuId": id} | self._doc(id)["menu"])

    def _delete(self, call: Call) -> Response:
        self._doc(call.params["menu"])
        self.store.drop("line.menu", call.params["menu"])
        self._everyone_looks()
        return answer({})

    def _upload(self, call: Call) -> Response:
        id = call.params["menu"]
        doc = self._doc(id)
        if doc["image"]:
            raise No(400, "An image has already been uploaded to the richmenu")
        mime = call.headers.get("content-type", "")
        if mime not in FORMATS:
            raise No(415, "Unsupported Media Type")
        _check_picture(call.raw, FORMATS[mime], doc["menu"]["size"])
        self.store.put("line.menu", id, doc | {"image": base64.b64encode(call.raw).decode(), "mime": mime})
        return answer({})

    def _download(self, call: Call) -> Response:
        self._doc(call.params["menu"])
        picture = self.picture(call.params["menu"])
        if not picture:
            raise No(404, "Not found")
        return Response(picture[0], media_type=picture[1])

    # Who sees which

    def _get_default(self, call: Call) -> Response:
        id = self._default()
        if not id:
            raise No(404, "no default richmenu")
        return answer({"richMenuId": id})

    def _set_default(self, call: Call) -> Response:
        self.store.put("line.default", "rich_menu", {"id": self._with_image(call.params["menu"])})
        self._everyone_looks()
        return answer({})

    def _clear_default(self, call: Call) -> Response:
        self.store.drop("line.default", "rich_menu")
        self._everyone_looks()
        return answer({})

    def _get_linked(self, call: Call) -> Response:
        user = self.account.user(call.params["user"])
        if not user or not user["rich_menu"]:
            raise No(404, "the user has no richmenu")
        return answer({"richMenuId": user["rich_menu"]})

    def _link(self, call: Call) -> Response:
        self._give(call.params["user"], self._with_image(call.params["menu"]))
        return answer({})

    def _unlink(self, call: Call) -> Response:
        self._give(call.params["user"], None)
        return answer({})

    def _bulk_link(self, call: Call) -> Response:
        body = call.json("bulk_link_request")
        menu = self._with_image(body["richMenuId"])
        for user in body["userIds"]:
            self._give(user, menu)
        return answer({}, 202)

    def _bulk_unlink(self, call: Call) -> Response:
        for user in call.json("bulk_unlink_request")["userIds"]:
            self._give(user, None)
        return answer({}, 202)

    def _give(self, user: str, menu: str | None) -> None:
        # Without effect, and without complaint, for whoever is not a friend.
        if self.account.reaches(user):
            self.account.update(user, rich_menu=menu)

    # Aliases

    def _create_alias(self, call: Call) -> Response:
        body = call.json("alias_request")
        if self.store.get("line.alias", body["richMenuAliasId"]):
            raise No(400, "conflict richmenu alias id")
        self._with_image(body["richMenuId"])
        self.store.put("line.alias", body["richMenuAliasId"], body)
        return answer({})

    def _alias(self, call: Call) -> Obj:
        doc = self.store.get("line.alias", call.params["alias"])
        if not doc:
            raise No(404, "richmenu alias not found")
        return doc

    def _list_aliases(self, call: Call) -> Response:
        return answer({"aliases": list(self.store.all("line.alias").values())})

    def _get_alias(self, call: Call) -> Response:
        return answer(self._alias(call))

    def _update_alias(self, call: Call) -> Response:
        named = self._alias(call) | {"richMenuId": call.json("alias_update_request")["richMenuId"]}
        self._with_image(named["richMenuId"])
        self.store.put("line.alias", call.params["alias"], named)
        return answer({})

    def _delete_alias(self, call: Call) -> Response:
        self._alias(call)
        self.store.drop("line.alias", call.params["alias"])
        return answer({})


def _check_picture(data: bytes, kind: str, size: Obj) -> None:
    try:
        with Image.open(io.BytesIO(data)) as image:
            found, width, height = image.format, *image.size
    except (UnidentifiedImageError, OSError):
        raise No(400, "The image could not be read") from None
    if found != kind:
        raise No(415, "Unsupported Media Type")
    if not (800 <= width <= 2500 and height >= 250 and width / height >= 1.45):
        raise No(400, f"Invalid image size: {width}x{height}")
    if (width, height) != (size["width"], size["height"]):
        raise No(400, "The size of the image is not the size of the rich menu")
