"""The page of vacant flats: which to look at again, and a form to enter another."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get

from server.features.vacancies import reads, rules, suggesting
from server.routes.drawing import Asking, read
from server.web.asking import Asker


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The vacant flats that one keeps, those that are due first."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person)
    return asking.draw(
        "vacancies/index.html",
        found=found,
        seq=found.seq,
        evidence=rules.EVIDENCE,
        typed=(*rules.AT_DOOR, rules.NOBODY_KNOWS),
        recent_days=suggesting.RECENT_DAYS,
        quiet_days=suggesting.QUIET_DAYS,
        longest=rules.LONGEST_WORDS,
        longest_seal=rules.LONGEST_SEAL,
    )


router = Router("/vacancies", route_handlers=[index])
