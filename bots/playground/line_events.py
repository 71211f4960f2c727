"""Webhook events in LINE's shape, and the signature over them (PLATFORMS 1.1-1.5)."""

import base64
import hashlib
import hmac
import secrets
from typing import Any

import orjson

Obj = dict[str, Any]

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WITH_REPLY_TOKEN = ("message", "follow", "postback", "join", "videoPlayComplete", "beacon", "accountLink")
QUOTABLE = ("text", "sticker", "image", "video")
# What may be quoted later among the messages a bot sends.
QUOTABLE_FROM_BOT = ("text", "textV2", "sticker", "image", "video", "template", "flex")


def sign(secret: str, body: bytes) -> str:
    """The value of `x-line-signature` for exactly these bytes."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def body(destination: str, events: list[Obj]) -> bytes:
    """One webhook's body."""
    return orjson.dumps({"destination": destination, "events": events})


def event(user: str, kind: str, milliseconds: int, **fields: Any) -> Obj:
    """One event of a person; `fields` come last and so may replace anything."""
    built: Obj = {"type": kind}
    if kind in WITH_REPLY_TOKEN:
        built["replyToken"] = secrets.token_hex(16)
    return built | {
        "source": {"type": "user", "userId": user},
        "timestamp": milliseconds,
        "mode": "active",
        "webhookEventId": ulid(milliseconds),
        "deliveryContext": {"isRedelivery": False},
        **fields,
    }


def message(user: str, kind: str, id: str, **fields: Any) -> Obj:
    """An incoming message object, with the tokens LINE gives along."""
    built: Obj = {"type": kind, "id": id}
    if kind in QUOTABLE:
        built["quoteToken"] = chat_token("quote", user, id)
    return built | {"markAsReadToken": chat_token("read", user, id)} | fields


def ulid(milliseconds: int) -> str:
    """A fresh ULID of that moment."""
    number = (milliseconds << 80) | secrets.randbits(80)
    return "".join(CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def chat_token(use: str, user: str, id: str) -> str:
    """A token that names one message of one chat: it never expires and may be used again."""
    return base64.urlsafe_b64encode(f"{use} {user} {id}".encode()).decode().rstrip("=")


def read_chat_token(use: str, token: str) -> tuple[str, str] | None:
    """(user, message id) of a token made by `chat_token` for this use; None if it is not one."""
    try:
        found = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().split(" ")
    except ValueError:
        return None
    return (found[1], found[2]) if len(found) == 3 and found[0] == use else None
