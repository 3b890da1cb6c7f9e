"""Pages on which households declare in a screening, and what comes of that."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from server.features.declarations import reads
from server.features.people.looks import looked
from server.routes.drawing import Asking, read
from server.web.asking import Asker


@get("/{round_id:str}", status_code=200)
async def own(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """Where a household declares."""
    asking = Asking(request, person)
    found = await read(asking, reads.own, person, asking.language, round_id)
    return asking.draw("declarations/form.html", form=found, seq=found.seq)


@get("/{round_id:str}/doors/{household_id:int}", status_code=200)
async def door(
    request: Request[Any, Any, Any],
    person: Asker,
    round_id: FromPath[str],
    household_id: FromPath[int],
) -> Response[bytes]:
    """Where somebody at a door declares for a household without a phone."""
    asking = Asking(request, person)
    found = await read(asking, reads.door, person, asking.language, round_id, household_id)
    return asking.draw("declarations/form.html", form=found, seq=found.seq)


@get("/{round_id:str}/picture", status_code=200)
async def picture(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """How far a screening is: three steps, and the curve of declared share."""
    asking = Asking(request, person)
    found = await read(asking, reads.picture, person, asking.language, round_id)
    return asking.draw("declarations/picture.html", picture=found, seq=found.seq)


@get("/{round_id:str}/shares", status_code=200)
async def shares(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """How many have declared in each building, for everybody."""
    asking = Asking(request, person)
    found = await read(asking, reads.shares, person, asking.language, round_id)
    return asking.draw("declarations/shares.html", shares=found, seq=found.seq)


@get("/{round_id:str}/differences", status_code=200)
async def differences(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """What was declared and the register has otherwise."""
    asking = Asking(request, person)
    found = await read(asking, reads.differences, person, asking.language, round_id)
    return asking.draw("declarations/differences.html", differences=found, seq=found.seq)


@get("/{round_id:str}/ill", status_code=200)
async def ill(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """Which households said that somebody is ill; that somebody looked is written down."""
    asking = Asking(request, person)
    found = await read(asking, reads.ill, person, asking.language, round_id)
    database = request.app.state.hub.database
    await database.write(looked, person, "results", [None], asking.now)
    return asking.draw("declarations/ill.html", ill=found, seq=found.seq, store=False)


router = Router("/declarations", route_handlers=[own, door, picture, shares, differences, ill])
