"""The process in which photos are opened: one at a time, so long and no longer.

A photo that makes it hang or die costs that photo and nobody else: the process is put an end to and
the next photo gets another.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio import subprocess
from collections.abc import Sequence

import structlog

from server.features.photos import rules
from server.features.photos.develop import HEAD, Developed, Unfit

log = structlog.get_logger("photos")

LONGEST = 20.0
"""Seconds that one photo may take, on a machine that is busy with marks."""

ENOUGH = 200
"""Photos after which a process makes room for a fresh one, whatever it may have leaked."""

COMMAND = (sys.executable, "-m", "server.features.photos.develop")


class _Died(Exception):
    """The process ended in the middle of a photo."""


class Darkroom:
    """Develops photos."""

    def __init__(self, command: Sequence[str] = COMMAND, longest: float = LONGEST) -> None:
        self._command = command
        self._longest = longest
        self._process: subprocess.Process | None = None
        self._done = 0
        self._one = asyncio.Lock()

    async def develop(self, body: bytes) -> Developed:
        """What is to be kept of a photo. Raises `Unfit`, which says why nothing is."""
        async with self._one:
            for _ in range(2):  # whatever ended it the first time may have been meant for another
                try:
                    async with asyncio.timeout(self._longest):
                        return await self._ask(body)
                except TimeoutError:
                    await self.close()
                    raise Unfit(rules.TOO_LONG) from None
                except _Died:
                    await self.close()
                except asyncio.CancelledError:
                    await self.close()  # it would answer the next with this one's
                    raise
            raise Unfit(rules.BROKEN_OFF)

    async def _ask(self, body: bytes) -> Developed:
        process = await self._ready()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(HEAD.pack(len(body)) + body)
            await process.stdin.drain()
            said = json.loads(await process.stdout.readuntil(b"\n"))
            if "why" in said:
                raise Unfit(said["why"])
            return Developed(
                await process.stdout.readexactly(said["picture"]),
                await process.stdout.readexactly(said["small"]),
            )
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            log.warning("darkroom_died", error=str(error), code=process.returncode)
            raise _Died from error

    async def _ready(self) -> subprocess.Process:
        if self._done >= ENOUGH:
            await self.close()
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "MALLOC_ARENA_MAX": "1"},
            )
            self._done = 0
        self._done += 1
        return self._process

    async def close(self) -> None:
        """End the process; the next photo starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
