"""Where people press and type in the fake Slack, and what Slack tells the app of that place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bots.playground import slack_files
from bots.playground.slack_payloads import VALUES, chosen, entry, state
from bots.playground.slack_rules import elements, offered
from bots.playground.slack_state import Json, SlackError, Workspace
from bots.playground.slack_views import shown


@dataclass(frozen=True)
class Place:
    """A message, Home or modal as one person has it on the screen; `told` is what payloads say of it."""

    key: str
    blocks: list[Json]
    values: Json
    told: Json
    keep: Callable[[Json], None]

    def find(self, block_id: str | None, action_id: str | None) -> tuple[Json, Json]:
        """The block and element of these ids; raises LookupError where nobody could press that."""
        for block in self.blocks:
            for element in elements(block):
                same_block = block_id in (None, block["block_id"])
                if same_block and "action_id" in element and action_id in (None, element["action_id"]):
                    return block, element
        raise LookupError(f"nothing to press here: {block_id} {action_id}")


class Screens:
    """What is on everybody's screen beside what the workspace keeps: values set in messages, options loaded."""

    def __init__(self, work: Workspace, api_url: Callable[[], str]) -> None:
        self.work = work
        self._api_url = api_url
        # Slack keeps what a person set in a message for that person.
        self._set: dict[tuple[str, str], Json] = {}
        self._loaded: dict[tuple[str, str], list[Json]] = {}

    def place(self, user: str, channel: str | None, ts: str | None, view_id: str | None) -> Place:
        """A message by channel and ts, a view by id, otherwise the Home; raises LookupError if it is not there."""
        if channel is not None and ts is not None:
            return self._message(user, channel, ts)
        return self.view(user, view_id)

    def view(self, user: str, view_id: str | None) -> Place:
        doc = self.open_view(user, view_id)

        def keep(values: Json) -> None:
            # Anew, because the app may have changed the view in between.
            self.work.keep_view(self.open_view(user, doc["view"]["id"]) | {"values": values})

        told = {"container": {"type": "view", "view_id": doc["view"]["id"]}, "view": shown(doc)}
        return Place(doc["view"]["id"], doc["view"]["blocks"], doc["values"], told, keep)

    def open_view(self, user: str, view_id: str | None) -> Json:
        """A person's open modal or Home; raises LookupError for any other."""
        home = self.work.home(user)
        doc = home if view_id is None or (home and home["view"]["id"] == view_id) else self.work.view(view_id)
        if doc is None or (doc is not home and doc["view"]["id"] not in self.work.stack(user)):
            raise LookupError(f"no such view is open: {view_id}")
        return doc

    def _message(self, user: str, channel_id: str, ts: str) -> Place:
        work, channel = self.work, self.work.channel(channel_id)
        if user not in channel["members"]:
            raise LookupError("not in that channel")
        whispered = next((d for d in work.ephemerals.get(user, []) if d["ts"] == ts), None)
        try:
            doc = whispered or work.message(channel_id, ts)
        except SlackError:
            raise LookupError(f"no such message: {ts}") from None
        container: Json = {"type": "message", "message_ts": ts, "channel_id": channel_id}
        container["is_ephemeral"] = whispered is not None
        values = state(doc.get("blocks", []), self._set.get((user, ts)))
        told: Json = {"container": container, "channel": {"id": channel_id, "name": channel_name(channel)}}
        # Slack does not repeat an ephemeral message.
        if not whispered:
            told["message"] = {name: value for name, value in doc.items() if name != "metadata"}
            if "thread_ts" in doc:
                container["thread_ts"] = doc["thread_ts"]
        right = work.grant_response_url(user, channel_id, ts, whispered is not None)
        told |= {"state": {"values": values}, "response_url": f"{self._api_url()}response/{right}"}
        return Place(ts, doc.get("blocks", []), values, told, lambda new: self._set.update({(user, ts): new}))

    def put(self, place: Place, block: Json, element: Json, value: Any) -> Any:
        """Keeps what a person picked or typed, and returns it as a state holds it."""
        if element["type"] == "file_input":
            ids = value or []
            picked: Any = [
                slack_files.described(slack_files.find(self.work, id), self._api_url()) for id in ids
            ]
        else:
            picked = chosen(element, value, self._options(place, block, element))
        place.values[block["block_id"]][element["action_id"]] = entry(element, picked)
        place.keep(place.values)
        return picked

    def _options(self, place: Place, block: Json, element: Json) -> list[Json]:
        if "external" not in element["type"]:
            return offered(element)
        now = place.values[block["block_id"]][element["action_id"]][VALUES[element["type"]][0]]
        shown_now = now if isinstance(now, list) else [now] if now else []
        return [*self._loaded.get((place.key, element["action_id"]), []), *shown_now]

    def load(self, place: Place, element: Json, options: list[Json]) -> None:
        """Puts options that the app sent into an open list."""
        self._loaded[place.key, element["action_id"]] = options


def channel_name(channel: Json) -> str:
    """What payloads call a channel: private ones are not named."""
    return "privategroup" if channel["private"] and channel["user"] is None else str(channel["name"])


def picked_option(element: Json, value: Any) -> Json:
    """The option of an overflow menu that a person picked."""
    for option in offered(element):
        if value in (option, option["value"]):
            return option
    raise LookupError(f"no such option here: {value!r}")
