"""SQLite plans by what every database is told, and not by what it happens to hold."""

import sys

import pytest
from sqlalchemy import bindparam, select

import server.app  # noqa: F401, so that every query is there
from server.db.bulk import Query, among
from server.db.migrate import upgrade
from server.db.session import sqlite_engine
from server.features.people.tables import residents
from server.features.rounds import ledger
from server.features.rounds.tables import round_doors
from server.oplog import apply
from server.settings import Settings


@pytest.fixture
def connection(tmp_path):
    settings = Settings(data_dir=tmp_path)
    upgrade(settings)
    engine = sqlite_engine(settings.sqlite_path)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def plan(connection, query):
    """How SQLite goes about a query: one line a table."""
    sql = query._for(connection).sql
    values = (None,) * sql.count("?")
    found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
    return [row.detail for row in found if row.detail.startswith(("SEARCH", "SCAN"))]


def of_community(table, *wanted):
    return Query(select(table).where(table.c.community_id == bindparam("community"), *wanted))


def test_what_was_asked_before_is_looked_up_by_id(connection):
    [search, _] = plan(connection, apply._KNOWN)
    assert search.endswith("operations_community_id_id_idx (community_id=? AND id=?)")


def test_marks_and_doors_of_a_batch_are_looked_up_one_by_one(connection):
    for query in (ledger._DOORS, ledger._MARKS):
        search = plan(connection, query)[0]
        assert search.endswith("(community_id=? AND round_id=? AND household_id=?)")


def test_a_stairwell_is_read_without_the_rest_of_its_round(connection):
    wanted = (
        round_doors.c.round_id == bindparam("round"),
        round_doors.c.stairwell_id == bindparam("stairwell"),
    )
    [search] = plan(connection, of_community(round_doors, *wanted))
    assert search.endswith("(community_id=? AND round_id=? AND stairwell_id=?)")


def test_people_are_read_without_the_rest_of_their_community(connection):
    search = plan(connection, of_community(residents, among(residents.c.household_id, "doors")))[0]
    assert search.endswith("(community_id=? AND household_id=?)")


QUERIES = {
    f"{name}.{called}": query
    for name, module in sorted(sys.modules.items())
    if name.startswith("server.")
    for called, query in vars(module).items()
    if isinstance(query, Query)
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_no_query_reads_a_whole_community(connection, query):
    """A report that was looked for among all that were ever made slowed every morning's results."""
    found = [line for line in plan(connection, query) if "json_each" not in line]
    assert not [
        line for line in found if line.startswith("SCAN") or line.endswith("(community_id=?)")
    ]
