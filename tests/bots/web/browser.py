"""A browser as small as the tests need it: it asks an app for a page and sends a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message

BOUNDARY = "a-boundary-of-the-test"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def words(self) -> str:
        """The page as a person reads it."""
        reader = _Reader()
        reader.feed(self.body.decode())
        return " ".join(" ".join(reader.read).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden = tag in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.read.append(data)


async def get(app: ASGIApp, path: str) -> Reply:
    """Open a page."""
    return await _ask(app, "GET", path, {}, b"")


async def send(app: ASGIApp, path: str, *files: tuple[str, bytes]) -> Reply:
    """Send the form of a page with these files."""
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode()
        + b"Content-Type: image/jpeg\r\n\r\n"
        + data
        + b"\r\n"
        for name, data in files
    )
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return await post(app, path, headers, body + f"--{BOUNDARY}--\r\n".encode())


async def post(app: ASGIApp, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """Send whatever body."""
    return await _ask(app, "POST", path, headers, body)


async def _ask(app: ASGIApp, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
    parts = urlsplit(path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 8000),
    }
    waiting = [body[at : at + 65536] for at in range(0, len(body), 65536)] or [b""]
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def tell(message: Message) -> None:
        told.append(message)

    await app(scope, receive, tell)
    start, *rest = told
    given = {key.decode().lower(): value.decode() for key, value in start["headers"]}
    return Reply(start["status"], given, b"".join(message.get("body", b"") for message in rest))
