"""A full disk in the middle of a batch: nothing is recorded as failed, and it is tried again."""

import pytest
from sqlalchemy import select

from server.db.errors import Busy, passing
from server.db.session import sqlite_engine
from server.oplog.tables import operations
from tests.oplog.kinds import Add, added, registered
from tests.support.told import outcomes

pytestmark = pytest.mark.usefixtures("adding")


class Fill(Add):
    """Writes more than there is room for."""

    def apply(self, at, asked):
        at.connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS heap (stuff BLOB)")
        at.connection.exec_driver_sql("INSERT INTO heap VALUES (zeroblob(3000000))")


def limit(told, pages):
    return told.write(
        lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar()
    )


def test_a_batch_that_meets_a_full_disk_is_busy_and_applies_when_sent_again(sqlite_told):
    told = sqlite_told
    with registered("tests.fill", Fill):
        batch = [
            told.envelope("hao", "tests.add", {"number": 1}, seen=0),
            told.envelope("hao", "tests.fill", {}, seen=0),
            told.envelope("hao", "tests.add", {"number": 2}, seen=0),
        ]
        full = limit(told, 1)
        with pytest.raises(Busy):
            told.apply("hao", batch)
        assert told.rows(select(operations)) == []
        limit(told, full + 5000)
        assert outcomes(told.apply("hao", batch)) == ["applied"] * 3
    assert added(told) == 3


def test_a_mistake_of_ours_is_not_taken_for_a_full_disk(tmp_path):
    engine = sqlite_engine(tmp_path / "test.db")
    with engine.connect() as connection:
        with pytest.raises(Exception, match="no such table") as raised:
            connection.exec_driver_sql("SELECT * FROM no_table")
        assert not passing(raised.value)
    engine.dispose()
    assert not passing(RuntimeError("a mistake"))
    assert not passing(PermissionError("somebody may not"))
    assert passing(ConnectionResetError())
