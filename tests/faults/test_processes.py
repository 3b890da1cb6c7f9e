"""Several processes of one server: what befalls one of them must not end the others."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import asyncpg

from tests.faults.arena import child_of
from tests.support.postgres import dsn


def test_a_process_that_starts_while_the_database_is_away_does_not_end_the_others(
    make_server, fresh_postgres
):
    server = make_server(
        environment={"STAIRWELL_DATABASE_URL": fresh_postgres},
        arguments=("--workers", "2"),
        patience=120,
    )
    server.start()
    asyncio.run(_turn_everybody_away(fresh_postgres, server))
    time.sleep(2)  # the one that starts tries again, and the supervisor has seen what came of it
    assert server.running
    server.wait()


async def _turn_everybody_away(url, server):
    """Kill a process, and end every connection as soon as it is there, until that was noticed."""
    connection = await asyncpg.connect(dsn(url))
    give_up = time.monotonic() + 120
    again = 0.0
    while "database_away" not in server.log and server.running:
        assert time.monotonic() < give_up, "nobody noticed that the database was away"
        if time.monotonic() > again:  # what started between two of ours was not caught
            os.kill(child_of(server.pid), signal.SIGKILL)
            again = time.monotonic() + 12
        for _ in range(50):
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await asyncio.sleep(0.001)
    await connection.close()
