"""Pages about cases. Kept on no phone; who of the staff looks is written down first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery

from server.features.cases import reads
from server.routes.drawing import Asking, read
from server.web.asking import Asker


@get("/", status_code=200)
async def desk(
    request: Request[Any, Any, Any], person: Asker, door: FromQuery[str] = ""
) -> Response[bytes]:
    """What needs a person now, every open case by building, and opening one."""
    asking = Asking(request, person)
    found = await read(asking, reads.desk, person, asking.language, door[:LONGEST_DOOR])
    await _note(asking, found.households, reads.LOOKED_ONCE)
    return asking.draw("cases/desk.html", desk=found, seq=found.seq, store=False)


@get("/mine", status_code=200)
async def mine(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What has been and what comes next, for the household itself."""
    asking = Asking(request, person)
    found = await read(asking, reads.mine, person, asking.language)
    return asking.draw("cases/mine.html", own=found, seq=found.seq, store=False)


@get("/{case_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any],
    person: Asker,
    case_id: FromPath[str],
    door: FromQuery[str] = "",
) -> Response[bytes]:
    """One case: its story, the next step, contacts, care, calls."""
    asking = Asking(request, person)
    typed = door[:LONGEST_DOOR]
    found = await read(asking, reads.case, person, asking.language, case_id, typed)
    await _note(asking, found.households)
    return asking.draw("cases/show.html", case=found, seq=found.seq, store=False)


async def _note(asking: Asking, households: Collection[int], once: int = 0) -> None:
    """Write down whose cases were looked at."""
    if households:
        database = asking.request.app.state.hub.database
        await database.write(reads.looked, asking.person, households, asking.now, once)


LONGEST_DOOR = 40
"""Characters of an address that somebody types."""

router = Router("/cases", route_handlers=[desk, mine, show])
