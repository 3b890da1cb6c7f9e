"""A household's own record: to read and correct, to print, to take away. Kept on no phone."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post

from server.features.people.register import NotAllowed
from server.features.record import asks, reads, rules
from server.routes.drawing import Asking, not_yours, read
from server.web.asking import Asker
from server.web.guard import same_origin
from server.web.page import SECURITY

WORDS: dict[str, Any] = {"what": rules.WHAT, "longest": rules.LONGEST}
"""What pages call things, and what fields of forms may hold."""


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What is kept, kind by kind, and who looked."""
    asking = Asking(request, person)
    found = await read(asking, reads.record, person, asking.language)
    return asking.draw("record/index.html", record=found, seq=found.seq, store=False, **WORDS)


@get("/print", status_code=200)
async def paper(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """All of it on one page to print."""
    asking = Asking(request, person)
    await _write_down(asking)
    found = await read(asking, reads.record, person, asking.language)
    return asking.draw("record/paper.html", record=found, store=False)


@post("/download", status_code=200)
async def download(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """All of it as JSON, once it is written down who takes it away."""
    same_origin(request)
    asking = Asking(request, person)
    await _write_down(asking)
    found = await read(asking, reads.record, person, asking.language)
    body = msgspec.json.format(msgspec.json.encode(reads.as_data(found, asking.language)))
    headers = {
        **SECURITY,
        "Content-Disposition": 'attachment; filename="record.json"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type="application/json", headers=headers)


@get("/asked", status_code=200)
async def asked(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What households ask to have erased, for those who keep the register."""
    asking = Asking(request, person)
    found = await read(asking, asks.asked, person)
    return asking.draw("record/asked.html", asked=found, seq=found.seq, store=False, **WORDS)


async def _write_down(asking: Asking) -> None:
    """Write down who takes it away. Raises `Problem` 403."""
    database = asking.request.app.state.hub.database
    try:
        await database.write(reads.taken, asking.person, asking.now)
    except NotAllowed:
        raise not_yours() from None


router = Router("/record", route_handlers=[index, paper, asked, download])
