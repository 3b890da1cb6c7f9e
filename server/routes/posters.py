"""Posters: hanging them, printing them, and the pages to which they lead whoever scans one."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery

from server.features.declarations import linking
from server.features.declarations.rules import MOST_PEOPLE
from server.features.posters import reads, rules
from server.features.posters.views import Poster
from server.i18n import mark, say
from server.ids import is_uuid, uuid7
from server.routes.drawing import Asking, not_found, read
from server.routes.public import draw, reader
from server.web.asking import Asker
from server.web.errors import Problem
from server.web.guard import Throttle, address_of, same_origin
from server.web.hub import of_server
from server.web.qr import svg

HOUR = 3600


class Guessing:
    """How often proofs were wrong: from one address, and for one flat, whoever tried."""

    def __init__(self) -> None:
        self.address = Throttle(rules.WRONG_PER_ADDRESS, 60, SLOWLY)
        self.flat = Throttle(rules.WRONG_PER_FLAT, rules.FLAT_HOURS * HOUR, ASK_SOMEBODY)


# For those who hang them


@get("/", status_code=200)
async def index(
    request: Request[Any, Any, Any], person: Asker, about: FromQuery[str] = ""
) -> Response[bytes]:
    """What hangs, and what could; `about` names a round."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person, about if is_uuid(about) else "")
    return asking.draw("posters/index.html", posters=found, about=about, seq=found.seq)


@get("/print", status_code=200)
async def paper(
    request: Request[Any, Any, Any],
    person: Asker,
    about: FromQuery[str] = "",
    poster: FromQuery[str] = "",
) -> Response[bytes]:
    """A page of paper for each: all, those of a round, or one."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person, about if is_uuid(about) else "")
    base = request.app.state.settings.base_url.rstrip("/")
    sheets = [
        (one, f"{base}/at/{one.code}", svg(f"{base}/at/{one.code}"))
        for one in found.hanging
        if poster in {"", one.id}
    ]
    if not sheets:
        raise not_found()
    return asking.draw("posters/paper.html", sheets=sheets, about=about, store=False)


router = Router("/posters", route_handlers=[index, paper])


# For whoever scans one


@get("/at/{code:str}", status_code=200)
async def scanned(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """The page to which a poster leads."""
    return await first_page(request, await hanging(request, code))


@post("/at/{code:str}", status_code=200)
async def proved(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """What can be declared, once somebody has shown that they belong to a flat."""
    same_origin(request)
    poster = await hanging(request, code, rules.SCREENING)
    typed = await request.form()
    flat, proof = (str(typed.get(name, ""))[:40] for name in ("flat", "proof"))
    form = await _proved(request, poster, flat, proof)
    if form is None:
        return await first_page(request, poster, flat=flat, wrong=True)
    return await drawn(
        request,
        "posters/declare.html",
        poster,
        form=form,
        flat=flat,
        proof=proof,
        refused="",
        said=None,
    )


@post("/at/{code:str}/declare", status_code=200)
async def declared(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """Take a declaration, in the household's own name where it has an account."""
    same_origin(request)
    poster = await hanging(request, code, rules.SCREENING)
    typed = await request.form()
    flat, proof = (str(typed.get(name, ""))[:40] for name in ("flat", "proof"))
    form = await _proved(request, poster, flat, proof)
    if form is None:
        return await first_page(request, poster, flat=flat, wrong=True)
    said = _said(typed)
    hub = request.app.state.hub
    made = await hub.database.read(linking.asked, poster, form.door, said)
    op_id = str(typed.get("id", ""))
    received = of_server(
        poster.community,
        made.actor,
        op_id if is_uuid(op_id) else None,
        "screening.declare",
        made.data,
    )
    [answer] = (await hub.apply(received)).answers
    if answer.outcome != "applied":
        _, language = await reader(request)
        why = say(language, answer.message)
        return await drawn(
            request, "posters/declare.html", poster,
            form=form, flat=flat, proof=proof, refused=why, said=said,
        )  # fmt: skip
    return await drawn(request, "posters/thanks.html", poster, form=form)


def _said(fields: Any) -> linking.Typed:
    """What a plain form holds, cut to what anybody could mean."""

    def many(name: str, most: int) -> tuple[str, ...]:
        names = (" ".join(str(one).split())[:40] for one in fields.getall(name, []))
        return tuple(one for one in names if one)[:most]

    def one(name: str, most: int) -> str:
        return str(fields.get(name, "")).strip()[:most]

    return linking.Typed(
        many("here[]", MOST_PEOPLE),
        many("away[]", MOST_PEOPLE),
        many("ill[]", MOST_PEOPLE),
        one("tenure", 8),
        one("since", 40),
        one("where", 80),
        one("symptoms", 200),
    )


async def hanging(request: Request[Any, Any, Any], code: str, purpose: str = "") -> Poster:
    """The poster. Raises `Problem` 404 in the same words for what never was and what ended."""
    database = request.app.state.hub.database
    found: Poster | None = await database.read(reads.by_code, code)
    if found is None or purpose not in {"", found.purpose.key}:
        raise Problem(404, "no-poster", NO_POSTER)
    return found


async def _proved(
    request: Request[Any, Any, Any], poster: Poster, flat: str, proof: str
) -> linking.LinkForm | None:
    """The flat's form, where the proof is right; None, in the same way, for any that is not.

    Raises `Problem` 429 for who guesses.
    """
    guessing: Guessing = request.app.state.guessing
    database = request.app.state.hub.database
    door = await database.read(reads.door_in, poster, flat)
    # One flat counts as one, in whatever way it is written.
    which = f"{poster.code}/{door.household if door else rules.plain(flat)}"
    address = address_of(request)
    guessing.address.check(address)
    guessing.flat.check(which)
    form: linking.LinkForm | None = await database.read(linking.form, poster, door, proof)
    if form is None:
        guessing.address.wrong(address)
        guessing.flat.wrong(which)
    return form


async def first_page(
    request: Request[Any, Any, Any], poster: Poster, *, flat: str = "", wrong: bool = False,
    **context: Any,
) -> Response[bytes]:  # fmt: skip
    """Where somebody who has scanned a poster begins."""
    database = request.app.state.hub.database
    example = await database.read(reads.example, poster)
    is_open = not poster.purpose.of_round or await database.read(linking.is_open, poster)
    return await drawn(
        request, FIRST[poster.purpose.key], poster,
        flat=flat, wrong=wrong, is_open=is_open, example=example, **context,
    )  # fmt: skip


FIRST = {rules.SCREENING: "posters/door.html", rules.ARRIVALS: "arrivals/say.html"}
"""The first page of each purpose."""


async def drawn(
    request: Request[Any, Any, Any], template: str, poster: Poster, **context: Any
) -> Response[bytes]:
    """A page to which a poster leads, for whoever reads it; no phone keeps it."""
    person, language = await reader(request)
    return draw(
        request, person, language, template, store=False, poster=poster, fresh=uuid7(), **context
    )


public = (scanned, proved, declared)

NO_POSTER = mark("This code leads nowhere, or not any more. Ask your stairwell's volunteer.")
SLOWLY = mark("That was wrong too often. Wait a minute and try again.")
ASK_SOMEBODY = mark(
    "That was wrong too often for this flat. Use the number on your card in an hour, or tell your"
    " stairwell's volunteer."
)
