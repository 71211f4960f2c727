"""One look for all pages: plain, large, safe against what others might put into them."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse

from locales import Text
from locales.language import speaker
from services.label import Label

HERE = Path(__file__).parent
STYLE = (HERE / "page.css").read_text(encoding="utf-8")


class Html(str):
    """Text that is HTML already; everything else is escaped when it is put into a page."""


def _allowed(code: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""The headers of everything that is meant for one person's eyes."""


def tag(name: str, /, *content: object, **attributes: object) -> Html:
    """An element; `class_` and the like stand for reserved words, None leaves an attribute out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{given}>{join(content)}</{name}>")


def void(name: str, /, **attributes: object) -> Html:
    """An element that holds nothing; True stands for an attribute without a value."""
    given = "".join(
        f" {key}" if value is True else f' {key}="{escape(str(value))}"' for key, value in attributes.items()
    )
    return Html(f"<{name}{given}>")


def join(content: Iterable[object]) -> Html:
    """Parts one after the other, escaped where they are not HTML."""
    return Html("".join(part if isinstance(part, Html) else escape(str(part)) for part in content))


def sentences(name: str, items: Iterable[str]) -> Html:
    """Each sentence as an element of its own."""
    return join(tag(name, item) for item in items)


def facts(pairs: Mapping[str, Any]) -> Html:
    """Labels and their values."""
    return tag("dl", *(join([tag("dt", label), tag("dd", value)]) for label, value in pairs.items()))


@dataclass(frozen=True)
class Reader:
    """Who looks at a page: the language they read, and whose page it is."""

    language: str
    owner: Label

    def say(self, words: Any) -> str:
        """Words of ours, or of a person, in the reader's language."""
        return speaker(self.language)(words)


def page(
    reader: Reader, title: Text, *content: Html, status: int = 200, script: str | None = None
) -> HTMLResponse:
    """A whole page: nothing from elsewhere, no script but the one given, never cached, framed or passed on."""
    head = join(
        [
            void("meta", charset="utf-8"),
            void("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", reader.say(title)),
            tag("style", Html(STYLE)),
        ]
    )
    body = [tag("header", reader.say(reader.owner)), tag("main", tag("h1", reader.say(title)), *content)]
    policy = (
        f"default-src 'none'; style-src {_allowed(STYLE)}; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    if script is not None:
        body.append(tag("script", Html(script)))
        policy += f"; script-src {_allowed(script)}"
    spoken = tag("html", tag("head", head), tag("body", *body), lang=reader.language.partition("_")[0])
    return HTMLResponse(
        "<!doctype html>" + spoken, status, headers=PRIVATE | {"Content-Security-Policy": policy}
    )
