"""What schedules found, each told once more by itself."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from server import clock
from server.db.errors import Busy, passing
from server.db.session import sqlite_engine
from server.db.write_queue import WriteQueue
from server.features.rounds import rules
from server.features.rounds.operations import mark
from server.features.rounds.reads.parts import NotYours
from server.features.rounds.tables import round_doors, rounds
from server.ids import uuid7
from server.oplog.after import _registry as reactions_by_name
from server.oplog.envelope import Malformed, decode_batch
from server.oplog.tables import reactions
from tests.faults.poison import LAST, ME, POISONS
from tests.support.told import outcomes, words


@pytest.mark.parametrize("person", ["mei", "hao"])
def test_every_poison_is_refused_with_words_and_holds_nothing_up(told, person):
    round_id = told.open_round("walk_up", "neighbour")
    good = told.door("neighbour", "302")
    batch = [_asked(told, person, round_id, number) for number in range(len(POISONS))]
    batch = [one for one in batch if _readable(one)]
    between = [
        {**_envelope(told, person), "data": {"round": round_id, "door": good, "answer": "nobody"}}
        for _ in batch
    ]
    asked = [one for pair in zip(batch, between, strict=True) for one in pair]
    answers = told.apply(person, decode_batch(_body(asked)).ops)
    assert outcomes(answers[1::2]) == ["applied"] * len(between)
    for number, answer in enumerate(answers[::2]):
        assert answer.outcome in {"applied", "refused"}, f"poison {number}: {answer}"
        assert answer.outcome == "applied" or answer.message, f"poison {number} without words"


def _readable(one):
    """False for text that is no text: phones send it alone, are told, and go on without it."""
    try:
        return decode_batch(_body([one]))
    except Malformed:
        return False


def _asked(told, person, round_id, number):
    kind, data, odd = POISONS[number](round_id, told.door("walk_up", "301"))
    text = json.dumps(data).replace(f'"{ME}"', f'"{told.who(person)}"')
    text = text.replace(f'"{LAST}"', f'"{uuid7()}"')
    return {**_envelope(told, person), "kind": kind, "data": json.loads(text), **odd}


def _envelope(told, person):
    made_at = clock.rfc3339(told.now)
    return {"id": uuid7(), "kind": "round.mark", "actor": told.who(person), "made_at": made_at}


def _body(asked):
    about = {"device": uuid7(), "sent_at": "2022-04-21T04:00:00Z"}
    return json.dumps({**about, "ops": asked}).encode()


def test_a_batch_nested_too_deeply_is_said_to_be_malformed():
    deep = b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(Malformed):
        decode_batch(_body([]).replace(b"[]", b'[{"data": ' + deep + b"}]"))


def test_what_a_lead_did_last_holds_though_their_clock_had_jumped_back(told):
    round_id = told.open_round()
    told.later(hours=1)
    long_ago = told.now - 3 * clock.DAY
    assert told.change(round_id, "pause", made=long_ago).outcome == "applied"
    told.later(minutes=1)
    refused = told.mark("hao", round_id, "302")
    [found] = told.rows(select(rounds).where(rounds.c.id == round_id))
    assert found.status == rules.PAUSED
    assert words(refused) == "This round was paused when this was made. The lead can let it count."


@pytest.mark.parametrize(("first", "second"), [(40, 0), (40, 40), (0, -40), (-40, -40), (40, -40)])
def test_the_later_word_of_one_phone_stands_though_its_clock_was_set_right(told, first, second):
    """Days that its clock was wrong by when each was made; both are sent by the right one."""
    round_id = told.open_round()
    seen, batch = told.now, []
    told.later(hours=1)
    for days, answer in ((first, "nobody"), (second, "delivered")):
        data = {"round": round_id, "door": told.door("walk_up", "302"), "answer": answer}
        made = told.later(minutes=1) + days * clock.DAY
        when = {"made": made, "seen": 0, "server_seen": seen}
        batch.append(told.envelope("hao", "round.mark", data, **when))
    told.later(hours=1)
    assert outcomes(told.apply("hao", batch)) == ["applied", "applied"]
    assert told.standing(round_id, "302").answer == "delivered"


def test_an_undo_at_another_door_in_the_same_batch_is_refused(told):
    round_id, marked = told.open_round(), uuid7()
    here, there = told.door("walk_up", "301"), told.door("walk_up", "302")
    answers = told.apply(
        "hao",
        [
            told.envelope(
                "hao",
                "round.mark",
                {"round": round_id, "door": here, "answer": "delivered"},
                id=marked,
            ),
            told.envelope("hao", "round.undo", {"round": round_id, "door": there, "mark": marked}),
        ],
    )
    assert outcomes(answers) == ["applied", "refused"]
    assert words(answers[1]) == mark.NO_SUCH_MARK


@pytest.mark.parametrize("year", [datetime.min, datetime.max])
def test_a_clock_may_say_any_year(told, year):
    said = clock.from_datetime(year.replace(tzinfo=UTC))
    assert datetime.fromtimestamp(said / 1000, UTC).year in {1970, 9999}
    round_id = told.open_round()
    told.mark("mei", round_id, "302", made=said)
    table = round_doors.c
    door = select(table.at).where(table.round_id == round_id, table.answer.is_not(None))
    assert all(0 <= row.at <= told.now for row in told.rows(door))


def test_lacking_a_right_is_no_trouble_of_the_database():
    assert not passing(NotYours(12))
    assert passing(ConnectionRefusedError())


def test_the_writer_outlives_an_error_that_nobody_expected(tmp_path):
    engine = sqlite_engine(tmp_path / "test.db", begin="BEGIN IMMEDIATE")
    queue = WriteQueue(engine)

    def break_once(_connection):
        event.remove(engine, "commit", break_once)
        raise RuntimeError("a mistake of ours")

    event.listen(engine, "commit", break_once)
    with pytest.raises(Busy):
        queue.put(lambda _connection: 1).result(10)
    assert queue.put(lambda _connection: 2).result(10) == 2
    queue.close()


def test_a_reaction_is_not_to_blame_for_a_connection_that_broke(told, monkeypatch):
    seen = []

    def react(at):
        seen.append(at.subject)
        if len(seen) == 1:
            raise ConnectionResetError

    monkeypatch.setitem(reactions_by_name, "rounds.repeat", react)
    told.open_round(repeats="daily")
    told.later(days=1, hours=1)
    with pytest.raises(Busy):
        told.react()
    [due] = told.rows(select(reactions))
    assert (due.attempts, due.done_at) == (0, None)
    assert told.react() == 1


def test_reacting_goes_on_after_an_error_that_nobody_expected(told, monkeypatch):
    turns = []
    again = asyncio.Event()

    async def react():
        turns.append(1)
        if len(turns) == 1:
            raise RuntimeError("a mistake of ours")
        again.set()
        return 0

    async def run():
        monkeypatch.setattr("server.web.hub.PAUSE", 0.01)
        monkeypatch.setattr(told.hub, "react", react)
        reacting = asyncio.create_task(told.hub._keep_reacting())
        async with asyncio.timeout(10):
            await again.wait()
        reacting.cancel()
        await asyncio.gather(reacting, return_exceptions=True)

    told.wait(run())
    assert len(turns) >= 2


@pytest.mark.parametrize("turns", range(5))
def test_who_is_woken_and_stopped_at_once_stops(told, monkeypatch, turns):
    """`asyncio.wait_for` of Python 3.11 forgot that it was cancelled: the server never ended."""

    async def nothing_is_due():
        return 0

    async def run():
        monkeypatch.setattr(told.hub, "react", nothing_is_due)
        reacting = asyncio.create_task(told.hub._keep_reacting())
        await asyncio.sleep(0.01)
        await told.hub.changed(1, {"sessions"})
        for _ in range(turns):
            await asyncio.sleep(0)
        reacting.cancel()
        assert (await asyncio.wait([reacting], timeout=5))[0]

    told.wait(run())
