"""Pages of medicine: what people need, the batches in which it is bought. Kept on no phone."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery

from server.features.medicine import reads, rules
from server.features.medicine.operations.running import LEAST_WITHIN, MOST_WITHIN
from server.routes import drawing
from server.routes.drawing import Asking, read
from server.web.asking import Asker

BOUNDS = {
    "longest": rules.LONGEST_NAME,
    "longest_place": rules.LONGEST_PLACE,
    "longest_why": rules.LONGEST_WHY,
    "most_left": rules.MOST_LEFT,
    "most_boxes": rules.MOST_BOXES,
    "most_lasts": rules.MOST_LASTS,
    "substitutes": rules.SUBSTITUTES,
    "least_within": LEAST_WITHIN,
    "most_within": MOST_WITHIN,
}
"""What fields of forms may hold."""


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The need lists by building, what runs out first, and the batches."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person)
    return asking.draw("medicine/index.html", index=found, seq=found.seq, store=False, **BOUNDS)


@get("/mine", status_code=200)
async def mine(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What one's own household needs, and what it is asked."""
    asking = Asking(request, person)
    found = await read(asking, reads.mine, person)
    return asking.draw("medicine/mine.html", mine=found, seq=found.seq, store=False, **BOUNDS)


@get("/new", status_code=200)
async def new(
    request: Request[Any, Any, Any], person: Asker, household: FromQuery[str] = ""
) -> Response[bytes]:
    """Write medicine down for somebody, at their door or by telephone."""
    asking = Asking(request, person)
    door = drawing.number(household) if household else None
    found = await read(asking, reads.writing, person, door)
    return asking.draw("medicine/new.html", writing=found, seq=found.seq, store=False, **BOUNDS)


@get("/batches/{batch_id:str}", status_code=200)
async def batch(
    request: Request[Any, Any, Any], person: Asker, batch_id: FromPath[str]
) -> Response[bytes]:
    """One batch: the buyer's list, the checkers' bags, and whose card and money is where."""
    asking = Asking(request, person)
    found = await read(asking, reads.batch, person, batch_id)
    return asking.draw("medicine/batch.html", batch=found, seq=found.seq, store=False, **BOUNDS)


router = Router("/medicine", route_handlers=[index, mine, new, batch])
