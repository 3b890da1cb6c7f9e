"""The real server process on a database of its own, and everything that can happen to it."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import asyncpg

from server.db.errors import Busy
from server.db.migrate import upgrade
from server.db.session import Database, open_database
from server.settings import Settings
from tests.faults.proxy import Proxy
from tests.support.postgres import dsn
from tests.support.server import Server

T = TypeVar("T")

QUEUE = 2
"""Troubles that wait for the one that lasts; more than that are spared."""

DISK = 32 * 1024
"""Bytes that any file may grow to while the disk is full."""


@dataclass
class Arena:
    """A server, its database, and the proxy before it."""

    server: Server
    settings: Settings
    database: Database
    proxy: Proxy
    http: aiohttp.ClientSession
    happened: dict[str, int] = field(default_factory=dict)
    _trouble: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0
    _troubles: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def proxied(self) -> str:
        """Where phones send what meets with weather."""
        return f"http://127.0.0.1:{self.proxy.port}"

    async def read(self, work: Callable[..., T], *arguments: Any) -> T:
        """Look into the database beside the server."""
        return await _once_it_lets_us(self.database.read, work, *arguments)

    async def write(self, work: Callable[..., T], *arguments: Any) -> T:
        """Change something behind the server's back."""
        return await _once_it_lets_us(self.database.write, work, *arguments)

    # Trouble: one at a time, for everybody on this server.

    def befall(self, what: str, strength: int) -> asyncio.Task[None]:
        """Begin one of `TROUBLES`; what comes while another lasts is spared."""
        task = asyncio.get_running_loop().create_task(self._befall(what, strength))
        self._troubles.add(task)
        return task

    async def _befall(self, what: str, strength: int) -> None:
        possible = {"disk"} if self.settings.uses_sqlite else {"disconnect"}
        if self._waiting == QUEUE or what in {"disk", "disconnect"} - possible:
            return
        self._waiting += 1
        async with self._trouble:
            self._waiting -= 1
            self.happened[what] = self.happened.get(what, 0) + 1
            await {
                "kill": self._kill,
                "freeze": self._freeze,
                "disk": self._fill_disk,
                "locked": self._lock,
                "disconnect": self._disconnect,
            }[what](strength)

    async def well(self) -> None:
        """Until no trouble lasts; raises what went wrong with making it."""
        while not all(trouble.done() for trouble in self._troubles):
            await asyncio.gather(*self._troubles)
        await asyncio.gather(*self._troubles)
        await self.proxy.calm()

    async def _kill(self, strength: int) -> None:
        """The power goes, and comes back on the same port; or one of several processes dies."""
        if self.server.arguments and strength % 2:
            os.kill(child_of(self.server.pid), signal.SIGKILL)
            return
        await asyncio.to_thread(self.server.kill)
        await asyncio.sleep(strength / 1000)
        await asyncio.to_thread(self.server.start)

    async def _freeze(self, strength: int) -> None:
        """Connections are taken and nothing answers."""
        self.server.pause()
        await asyncio.sleep(strength / 1000)
        self.server.resume()

    async def _fill_disk(self, strength: int) -> None:
        """No file may grow: neither the database nor its log. Only SQLite has files of ours."""
        _, hard = resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE, (DISK, hard))
        await asyncio.sleep(strength / 1000)
        resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE, (hard, hard))

    async def _lock(self, strength: int) -> None:
        """Somebody else holds what every write needs."""
        if self.settings.uses_sqlite:
            await asyncio.to_thread(_hold_sqlite, self.settings.sqlite_path, strength / 1000)
            return
        connection = await asyncpg.connect(dsn(self.settings.database_url))
        async with connection.transaction():
            await connection.execute("SELECT * FROM counters FOR UPDATE")
            await asyncio.sleep(strength / 1000)
        await connection.close()

    async def _disconnect(self, _strength: int) -> None:
        """The database server drops every connection. SQLite has none."""
        connection = await asyncpg.connect(dsn(self.settings.database_url))
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.close()


async def _once_it_lets_us(way: Callable[..., Awaitable[T]], *asked: Any) -> T:
    """Troubles are for the server; we look and change once they let us."""
    while True:
        try:
            return await way(*asked)
        except Busy:
            await asyncio.sleep(0.05)


def child_of(pid: int) -> int:
    """The process that it started last."""
    return children_of(pid)[-1]


def children_of(pid: int) -> list[int]:
    """The processes that it started and has not buried, in that order."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _hold_sqlite(path: Path, seconds: float) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")


@asynccontextmanager
async def arena(folder: Path, database_url: str = "", workers: int = 1) -> AsyncIterator[Arena]:
    """A server that runs, with empty data in `folder` or at a PostgreSQL address."""
    async with AsyncExitStack() as stack:
        environment = {"STAIRWELL_DATABASE_URL": database_url, "STAIRWELL_LOG_LEVEL": "warning"}
        arguments = ("--workers", str(workers)) if workers > 1 else ()
        server = Server(
            folder / "data",
            environment=environment,
            arguments=arguments,
            patience=120,
            forked=True,
        )
        stack.callback(server.close)
        settings = Settings(data_dir=server.data, database_url=database_url)
        await asyncio.to_thread(upgrade, settings)
        await asyncio.to_thread(server.start)
        proxy = await stack.enter_async_context(Proxy(server.port))
        database = open_database(settings)
        stack.push_async_callback(database.close)
        http = await stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        )
        yield Arena(server, settings, database, proxy, http)


def cores() -> int:
    """How many of them are ours."""
    return len(os.sched_getaffinity(0))
