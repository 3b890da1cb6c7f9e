"""What people and programs are told when something is wrong: never a traceback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException
from litestar.response import Redirect

from server.db.errors import DatabaseError
from server.i18n import mark, translate
from server.web.asking import SignedOut, after_sign_in, language_of
from server.web.page import SECURITY, html, page_of

log = structlog.get_logger("web")


class Problem(HTTPException):
    """A problem (RFC 9457): a slug for programs, words for people."""

    def __init__(self, status: int, slug: str, text: str, retry_after: int | None = None) -> None:
        super().__init__(detail=text, status_code=status)
        self.slug = slug
        self.text = text
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Said:
    """An error as its page says it, translated: what it is, what happened, what to do."""

    status: int
    title: str
    what: str
    todo: str


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """One handler for everything that is raised."""
    if isinstance(error, SignedOut):
        if _wants_page(request):
            wanted = [after_sign_in(request.url.path)] if request.method == "GET" else []
            return Redirect("/in", status_code=303, cookies=wanted)
        error = Problem(401, "session-revoked" if error.revoked else "signed-out", SIGNED_OUT)
    if isinstance(error, DatabaseError):
        log.warning("database_busy", error=str(error))
        error = Problem(503, "busy", BUSY, retry_after=5)
    if not isinstance(error, Problem):
        error = _as_problem(error)
    language = language_of(request, request.state.get("person"))
    text = translate(language, error.text)
    if _wants_page(request):
        body = request.app.state.pages.draw(
            "error.html",
            page_of(request, None, language, 0),
            error=Said(
                error.status_code,
                translate(language, _TITLES.get(error.status_code, _TITLES[500])),
                text,
                translate(language, _TODO.get(error.status_code, _TODO[500])),
            ),
        )
        return html(request, body, status=error.status_code, store=False)
    return problem(error, text)


def problem(error: Problem, text: str) -> Response[bytes]:
    """A problem as JSON."""
    headers = {**SECURITY, "X-Stairwell": "1", "Cache-Control": "no-store"}
    if error.retry_after:
        headers["Retry-After"] = str(error.retry_after)
    body = {"type": error.slug, "title": text, "status": error.status_code, "detail": text}
    return Response(
        msgspec.json.encode(body),
        status_code=error.status_code,
        headers=headers,
        media_type="application/problem+json",
    )


def _as_problem(error: Exception) -> Problem:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if isinstance(error, InternalServerException) and error.detail == GONE:
        status = 400  # nobody is there to read this, and nothing is wrong with the server
    if status >= 500:
        log.error("unexpected", exc_info=error)
    return Problem(status, _SLUGS.get(status, "error"), _TODO.get(status, _TODO[500]))


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    return "text/html" in request.headers.get("accept", "")


SIGNED_OUT = mark("Sign in again. What waits on this phone stays here and is sent then.")
BUSY = mark("The server is busy. Nothing is lost; it will be tried again.")
GONE = "client disconnected prematurely"
"""What Litestar says of a request that broke off before all of it had arrived."""

_SLUGS = {
    400: "malformed",
    403: "not-allowed",
    404: "not-found",
    405: "wrong-method",
    413: "too-large",
}
_TITLES = {
    400: mark("That was not understood"),
    401: mark("You are signed out"),
    403: mark("This is not yours to see"),
    404: mark("There is nothing here"),
    405: mark("There is nothing here"),
    413: mark("That was too much at once"),
    429: mark("Too many tries"),
    503: mark("The server is busy"),
    500: mark("Something went wrong on the server"),
}
_TODO = {
    400: mark("Go back and try again; if it happens again, tell whoever runs the server."),
    401: mark("Open your link or scan your card again."),
    403: mark("If it should be, ask a steward to give you the role."),
    404: mark("Check the address, or start from the first page."),
    405: mark("Check the address, or start from the first page."),
    413: mark("Send it in smaller parts."),
    429: mark("Wait a minute, then try again."),
    503: mark("Nothing is lost. Try again in a moment."),
    500: mark("It was written down. Nothing you marked is lost; try again in a moment."),
}
