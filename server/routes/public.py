"""What pages have in common that everybody may read, signed in or not."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response

from server.features.people.actors import Person
from server.i18n import LANGUAGES
from server.web.asking import language_of, session_of
from server.web.page import html, page_of


async def reader(request: Request[Any, Any, Any]) -> tuple[Person | None, str]:
    """Who reads, if they are signed in, and in which language: that of the link goes first."""
    session = await session_of(request)
    person = session.person if session else None
    wanted = request.query_params.get("lang", "")
    return person, wanted if wanted in LANGUAGES else language_of(request, person)


def draw(
    request: Request[Any, Any, Any],
    person: Person | None,
    language: str,
    template: str,
    *,
    store: bool = True,
    **context: Any,
) -> Response[bytes]:
    """The page, as it is for whoever reads."""
    page = page_of(request, person, language, 0)
    drawn = request.app.state.pages.draw(template, page, **context)
    return html(request, drawn, person=person, store=store)
