"""Pages of mediations: for their officers, their sides, and nobody else."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery

from server.features.mediation import reads
from server.features.mediation.rules import LONGEST, OUTCOMES
from server.routes.drawing import Asking, read
from server.web.asking import Asker


@get("/", status_code=200)
async def index(
    request: Request[Any, Any, Any],
    person: Asker,
    door: FromQuery[str] = "",
    of: FromQuery[str] = "",
) -> Response[bytes]:
    """One's own mediations, and a form to open one; `of` names the request that it comes of."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person, asking.language)
    return asking.draw(
        "mediation/index.html",
        index=found,
        door=door[:40],
        of=of[:36],
        longest=LONGEST,
        seq=found.seq,
        store=False,
    )


@get("/{mediation_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any], person: Asker, mediation_id: FromPath[str]
) -> Response[bytes]:
    """One mediation, whole for its officer, its own part for a side."""
    asking = Asking(request, person)
    found = await read(asking, reads.mediation, person, asking.language, mediation_id)
    return asking.draw(
        "mediation/show.html",
        mediation=found,
        outcomes=OUTCOMES,
        longest=LONGEST,
        seq=found.seq,
        store=False,
    )


router = Router("/mediation", route_handlers=[index, show])
