"""What the tests that need PostgreSQL rely on."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.postgres import Postgres, dsn, rows

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def copied(postgres: Postgres) -> str:
    """A template as large as the real one will be: a hundred tables with an index each."""

    def fill(url: str) -> None:
        async def tables() -> None:
            connection = await asyncpg.connect(dsn(url))
            for n in range(100):
                await connection.execute(f"CREATE TABLE t{n} (id uuid PRIMARY KEY, words text)")
            await connection.close()

        asyncio.run(tables())

    return postgres.template("a_hundred_tables", fill)


def test_sqlalchemy_reaches_it_and_it_holds_chinese(fresh_postgres: str) -> None:
    async def ask() -> str:
        engine = create_async_engine(fresh_postgres)
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE doors (name text)"))
            await connection.execute(text("INSERT INTO doors VALUES ('12号楼 701室')"))
            found = (await connection.execute(text("SELECT name FROM doors"))).scalar_one()
        await engine.dispose()
        return str(found)

    assert asyncio.run(ask()) == "12号楼 701室"


def test_it_is_asked_in_the_words_of_sqlite(fresh_postgres: str) -> None:
    some = "0190a6e0-0000-7000-8000-000000000000"
    query = "SELECT CAST(? AS uuid), CAST(? AS text), CAST(? AS int)"
    assert rows(fresh_postgres, query, some, "楼道", 7) == [(some, "楼道", 7)]


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_a_database_of_its_own(fresh_postgres: str, turn: int) -> None:
    async def make() -> None:
        connection = await asyncpg.connect(dsn(fresh_postgres))
        await connection.execute("CREATE TABLE only_here (turn int)")
        await connection.close()

    asyncio.run(make())


def test_listeners_hear_what_others_notify(fresh_postgres: str) -> None:
    async def listen() -> str:
        heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        listener = await asyncpg.connect(dsn(fresh_postgres))
        speaker = await asyncpg.connect(dsn(fresh_postgres))
        await listener.add_listener("doors", lambda *words: heard.set_result(words[3]))
        await speaker.execute("NOTIFY doors, '701'")
        try:
            async with asyncio.timeout(5):
                return await heard
        finally:
            await listener.close()
            await speaker.close()

    assert asyncio.run(listen()) == "701"


def test_a_copy_of_the_template_is_quick(postgres: Postgres, copied: str) -> None:
    def once() -> float:
        began = time.perf_counter()
        name = postgres.create(copied)
        took = time.perf_counter() - began
        postgres.drop(name)
        return took

    assert min(once() for _ in range(5)) < 0.25


def test_a_copy_holds_what_the_template_holds(postgres: Postgres, copied: str) -> None:
    name = postgres.create(copied)

    async def count() -> int:
        connection = await asyncpg.connect(dsn(postgres.url(name)))
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        found = await connection.fetchval(query)
        await connection.close()
        return int(found)

    assert asyncio.run(count()) == 100
    postgres.drop(name)


def test_the_server_ends_with_the_run_even_when_the_run_is_killed(tmp_path: Path) -> None:
    """Another run, in a process that is killed while its server is up."""
    folder = tmp_path / "pg"
    folder.mkdir()
    code = (
        "import os, sys, time; from pathlib import Path; from tests.support.postgres import start;"
        "print(start(Path(sys.argv[1]), run=os.getpid()), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(folder)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline().startswith("postgresql+asyncpg://")
    server = int((folder / "data" / "postmaster.pid").read_text().split()[0])

    run.kill()
    run.wait()
    run.stdout.close()

    until = time.monotonic() + 10
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
