"""Reading and writing on both databases."""

import asyncio

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from server.db.errors import Busy, DatabaseError
from server.db.session import PostgresDatabase, open_database, prepare_data_dir, sqlite_engine
from server.db.tables import keys
from server.settings import Settings


def add(connection, name):
    connection.execute(insert(keys), {"name": name, "value": b""})


def count(connection):
    return connection.execute(select(func.count()).select_from(keys)).scalar_one()


def test_what_was_written_is_read(told):
    told.write(add, "a")
    assert told.read(count) == 1


def test_a_piece_of_work_that_raises_leaves_nothing(told):
    def half(connection):
        add(connection, "a")
        raise LookupError("half")

    with pytest.raises(LookupError):
        told.write(half)
    assert told.read(count) == 0


def test_an_outer_rollback_takes_inner_savepoints_along(told):
    """The driver alone would keep a row that a savepoint wrote first: see the decisions."""

    def inner_first(connection):
        with connection.begin_nested():
            add(connection, "a")
        raise LookupError("after the savepoint")

    with pytest.raises(LookupError):
        told.write(inner_first)
    assert told.read(count) == 0


def test_a_savepoint_that_is_rolled_back_leaves_the_rest(told):
    def work(connection):
        add(connection, "a")
        savepoint = connection.begin_nested()
        add(connection, "b")
        savepoint.rollback()
        add(connection, "c")

    told.write(work)
    assert set(told.rows(select(keys.c.name))) == {("a",), ("c",)}


def test_a_read_sees_one_moment(told):
    """What is written between two queries of one page is not on that page."""

    def page(connection):
        before = count(connection)
        written = asyncio.run_coroutine_threadsafe(told.database.write(add, "a"), loop)
        written.result(10)
        return before, count(connection)

    async def look():
        nonlocal loop
        loop = asyncio.get_running_loop()
        if told.name == "sqlite":
            return await told.database.read(page)
        async with told.database.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            before = await connection.run_sync(count)
            await told.database.write(add, "a")
            return before, await connection.run_sync(count)

    loop = None
    assert told.wait(look()) == (0, 0)
    assert told.read(count) == 1


def test_many_at_once_all_write(told):
    async def write():
        await asyncio.gather(*(told.database.write(add, f"k{n}") for n in range(40)))

    told.wait(write())
    assert told.read(count) == 40


def test_who_stops_waiting_does_not_undo_what_others_wait_for(told):
    async def write():
        gone = asyncio.ensure_future(told.database.write(add, "gone"))
        stays = asyncio.ensure_future(told.database.write(add, "stays"))
        await asyncio.sleep(0)
        gone.cancel()
        await stays

    told.wait(write())
    assert ("stays",) in told.rows(select(keys.c.name))


def test_sqlite_keeps_what_it_acknowledged(tmp_path):
    engine = sqlite_engine(tmp_path / "test.db")
    with engine.connect() as connection:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
        for pragma, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engine.dispose()


def test_foreign_keys_stay_within_the_community(told):
    """A stairwell of elsewhere cannot be named here, on either database."""
    statement = text(
        "INSERT INTO residents (community_id, id, household_id, name) VALUES (2, 9999, 80, 'X')"
    )
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        told.execute(statement)


def test_a_postgres_that_is_away_is_busy_and_not_a_traceback(runner, tmp_path):
    database = PostgresDatabase(f"postgresql+asyncpg://nobody@/nothing?host={tmp_path}")
    try:
        with pytest.raises(Busy):
            runner.run(database.write(count))
        with pytest.raises(Busy):
            runner.run(database.read(count))
    finally:
        runner.run(database.close())


def test_a_data_folder_that_cannot_be_one_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "inside"):
        with pytest.raises(DatabaseError, match=r"cannot be written to \(.+\): set STAIRWELL_DATA"):
            prepare_data_dir(folder)
        with pytest.raises(DatabaseError):
            open_database(Settings(data_dir=folder))


def test_a_missing_data_folder_is_made(tmp_path):
    prepare_data_dir(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_an_error_names_no_values(told):
    """A log has it whole; what a statement was given is health and names."""
    with pytest.raises(IntegrityError) as error:
        told.write(lambda connection: [add(connection, "sunflower") for _ in range(2)])
    assert "sunflower" not in str(error.value).partition("DETAIL")[0]
