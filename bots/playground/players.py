"""People who play in the playground by what they read: phones on the fake LINE, desks on the fake Slack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from bots.playground.line import FakeLine
from bots.playground.slack import FakeSlack

Json = dict[str, Any]


class Stage(Protocol):
    """Where they play."""

    @property
    def line(self) -> FakeLine:
        """The phones."""

    @property
    def slack(self) -> FakeSlack:
        """The desks."""

    async def idle(self) -> None:
        """Return when everything that was said has been answered and delivered."""

    async def upload(self, link: str, data: bytes, name: str = "photo.jpg") -> int:
        """Send a file through a one-time link; returns the HTTP status."""


SENT = "a=form.sent"
"""What a button does that is pressed on LINE by whoever comes back from the page for documents."""


class Phone:
    """A phone with LINE; every method returns when the answer is there."""

    def __init__(self, stage: Stage, user: str) -> None:
        self.stage, self.user = stage, user

    async def adds_us(self) -> Phone:
        """Add the account as a friend."""
        return await self._after(self.stage.line.follow(self.user))

    async def says(self, *lines: str) -> Phone:
        """Type these, one after the other."""
        for line in lines:
            await self._after(self.stage.line.say(self.user, line))
        return self

    async def taps(self, *labels: str, picked: str | None = None, beside: str = "") -> Phone:
        """Tap the newest button with this label, one after the other; `beside`: words on the same card."""
        for label in labels:
            await self._after(self.stage.line.tap(self.user, self.button(label, beside), picked=picked))
        return self

    async def sends_sticker(self) -> Phone:
        """Send a sticker."""
        return await self._after(self.stage.line.sticker(self.user))

    async def sends_photo(self, data: bytes) -> Phone:
        """Send a photo."""
        return await self._after(self.stage.line.photo(self.user, data))

    async def sends_file(self, data: bytes, name: str) -> Phone:
        """Send a file."""
        return await self._after(self.stage.line.file(self.user, name, data))

    async def sends_audio(self, data: bytes) -> Phone:
        """Send a voice message."""
        return await self._after(self.stage.line.audio(self.user, data))

    async def uploads(self, label: str, data: bytes, name: str = "photo.jpg") -> int:
        """Follow the link of a button, send a file there, and come back to press what stands below the link."""
        status = await self.stage.upload(self.button(label)["uri"], data, name)
        newest = self.messages[-1] if self.messages else {}
        back = next((one for one in _actions(newest) if one.get("data", "").startswith(SENT)), None)
        if back is not None:
            await self._after(self.stage.line.tap(self.user, back))
        return status

    async def _after(self, act: Any) -> Phone:
        await act
        await self.stage.idle()
        return self

    @property
    def messages(self) -> list[Json]:
        """Every message of the bot, oldest first."""
        return [
            one["message"] for one in self.stage.line.phone(self.user)["messages"] if one["from"] == "bot"
        ]

    @property
    def sender(self) -> str | None:
        """The name above the newest message of the bot; None where it is the account's own."""
        chat = self.stage.line.phone(self.user)["messages"]
        newest: Json = [one for one in chat if one["from"] == "bot"][-1]
        return (newest["sender"] or {}).get("name")

    @property
    def last(self) -> str:
        """The words of the newest message of the bot."""
        return words(self.messages[-1])

    @property
    def recent(self) -> str:
        """The words of everything the bot said since the person last did something."""
        said = []
        for one in reversed(self.stage.line.phone(self.user)["messages"]):
            if one["from"] != "bot":
                break
            said.append(words(one["message"]))
        return "\n".join(reversed(said))

    def button(self, label: str, beside: str = "") -> Json:
        """The newest action with this label, among buttons, quick replies and the rich menu."""
        shown = self.stage.line.phone(self.user)
        newest = [*reversed(self.messages)]
        places = [
            newest[0] if newest else {},
            shown.get("quick_reply") or {},
            *newest,
            shown.get("rich_menu") or {},
        ]
        for card in (card for place in places for card in _cards(place) if beside in words(card)):
            for action in _actions(card):
                if action.get("label") == label:
                    return action
        offered = sorted({action.get("label", "") for place in places for action in _actions(place)})
        raise AssertionError(f"no button {label!r}; there are {offered}; last: {self.last if newest else ''}")

    def buttons(self) -> list[str]:
        """The labels of the newest message's buttons and of the quick replies."""
        shown = self.stage.line.phone(self.user)
        return [
            a.get("label", "")
            for p in (self.messages[-1], shown.get("quick_reply") or {})
            for a in _actions(p)
        ]


class Desk:
    """Somebody in Slack; every method returns when the answer is there."""

    def __init__(self, stage: Stage, user: str) -> None:
        self.stage, self.user = stage, user

    @property
    def window(self) -> Json:
        """What is on the screen."""
        shown: Json = self.stage.slack.window(self.user)
        return shown

    @property
    def modal(self) -> Json:
        """The modal on top."""
        modals = self.window["modals"]
        assert modals, "no modal is open"
        top: Json = modals[-1]
        return top

    async def opens_home(self) -> Json:
        """Open the App Home."""
        await self._after(self.stage.slack.open_home(self.user))
        home: Json = self.window["home"]
        return home

    async def commands(self, text: str = "") -> Desk:
        """Type /ouentai."""
        return await self._after(self.stage.slack.command(self.user, text))

    async def says(self, text: str, channel: str | None = None, thread_ts: str | None = None) -> Desk:
        """Write to the app, or into a channel."""
        return await self._after(self.stage.slack.message(self.user, channel, text, thread_ts=thread_ts))

    async def replies(self, text: str, beside: str = "") -> Desk:
        """Write into the thread of the newest card in a channel; `beside`: words on that card."""
        card = self.card(beside)
        return await self.says(text, card["channel"], card["ts"])

    async def shares(self, data: bytes, name: str, text: str = "", beside: str = "") -> Desk:
        """Put a file, with words or without, into the thread of the newest card in a channel."""
        card, slack = self.card(beside), self.stage.slack
        files = [slack.upload(self.user, name, data)]
        sent = slack.message(self.user, card["channel"], text, thread_ts=card["ts"], files=files)
        return await self._after(sent)

    def card(self, beside: str = "") -> Json:
        """The newest card of the app's in a channel, with these words on it, and its `replies`."""
        found = [
            {**message, "channel": channel["id"]}
            for channel in self.window["channels"]
            if channel["kind"] == "channel"
            for message in channel["messages"]
            if message["user"] == self.stage.slack.bot_user_id and beside in words(message["blocks"])
        ]
        if not found:
            raise AssertionError(f"no card {beside!r} in the channel: {self.sees('channel')}")
        return max(found, key=lambda one: float(one["ts"]))

    def sees_thread(self, beside: str = "") -> str:
        """The words in the thread of the newest card in a channel, oldest first."""
        replies = self.card(beside)["replies"]
        return "\n".join(words(one["blocks"]) if one["blocks"] else one["text"] for one in replies)

    async def presses(self, label: str, *, where: str = "modal") -> Desk:
        """Press the newest button with this label in the modal, the home, the channel or the dm."""
        for place in self._places(where):
            for block, element in _elements(place["blocks"]):
                text = element.get("text", {}).get("text") if element.get("type") == "button" else None
                if text == label:
                    target = {key: place[key] for key in ("channel", "ts", "view_id") if key in place}
                    return await self._after(
                        self.stage.slack.press(
                            self.user,
                            block_id=block.get("block_id"),
                            action_id=element["action_id"],
                            **target,
                        )
                    )
        raise AssertionError(f"no button {label!r} in the {where}: {self.sees(where)}")

    async def fills(self, values: Mapping[str, Any]) -> Desk:
        """Enter values into the modal by question key; what draws it again does so."""
        for key, value in values.items():
            await self._after(self.stage.slack.change(self.user, self.modal["id"], self.block(key), value))
        return self

    async def submits(self, values: Mapping[str, Any] | None = None) -> Desk:
        """Fill the modal and send it."""
        await self.fills(values or {})
        return await self._after(self.stage.slack.submit(self.user, self.modal["id"]))

    async def closes(self) -> Desk:
        """Close all modals."""
        return await self._after(self.stage.slack.close(self.user, self.modal["id"], cleared=True))

    def link(self, label: str, where: str = "modal", beside: str = "") -> str:
        """Where a button leads that opens a page; `beside`: words in the same block."""
        for place in self._places(where):
            for block, element in _elements(place["blocks"]):
                if (
                    "url" in element
                    and element.get("text", {}).get("text") == label
                    and beside in words(block)
                ):
                    return str(element["url"])
        raise AssertionError(f"no link {label!r} in the {where}: {self.sees(where)}")

    def sees(self, where: str = "modal") -> str:
        """The words in the modal, the home, the channel or the dm."""
        return "\n".join(
            words({"title": place.get("title"), "blocks": place["blocks"]}) for place in self._places(where)
        )

    def errors(self) -> dict[str, str]:
        """What the modal says at its inputs, by question key."""
        return {block.partition("@")[0]: text for block, text in (self.modal.get("errors") or {}).items()}

    def offered(self, key: str) -> list[str]:
        """The values of a question's options."""
        _block, element = next(
            (block, element)
            for block, element in _elements(self.modal["blocks"])
            if block.get("block_id") == self.block(key)
        )
        return [option["value"] for option in element["options"]]

    def block(self, key: str) -> str:
        """The id of the block that asks a question of the modal."""
        for block in self.modal["blocks"]:
            if block.get("block_id", "").partition("@")[0] == key:
                return str(block["block_id"])
        raise AssertionError(f"no question {key!r} in the modal: {self.sees()}")

    def _places(self, where: str) -> list[Json]:
        if where == "modal":
            return [{**self.modal, "view_id": self.modal["id"]}]
        if where == "home":
            return [self.window["home"]]
        kind = "im" if where == "dm" else "channel"
        return [
            {**message, "channel": channel["id"], "blocks": message.get("blocks") or []}
            for channel in self.window["channels"]
            if channel["kind"] == kind
            for message in sorted(_with_replies(channel), key=lambda one: float(one["ts"]), reverse=True)
        ]

    async def _after(self, act: Any) -> Desk:
        await act
        await self.stage.idle()
        return self


def _with_replies(channel: Json) -> Iterator[Json]:
    for message in channel["messages"]:
        yield message
        yield from message["replies"]


def words(shown: Any) -> str:
    """Every text in a payload, one a line."""
    return "\n".join(_texts(shown))


def _texts(shown: Any) -> Iterator[str]:
    if isinstance(shown, dict):
        if shown.get("type") == "rich_text_section":
            yield "".join(element.get("text", "") for element in shown["elements"])
            return
        for key, value in shown.items():
            if key in ("text", "label", "title", "placeholder", "alt_text") and isinstance(value, str):
                yield value
            elif key not in ("altText", "action", "quickReply"):
                yield from _texts(value)
            elif key == "action" and isinstance(value, dict) and "label" in value:
                yield value["label"]
    elif isinstance(shown, list):
        for item in shown:
            yield from _texts(item)


def _actions(shown: Any) -> Iterator[Json]:
    if isinstance(shown, dict):
        if shown.get("type") in ("postback", "uri", "datetimepicker", "message") and "label" in shown:
            yield shown
        for value in shown.values():
            yield from _actions(value)
    elif isinstance(shown, list):
        for item in shown:
            yield from _actions(item)


def _cards(message: Json) -> list[Json]:
    """The cards that a message shows side by side, or the message itself."""
    shown = message.get("contents")
    return (
        list(shown["contents"]) if isinstance(shown, dict) and shown.get("type") == "carousel" else [message]
    )


def _elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if isinstance(element, dict):
                yield block, element
