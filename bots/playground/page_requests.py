"""What every request to the playground's page goes through: where it comes from, what it says, which files it gets."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class Files(StaticFiles):
    """The page's files, asked about each time so that a new version is seen at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def from_the_page(
    answer: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Only the page itself may act: another site can neither set this header nor hide where it comes from."""

    async def guarded(request: Request) -> Response:
        if "x-playground" not in request.headers:
            raise HTTPException(403, "not_from_the_page")
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise HTTPException(403, "not_from_the_page")
        return await answer(request)

    return guarded


async def fields(request: Request, known: tuple[str, ...] | None) -> dict[str, Any]:
    """The JSON object sent, with known fields only; raises HTTPException with a code the page has words for."""
    if known is None:
        raise HTTPException(404, "unknown_act")
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise HTTPException(400, "not_json") from None
    if not isinstance(body, dict) or not set(body) <= set(known):
        raise HTTPException(400, "unknown_field")
    return body


def check(user: str, users: list[dict[str, Any]]) -> None:
    """Raises HTTPException if nobody has that id."""
    if user not in {known["id"] for known in users}:
        raise HTTPException(404, "unknown_person")
