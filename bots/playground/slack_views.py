"""The fake Slack's views: opened, pushed, updated, published, and what the answer to a submission does to them."""

import json
import secrets
from typing import Any

from bots.playground.slack_methods import Method
from bots.playground.slack_payloads import state, stored, stored_blocks
from bots.playground.slack_rules import view_problems
from bots.playground.slack_state import Json, SlackError, Workspace, new_id

STACK = 3


def open_view(work: Workspace, args: Json) -> Json:
    _check(work, args["view"], "modal")
    trigger = work.trigger(args["trigger_id"])
    doc = _made(work, trigger.user, args["view"])
    trigger.spent = True
    work.keep_view(doc)
    work.keep_stack(trigger.user, [doc["view"]["id"]])
    return {"view": shown(doc)}


def push_view(work: Workspace, args: Json) -> Json:
    _check(work, args["view"], "modal")
    trigger = work.trigger(args["trigger_id"])
    if not work.stack(trigger.user):
        raise SlackError("not_found")
    if len(work.stack(trigger.user)) >= STACK:
        raise SlackError("push_limit_reached")
    trigger.spent = True
    return {"view": shown(_pushed(work, trigger.user, args["view"]))}


def update_view(work: Workspace, args: Json) -> Json:
    doc = work.view(args.get("view_id")) or _by_external_id(work, args.get("external_id"))
    _check(work, args["view"], doc["view"]["type"] if doc else "modal")
    if doc is None:
        raise SlackError("not_found")
    _check_hash(doc, args)
    doc = _replaced(work, doc, args["view"])
    work.keep_view(doc)
    return {"view": shown(doc)}


def publish_view(work: Workspace, args: Json) -> Json:
    _check(work, args["view"], "home")
    user = work.user(args["user_id"])["id"]
    before = work.home(user)
    _check_hash(before, args)
    doc = _replaced(work, before, args["view"]) if before else _made(work, user, args["view"])
    work.keep_view(doc)
    work.store.put("slack_home", user, {"view_id": doc["view"]["id"]})
    work.changed(user)
    return {"view": shown(doc)}


VIEW_METHODS: dict[str, tuple[Method, tuple[str, ...]]] = {
    "views.open": (open_view, ("trigger_id", "view")),
    "views.push": (push_view, ("trigger_id", "view")),
    "views.update": (update_view, ("view",)),
    "views.publish": (publish_view, ("user_id", "view")),
}


def shown(doc: Json) -> Json:
    """A view as Slack hands it to the app, with what is typed into it."""
    view: Json = doc["view"]
    return view | {"state": {"values": doc["values"]}}


def take_answer(work: Workspace, view_id: str, status: int, body: str) -> list[str]:
    """Does what the app's answer to a submission asks for; returns why Slack would not.

    A truly empty answer closes the view; anything else must be a response_action (PLATFORMS 2.4).
    """
    doc = work.view(view_id)
    if doc is None:
        return ["the view is no longer open"] if body else []
    if problems := _applied(work, doc, status, body):
        work.keep_view(doc | {"trouble": True})
        return problems
    return []


def _applied(work: Workspace, doc: Json, status: int, body: str) -> list[str]:
    if status != 200:
        return [f"the answer's status must be 200, not {status}"]
    stack = work.stack(doc["user"])
    if not body:
        work.keep_stack(doc["user"], [id for id in stack if id != doc["view"]["id"]])
        return []
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "response_action" not in answer:
        return ["the answer must be empty or carry a response_action"]
    match answer["response_action"]:
        case "clear":
            work.keep_stack(doc["user"], [])
            return []
        case "errors":
            return _marked(work, doc, answer.get("errors"))
        case "update" | "push" as wanted:
            return _followed(work, doc, wanted, answer.get("view"))
        case other:
            return [f"unknown response_action: {other}"]


def _marked(work: Workspace, doc: Json, errors: Any) -> list[str]:
    inputs = {block["block_id"] for block in doc["view"]["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        return ["errors must name at least one block"]
    problems = [f"errors may only name input blocks of this view: {id}" for id in errors.keys() - inputs]
    problems += [
        f"an error must be a sentence: {id}"
        for id, said in errors.items()
        if not said or not isinstance(said, str)
    ]
    if not problems:
        work.keep_view(doc | {"errors": errors, "trouble": False})
    return problems


def _followed(work: Workspace, doc: Json, wanted: str, view: Any) -> list[str]:
    if problems := view_problems(view, "modal", allow_broadcast=work.allow_broadcast):
        return problems
    if wanted == "push" and len(work.stack(doc["user"])) >= STACK:
        return ["push_limit_reached"]
    if wanted == "push":
        _pushed(work, doc["user"], view)
    else:
        work.keep_view(_replaced(work, doc, view))
    return []


def _check(work: Workspace, view: Any, surface: str) -> None:
    problems = view_problems(view, surface, allow_broadcast=work.allow_broadcast)
    if any(problem.startswith("view_too_large") for problem in problems):
        raise SlackError("view_too_large")
    if problems:
        raise SlackError("invalid_arguments", problems)


def _check_hash(doc: Json | None, args: Json) -> None:
    if args.get("hash") and (doc is None or doc["view"]["hash"] != args["hash"]):
        raise SlackError("hash_conflict")


def _by_external_id(work: Workspace, external_id: Any) -> Json | None:
    views = work.store.all("slack_view").values() if external_id else ()
    return next((doc for doc in views if doc["view"]["external_id"] == external_id), None)


def _pushed(work: Workspace, user: str, view: Json) -> Json:
    stack = work.stack(user)
    doc = _made(work, user, view)
    doc["view"] |= {"root_view_id": stack[0], "previous_view_id": stack[-1]}
    work.keep_view(doc)
    work.keep_stack(user, [*stack, doc["view"]["id"]])
    return doc


def _made(work: Workspace, user: str, view: Json) -> Json:
    id = new_id("V")
    place = {"id": id, "root_view_id": id, "previous_view_id": None}
    return _replaced(work, {"user": user, "view": place, "values": {}}, view)


def _replaced(work: Workspace, doc: Json, view: Json) -> Json:
    """The same view with other content; what was typed stays where block and action are the same."""
    place = {name: doc["view"][name] for name in ("id", "root_view_id", "previous_view_id")}
    taken = _by_external_id(work, view.get("external_id"))
    if taken and taken["view"]["id"] != place["id"]:
        raise SlackError("duplicate_external_id")
    blocks = stored_blocks(view["blocks"])
    now: Json = {
        "team_id": work.team_id,
        "app_id": work.app_id,
        "app_installed_team_id": work.team_id,
        "bot_id": work.bot_id,
        "title": {"type": "plain_text", "text": "View Title", "emoji": True},
        "submit": None,
        "close": None,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
    }
    now |= stored(view) | place
    now |= {"blocks": blocks, "hash": f"{int(work.now().timestamp())}.{secrets.token_hex(4)}"}
    kept = state(blocks, doc["values"])
    return {"user": doc["user"], "view": now, "values": kept, "errors": {}, "trouble": False}
