"""Several processes of one server: what befalls one of them must not end the others."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.faults.arena import children_of
from tests.faults.gate import Gate
from tests.support.postgres import rows

pytestmark = pytest.mark.postgres


def test_a_process_that_starts_while_the_database_is_away_ends_nobody_and_then_works(
    make_server, fresh_postgres
):
    with Gate(fresh_postgres) as gate:
        server = make_server(
            environment={"STAIRWELL_DATABASE_URL": gate.url},
            arguments=("--workers", "2"),
            patience=120,
        )
        server.start()
        _until(lambda: _at_work(fresh_postgres) == 2)
        *_, other, killed = children_of(server.pid)
        gate.shut()
        os.kill(killed, signal.SIGKILL)
        _until(lambda: server.log.count("database_away") >= 3 or not server.running)
        assert server.running, server.log
        gate.reopen()

        _until(lambda: _at_work(fresh_postgres) == 2)
        assert other in children_of(server.pid)
        os.kill(other, signal.SIGSTOP)  # whoever answers now is the one that started
        server.wait()


def _at_work(url: str) -> int:
    """Processes that have opened the database and listen to the others."""
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE ?"
    return len(rows(url, query, "LISTEN%"))


def _until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < give_up, "it never came to be so"
        time.sleep(0.05)
