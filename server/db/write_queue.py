"""SQLite's one writer: a thread that drains a queue and commits waiting jobs together.

SQLite writes one transaction at a time and each commit costs an fsync, so jobs that arrive while
one commit runs share the next (group commit). Each job runs in its own savepoint: a job that
raises takes back its own work and nobody else's. A future is resolved only after the commit.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine

from server.db.bulk import savepoint
from server.db.errors import Busy, as_busy

MOST_TOGETHER = 64
"""Jobs in one commit: enough to share an fsync, few enough that the first need not wait long."""


@dataclass(slots=True)
class _Job:
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    future: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None


class WriteQueue:
    """Runs jobs on one connection in one thread, in the order they were put."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="stairwell-writer", daemon=True)
        self._thread.start()

    def put(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Queue `work(connection, *arguments)`; the future holds its result once it is durable."""
        job = _Job(work, arguments)
        self._jobs.put(job)
        return job.future

    def close(self) -> None:
        """Finish what waits, then stop."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            going = True
            while going:
                jobs, going = self._take()
                if jobs:
                    self._commit_together(connection, jobs)

    def _take(self) -> tuple[list[_Job], bool]:
        """Wait for a job, then take what else has arrived; False once asked to close."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == MOST_TOGETHER:
                return jobs, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    @staticmethod
    def _commit_together(connection: Connection, jobs: list[_Job]) -> None:
        try:
            with connection.begin():
                for job in jobs:
                    _run_in_savepoint(connection, job)
                    _must_still_hold(connection, job)
        except Exception as error:  # noqa: BLE001 - this thread must outlive every error
            # Neither the begin nor the commit is any one job's fault: none of it happened.
            _driver(connection).rollback()
            for job in jobs:
                job.error = Busy(str(error))
        for job in jobs:
            if job.future.set_running_or_notify_cancel():
                if job.error is None:
                    job.future.set_result(job.result)
                else:
                    job.future.set_exception(job.error)


def _run_in_savepoint(connection: Connection, job: _Job) -> None:
    try:
        with savepoint(connection):
            job.result = job.work(connection, *job.arguments)
    except Exception as error:  # noqa: BLE001 - handed to whoever waits for this job
        job.error = as_busy(error)


def _must_still_hold(connection: Connection, job: _Job) -> None:
    """Raises `Busy` where SQLite gave the whole transaction up, as it may when the disk is full.

    The driver would then commit nothing without a word, and what came before would be lost.
    """
    if not _driver(connection).in_transaction:
        raise Busy(str(job.error))


def _driver(connection: Connection) -> sqlite3.Connection:
    return connection.connection.dbapi_connection  # type: ignore[return-value]
