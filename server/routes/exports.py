"""Taking lists away: as a spreadsheet, as text, on paper. What leaves was written down first."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import IO, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from server.features.exports import reads, rules
from server.features.exports.listing import Row
from server.features.exports.sheets import WRITERS, Totals, local
from server.i18n import mark, say
from server.oplog.kinds import Refused
from server.routes.drawing import Asking, read
from server.web.asking import Asker
from server.web.errors import Problem
from server.web.guard import same_origin
from server.web.page import SECURITY

CHUNK = 1 << 16

FIELDS = ("about", "last", "place", "format", "until")
"""What a form may say besides whether it is to be with health."""

IN_MEMORY = 1 << 20
"""Bytes of a file that are kept in memory; what is larger is a nameless file on disk."""


@get("/", status_code=200)
async def index(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """The lists that somebody may have, and those that they had."""
    asking = Asking(request, person)
    found = await read(asking, reads.index, person)
    return asking.draw("exports/index.html", index=found, seq=found.seq, store=False)


@get("/log", status_code=200)
async def log(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Who took which list away."""
    asking = Asking(request, person)
    found = await read(asking, reads.log, person)
    return asking.draw("exports/log.html", taken=found, store=False)


@get("/{key:str}", status_code=200)
async def choose(
    request: Request[Any, Any, Any],
    person: Asker,
    key: FromPath[str],
    about: FromQuery[str] = "",
) -> Response[bytes]:
    """What may be chosen for one list."""
    asking = Asking(request, person)
    found = await read(asking, reads.choice, person, asking.language, key, about)
    return asking.draw(
        "exports/choose.html", choice=found, days=rules.MOST_DAYS, seq=found.seq, store=False
    )


@post("/{key:str}", status_code=200)
async def make(request: Request[Any, Any, Any], person: Asker, key: FromPath[str]) -> Stream:
    """The list as a file, once it is written down who takes it."""
    asking, made = await _ordered(request, person, key)
    if made.format not in rules.FILES:
        raise Problem(400, "no-format", reads.NO_FORMAT)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (sent after this has returned)
    writer = WRITERS[made.format](file, made.head, made.listing.columns(made.asked))
    for part in made.parts:
        rows = await read(asking, reads.rows, made, part)
        await asyncio.to_thread(writer.add, rows)
    await asyncio.to_thread(writer.end)
    await request.app.state.hub.database.write(reads.write_down, made, writer.rows)
    return Stream(
        _pieces(file),
        media_type=rules.FILES[made.format],
        headers={
            **SECURITY,
            "Content-Disposition": made.disposition,
            "Cache-Control": "no-store",
            "X-Stairwell": "1",
        },
    )


@post("/{key:str}/print", status_code=200)
async def paper(
    request: Request[Any, Any, Any], person: Asker, key: FromPath[str]
) -> Response[bytes]:
    """The list as a page to print, once it is written down who prints it."""
    asking, made = await _ordered(request, person, key, rules.PRINT)
    rows: list[Row] = []
    for part in made.parts:
        rows += await read(asking, reads.rows, made, part)
        if len(rows) > rules.MOST_ON_PAPER:
            raise Problem(400, "too-long", TOO_LONG)
    columns = made.listing.columns(made.asked)
    totals = Totals(columns)
    for row in rows:
        totals.add(row)
    await request.app.state.hub.database.write(reads.write_down, made, len(rows))
    return asking.draw(
        "exports/paper.html",
        head=made.head,
        columns=columns,
        rows=rows,
        total=totals.row(asking.language),
        local=lambda moment: local(moment, made.head.zone),
        key=made.listing.key,
        store=False,
    )


async def _ordered(
    request: Request[Any, Any, Any], person: Any, key: str, form: str = ""
) -> tuple[Asking, reads.Order]:
    """The list as its form asks for it. Raises `Problem` 403, 404 or 400."""
    same_origin(request)
    asking = Asking(request, person)
    typed = await request.form()
    said = {name: str(typed.get(name, ""))[:80] for name in FIELDS}
    wanted = reads.Form(
        key,
        said["about"],
        said["last"],
        said["place"],
        form or said["format"],
        said["until"],
        health="health" in typed,
    )
    try:
        return asking, await read(asking, reads.order, person, asking.language, wanted)
    except Refused as refused:
        raise Problem(400, "malformed", say(asking.language, refused.words)) from None


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    """A file from its beginning, closed in the end."""
    with file:
        await asyncio.to_thread(file.seek, 0)
        while piece := await asyncio.to_thread(file.read, CHUNK):
            yield piece


router = Router("/exports", route_handlers=[index, log, choose, make, paper])

TOO_LONG = mark("That is too long for paper. Choose one building, or take it as a file.")
