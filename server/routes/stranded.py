"""Pages about people who are shut in where they do not live."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get

from server.features.stranded import reads
from server.routes.drawing import Asking, read
from server.web.asking import Asker


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Everybody who is shut in: where, since when, fed and tested today, what is open at home."""
    asking = Asking(request, person)
    found = await read(asking, reads.desk, person, asking.language)
    return asking.draw("stranded/desk.html", desk=found, seq=found.seq, store=False)


@get("/mine", status_code=200)
async def mine(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Who is shut in with one's own household, and a form to register somebody."""
    asking = Asking(request, person)
    found = await read(asking, reads.mine, person, asking.language)
    return asking.draw("stranded/mine.html", guests=found, seq=found.seq)


router = Router("/stranded", route_handlers=[index, mine])
