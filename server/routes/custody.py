"""Pages on which things pass from hand to hand."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from server.features.custody import reads
from server.features.custody.kinds import KINDS
from server.features.custody.operations.saying import TALLEST, WIDEST
from server.routes.drawing import Asking, read
from server.web.asking import Asker
from server.web.qr import svg


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What I have and what is handed to me; for those who carry nothing, what is theirs."""
    asking = Asking(request, person)
    if not reads.carries(person, asking.now):
        return await _ours(asking)
    found = await read(asking, reads.mine, person)
    return asking.draw("custody/index.html", things=found, kinds=KINDS.values(), seq=found.seq)


@get("/ours", status_code=200)
async def ours(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What belongs to one's own household and is on its way, for those who carry things too."""
    return await _ours(Asking(request, person))


async def _ours(asking: Asking) -> Response[bytes]:
    found = await read(asking, reads.ours, asking.person)
    return asking.draw("custody/ours.html", things=found, seq=found.seq, store=False)


@get("/out", status_code=200)
async def out(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Everything that is not back, for those who answer for it: what is missing or late first."""
    asking = Asking(request, person)
    found = await read(asking, reads.out, person)
    return asking.draw("custody/out.html", things=found, seq=found.seq, store=False)


@get("/{thing_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any], person: Asker, thing_id: FromPath[str]
) -> Response[bytes]:
    """One thing: who has it now, a large form to hand it over, every hand it went through."""
    asking = Asking(request, person)
    found = await read(asking, reads.thing, person, thing_id)
    return asking.draw(
        "custody/show.html",
        thing=found,
        qr=svg(f"{request.app.state.settings.base_url}/things/{thing_id}"),
        widest=WIDEST,
        tallest=TALLEST,
        seq=found.seq,
        store=found.kept,
    )


router = Router("/things", route_handlers=[index, ours, out, show])
