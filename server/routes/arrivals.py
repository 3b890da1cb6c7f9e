"""Newcomers and those who leave: what they say by a poster, and the desk that confirms it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from server.features.arrivals import reads, rules
from server.features.people.keeping import TENURES
from server.features.posters import reads as posters
from server.features.posters.rules import ARRIVALS
from server.i18n import Words, mark, say
from server.ids import is_uuid
from server.routes.drawing import Asking, not_found, read
from server.routes.posters import drawn, first_page, hanging
from server.routes.public import reader
from server.web.asking import Asker
from server.web.guard import Throttle, address_of, same_origin
from server.web.hub import of_server

AN_HOUR, PER = 20, 3600
"""Claims from one address, and the seconds in which they may be made."""

WORDS: dict[str, Any] = {
    "ways": rules.WAYS,
    "states": rules.STATES,
    "tenures": TENURES,
    "longest": rules.LONGEST_WORDS,
}
"""What pages call things, and what fields of forms may hold."""

FIELDS = {"flat": 40, "way": 4, "phone": 20, "tenure": 8, "day": 10, "words": rules.LONGEST_WORDS}
"""What the form holds besides names, and characters of each that are read."""


def throttle() -> Throttle:
    """Counts what comes from one address, right or wrong."""
    return Throttle(AN_HOUR, PER, TOO_MANY)


@get("/", status_code=200)
async def desk(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Who says that they moved in or leave."""
    asking = Asking(request, person)
    found = await read(asking, reads.desk, person)
    return asking.draw("arrivals/index.html", desk=found, seq=found.seq, store=False, **WORDS)


router = Router("/arrivals", route_handlers=[desk])


@post("/at/{code:str}/moving", status_code=200)
async def said(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """Take what somebody says, in the name of whoever hung the poster."""
    same_origin(request)
    poster = await hanging(request, code, ARRIVALS)
    form = await request.form()
    typed = {name: str(form.get(name, "")).strip()[:most] for name, most in FIELDS.items()}
    names = [str(one)[:40] for one in form.getall("names[]", [])][:50]
    hub = request.app.state.hub
    request.app.state.moving.check(address_of(request))
    _, language = await reader(request)
    door = await hub.database.read(posters.door_in, poster, typed["flat"])
    if door is None:
        why = say(language, Words(NO_FLAT))
        return await first_page(request, poster, typed=typed, names=names, refused=why)
    actor = await hub.database.read(reads.in_whose_name, poster, door)
    data: dict[str, Any] = {name: value for name, value in typed.items() if name != "flat"}
    data |= {"household": door.household, "names": names, "poster": poster.id}
    op_id = str(form.get("id", ""))
    received = of_server(
        poster.community, actor, op_id if is_uuid(op_id) else None, "arrival.claim", data
    )
    [answer] = (await hub.apply(received)).answers
    if answer.outcome != "applied":
        why = say(language, answer.message)
        return await first_page(request, poster, typed=typed, names=names, refused=why)
    if not answer.repeat:
        request.app.state.moving.wrong(address_of(request))
    return await drawn(
        request, "arrivals/stands.html", poster,
        arrival=answer.id, state=rules.WAITING, why="", states=rules.STATES,
    )  # fmt: skip


@get("/at/{code:str}/moving/{arrival_id:str}", status_code=200)
async def stands(
    request: Request[Any, Any, Any], code: FromPath[str], arrival_id: FromPath[str]
) -> Response[bytes]:
    """How it stands, for whoever kept the address; nothing of what was said."""
    poster = await hanging(request, code, ARRIVALS)
    database = request.app.state.hub.database
    found = await database.read(reads.standing, poster, arrival_id)
    if found is None:
        raise not_found()
    state, why = found
    return await drawn(
        request, "arrivals/stands.html", poster,
        arrival=arrival_id, state=state, why=why, states=rules.STATES,
    )  # fmt: skip


public = (said, stands)

NO_FLAT = mark("There is no such flat in this building. Write it as it stands on its door.")
TOO_MANY = mark("A great deal was sent from here. Wait an hour, or tell the property company.")
