"""The same work with nothing around it: Litestar handlers as small as can be, to compare with.

BARE='{"folder": "…", …}' uvicorn bench.bare:app
"""

from __future__ import annotations

import gzip
import os
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post

from bench import raw
from server import clock
from server.db.session import sqlite_engine
from server.features.people.actors import actors
from server.features.rounds import reads
from server.ids import uuid7
from server.web.assets import Assets
from server.web.page import Page, environment

LANGUAGE = "zh-Hans"


class Asked(msgspec.Struct):
    """What the handlers are about."""

    folder: str
    database: str
    account: str
    round: str
    stairwell: int


asked = msgspec.json.decode(os.environ["BARE"], type=Asked)


def _commits() -> sqlite3.Connection:
    connection = sqlite3.connect(Path(asked.folder) / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(raw.TABLE)
    return connection


def _board() -> tuple[Page, Any]:
    """The board's context, read once."""
    with sqlite_engine(Path(asked.database)).connect() as connection:
        person = actors(connection, 1, [asked.account])[asked.account]
        board = reads.board(connection, person, LANGUAGE, asked.round, asked.stairwell)
    page = Page(
        language=LANGUAGE,
        account_id=person.id,
        account_name=person.name,
        display=frozenset(),
        build=assets.build,
        seq=board.seq,
        path=f"/rounds/{asked.round}/stairwells/{asked.stairwell}",
        may_announce=False,
        may_lead=False,
    )
    return page, board


def draw() -> str:
    """The board, rendered from memory."""
    drawing = environment(LANGUAGE, assets)
    drawing.globals["kept"].forget()  # type: ignore[attr-defined]  # all of it, though most of it is as it was
    template = drawing.get_template("rounds/board.html")
    return template.render(page=page, board=board)


assets = Assets()
commits = _commits()
page, board = _board()
zipped = gzip.compress(draw().encode(), 6)
PACKED = {"Content-Encoding": "gzip"}


@get("/bytes")
async def same_bytes() -> Response[bytes]:
    """The bytes of a drawn and packed board."""
    return Response(zipped, headers=PACKED, media_type=MediaType.HTML)


@get("/rendered")
async def rendered() -> Response[bytes]:
    """The board drawn anew from what is in memory."""
    return Response(draw().encode(), media_type=MediaType.HTML)


@post("/commit", status_code=200)
async def commit(request: Request[Any, Any, Any]) -> Response[bytes]:
    """One row, durable."""
    body = await request.body()
    commits.execute("BEGIN IMMEDIATE")
    commits.execute(raw.INSERT, (uuid7(), "1", "delivered", clock.rfc3339(clock.now()), "x"))
    commits.execute("COMMIT")
    return Response(body, media_type="application/json")


app = Litestar([same_bytes, rendered, commit], openapi_config=None, logging_config=None)
