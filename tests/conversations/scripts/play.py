"""Plays a conversation that is written down, line by line, and looks at what was said.

# happy: a short title, "pattern: what happens"
はじまり: 登録の途中          (where it begins; see starts.py)
人: こんにちは               (somebody types on LINE)
人 taps: はい               (presses the newest button with these words)
+3日                       (time goes by: 日, 時間, 分)
→ 1/12                     (this was said since the last line that did something)
→ not エラー                (and this was not)
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.conversations.scripts.starts import NAME, STARTS, Cast, does
from tests.pictures import jpeg
from tests.town import Desk, words

HERE = Path(__file__).parent
BEGINS = "はじまり"
UNITS = {"日": timedelta(days=1), "時間": timedelta(hours=1), "分": timedelta(minutes=1)}
LOOK = re.compile(r"(?:(人|専門家|事務局) )?→ ?(not |button |no button |last |nothing)?(.*)")
TIME = re.compile(r"\+(\d+)(日|時間|分)")
DEED = re.compile(r"(人|専門家|事務局)(?: ([a-z ]+))?(?:: ?(.*))?")
PATTERNS = (
    "happy",
    "correction",
    "digression",
    "cancel",
    "resume",
    "skip",
    "repeat",
    "not understood",
    "silence",
    "interruption",
    "old question",
    "twice",
    "ok",
    "question",
    "hand-off",
)


class Wrong(AssertionError):
    """A line of a conversation that did not go as it is written."""


@dataclass(frozen=True)
class Script:
    """A conversation: its title, where it begins, and its lines with their numbers."""

    title: str
    begins: str
    lines: list[tuple[int, str]]

    @property
    def pattern(self) -> str:
        """What kind of turn it shows."""
        return self.title.partition(":")[0]


def read(text: str) -> Script:
    """A script from its words; raises ValueError for one that can't be played."""
    title, begins, lines = "", "友だち", []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("#") or not line:
            title = title or line.removeprefix("#").strip()
        elif line.startswith(f"{BEGINS}:"):
            begins = line.removeprefix(f"{BEGINS}:").strip()
        elif any(pattern.fullmatch(line) for pattern in (LOOK, TIME, DEED)):
            lines.append((number, line))
        else:
            raise ValueError(f"line {number} says nothing that can be played: {line}")
    if begins not in STARTS:
        raise ValueError(f"there is no beginning {begins!r}")
    return Script(title, begins, lines)


class Player:
    """Plays one script in a town."""

    def __init__(self, town: Any, script: Script) -> None:
        town.clock_serial += 1
        self.town, self.script, self.serial = town, script, town.clock_serial
        self.cast = Cast(town, town.phone("山本 あき"))
        self.who, self.heard, self.told = "人", 0, 0

    async def play(self) -> None:
        """Play every line; raises Wrong with the line that went wrong."""
        await STARTS[self.script.begins](self.cast)
        self.heard = len(self.cast.phone.messages)
        for number, line in self.script.lines:
            try:
                await self._line(self._filled(line))
            except AssertionError as wrong:
                raise Wrong(f"line {number}: {line}\n{wrong}") from wrong

    def _filled(self, line: str) -> str:
        values = {"電話": f"078-331-{1000 + self.serial}", "メール": f"aki{self.serial}@yamamoto.example"}
        for name, value in values.items():
            line = line.replace(f"〈{name}〉", value)
        return line

    async def _line(self, line: str) -> None:
        if found := LOOK.fullmatch(line):
            self._look(found[1] or self.who, (found[2] or "").strip(), found[3])
            return
        self.heard, self.told = len(self.cast.phone.messages), len(self._dm())
        if found := TIME.fullmatch(line):
            await self.town.turn(self.town.ouentai.clock.now() + int(found[1]) * UNITS[found[2]])
            return
        found = DEED.fullmatch(line)
        assert found is not None
        self.who = found[1]
        deed = DEEDS.get((found[1], found[2] or "says"))
        assert deed is not None, "nobody can do that"
        await deed(self, found[3] or "")
        await self.town.idle()

    # --- what is looked at ---

    def _look(self, who: str, how: str, what: str) -> None:
        if who != "人":
            seen = self._seen(who)
            assert (what in seen) != (how == "not"), seen
            return
        phone = self.cast.phone
        said = "\n".join(words(message) for message in phone.messages[self.heard :])
        match how:
            case "nothing":
                assert said == "", said
            case "not":
                assert what not in said, said
            case "button":
                assert what in phone.buttons(), phone.buttons()
            case "no button":
                assert what not in phone.buttons(), phone.buttons()
            case "last":
                assert what in phone.last, phone.last
            case _:
                assert what in said, said or "(nothing was said)"

    def _seen(self, who: str) -> str:
        """What somebody in Slack has on the screen: the window, the newest messages, and the Home under it."""
        desk = self.desk if who == "専門家" else self.clerk
        shown = desk.window
        modal = [words(modal) for modal in shown["modals"][-1:]]
        if who == "事務局":
            return "\n".join([*modal, desk.sees("channel")])
        return "\n".join([*modal, *self._dm()[self.told :], words(shown["home"] or {})])

    def _dm(self) -> list[str]:
        """What the app has written to the expert so far."""
        if self.cast.desk is None:
            return []
        return [
            message["text"] + words(message.get("blocks") or []) + words(message["replies"])
            for channel in self.cast.desk.window["channels"]
            if channel["kind"] == "im"
            for message in channel["messages"]
            if message["user"] != self.cast.desk.user
        ]

    @property
    def desk(self) -> Desk:
        """The expert."""
        assert self.cast.desk is not None, "there is no expert"
        return self.cast.desk

    @property
    def clerk(self) -> Desk:
        """The clerk."""
        assert self.cast.clerk is not None, "there is no clerk yet"
        return self.cast.clerk

    # --- what is done ---

    async def says(self, what: str) -> None:
        await self.cast.phone.says(what.replace("↵", "\n"))

    async def taps(self, what: str) -> None:
        await self.cast.phone.taps(what)

    async def taps_twice(self, what: str) -> None:
        action = self.cast.phone.button(what)
        await self.town.line.tap(self.cast.phone.user, action)
        await self.town.line.tap(self.cast.phone.user, action)

    async def taps_old(self, what: str) -> None:
        """Tap the first button there ever was with these words."""
        for message in self.cast.phone.messages:
            for action in _actions(message):
                if action.get("label") == what:
                    await self.town.line.tap(self.cast.phone.user, action)
                    return
        raise AssertionError("there never was such a button")

    async def picks(self, what: str) -> None:
        label, _sign, day = what.partition(" = ")
        await self.cast.phone.taps(label, picked=day)

    async def sticker(self, what: str) -> None:
        await self.town.line.sticker(self.cast.phone.user, keywords=[one.strip() for one in what.split(",")])

    async def sends(self, what: str) -> None:
        line, user = self.town.line, self.cast.phone.user
        match what:
            case "photo":
                await line.photo(user, jpeg("somewhere"))
            case "audio":
                await line.audio(user, b"voice")
            case "file":
                await line.file(user, "memo.pdf", b"%PDF")
            case "location":
                await line.location(user, 34.69, 135.19)
            case _:
                raise AssertionError("nobody can send that")

    async def uploads(self, what: str) -> None:
        assert await self.cast.phone.uploads(what, jpeg(f"{what} {self.serial} {self.heard}")) == 200

    async def adds(self, what: str) -> None:
        await self.cast.phone.adds_us()

    async def blocks(self, what: str) -> None:
        await self.town.line.unfollow(self.cast.phone.user)

    async def expert_says(self, what: str) -> None:
        await self.desk.says(what)

    async def expert_home(self, what: str) -> None:
        await self.desk.opens_home()

    async def expert_commands(self, what: str) -> None:
        await self.desk.commands(what)

    async def expert_presses(self, what: str) -> None:
        await self._presses(self.desk, what, ("modal", "dm", "home"))

    async def expert_submits(self, what: str) -> None:
        pairs = [pair.partition("=") for pair in what.split(" / ") if pair]
        await self.desk.submits({key.strip(): value.strip() for key, _sign, value in pairs})

    async def expert_asks(self, what: str) -> None:
        case = self.cast.case
        assert case is not None
        await does(self.town, self.desk, lambda services: services.enquiries.ask(case.id, what))

    async def expert_arrives(self, what: str) -> None:
        await STARTS["専門家"](self.cast)
        assert NAME

    async def expert_signs(self, what: str) -> None:
        contract = self.cast.contract
        assert contract is not None
        await does(
            self.town,
            self.desk,
            lambda services: services.contracts.sign(contract.id, contract.revision, contract.digest),
        )

    async def expert_starts(self, what: str) -> None:
        contract = self.cast.contract
        assert contract is not None
        await does(self.town, self.desk, lambda services: services.sessions.start(contract.id))

    async def clerk_arrives(self, what: str) -> None:
        if self.cast.clerk is None:
            self.cast.clerk = await self.town.clerk()

    async def clerk_approves(self, what: str) -> None:
        await self.clerk_arrives("")
        await self.clerk.presses("引き受ける", where="channel")
        await self.clerk.presses("承認する")

    async def clerk_returns(self, what: str) -> None:
        """Ask one question again: "phone = please once more"."""
        await self.clerk_arrives("")
        key, _sign, sentence = what.partition(" = ")
        await self.clerk.presses("引き受ける", where="channel")
        await self.clerk.presses("差し戻す")
        await self.clerk.fills({"which": [key]})
        code = self.clerk.offered(f"code_{key}")[0]
        await self.clerk.fills({f"code_{key}": code})
        await self.clerk.submits({f"sentence_{key}": sentence})

    async def clerk_presses(self, what: str) -> None:
        await self.clerk_arrives("")
        await self._presses(self.clerk, what, ("modal", "channel"))

    async def clerk_submits(self, what: str) -> None:
        pairs = [pair.partition("=") for pair in what.split(" / ") if pair]
        await self.clerk.submits({key.strip(): value.strip() for key, _sign, value in pairs})

    async def clerk_writes(self, what: str) -> None:
        """Write under the newest card in the channel."""
        await self.clerk_arrives("")
        channel = next(one for one in self.clerk.window["channels"] if one["kind"] == "channel")
        root = channel["messages"][-1]
        await self.clerk.says(what, channel=channel["id"], thread_ts=root["ts"])

    async def _presses(self, desk: Desk, label: str, places: tuple[str, ...]) -> None:
        seen = []
        for place in places:
            if place == "modal" and not desk.window["modals"]:
                continue
            try:
                await desk.presses(label, where=place)
            except AssertionError as missing:
                seen.append(str(missing))
            else:
                return
        raise AssertionError("\n".join(seen) or "there is nothing to press")


def _actions(shown: Any) -> list[dict[str, Any]]:
    """Every button in a message, in order."""
    if isinstance(shown, dict):
        own = (
            [shown] if shown.get("type") in ("postback", "uri", "datetimepicker") and "label" in shown else []
        )
        return own + [action for value in shown.values() for action in _actions(value)]
    return [action for item in shown for action in _actions(item)] if isinstance(shown, list) else []


Deed = Callable[[Player, str], Awaitable[None]]
DEEDS: dict[tuple[str, str], Deed] = {
    ("人", "says"): Player.says,
    ("人", "taps"): Player.taps,
    ("人", "taps twice"): Player.taps_twice,
    ("人", "taps old"): Player.taps_old,
    ("人", "picks"): Player.picks,
    ("人", "sticker"): Player.sticker,
    ("人", "sends"): Player.sends,
    ("人", "uploads"): Player.uploads,
    ("人", "adds us"): Player.adds,
    ("人", "blocks us"): Player.blocks,
    ("専門家", "says"): Player.expert_says,
    ("専門家", "opens home"): Player.expert_home,
    ("専門家", "commands"): Player.expert_commands,
    ("専門家", "presses"): Player.expert_presses,
    ("専門家", "submits"): Player.expert_submits,
    ("専門家", "asks"): Player.expert_asks,
    ("専門家", "arrives"): Player.expert_arrives,
    ("専門家", "signs"): Player.expert_signs,
    ("専門家", "starts"): Player.expert_starts,
    ("事務局", "arrives"): Player.clerk_arrives,
    ("事務局", "approves"): Player.clerk_approves,
    ("事務局", "returns"): Player.clerk_returns,
    ("事務局", "presses"): Player.clerk_presses,
    ("事務局", "submits"): Player.clerk_submits,
    ("事務局", "writes"): Player.clerk_writes,
}
"""Who can do what, by the words of the scripts."""
