"""Reads the files that were given in, one at a time, and keeps what becomes of every row.

Every process that serves or works runs one. A file is claimed by a row, so that two never read the
same; whatever a kill leaves behind is found again by looking, and begun anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import structlog

from server import clock
from server.db.errors import Busy
from server.features.photos.store import Store, open_store
from server.features.register import keeping
from server.features.register.child import HEAD
from server.features.register.keeping import Claim
from server.features.register.uploads import name_of
from server.features.register.work import Piece
from server.i18n import Words, mark
from server.settings import Settings
from server.web.hub import Hub, notify

log = structlog.get_logger("register")

LOOK = 5.0
"""Seconds between looks for files that another process has left."""

COMMAND = (sys.executable, "-m", "server.features.register.child")

LIMIT = 64 << 20
"""Bytes of one piece that are waited for."""


class Reader:
    """Turns files that were given in into rows that somebody can look at."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self.store: Store = open_store(settings)
        self._hub = hub
        self._database = hub.database
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    # Life

    async def start(self) -> None:
        """Begin looking."""
        self._tasks.append(asyncio.create_task(self._keep_looking()))

    async def stop(self) -> None:
        """End what `start` began; a file in hand is begun anew by whoever looks next."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """There is something to read."""
        self._wake.set()

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.look()
            except Busy as error:
                log.warning("files_wait", error=str(error))
            except Exception:
                # The next look may go better, and nobody else would start this again.
                log.exception("looking_failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._wake.wait()
            self._wake.clear()

    async def look(self) -> None:
        """Read what waits, and let go of what is over. Raises `Busy`."""
        while (claim := await self._database.write(keeping.claim, clock.now())) is not None:
            await self._read(claim)
        for community_id, import_id in await self._database.write(keeping.over, clock.now()):
            await self.store.delete(name_of(community_id, import_id))
            await self._database.write(keeping.deleted, community_id, import_id)

    # Reading

    async def _read(self, claim: Claim) -> None:
        """Read a file; what nobody has thought of ends this file and no other."""
        try:
            await self.read(claim)
        except Busy:
            raise
        except Exception:
            log.exception("reading_failed", id=claim.id)
            await self._keep(claim, Piece(failed=Words(BROKEN_OFF).as_json()), Counter())

    async def read(self, claim: Claim) -> None:
        """Read one file from beginning to end, in a process of its own."""
        body = await self.store.get(name_of(claim.community_id, claim.id))
        if body is None:
            await self._keep(claim, Piece(failed=Words(GONE).as_json()), Counter())
            return
        counts: Counter[str] = Counter()
        with tempfile.NamedTemporaryFile(prefix="stairwell-", suffix=".register") as file:
            file.write(body)
            file.flush()
            ended = False
            async for piece in _pieces(claim.job(file.name)):
                counts.update(what for _, _, what, _ in piece.rows)
                ended = piece.ended or piece.failed is not None
                if not await self._keep(claim, piece, counts):
                    return  # somebody has chosen otherwise meanwhile, or let go of it
        if not ended:
            await self._keep(claim, Piece(failed=Words(BROKEN_OFF).as_json()), counts)

    async def _keep(self, claim: Claim, piece: Piece, counts: Counter[str]) -> bool:
        topics = {f"import:{claim.id}", "imports"}

        def keep(connection: Any) -> bool:
            kept = keeping.keep(connection, claim, piece, dict(counts), clock.now())
            notify(connection, claim.community_id, 0, topics)
            return kept

        kept: bool = await self._database.write(keep)
        await self._hub.changed(claim.community_id, topics)
        return kept


async def _pieces(job: bytes) -> AsyncIterator[Piece]:
    """What a process says that does this job; it is ended where nobody listens any more."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a library may print what is in the file
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)},
        limit=LIMIT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(job)
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        process.stdin.close()
        while True:
            try:
                size = int.from_bytes(await process.stdout.readexactly(HEAD), "big")
                body = await process.stdout.readexactly(size)
            except asyncio.IncompleteReadError:
                return
            yield msgspec.msgpack.decode(body, type=Piece)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()


GONE = mark("The file is not there any more. Give it in again.")
BROKEN_OFF = mark("Reading broke off: something in the file cannot be read. Save it anew as xlsx.")
