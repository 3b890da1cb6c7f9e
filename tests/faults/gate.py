"""A way to PostgreSQL that can be shut: the database is away then for those who go through it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.support.aside import Aside

HEARD = (0, 1, 2, 4, 8)
"""Answers after which connections break off while it is shut, one after the other: a database that
leaves does so at any moment of a process's start."""

PIECE = 1 << 16


class Gate(Aside):
    """Listens on a port of its own and passes everything on to the database at `url`."""

    def __init__(self, url: str) -> None:
        self._there = make_url(url)
        self._open = True
        self._heard = itertools.cycle(HEARD)
        self._passing: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The same database by this way."""
        here = self._there.difference_update_query(["host", "port"])
        here = here.set(host="127.0.0.1", port=self._server.sockets[0].getsockname()[1])
        return here.render_as_string(hide_password=False)

    def shut(self) -> None:
        """Break off every connection, and each new one after a few answers."""
        self.do(self._shut())

    def reopen(self) -> None:
        """The database is back."""
        self._open = True

    async def open(self) -> None:
        """See `Aside`."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)

    async def close(self) -> None:
        """See `Aside`."""
        self._server.close()
        await self._shut()

    async def _shut(self) -> None:
        self._open = False
        for one in self._passing:
            one.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        this: asyncio.Task[None] = asyncio.current_task()  # type: ignore[assignment]
        self._passing.add(this)
        this.add_done_callback(self._passing.discard)
        with contextlib.suppress(OSError):
            answers, questions = await self._connect()
            try:
                asking = asyncio.create_task(_carry(reader, questions))
                await _carry(answers, writer, None if self._open else next(self._heard))
                asking.cancel()
            finally:
                questions.transport.abort()
                writer.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        folder, port = self._there.query.get("host"), self._there.port or 5432
        if folder:
            return await asyncio.open_unix_connection(Path(str(folder)) / f".s.PGSQL.{port}")
        return await asyncio.open_connection(self._there.host, port)


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pieces: int | None = None
) -> None:
    """Pass on what is read until it ends, or so many pieces of it."""
    for _ in itertools.count() if pieces is None else range(pieces):
        piece = await reader.read(PIECE)
        if not piece:
            return
        writer.write(piece)
        await writer.drain()
