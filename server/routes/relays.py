"""Pages on which a parcel passes from a home to a gate, to another gate, to a person."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery

from server.features.relays import reads
from server.features.relays.rules import WAYS
from server.ids import is_uuid
from server.routes.drawing import Asking, not_found, read
from server.web.asking import Asker


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Relays that somebody runs, carries, waits for or answers for."""
    asking = Asking(request, person)
    found = await read(asking, reads.listed, person)
    return asking.draw("relays/index.html", relays=found, seq=found.seq, store=False)


@get("/new", status_code=200)
async def new(
    request: Request[Any, Any, Any], person: Asker, request_id: FromQuery[str] = ""
) -> Response[bytes]:
    """Starting one, by itself or for a request."""
    if request_id and not is_uuid(request_id):
        raise not_found()
    asking = Asking(request, person)
    found = await read(asking, reads.new, person, asking.language, request_id)
    return asking.draw("relays/new.html", new=found, ways=WAYS, seq=found.seq, store=False)


@get("/{relay_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any], person: Asker, relay_id: FromPath[str]
) -> Response[bytes]:
    """One relay: where the parcel is and what comes next."""
    asking = Asking(request, person)
    found = await read(asking, reads.relay, person, relay_id)
    return asking.draw("relays/show.html", relay=found, seq=found.seq, store=found.kept)


router = Router("/relays", route_handlers=[index, new, show])
