"""Entries of the register that are old, and asking the households about them."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get

from server.features.upkeep import reads
from server.routes.drawing import Asking, read
from server.web.asking import Asker


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """How old what is known is, building by building."""
    asking = Asking(request, person)
    found = await read(asking, reads.old, person)
    return asking.draw("upkeep/index.html", old=found, seq=found.seq)


router = Router("/upkeep", route_handlers=[index])
