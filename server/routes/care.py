"""Pages of special care: the board, each keeper's own, who was silent, one person, one's own.

Pages that say a need are kept on no phone. Who looks is written down before it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery

from server.features.care import reads, rules
from server.features.people.register import NotAllowed, NotThere
from server.routes import drawing
from server.routes.drawing import Asking, not_found, not_yours, read
from server.web.asking import Asker
from server.web.guard import same_origin

WORDS: dict[str, Any] = {
    "needs": rules.NEEDS,
    "hows": rules.HOWS,
    "ends": rules.ENDS,
    "states": rules.STATES,
    "alerts": rules.ALERTS,
    "longest": rules.LONGEST_WORDS,
    "longest_name": rules.LONGEST_NAME,
}
"""What pages call things, and what fields of forms may hold."""


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Everybody in care: what needs a person first, then by stairwell."""
    asking = Asking(request, person)
    found = await read(asking, reads.board, person)
    seen = (*found.suggested, *(one for _, lines in found.stairwells for one in lines))
    await _note(asking, {one.household for one in seen})
    return asking.draw("care/board.html", board=found, seq=found.seq, store=False, **WORDS)


@get("/mine", status_code=200)
async def mine(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Whom one keeps: where, what helps at the door, and what is open. It says no needs."""
    asking = Asking(request, person)
    found = await read(asking, reads.mine, person)
    return asking.draw("care/mine.html", mine=found, seq=found.seq, **WORDS)


@get("/ours", status_code=200)
async def ours(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """What is noted of one's own household, who comes, and who looked."""
    asking = Asking(request, person)
    found = await read(asking, reads.ours, person)
    return asking.draw("care/ours.html", ours=found, seq=found.seq, store=False, **WORDS)


@get("/silent", status_code=200)
async def silent(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Who was not heard of by any means for three days."""
    return await _silent(Asking(request, person), None)


@post("/silent/{household:int}", status_code=200)
async def ring(
    request: Request[Any, Any, Any], person: Asker, household: FromPath[int]
) -> Response[bytes]:
    """The same with a household's number, once it is written down who looked."""
    same_origin(request)
    asking = Asking(request, person)
    number = await _number(asking, reads.look_at_silent, household)
    return await _silent(asking, (household, number))


@get("/new", status_code=200)
async def new(
    request: Request[Any, Any, Any], person: Asker, household: FromQuery[str] = ""
) -> Response[bytes]:
    """Suggest somebody; without a door it is typed, so that one kept page serves them all."""
    asking = Asking(request, person)
    number = drawing.number(household) if household else None
    found = await read(asking, reads.writing, person, asking.language, number)
    return asking.draw("care/new.html", writing=found, seq=found.seq, store=number is None, **WORDS)


@get("/{person_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any], person: Asker, person_id: FromPath[str]
) -> Response[bytes]:
    """One person in care: what they need, who comes, what was said."""
    return await _show(Asking(request, person), person_id, "")


@post("/{person_id:str}", status_code=200)
async def telephone(
    request: Request[Any, Any, Any], person: Asker, person_id: FromPath[str]
) -> Response[bytes]:
    """The same with the household's number, once it is written down who looked."""
    same_origin(request)
    asking = Asking(request, person)
    number = await _number(asking, reads.telephone, person_id)
    return await _show(asking, person_id, number)


async def _show(asking: Asking, person_id: str, number: str) -> Response[bytes]:
    found = await read(asking, reads.person_page, asking.person, person_id)
    await _note(asking, {found.line.household})
    return asking.draw(
        "care/show.html", found=found, number=number, seq=found.seq, store=False, **WORDS
    )


async def _silent(asking: Asking, shown: tuple[int, str] | None) -> Response[bytes]:
    found = await read(asking, reads.silent, asking.person)
    await _note(asking, {one.household for one in found.lines})
    return asking.draw("care/silent.html", silent=found, shown=shown, seq=found.seq, store=False)


async def _note(asking: Asking, households: Collection[int]) -> None:
    """Write down at whose doors somebody looked."""
    if households:
        database = asking.request.app.state.hub.database
        await database.write(reads.look, asking.person, households, asking.now)


async def _number(asking: Asking, work: Callable[..., str], *arguments: Any) -> str:
    """A number, once it is written down who looked. Raises `Problem` 404 or 403."""
    database = asking.request.app.state.hub.database
    try:
        found: str = await database.write(work, asking.person, *arguments, asking.now)
    except NotThere:
        raise not_found() from None
    except NotAllowed:
        raise not_yours() from None
    return found


router = Router("/care", route_handlers=[index, mine, ours, silent, ring, new, show, telephone])
