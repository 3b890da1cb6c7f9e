"""The processes in which photos are opened, one at a time in each, so long and no longer.

A photo that makes one hang or die costs that photo and nobody else: the process is put an end to
and the next photo gets another.
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
from server.features.photos.reading import Reading

log = structlog.get_logger("photos")

LONGEST = 20.0
"""Seconds that one photo may take, on a machine that is busy with marks."""

ENOUGH = 200
"""Photos after which a process makes room for a fresh one, whatever it may have leaked."""

MOST_AT_ONCE = 2
"""Processes. Each holds a photo of up to 25 megapixels, and marks come first."""

ALONE = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For one thread each, which leaves room in a process's memory for the photo."""

COMMAND = (sys.executable, "-m", "server.features.photos.develop")


class _Died(Exception):
    """The process ended in the middle of a photo."""


class Darkroom:
    """Develops photos, a few at a time."""

    def __init__(
        self,
        command: Sequence[str] = COMMAND,
        longest: float = LONGEST,
        at_once: int = min(MOST_AT_ONCE, os.cpu_count() or 1),
    ) -> None:
        self._longest = longest
        self._idle = [_Process(command) for _ in range(at_once)]
        self._busy: set[_Process] = set()
        self._places = asyncio.Semaphore(at_once)

    async def develop(self, body: bytes, *, is_test: bool = False) -> Developed:
        """What is to be kept of a photo, and of a test what is seen. Raises `Unfit`, saying why."""
        async with self._places:
            process = self._idle.pop()  # the last used: those that are not needed never start
            self._busy.add(process)
            try:
                return await self._develop(process, body, is_test)
            finally:
                self._busy.remove(process)
                self._idle.append(process)

    async def _develop(self, process: _Process, body: bytes, is_test: bool) -> Developed:
        for _ in range(2):  # whatever ended it the first time may have been meant for another
            try:
                async with asyncio.timeout(self._longest):
                    return await process.ask(body, is_test)
            except TimeoutError:
                await process.end()
                raise Unfit(rules.TOO_LONG) from None
            except _Died:
                await process.end()
            except asyncio.CancelledError:
                await process.end()  # it would answer the next with this one's
                raise
        raise Unfit(rules.BROKEN_OFF)

    async def close(self) -> None:
        """End the processes; the next photo starts another."""
        for process in (*self._idle, *self._busy):
            await process.end()


class _Process:
    """One of them, started when it is first asked."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._runs: subprocess.Process | None = None
        self._done = 0

    async def ask(self, body: bytes, is_test: bool) -> Developed:
        """What it makes of a photo. Raises `Unfit` and `_Died`."""
        process = await self._ready()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(HEAD.pack(is_test, len(body)) + body)
            await process.stdin.drain()
            said = json.loads(await process.stdout.readuntil(b"\n"))
            if "why" in said:
                raise Unfit(said["why"])
            return Developed(
                await process.stdout.readexactly(said["picture"]),
                await process.stdout.readexactly(said["small"]),
                Reading(**said["reading"]) if said["reading"] else None,
            )
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            log.warning("darkroom_died", error=str(error), code=process.returncode)
            raise _Died from error

    async def _ready(self) -> subprocess.Process:
        if self._done >= ENOUGH:
            await self.end()
        if self._runs is None or self._runs.returncode is not None:
            self._runs = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **ALONE},
            )
            self._done = 0
        self._done += 1
        return self._runs

    async def end(self) -> None:
        """End it; asked again, it starts anew."""
        process, self._runs = self._runs, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
