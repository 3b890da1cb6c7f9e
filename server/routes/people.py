"""Pages about the staff: who works here, and their personal links."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from server.features.people import staff
from server.features.people.register import NotAllowed, NotThere
from server.routes.drawing import Asking, newest, not_found, not_yours, read
from server.web.asking import Asker
from server.web.guard import same_origin
from server.web.qr import svg


@get("/people", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Everybody who works here."""
    asking = Asking(request, person)
    seq = await newest(asking)
    found = await read(asking, staff.everybody, person)
    return asking.draw("people/index.html", staff=found, seq=seq)


@get("/people/{account_id:str}", status_code=200)
async def member(
    request: Request[Any, Any, Any], person: Asker, account_id: FromPath[str]
) -> Response[bytes]:
    """One of the staff."""
    asking = Asking(request, person)
    seq = await newest(asking)
    found = await read(asking, staff.one, person, account_id)
    return asking.draw("people/member.html", member=found, seq=seq, store=False)


@post("/people/{account_id:str}/link", status_code=200)
async def new_link(
    request: Request[Any, Any, Any], person: Asker, account_id: FromPath[str]
) -> Response[bytes]:
    """A personal link, shown once; no operation, because a secret must not stand in the history."""
    same_origin(request)
    asking = Asking(request, person)
    try:
        secret = await request.app.state.hub.database.write(
            staff.new_link, person, account_id, asking.now
        )
    except NotThere:
        raise not_found() from None
    except NotAllowed:
        raise not_yours() from None
    found = await read(asking, staff.one, person, account_id)
    link = f"{request.app.state.settings.base_url}/in/{secret}"
    fresh = replace(found, link=link, qr=svg(link))
    return asking.draw("people/member.html", member=fresh, store=False)
