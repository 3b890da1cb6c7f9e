"""Pages on which people report their results, and where those are seen by the few who may."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from server.features.people.looks import looked
from server.features.reports import pages
from server.routes.drawing import Asking, newest, read
from server.web.asking import Asker
from server.web.guard import same_origin


@get("/mine", status_code=200)
async def mine(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Where a household reports itself. What it reported stands with its last tests."""
    asking = Asking(request, person)
    found = await read(asking, pages.own, person, asking.language)
    return asking.draw("reports/mine.html", own=found, seq=found.seq)


@get("/new", status_code=200)
async def new(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Make a round in which each person reports."""
    asking = Asking(request, person)
    seq = await newest(asking)
    found = await read(asking, pages.making, person, asking.language)
    return asking.draw("reports/new.html", new=found, seq=seq)


@get("/{round_id:str}", status_code=200)
async def results(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """What was reported in a round; that somebody looked is written down."""
    asking = Asking(request, person)
    found = await read(asking, pages.results, person, asking.language, round_id)
    await _note(asking, None)
    return asking.draw("reports/results.html", results=found, seq=found.seq, store=False)


@get("/{round_id:str}/doors/{household_id:int}", status_code=200)
async def door(
    request: Request[Any, Any, Any],
    person: Asker,
    round_id: FromPath[str],
    household_id: FromPath[int],
) -> Response[bytes]:
    """One household: a form for each person, and for the few what was reported."""
    asking = Asking(request, person)
    found = await read(asking, pages.door, person, asking.language, round_id, household_id)
    if found.may_see:
        await _note(asking, household_id)
    return asking.draw("reports/door.html", door=found, seq=found.seq, store=False)


@get("/{round_id:str}/photos", status_code=200)
async def review(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """A contact sheet of photos to look at; that somebody looked is written down."""
    asking = Asking(request, person)
    found = await read(asking, pages.review, person, asking.language, round_id)
    await _note(asking, None)
    return asking.draw("reports/review.html", review=found, seq=found.seq, store=False)


@get("/{round_id:str}/missing", status_code=200)
async def missing(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """Who has not reported."""
    asking = Asking(request, person)
    found = await read(asking, pages.missing, person, asking.language, round_id)
    return asking.draw("reports/missing.html", missing=found, seq=found.seq)


@get("/{round_id:str}/chain", status_code=200)
async def chain(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """Paste a chat group's chain."""
    return await _chain(Asking(request, person), round_id, "")


@post("/{round_id:str}/chain", status_code=200)
async def read_chain(
    request: Request[Any, Any, Any],
    person: Asker,
    round_id: FromPath[str],
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[bytes]:
    """What the chain seems to say. It is posted because it holds results, and nothing is kept."""
    same_origin(request)
    return await _chain(Asking(request, person), round_id, str(data.get("text", "")))


async def _chain(asking: Asking, round_id: str, text: str) -> Response[bytes]:
    found = await read(asking, pages.chain_page, asking.person, asking.language, round_id, text)
    return asking.draw("reports/chain.html", chain=found, seq=found.seq, store=False)


async def _note(asking: Asking, household_id: int | None) -> None:
    """Write down that results were looked at, of one household or of a round."""
    database = asking.request.app.state.hub.database
    await database.write(looked, asking.person, "results", [household_id], asking.now)


router = Router(
    "/reports",
    route_handlers=[mine, new, results, review, door, missing, chain, read_chain],
)
