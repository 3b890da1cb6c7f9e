"""What a door system sends is read strictly and kept in place of what was there."""

import msgspec
import pytest
from sqlalchemy import select

from server.features.access import taking
from server.features.access.taking import NotTaken, Unknown
from server.features.estates import reads as estates
from server.features.retention import running
from server.features.retention.ageing import Over
from server.features.retention.tables import totals
from tests.features.access.conftest import day, row


def test_rows_are_kept_by_door_and_day(system, told):
    taken = system.send(row("8-1-302", ins=3, outs=4), row("8号楼-1单元-401", 2))
    assert (taken.rows, taken.stored) == (2, 2)
    assert system.counts() == {
        (told.door("walk_up", "302"), day(0)): (3, 4),
        (told.door("walk_up", "401"), day(2)): (1, 1),
    }


def test_a_row_sent_again_replaces_and_never_adds(system, told):
    system.send(row("8-1-302", ins=3))
    again = system.send(row("8-1-302", ins=3), row("8-1-401"))
    assert (again.stored, again.same) == (1, 1)
    system.send(row("8-1-302", ins=5))
    assert system.counts()[told.door("walk_up", "302"), day(0)] == (5, 1)


def test_of_two_rows_of_one_flat_and_day_the_last_stands(system, told):
    taken = system.send(row("8-1-302", ins=3), row("8号楼1单元302", ins=4))
    assert taken.stored == 2
    assert system.counts() == {(told.door("walk_up", "302"), day(0)): (4, 1)}


@pytest.mark.parametrize(
    "flat", ["8-1-999", "99-1-101", "B-1801", "荷园B座18层1801", "hall", "310104194912121234", "—"]
)
def test_a_flat_that_is_none_of_the_compound_is_said_and_not_kept(system, flat):
    taken = system.send(row("8-1-302"), row(flat))
    assert (taken.stored, taken.unknown) == (1, [Unknown(1, flat)])
    assert len(system.counts()) == 1


def test_every_row_is_accounted_for(system):
    rows = [row("8-1-302"), row("8-1-302"), row("8-1-999"), row("8-1-302", 31)]
    taken = system.send(*rows)
    told_of = taken.stored + taken.same + taken.over + len(taken.unknown)
    assert (taken.rows, told_of, taken.over) == (4, 4, 1)


@pytest.mark.parametrize("ago", [-1, 61])
def test_a_day_to_come_or_long_ago_has_the_whole_batch_refused(system, ago):
    with pytest.raises(NotTaken, match="future"):
        system.send(row("8-1-302"), row("8-1-401", ago))
    assert system.counts() == {}


@pytest.mark.parametrize("ago", [0, 29])
def test_thirty_days_are_kept(system, ago):
    assert system.send(row("8-1-302", ago)).stored == 1


@pytest.mark.parametrize(
    "more",
    [
        {"name": "孙奶奶"}, {"card": "0412"}, {"at": "08:15"}, {"in": -1}, {"out": 10_000},
        {"in": 1.5}, {"in": "1"}, {"in": None}, {"flat": ""}, {"flat": "8" * 61}, {"flat": 302},
        {"day": "yesterday"}, {"day": "2022-04-21T08:15:00Z"}, {"day": "2022-02-30"},
    ],
    ids=str,
)  # fmt: skip
def test_a_row_that_says_anything_else_has_the_whole_batch_refused(more):
    body = msgspec.json.encode({"rows": [row("8-1-302"), row("8-1-302") | more]})
    with pytest.raises(NotTaken):
        taking.decode(body)


@pytest.mark.parametrize("left_out", ["flat", "day", "in", "out"])
def test_a_row_says_all_of_it(left_out):
    said = row("8-1-302")
    del said[left_out]
    with pytest.raises(NotTaken, match=left_out):
        taking.decode(msgspec.json.encode({"rows": [said]}))


def test_5001_rows_are_too_many_and_5000_are_not():
    rows = [row("8-1-302")] * 5_001
    assert len(taking.decode(msgspec.json.encode({"rows": rows[1:]})).rows) == 5_000
    with pytest.raises(NotTaken) as refused:
        taking.decode(msgspec.json.encode({"rows": rows}))
    assert refused.value.large


def test_counts_go_after_thirty_days_and_the_door_system_stays(system, told):
    system.send(row("8-1-302", 29), row("8-1-302", 0))
    told.later(days=1)
    for _ in range(5):
        told.write(running.look, told.world.community, told.now)
    assert {one for _, one in system.counts()} == {day(0)}
    told.later(days=30)
    for _ in range(5):
        told.write(running.look, told.world.community, told.now)
    assert system.counts() == {}
    assert system.system() is not None


def test_nothing_that_was_counted_outlives_the_incident(system, told):
    system.send(row("8-1-302"), row("8-1-401"))
    zone = told.read(estates.zone, told.world.community)

    def close(connection):
        over = Over(connection, told.world.community, told.now, told.now, zone, every=True)
        return [running.let_go(over, "passages") for _ in range(2)]

    assert told.write(close) == [2, 0]
    assert system.counts() == {}
    assert told.rows(select(totals)) == []
