"""The fake Slack's files: uploaded in three steps, described, and downloaded with the token (PLATFORMS 2.8)."""

import base64
import mimetypes
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from bots.playground.slack_methods import Method
from bots.playground.slack_state import Json, SlackError, Workspace, new_id


def new_file(work: Workspace, user: str, name: str, length: int) -> Json:
    """A file that is announced, and not yet here."""
    id = new_id("F")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    doc: Json = {"id": id, "name": name, "title": name, "mimetype": kind, "size": length, "user": user}
    doc |= {"created": int(work.now().timestamp()), "data": None, "shared": False, "channels": []}
    work.store.put("slack_file", id, doc)
    return doc


def receive(work: Workspace, id: str, data: bytes) -> Json:
    """Takes the bytes of an announced file; raises SlackError where they are not what was announced."""
    doc = find(work, id)
    if len(data) != doc["size"] or doc["data"] is not None:
        raise SlackError("upload_refused", status=400)
    doc |= {"data": base64.b64encode(data).decode()}
    work.store.put("slack_file", id, doc)
    return doc


def find(work: Workspace, id: Any) -> Json:
    found = work.store.get("slack_file", id) if isinstance(id, str) else None
    if found is None:
        raise SlackError("file_not_found")
    return found


def described(doc: Json, api_url: str) -> Json:
    """A file as Slack describes it."""
    url = f"{api_url}files/{doc['id']}/{quote(doc['name'])}"
    shown = {k: v for k, v in doc.items() if k not in ("data", "shared")}
    kind = PurePath(doc["name"]).suffix.lstrip(".").lower() or "binary"
    return shown | {"filetype": kind, "url_private": url, "url_private_download": f"{url}?download=1"}


def methods(api_url: str) -> dict[str, tuple[Method, tuple[str, ...]]]:
    """The methods, which must know under which address the app reaches us."""

    def announce(work: Workspace, args: Json) -> Json:
        if not str(args["length"]).isdecimal() or int(args["length"]) == 0:
            raise SlackError("invalid_arguments", ["length must be more than 0 [json-pointer:/length]"])
        doc = new_file(work, work.bot_user_id, args["filename"], int(args["length"]))
        return {"upload_url": f"{api_url}upload/{doc['id']}", "file_id": doc["id"]}

    def complete(work: Workspace, args: Json) -> Json:
        channels = [args["channel_id"]] if args.get("channel_id") else []
        if args.get("channels"):
            channels += args["channels"].split(",") if isinstance(args["channels"], str) else args["channels"]
        targets = [work.target(id) for id in channels]
        if not isinstance(args["files"], list) or not all(isinstance(file, dict) for file in args["files"]):
            raise SlackError("invalid_arguments", ["must be an array of files [json-pointer:/files]"])
        docs = []
        for file in args["files"]:
            doc = find(work, file.get("id"))
            if doc["data"] is None or doc["shared"]:
                raise SlackError("file_not_found")
            docs.append(
                doc | {"title": file.get("title") or doc["name"], "shared": True, "channels": channels}
            )
        for doc in docs:
            work.store.put("slack_file", doc["id"], doc)
        files = [described(doc, api_url) for doc in docs]
        for channel in targets:
            fields = {"thread_ts": args.get("thread_ts"), "blocks": args.get("blocks"), "files": files}
            work.post(channel, work.bot_user_id, args.get("initial_comment") or "", **fields)
        return {"files": files}

    def describe(work: Workspace, args: Json) -> Json:
        doc = find(work, args["file"])
        if doc["data"] is None:
            raise SlackError("file_not_found")
        return {"file": described(doc, api_url)}

    return {
        "files.getUploadURLExternal": (announce, ("filename", "length")),
        "files.completeUploadExternal": (complete, ("files",)),
        "files.info": (describe, ("file",)),
    }
