"""SQLite's one writer: jobs that wait share a commit, and none can spoil another's."""

import sqlite3
import threading
from concurrent.futures import wait

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from server.db.errors import Busy
from server.db.session import sqlite_engine
from server.db.write_queue import MOST_TOGETHER, WriteQueue


@pytest.fixture
def engine(tmp_path):
    made = sqlite_engine(tmp_path / "test.db", begin="BEGIN IMMEDIATE")
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE doors (label TEXT PRIMARY KEY)"))
    yield made
    made.dispose()


@pytest.fixture
def queue(engine):
    made = WriteQueue(engine)
    yield made
    made.close()


@pytest.fixture
def commits(engine):
    """Counts commits."""
    counted = []
    event.listen(engine, "commit", lambda _connection: counted.append(1))
    return counted


class Gate:
    """A job that holds the writer until it is let go, so that others wait together."""

    def __init__(self, queue):
        self.entered, self.leave = threading.Event(), threading.Event()
        self.future = queue.put(self)
        self.entered.wait(10)

    def __call__(self, _connection):
        self.entered.set()
        assert self.leave.wait(10)

    def open(self):
        self.leave.set()


def mark(connection, label):
    connection.execute(text("INSERT INTO doors VALUES (:label)"), {"label": label})
    return label


def mark_and_break(connection, label):
    mark(connection, label)
    raise LookupError(label)


def labels(engine):
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT label FROM doors")).scalars())


def test_a_job_gives_its_result_once_it_is_durable(queue, engine):
    assert queue.put(mark, "302").result(10) == "302"
    assert labels(engine) == {"302"}


def test_jobs_that_wait_share_one_commit(queue, engine, commits):
    gate = Gate(queue)
    futures = [queue.put(mark, str(n)) for n in range(30)]
    gate.open()
    assert [future.result(10) for future in futures] == [str(n) for n in range(30)]
    assert len(commits) == 2
    assert len(labels(engine)) == 30


def test_no_commit_makes_the_first_wait_for_more_than_a_few(queue, commits):
    gate = Gate(queue)
    futures = [queue.put(mark, str(n)) for n in range(MOST_TOGETHER + 1)]
    gate.open()
    wait(futures, 10)
    assert len(commits) == 3


def test_a_job_that_raises_takes_back_its_own_work_only(queue, engine):
    gate = Gate(queue)
    before, broken, after = (
        queue.put(mark, "301"), queue.put(mark_and_break, "302"), queue.put(mark, "303")
    )  # fmt: skip
    gate.open()
    with pytest.raises(LookupError, match="302"):
        broken.result(10)
    assert (before.result(10), after.result(10)) == ("301", "303")
    assert labels(engine) == {"301", "303"}


def test_a_broken_rule_of_the_database_is_the_jobs_own_fault(queue, engine):
    queue.put(mark, "302").result(10)
    gate = Gate(queue)
    twice, other = queue.put(mark, "302"), queue.put(mark, "401")
    gate.open()
    with pytest.raises(Exception, match="UNIQUE"):
        twice.result(10)
    assert other.result(10) == "401"
    assert labels(engine) == {"302", "401"}


def test_nobody_is_told_before_the_commit(queue, engine):
    """What a future says may be acknowledged: it is there for another connection to read."""
    seen = []
    future = queue.put(mark, "302")
    future.add_done_callback(lambda _: seen.append(labels(engine)))
    future.result(10)
    queue.put(lambda _connection: None).result(10)
    assert seen == [{"302"}]


def test_a_commit_that_fails_fails_everybody_and_the_next_goes_on(queue, engine):
    gate = Gate(queue)
    futures = [queue.put(mark, "301"), queue.put(mark, "302")]
    failing = [sqlite3.OperationalError("disk I/O error")]

    @event.listens_for(engine, "commit")
    def fail(_connection):
        if failing and gate.future.done():
            raise OperationalError("COMMIT", {}, failing.pop())

    gate.open()
    for future in futures:
        with pytest.raises(Busy, match="disk I/O error"):
            future.result(10)
    assert labels(engine) == set()
    assert queue.put(mark, "401").result(10) == "401"
    assert labels(engine) == {"401"}


def test_a_database_that_somebody_else_holds_is_busy_and_works_again_afterwards(tmp_path):
    path = tmp_path / "test.db"
    engine = sqlite_engine(path, begin="BEGIN IMMEDIATE")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE doors (label TEXT PRIMARY KEY)"))
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout=1"))
    engine.dispose()
    queue = WriteQueue(engine)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        queue.put(mark, "302").result(10)
    holder.execute("ROLLBACK")
    holder.close()
    assert queue.put(mark, "302").result(10) == "302"
    queue.close()
    engine.dispose()


def test_a_full_disk_is_busy_loses_nothing_and_works_again_when_there_is_room(queue, engine):
    def limit(pages):
        return lambda connection: connection.exec_driver_sql(
            f"PRAGMA max_page_count={pages}"
        ).scalar()

    full = queue.put(limit(1)).result(10)
    with pytest.raises(Busy, match="full"):
        queue.put(mark, "x" * 100_000).result(10)
    queue.put(limit(full + 1000)).result(10)
    assert queue.put(mark, "302").result(10) == "302"
    assert labels(engine) == {"302"}


def test_what_shared_a_commit_with_the_full_disk_is_not_acknowledged_unless_it_is_there(
    queue, engine
):
    """SQLite gives the whole transaction up, and says so to the job that met the full disk only."""
    pages = "PRAGMA max_page_count={}"
    full = queue.put(lambda c: c.exec_driver_sql(pages.format(1)).scalar()).result(10)
    gate = Gate(queue)
    futures = {label: queue.put(mark, label) for label in ("301", "x" * 100_000, "303")}
    gate.open()
    for label, future in futures.items():
        error = future.exception(10)
        assert error is None or isinstance(error, Busy)
        assert error is not None or label in labels(engine)
    assert futures["x" * 100_000].exception(10)
    queue.put(lambda c: c.exec_driver_sql(pages.format(full + 1000)).scalar()).result(10)
    assert queue.put(mark, "401").result(10) == "401"


def test_closing_finishes_what_waits(engine):
    queue = WriteQueue(engine)
    gate = Gate(queue)
    futures = [queue.put(mark, str(n)) for n in range(100)]
    gate.open()
    queue.close()
    assert all(future.done() for future in futures)
    assert len(labels(engine)) == 100


def test_a_job_that_nobody_waits_for_any_more_harms_nobody(queue, engine):
    gate = Gate(queue)
    gone, other = queue.put(mark, "301"), queue.put(mark, "302")
    gone.cancel()
    gate.open()
    assert other.result(10) == "302"
    assert "302" in labels(engine)
