"""What one person sees in Slack: channels, messages, the app's Home and the open modals."""

from bots.playground.slack_state import Json, Workspace
from bots.playground.slack_views import shown


def window(work: Workspace, user: str) -> Json:
    """The whole of a person's window, for the page; the direct messages with the app are always there."""
    me = work.user(user)
    work.direct(user)
    people = [*work.users(), work.user(work.bot_user_id)]
    home = work.home(user)
    docs = [work.view(id) for id in work.stack(user)]
    whispered = work.ephemerals.get(user)
    return {
        "me": {"id": user, "name": me["name"]},
        "users": [{"id": p["id"], "name": p["name"], "is_bot": bool(p.get("is_bot"))} for p in people],
        "channels": [_channel(work, c) for c in work.channels() if user in c["members"]],
        "home": shown(home) if home else None,
        "modals": [_modal(doc) for doc in docs if doc],
        "note": whispered[-1] if whispered else None,
    }


def _channel(work: Workspace, channel: Json) -> Json:
    docs = work.messages(channel["id"])
    replies: dict[str, list[Json]] = {}
    for doc in docs:
        if _is_reply(doc):
            replies.setdefault(doc["thread_ts"], []).append(_message(doc, []))
    direct = channel["user"] is not None
    return {
        "id": channel["id"],
        "name": work.user(work.bot_user_id)["name"] if direct else channel["name"],
        "kind": "im" if direct else "channel",
        "messages": [_message(doc, replies.get(doc["ts"], [])) for doc in docs if not _is_reply(doc)],
    }


def _is_reply(doc: Json) -> bool:
    return bool(doc.get("thread_ts", doc["ts"]) != doc["ts"])


def _message(doc: Json, replies: list[Json]) -> Json:
    return {
        "ts": doc["ts"],
        "user": doc["user"],
        "text": doc["text"],
        "blocks": doc.get("blocks", []),
        "files": doc.get("files", []),
        "replies": replies,
        "edited": "edited" in doc,
    }


def _modal(doc: Json) -> Json:
    """A modal with what is typed (`values`, as in a state), what is wrong (`errors`), and whether the app failed."""
    view: Json = doc["view"]
    return view | {name: doc[name] for name in ("values", "errors", "trouble")}
