"""Reading and writing, the same way on SQLite and on PostgreSQL.

All database code is a plain function of a synchronous `Connection`. `read` runs one in a snapshot,
`write` runs one in a transaction and returns when it is durable. On SQLite they run in threads (one
writer, a few readers: one hop for a whole page, where aiosqlite costs one for each statement); on
PostgreSQL through SQLAlchemy's `run_sync` over asyncpg. So each query is written once.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from server.db.errors import DatabaseError, as_busy, passing
from server.db.write_queue import WriteQueue
from server.settings import Settings

T = TypeVar("T")

READERS = 4
"""Threads that read from SQLite; more than the cores so that a long read delays no short one."""

_OPTIONS: dict[str, Any] = {
    "json_serializer": lambda value: msgspec.json.encode(value).decode(),
    "json_deserializer": msgspec.json.decode,
    "hide_parameters": True,  # what a statement was given is health and names: no log has it
}


class Database(Protocol):
    """Where everything is kept."""

    single_process: bool
    """True where only this process writes, so that memory may be trusted about versions."""

    async def read(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run `work(connection, *arguments)` in one snapshot. Raises `Busy`."""

    async def write(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run `work(connection, *arguments)` in one transaction. Raises `Busy`."""

    async def close(self) -> None:
        """Let go of every connection and thread."""


def open_database(settings: Settings) -> Database:
    """The database the settings name. Raises `DatabaseError` with one sentence."""
    if settings.uses_sqlite:
        prepare_data_dir(settings.data_dir)
        return SqliteDatabase(settings.sqlite_path)
    return PostgresDatabase(settings.database_url)


def prepare_data_dir(folder: Path) -> None:
    """Make the data folder and see that it can be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DatabaseError(
            f"The data folder {folder} cannot be written to ({error.strerror}): "
            "set STAIRWELL_DATA_DIR to a folder that can."
        ) from error


class SqliteDatabase:
    """SQLite in WAL mode: one writing thread with group commit, a few reading threads."""

    single_process = True

    def __init__(self, path: Path) -> None:
        self.engine = sqlite_engine(path)
        self._writer = sqlite_engine(path, begin="BEGIN IMMEDIATE")
        self._queue = WriteQueue(self._writer)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="stairwell-reader")

    async def read(self, work: Callable[..., T], *arguments: Any) -> T:
        """See `Database.read`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, work, arguments)

    def _read(self, work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        with _saying_busy(), self.engine.connect() as connection:
            return work(connection, *arguments)

    async def write(self, work: Callable[..., T], *arguments: Any) -> T:
        """See `Database.write`."""
        # Shielded: a client that goes away must not cancel work that others share a commit with.
        return await asyncio.shield(asyncio.wrap_future(self._queue.put(work, *arguments)))

    async def close(self) -> None:
        """See `Database.close`."""
        await asyncio.get_running_loop().run_in_executor(None, self._queue.close)
        self._writer.dispose()
        self._readers.shutdown()
        self.engine.dispose()


class PostgresDatabase:
    """PostgreSQL through asyncpg, for more than one process or machine."""

    single_process = False

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = create_async_engine(url, pool_size=10, **_OPTIONS)

    async def read(self, work: Callable[..., T], *arguments: Any) -> T:
        """See `Database.read`."""
        with _saying_busy():
            async with self.engine.connect() as connection:
                # Several statements draw one page: they must not see different moments.
                await connection.execution_options(isolation_level="REPEATABLE READ")
                return await connection.run_sync(work, *arguments)

    async def write(self, work: Callable[..., T], *arguments: Any) -> T:
        """See `Database.write`."""
        with _saying_busy():
            async with self.engine.begin() as connection:
                return await connection.run_sync(work, *arguments)

    async def close(self) -> None:
        """See `Database.close`."""
        await self.engine.dispose()


@contextlib.contextmanager
def _saying_busy() -> Iterator[None]:
    """Turn whatever trying again may cure into `Busy`."""
    try:
        yield
    except Exception as error:
        if passing(error):
            raise as_busy(error) from error
        raise


def sqlite_engine(path: Path, begin: str = "BEGIN") -> Engine:
    """An engine on one SQLite file.

    The driver's own transaction handling is switched off and BEGIN is said by us, because with it
    a savepoint opened first survives an outer rollback (see docs/decisions.md).
    """
    engine = create_engine(f"sqlite:///{path}", **_OPTIONS)

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "busy_timeout=5000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
