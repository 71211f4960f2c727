"""What the fake Slack does for each method of the Web API that talks of messages, channels and people."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from bots.playground.slack_payloads import stored_blocks
from bots.playground.slack_rules import message_problems
from bots.playground.slack_state import Json, SlackError, Workspace

Method = Callable[[Workspace, Json], Json]


def checked(work: Workspace, args: Json) -> Json:
    """The arguments of a message, as Slack takes them; raises SlackError with its reasons otherwise."""
    blocks, text = args.get("blocks"), args.get("text")
    if not text and not blocks and not args.get("markdown_text"):
        raise SlackError("no_text")
    problems = message_problems(args, allow_broadcast=work.allow_broadcast)
    if any("/text]" in p and "40001" in p for p in problems):
        raise SlackError("msg_too_long")
    if problems:
        raise SlackError("invalid_blocks", problems)
    return args


def test_auth(work: Workspace, args: Json) -> Json:
    return {
        "url": "https://play.slack.invalid/",
        "team": "Playground",
        "user": work.user(work.bot_user_id)["name"],
        "team_id": work.team_id,
        "user_id": work.bot_user_id,
        "bot_id": work.bot_id,
        "is_enterprise_install": False,
    }


def post_message(work: Workspace, args: Json) -> Json:
    checked(work, args)
    channel = work.target(args["channel"])
    _check_thread(work, channel, args.get("thread_ts"))
    doc = work.post(channel, work.bot_user_id, _shown(args), **_carried(args))
    return {"channel": channel["id"], "ts": doc["ts"], "message": doc}


def update_message(work: Workspace, args: Json) -> Json:
    checked(work, args)
    channel = work.channel(args["channel"])
    doc = dict(work.message(channel["id"], args["ts"]))
    if doc["user"] != work.bot_user_id:
        raise SlackError("cant_update_message")
    doc["text"] = _shown(args)
    doc["blocks"] = stored_blocks(args.get("blocks") or [])
    if "metadata" in args:
        doc["metadata"] = args["metadata"]
    # Slack marks only texts as edited, not blocks.
    if not args.get("blocks"):
        doc["edited"] = {"user": work.bot_user_id, "ts": work.ts()}
    work.keep_message(channel, doc)
    return {"channel": channel["id"], "ts": doc["ts"], "text": doc["text"], "message": doc}


def post_ephemeral(work: Workspace, args: Json) -> Json:
    checked(work, args)
    channel = work.target(args["channel"])
    work.user(args["user"])
    if args["user"] not in channel["members"]:
        raise SlackError("user_not_in_channel")
    doc = work.whisper(args["user"], channel["id"], _shown(args), args.get("blocks"))
    return {"message_ts": doc["ts"]}


def delete_message(work: Workspace, args: Json) -> Json:
    channel = work.channel(args["channel"])
    if work.message(channel["id"], args["ts"])["user"] != work.bot_user_id:
        raise SlackError("cant_delete_message")
    work.drop_message(channel, args["ts"])
    return {"channel": channel["id"], "ts": args["ts"]}


def respond(work: Workspace, id: str, args: Json) -> Json:
    """What a POST to a response_url does; ephemeral unless it says otherwise (PLATFORMS 2.4)."""
    right = work.response_url(id)
    original = args.get("replace_original") or args.get("delete_original")
    if not args.get("delete_original"):
        checked(work, args)
    right.uses += 1
    channel = work.channel(right.channel)
    if original and right.ts:
        _change_original(work, right.user, channel, right.ts, right.ephemeral, args)
    elif args.get("response_type") == "in_channel":
        work.post(channel, work.bot_user_id, _shown(args), **_carried(args))
    else:
        work.whisper(right.user, channel["id"], _shown(args), args.get("blocks"))
    return {}


def _change_original(work: Workspace, user: str, channel: Json, ts: str, ephemeral: bool, args: Json) -> None:
    changed = {"text": _shown(args), "blocks": stored_blocks(args.get("blocks") or [])}
    if ephemeral:
        shown = work.ephemerals.get(user, [])
        kept = [doc | changed if doc["ts"] == ts else doc for doc in shown]
        work.ephemerals[user] = [d for d in kept if d["ts"] != ts or not args.get("delete_original")]
        work.changed(user)
    elif args.get("delete_original"):
        work.drop_message(channel, ts)
    else:
        work.keep_message(channel, work.message(channel["id"], ts) | changed)


def _shown(args: Json) -> str:
    return str(args.get("text") or args.get("markdown_text") or "")


def _carried(args: Json) -> Json:
    return {name: args.get(name) or None for name in ("blocks", "thread_ts", "metadata")}


def _check_thread(work: Workspace, channel: Json, thread_ts: str | None) -> None:
    if thread_ts is None:
        return
    parents = {doc["ts"]: doc for doc in work.messages(channel["id"])}
    if thread_ts not in parents:
        raise SlackError("thread_not_found")
    if parents[thread_ts].get("thread_ts", thread_ts) != thread_ts:
        raise SlackError("cannot_reply_to_message")


def list_members(work: Workspace, args: Json) -> Json:
    members = work.channel(args["channel"])["members"]
    page, more = _page(members, args, 100)
    return {"members": page, "response_metadata": {"next_cursor": more}}


def show_channel(work: Workspace, args: Json) -> Json:
    channel = work.channel(args["channel"])
    shown = described(work, channel)
    if args.get("include_num_members"):
        shown["num_members"] = len(channel["members"])
    return {"channel": shown}


def open_direct(work: Workspace, args: Json) -> Json:
    """Only one person at a time: the app has no group messages."""
    if "channel" in args:
        channel = work.channel(args["channel"])
    else:
        wanted = args.get("users") or []
        users = wanted.split(",") if isinstance(wanted, str) else wanted
        if len(users) != 1:
            raise SlackError("too_many_users" if users else "users_list_not_supplied")
        known = any(c["user"] == users[0] for c in work.channels())
        channel = work.direct(users[0])
        if not known:
            return {"no_op": False, "already_open": False, "channel": _opened(work, channel, args)}
    return {"no_op": True, "already_open": True, "channel": _opened(work, channel, args)}


def _opened(work: Workspace, channel: Json, args: Json) -> Json:
    return described(work, channel) if args.get("return_im") else {"id": channel["id"]}


def described(work: Workspace, channel: Json) -> Json:
    """A channel as Slack describes it."""
    direct = channel["user"] is not None
    return {
        "id": channel["id"],
        "name": channel["name"],
        "created": channel["created"],
        "is_channel": not direct and not channel["private"],
        "is_group": not direct and channel["private"],
        "is_im": direct,
        "is_mpim": False,
        "is_private": channel["private"],
        "is_archived": False,
        "is_ext_shared": False,
        "is_member": work.bot_user_id in channel["members"],
        "context_team_id": work.team_id,
    } | ({"user": channel["user"]} if direct else {})


def read_history(work: Workspace, args: Json) -> Json:
    """Newest first, without the replies in threads."""
    channel = _readable(work, args)
    found = [d for d in work.messages(channel["id"]) if d.get("thread_ts", d["ts"]) == d["ts"]]
    return _messages(work, channel, list(reversed(_within(found, args))), args)


def read_replies(work: Workspace, args: Json) -> Json:
    """The parent, then its replies, oldest first."""
    channel = _readable(work, args)
    docs = work.messages(channel["id"])
    parent = [d for d in docs if d["ts"] == args["ts"]]
    if not parent:
        raise SlackError("thread_not_found")
    replies = [d for d in docs if d.get("thread_ts") == args["ts"] and d["ts"] != args["ts"]]
    return _messages(work, channel, parent + _within(replies, args), args)


def _readable(work: Workspace, args: Json) -> Json:
    channel = work.channel(args["channel"])
    if work.bot_user_id not in channel["members"]:
        raise SlackError("not_in_channel")
    return channel


def _within(docs: Sequence[Json], args: Json) -> list[Json]:
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or 1e12)
    edge = bool(args.get("inclusive"))
    return [
        d for d in docs if oldest < float(d["ts"]) < latest or (edge and float(d["ts"]) in (oldest, latest))
    ]


def _messages(work: Workspace, channel: Json, docs: Sequence[Json], args: Json) -> Json:
    page, more = _page(docs, args, 100)
    threads = [d.get("thread_ts") for d in work.messages(channel["id"]) if d.get("thread_ts") != d["ts"]]
    shown = []
    for doc in page:
        kept = {k: v for k, v in doc.items() if k != "metadata" or args.get("include_all_metadata")}
        if count := threads.count(doc["ts"]):
            kept |= {"thread_ts": doc["ts"], "reply_count": count}
        shown.append(kept)
    answer: Json = {"messages": shown, "has_more": bool(more)}
    return answer | ({"response_metadata": {"next_cursor": more}} if more else {})


def _page(items: Sequence[Any], args: Json, usual: int) -> tuple[list[Any], str]:
    """One page of a list and the cursor of the next, empty at the end."""
    try:
        limit = int(args.get("limit") or usual)
        start = int(base64.b64decode(args.get("cursor") or "MA==", validate=True))
    except binascii.Error:
        raise SlackError("invalid_cursor") from None
    except ValueError:
        raise SlackError("invalid_limit") from None
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    end = start + limit
    more = base64.b64encode(str(end).encode()).decode() if end < len(items) else ""
    return list(items[start:end]), more


def show_user(work: Workspace, args: Json) -> Json:
    return {"user": _person(work, work.user(args["user"]), bool(args.get("include_locale")))}


def find_user(work: Workspace, args: Json) -> Json:
    for user in work.users():
        if user["email"] and user["email"].lower() == args["email"].lower():
            return {"user": _person(work, user, with_locale=False)}
    raise SlackError("users_not_found")


def _person(work: Workspace, user: Json, with_locale: bool) -> Json:
    profile = {"real_name": user["name"], "display_name": user["name"], "team": work.team_id}
    if user["email"]:
        profile["email"] = user["email"]
    shown: Json = {
        "id": user["id"],
        "team_id": work.team_id,
        "name": user["id"].lower(),
        "real_name": user["name"],
        "deleted": False,
        "tz": "Asia/Tokyo",
        "tz_offset": int(timedelta(hours=9).total_seconds()),
        "profile": profile,
        "is_bot": bool(user.get("is_bot")),
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_app_user": False,
    }
    return shown | ({"locale": user["locale"]} if with_locale else {})


# method -> (what does it, the arguments it cannot do without)
METHODS: dict[str, tuple[Method, tuple[str, ...]]] = {
    "auth.test": (test_auth, ()),
    "chat.postMessage": (post_message, ("channel",)),
    "chat.update": (update_message, ("channel", "ts")),
    "chat.postEphemeral": (post_ephemeral, ("channel", "user")),
    "chat.delete": (delete_message, ("channel", "ts")),
    "conversations.members": (list_members, ("channel",)),
    "conversations.info": (show_channel, ("channel",)),
    "conversations.open": (open_direct, ()),
    "conversations.history": (read_history, ("channel",)),
    "conversations.replies": (read_replies, ("channel", "ts")),
    "users.info": (show_user, ("user",)),
    "users.lookupByEmail": (find_user, ("email",)),
}
# Reading methods take no JSON: a body of that kind is not seen, and the arguments are missing.
FORM_ONLY = {
    "conversations.members",
    "conversations.info",
    "conversations.history",
    "conversations.replies",
    "users.info",
    "users.lookupByEmail",
    "files.getUploadURLExternal",
    "files.info",
}
