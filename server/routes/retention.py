"""How long what is kept: for everybody to read, for stewards to set."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get

from server.features.retention import reads
from server.routes.drawing import Asking, read
from server.web.asking import Asker


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Every clock."""
    asking = Asking(request, person)
    found = await read(asking, reads.clocks, person)
    return asking.draw("retention/index.html", clocks=found, seq=found.seq)


router = Router("/retention", route_handlers=[index])
