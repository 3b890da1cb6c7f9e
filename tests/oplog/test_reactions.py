"""What follows from operations: at least once, retried, and never by two workers at a time."""

import asyncio

import pytest
from sqlalchemy import func, insert, select

from server import clock
from server.ids import uuid7
from server.oplog import after
from server.oplog.tables import operations, reactions
from server.web.hub import Hub
from server.web.live import Live
from server.web.versions import Versions
from tests.oplog.kinds import added, reacting
from tests.support.told import KEY

pytestmark = pytest.mark.usefixtures("adding")


class Runs(list):
    """A reaction that writes its runs down, and breaks as long as it is told to."""

    breaking = 0

    def __call__(self, at):
        self.append(at.subject)
        if self.breaking:
            self.breaking -= 1
            raise RuntimeError("not yet")


@pytest.fixture
def runs():
    """The reaction `tests.add`, which the kinds of these tests ask for."""
    made = Runs()
    with reacting("tests.add", made):
        yield made


def cause(told, number=7):
    return told.ask("hao", "tests.add", {"number": number, "do": "react"})


def only(told):
    [row] = told.rows(select(reactions))
    return row


def test_a_reaction_runs_once_after_its_operation(told, runs):
    cause(told)
    assert told.react() == 1
    assert told.react() == 0
    assert runs == ["7"]
    assert only(told).done_at is not None


def test_a_repeat_causes_no_second_reaction(told, runs):
    one = told.envelope("hao", "tests.add", {"number": 7, "do": "react"}, seen=0)
    told.apply("hao", [one])
    told.apply("hao", [one])
    told.react()
    assert runs == ["7"]


def test_the_same_thing_asked_for_twice_in_one_batch_runs_once(told, runs):
    told.ask_all("hao", [("tests.add", {"number": 7, "do": "react"})] * 5)
    told.react()
    assert runs == ["7"]


def test_one_that_is_not_due_waits(told, runs):
    cause(told)
    told.execute(reactions.update().values(due_at=told.now + clock.HOUR))
    assert told.react() == 0
    told.later(hours=1)
    assert told.react() == 1


def test_one_that_fails_is_tried_again_later_and_later(told, runs):
    runs.breaking = 3
    cause(told)
    waits = []
    for attempt in range(1, 4):
        told.react()
        row = only(told)
        assert (row.attempts, row.done_at) == (attempt, None)
        waits.append(row.due_at - told.now)
        assert told.react() == 0
        told.now = row.due_at
    assert waits == [after.FIRST_RETRY, 2 * after.FIRST_RETRY, 4 * after.FIRST_RETRY]
    told.react()
    assert only(told).done_at is not None
    assert len(runs) == 4


def test_one_that_always_fails_is_given_up_and_holds_nothing_up(told, runs):
    runs.breaking = 1000
    cause(told, 7)
    for _ in range(after.MOST_ATTEMPTS + 3):
        told.later(days=1)
        told.react()
    assert len(runs) == after.MOST_ATTEMPTS
    runs.breaking = 0
    cause(told, 8)
    assert told.react() == 1
    assert runs[-1] == "8"


def test_one_that_fails_takes_back_what_it_did(told):
    def half(at):
        at.connection.execute(
            insert(reactions),
            {
                "community_id": at.community_id,
                "id": 1,
                "name": "x",
                "subject": "",
                "due_at": 1 << 60,
            },
        )
        raise RuntimeError("half done")

    cause(told)
    with reacting("tests.add", half):
        told.react()
        assert only(told).attempts == 1
        told.execute(reactions.update().values(done_at=1))


def test_a_reaction_that_nobody_knows_any_more_is_retried_and_not_lost(told):
    cause(told)
    assert told.react() == 1
    assert (only(told).attempts, only(told).done_at) == (1, None)
    with reacting("tests.add", Runs()):
        told.later(hours=1)
        told.react()
        assert only(told).done_at is not None


def test_a_failing_one_does_not_keep_the_others_waiting(told, runs):
    runs.breaking = 1
    cause(told, 1)
    cause(told, 2)
    assert told.react() == 2
    assert runs == ["1", "2"]


def test_a_reaction_may_ask_for_operations_and_does_so_once(told, adding):
    op_id = uuid7(told.now)

    def ask(at):
        at.submit(told.world.mei, op_id, "tests.add", {"number": 100})

    with reacting("tests.add", ask):
        cause(told, 1)
        told.react()
        told.execute(reactions.update().values(done_at=None))
        told.react()
    assert added(told) == 101
    found = told.rows(select(func.count()).select_from(operations))
    assert found[0][0] == 2


def test_what_a_reaction_changes_is_told_to_those_who_look(told):
    heard = []
    told.hub.live.tell = lambda community, seq, topics: heard.append((community, set(topics)))

    def tell(at):
        at.topics.add("board:1:2")

    with reacting("tests.add", tell):
        cause(told)
        heard.clear()
        told.react()
    assert heard == [(told.world.community, {"board:1:2"})]


def test_workers_share_the_reactions_and_none_runs_twice(told, runs):
    """On PostgreSQL each worker locks the row it runs; SQLite has one writer."""
    for number in range(1, 21):
        cause(told, number)
    workers = [Hub(told.database, Versions(), Live(), KEY) for _ in range(4)]

    async def work():
        return await asyncio.gather(*(worker.react() for worker in workers))

    shares = told.wait(work())
    assert sum(shares) == 20
    assert sorted(runs, key=int) == [str(number) for number in range(1, 21)]


def test_one_that_a_worker_is_running_is_passed_over_by_others(postgres_told, runs):
    told = postgres_told
    cause(told, 1)
    cause(told, 2)

    async def work():
        inside, leave = asyncio.Event(), asyncio.Event()

        async def hold():
            async with told.database.engine.begin() as connection:
                await connection.run_sync(
                    lambda c: c.execute(
                        select(reactions).where(reactions.c.subject == "1").with_for_update()
                    )
                )
                inside.set()
                await leave.wait()

        holder = asyncio.create_task(hold())
        await inside.wait()
        ran = await told.hub.react()
        leave.set()
        await holder
        return ran

    assert told.wait(work()) == 1
    assert runs == ["2"]
