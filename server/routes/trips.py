"""Pages of standing trips: lists, a household's own, a plan, and the trip that its driver taps.

Only the trip's own page is kept on a phone, and only on its driver's: in a car park underground,
and before a hospital, there is no signal. It says who, where to and when, and not why.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery

from server.features.trips import reads, rules
from server.routes import drawing
from server.routes.drawing import Asking, read
from server.web.asking import Asker

BOUNDS = {
    "kinds": rules.KINDS,
    "weekdays": rules.WEEKDAYS,
    "longest_hospital": rules.LONGEST_HOSPITAL,
    "longest_name": rules.LONGEST_NAME,
    "longest_plate": rules.LONGEST_PLATE,
    "longest_why": rules.LONGEST_WHY,
}
"""What fields of forms may hold."""


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The trips to come and on the way, what is wrong first, and the plans."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person)
    return asking.draw("trips/index.html", index=found, seq=found.seq, store=False)


@get("/mine", status_code=200)
async def mine(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """When somebody of one's own household is driven, and what is missing for it."""
    asking = Asking(request, person)
    found = await read(asking, reads.mine, person)
    return asking.draw("trips/mine.html", mine=found, seq=found.seq, store=False, **BOUNDS)


@get("/new", status_code=200)
async def new(
    request: Request[Any, Any, Any],
    person: Asker,
    household: FromQuery[str] = "",
    door: FromQuery[str] = "",
) -> Response[bytes]:
    """Plan trips: first for which door, then everything else."""
    asking = Asking(request, person)
    number = drawing.number(household) if household else None
    found = await read(asking, reads.writing, person, number, door.strip()[:40])
    return asking.draw("trips/new.html", writing=found, seq=found.seq, store=False, **BOUNDS)


@get("/plans/{plan_id:str}", status_code=200)
async def plan(
    request: Request[Any, Any, Any], person: Asker, plan_id: FromPath[str]
) -> Response[bytes]:
    """One plan: what it says, its trips, and a form to say it anew."""
    asking = Asking(request, person)
    found = await read(asking, reads.plan, person, plan_id)
    return asking.draw("trips/plan.html", found=found, seq=found.seq, store=False, **BOUNDS)


@get("/{trip_id:str}", status_code=200)
async def trip(
    request: Request[Any, Any, Any], person: Asker, trip_id: FromPath[str]
) -> Response[bytes]:
    """One trip: what is tapped on the way, the passes, and who drives."""
    asking = Asking(request, person)
    found = await read(asking, reads.trip, person, trip_id)
    return asking.draw(
        "trips/show.html", found=found, seq=found.seq, store=found.kept, steps=rules.STEPS, **BOUNDS
    )


router = Router("/trips", route_handlers=[index, mine, new, plan, trip])
