"""Pages on which people ask for help and on which they are helped."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery

from server.features.mediation import reads as mediation
from server.features.passes import reads as passes
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.relays import reads as relays
from server.features.requests import reads
from server.features.requests.kinds import AMBULANCE, KINDS
from server.features.requests.rules import BREADTHS, LONGEST
from server.routes.drawing import Asking, not_found, not_yours, read
from server.web.asking import Asker
from server.web.guard import same_origin

LONGEST_DOOR = 40
"""Characters of an address or a name that somebody types."""


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The desk of those who answer; for everybody else, what they asked and big buttons to ask."""
    asking = Asking(request, person)
    if reads.answers_somewhere(person, asking.now):
        desk = await read(asking, reads.desk, person, asking.language)
        return asking.draw("requests/desk.html", desk=desk, seq=desk.seq, store=False)
    return await _mine(asking)


@get("/mine", status_code=200)
async def mine(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What one's own household asked, for those who answer others too."""
    return await _mine(Asking(request, person))


async def _mine(asking: Asking) -> Response[bytes]:
    found = await read(asking, reads.mine, asking.person, asking.language)
    return asking.draw("requests/mine.html", own=found, kinds=KINDS.values(), seq=found.seq)


@get("/new", status_code=200)
async def new(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """A form for each kind on one page, so that one page in the pack serves without a signal."""
    asking = Asking(request, person)
    found = await read(asking, reads.asking, person, asking.language)
    return asking.draw(
        "requests/new.html",
        new=found,
        kinds=KINDS.values(),
        breadths=BREADTHS,
        longest=LONGEST,
        ambulance=AMBULANCE,
        seq=found.seq,
    )


@get("/phone", status_code=200)
async def phone(
    request: Request[Any, Any, Any], person: Asker, door: FromQuery[str] = ""
) -> Response[bytes]:
    """Taking a request by telephone: the household is found while one types."""
    asking = Asking(request, person)
    found = await read(asking, reads.intake, person, asking.language, door[:LONGEST_DOOR])
    return asking.draw(
        "requests/phone.html",
        intake=found,
        kinds=KINDS.values(),
        longest=LONGEST,
        seq=found.seq,
        store=False,
    )


@get("/{request_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any], person: Asker, request_id: FromPath[str]
) -> Response[bytes]:
    """One request, as those who answer it see it, or as those who asked it."""
    return await _show(Asking(request, person), request_id, "")


@get("/{request_id:str}/steps", status_code=200)
async def steps(
    request: Request[Any, Any, Any], person: Asker, request_id: FromPath[str]
) -> Response[bytes]:
    """The steps of an emergency for those who take them, without a word of what has happened."""
    asking = Asking(request, person)
    found = await read(asking, reads.steps, person, asking.language, request_id)
    return asking.draw("requests/steps.html", found=found, ambulance=AMBULANCE, seq=found.seq)


@post("/{request_id:str}/phone", status_code=200)
async def telephone(
    request: Request[Any, Any, Any], person: Asker, request_id: FromPath[str]
) -> Response[bytes]:
    """The same with the household's number, once it is written down who looked."""
    same_origin(request)
    asking = Asking(request, person)
    await read(asking, reads.request, person, asking.language, request_id)
    number = await _looked_up(asking, request_id)
    return await _show(asking, request_id, number)


async def _looked_up(asking: Asking, request_id: str) -> str:
    try:
        found: str = await asking.request.app.state.hub.database.write(
            reads.telephone, asking.person, request_id, asking.now
        )
    except NotThere:
        raise not_found() from None
    except NotAllowed:
        raise not_yours() from None
    return found


async def _passes(asking: Asking, request_id: str) -> tuple[str, ...] | None:
    """The passes that were made for a request, for those who make passes; None for all others."""
    if not asking.person.may_somewhere(May.APPROVE_PASSES, asking.now):
        return None
    community_id, about = asking.person.community_id, f"/requests/{request_id}"
    return await read(asking, passes.of_about, community_id, about)


async def _show(asking: Asking, request_id: str, number: str) -> Response[bytes]:
    found = await read(asking, reads.request, asking.person, asking.language, request_id)
    parcels = await read(asking, relays.of_request, asking.person.community_id, request_id)
    opening = await _passes(asking, request_id)
    mediated = await read(asking, mediation.of_request, asking.person.community_id, request_id)
    return asking.draw(
        "requests/show.html" if found.answers else "requests/own.html",
        request=found,
        number=number,
        mediated=mediated,
        relays=parcels,
        passes=opening,
        longest=LONGEST,
        seq=found.seq,
        store=found.kept and not number,
    )


router = Router("/requests", route_handlers=[index, mine, new, phone, show, steps, telephone])
