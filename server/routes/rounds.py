"""Pages about rounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from server.features.custody import reads as custody
from server.features.rounds import reads
from server.features.rounds.reads.parts import NotFound
from server.features.rounds.views import Board
from server.features.rounds.views_more import PrintSheet
from server.ids import is_uuid
from server.routes import drawing
from server.routes.drawing import Asking, read
from server.web.asking import Asker, language_of, session_of
from server.web.page import html, page_of
from server.web.qr import svg


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The committee's rounds."""
    asking = Asking(request, person)
    cards = await read(asking, reads.round_cards, person)
    return asking.draw("rounds/index.html", rounds=cards)


@get("/new", status_code=200)
async def new(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Make a round, or copy one."""
    asking = Asking(request, person)
    if not person.leads(asking.now):
        raise drawing.not_yours()
    copy_of = request.query_params.get("copy") or None
    if copy_of is not None and not is_uuid(copy_of):
        raise drawing.not_found()
    seq = await drawing.newest(asking)
    form = await read(asking, reads.making, person, asking.language, copy_of)
    return asking.draw("rounds/new.html", new=form, seq=seq)


@get("/{round_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """The picture of a round."""
    asking = Asking(request, person)
    return await asking.draw_versioned(
        "rounds/show.html",
        "picture",
        (f"round:{round_id}", f"phones:{round_id}"),
        reads.picture,
        round_id,
    )


@get("/{round_id:str}/stairwells/{stairwell_id:int}", status_code=200)
async def board(
    request: Request[Any, Any, Any],
    person: Asker,
    round_id: FromPath[str],
    stairwell_id: FromPath[int],
) -> Response[bytes]:
    """A stairwell's board."""
    asking = Asking(request, person)
    return await asking.draw_versioned(
        "rounds/board.html",
        "board",
        (
            f"board:{round_id}:{stairwell_id}",
            f"due:{round_id}",
            f"status:{round_id}",
            f"stairwell:{stairwell_id}",
        ),
        reads.board,
        round_id,
        stairwell_id,
    )


@get("/{round_id:str}/stairwells/{stairwell_id:int}/sheet", status_code=200)
async def sheet(
    request: Request[Any, Any, Any],
    person: Asker,
    round_id: FromPath[str],
    stairwell_id: FromPath[int],
) -> Response[bytes]:
    """A stairwell's sheet for paper."""
    asking = Asking(request, person)
    found = await read(asking, reads.board, person, asking.language, round_id, stairwell_id)
    sheets = [_printed(request, found)]
    return asking.draw(
        "rounds/sheet.html", sheets=sheets, printed_at=asking.now, seq=found.seq, store=False
    )


@get("/{round_id:str}/sheet", status_code=200)
async def all_sheets(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
) -> Response[bytes]:
    """Every stairwell's sheet of a round."""
    asking = Asking(request, person)
    picture = await read(asking, reads.picture, person, asking.language, round_id)
    sheets = []
    for compound in picture.compounds:
        for square in compound.squares:
            found = await read(
                asking, reads.board, person, asking.language, round_id, square.stairwell
            )
            sheets.append(_printed(request, found))
    return asking.draw(
        "rounds/sheet.html", sheets=sheets, printed_at=asking.now, seq=picture.seq, store=False
    )


def _printed(request: Request[Any, Any, Any], board: Board) -> PrintSheet:
    base = request.app.state.settings.base_url
    return PrintSheet(board, svg(f"{base}/rounds/{board.round.id}/stairwells/{board.stairwell}"))


@get("/{round_id:str}/stairwells/{stairwell_id:int}/paper", status_code=200)
async def paper(
    request: Request[Any, Any, Any],
    person: Asker,
    round_id: FromPath[str],
    stairwell_id: FromPath[int],
) -> Response[bytes]:
    """Enter what a paper sheet says."""
    asking = Asking(request, person)
    found = await read(asking, reads.board, person, asking.language, round_id, stairwell_id)
    return asking.draw("rounds/paper.html", board=found, seq=found.seq)


@get("/{round_id:str}/stairwells/{stairwell_id:int}/hand-on", status_code=200)
async def hand_on(
    request: Request[Any, Any, Any],
    person: Asker,
    round_id: FromPath[str],
    stairwell_id: FromPath[int],
) -> Response[bytes]:
    """Hand floors of a stairwell to somebody else."""
    asking = Asking(request, person)
    found = await read(asking, reads.handing_on, person, asking.language, round_id, stairwell_id)
    return asking.draw("rounds/hand_on.html", hand_on=found, seq=found.seq)


@get("/{round_id:str}/doors/{door_id:str}", status_code=200)
async def door(
    request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str], door_id: FromPath[str]
) -> Response[bytes]:
    """A door, its history and everything that may be said of it."""
    asking = Asking(request, person)
    number = drawing.number(door_id)
    history = await read(asking, reads.door_history, person, asking.language, round_id, number)
    about = history.round.about
    things: tuple[custody.ThingLine, ...] = ()
    if about:
        things = await read(asking, custody.of_door, person.community_id, about, number)
    return asking.draw("rounds/door.html", history=history, things=things, seq=history.seq)


def _desk(template: str, name: str, work: Callable[..., Any]) -> Any:
    """A page of the steward's desk: one read, one template."""

    async def page(
        request: Request[Any, Any, Any], person: Asker, round_id: FromPath[str]
    ) -> Response[bytes]:
        asking = Asking(request, person)
        found = await read(asking, work, person, asking.language, round_id)
        return asking.draw(template, **{name: found}, seq=found.seq)

    page.__doc__ = work.__doc__
    return page


assign = get("/{round_id:str}/assign", status_code=200)(
    _desk("rounds/assign.html", "assign", reads.assigning)
)
count = get("/{round_id:str}/count", status_code=200)(
    _desk("rounds/count.html", "count", reads.counting)
)
close = get("/{round_id:str}/close", status_code=200)(
    _desk("rounds/close.html", "close", reads.closing)
)
needs = get("/{round_id:str}/needs", status_code=200)(
    _desk("rounds/needs.html", "matters", reads.needs)
)

hours = get("/{round_id:str}/hours", status_code=200)(
    _desk("rounds/hours.html", "progress", reads.progress)
)


@get("/open/{community_id:int}/rounds/{round_id:str}", status_code=200)
async def public(
    request: Request[Any, Any, Any], community_id: FromPath[int], round_id: FromPath[str]
) -> Response[bytes]:
    """Where the boxes went: counts by stairwell, for everybody, without a name or a door."""
    session = await session_of(request)
    person = session.person if session else None
    language = language_of(request, person)
    try:
        found = await request.app.state.hub.database.read(
            reads.public, language, community_id, round_id
        )
    except NotFound:
        raise drawing.not_found() from None
    body = request.app.state.pages.draw(
        "rounds/public.html", page_of(request, person, language, 0), open=found
    )
    return html(request, body, person=person)


router = Router(
    "/rounds",
    route_handlers=[
        index,
        new,
        show,
        board,
        sheet,
        all_sheets,
        paper,
        hand_on,
        door,
        assign,
        count,
        close,
        needs,
        hours,
    ],
)
