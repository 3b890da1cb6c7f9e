"""Bringing a database to the shape that the code expects."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from server.db.errors import DatabaseError
from server.db.planning import suppose
from server.db.session import prepare_data_dir, sqlite_engine
from server.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"

ONE_AT_A_TIME = 7_814_001
"""The advisory lock under which PostgreSQL servers that start together migrate one by one."""


def upgrade(settings: Settings) -> None:
    """Run what is missing. Raises `DatabaseError` with one sentence."""
    try:
        if settings.uses_sqlite:
            prepare_data_dir(settings.data_dir)
            engine = sqlite_engine(settings.sqlite_path, begin="BEGIN IMMEDIATE")
            with contextlib.closing(engine.connect()) as connection, connection.begin():
                upgrade_on(connection)
            engine.dispose()
        else:
            _in_a_loop_of_its_own(settings.database_url)
    except (DBAPIError, OSError) as error:
        raise DatabaseError(f"The database cannot be opened: {error}".splitlines()[0]) from error


def upgrade_on(connection: Connection) -> None:
    """Run what is missing on one connection, in its transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
    if _shape(connection) != newest():
        _migrate(connection)
    if connection.dialect.name == "sqlite":
        suppose(connection)


def newest() -> str:
    """The shape that the code expects: the migration that no other follows.

    Read from the files, because alembic takes as long to load as a quarter of the server, and most
    servers that start find nothing to do.
    """
    said = [path.read_text("utf-8") for path in (MIGRATIONS / "versions").glob("*.py")]
    followed = {match[1] for text in said if (match := _FOLLOWS.search(text))}
    [last] = {_IS.search(text)[1] for text in said} - followed  # type: ignore[index]
    return last


_IS = re.compile(r"^revision = ['\"](\w+)", re.M)
_FOLLOWS = re.compile(r"^down_revision = ['\"](\w+)", re.M)


def _shape(connection: Connection) -> str | None:
    """The database's own shape; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    current = _shape(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseError(
            f"The database was made by a newer version of Stairwell (its shape is {current}): "
            "update the server, or point it at another database."
        )
    command.upgrade(config, "head")


def _in_a_loop_of_its_own(url: str) -> None:
    """asyncpg needs a loop, and whoever calls may already be inside one."""

    async def run() -> None:
        engine = create_async_engine(url)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade_on)
        finally:
            await engine.dispose()

    raised: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
