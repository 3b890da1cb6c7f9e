"""Pages about bulletins: writing one, reading it, those of the days before."""

from __future__ import annotations

from datetime import date
from typing import Any

import structlog
from litestar import Request, Response, Router, get
from litestar.params import FromPath

from server import clock
from server.db.errors import Busy
from server.features.bulletins import reads
from server.features.notices import reads as notices
from server.features.people.register import NotThere
from server.routes.drawing import Asking, not_found, read
from server.routes.public import draw, reader
from server.web.asking import Asker

log = structlog.get_logger("bulletins")


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Bulletins that are out, and for their writers those that are not."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person, asking.language)
    return asking.draw("bulletins/index.html", list=found, seq=found.seq)


@get("/{bulletin_id:str}", status_code=200)
async def desk(
    request: Request[Any, Any, Any], person: Asker, bulletin_id: FromPath[str]
) -> Response[bytes]:
    """One bulletin for those who write it: text, figures, what must not stand in it."""
    asking = Asking(request, person)
    found = await read(asking, reads.desk, person, asking.language, bulletin_id)
    return asking.draw("bulletins/desk.html", desk=found, seq=found.seq)


@get("/{bulletin_id:str}/texts", status_code=200)
async def texts(
    request: Request[Any, Any, Any], person: Asker, bulletin_id: FromPath[str]
) -> Response[bytes]:
    """Text for chat groups and the loudspeaker, to copy."""
    asking = Asking(request, person)
    base = request.app.state.settings.base_url
    found, made = await read(asking, reads.texts, person, asking.language, bulletin_id, base)
    return asking.draw("bulletins/texts.html", desk=found, texts=made, seq=found.seq)


@get("/open/{community_id:int}/bulletins", status_code=200)
async def public_index(
    request: Request[Any, Any, Any], community_id: FromPath[int]
) -> Response[bytes]:
    """Bulletins that are out, for everybody."""
    person, language = await reader(request)
    try:
        found = await request.app.state.hub.database.read(
            reads.public_index, language, community_id
        )
    except NotThere:
        raise not_found() from None
    return draw(request, person, language, "bulletins/list.html", list=found)


@get("/open/{community_id:int}/bulletins/{day:str}", status_code=200)
async def public(
    request: Request[Any, Any, Any], community_id: FromPath[int], day: FromPath[str]
) -> Response[bytes]:
    """The bulletin of a day, for everybody: counts by building, nobody's name, no flat."""
    if not _is_day(day):
        raise not_found()
    person, language = await reader(request)
    database = request.app.state.hub.database
    try:
        found = await database.read(reads.public, language, community_id, day)
    except NotThere:
        raise not_found() from None
    if _is_opened(request):
        try:
            await database.write(reads.count_open, community_id, found.id, clock.now())
        except Busy:
            log.warning("open_not_counted")
    unopened = bool(
        found.notice
        and person is not None
        and person.community_id == community_id
        and await database.read(notices.not_opened_by, person, found.notice)
    )
    return draw(request, person, language, "bulletins/public.html", open=found, unopened=unopened)


def _is_opened(request: Request[Any, Any, Any]) -> bool:
    """False for what a page or a worker fetches by itself to keep a copy fresh."""
    return request.headers.get("sec-fetch-dest", "document") == "document"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


router = Router("/bulletins", route_handlers=[index, desk, texts])
