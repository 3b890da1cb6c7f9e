"""Is a database what its history says? The history is replayed beside it and compared.

    assert replay.problems(connection) == []

Every sentence names one thing that does not hold, so that a run of random faults can print them.
`board` is what two databases that were told the same must agree on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, func, select

from server.db.base import AnyRow, metadata
from server.features.bulletins.tables import bulletin_corrections, bulletins
from server.features.cases import file as files
from server.features.cases import rules as caring
from server.features.cases.tables import CASE_EVENTS, case_events, cases
from server.features.estates import reads as estates
from server.features.notices.tables import notices, reach
from server.features.photos import rules as photo_rules
from server.features.photos.tables import photo_pieces, photos
from server.features.reports import rules as reporting
from server.features.reports.tables import report_states, reports
from server.features.requests import emergency
from server.features.requests import file as request_files
from server.features.requests import rules as requesting
from server.features.requests.tables import REQUEST_EVENTS, request_events, requests, shift_notes
from server.features.rounds import rules, statement
from server.features.rounds.kinds import KINDS
from server.features.rounds.kinds import REPORTING as GIVEN_BY_REPORTS
from server.features.rounds.rules import Mark, Standing
from server.features.rounds.tables import (
    round_counts,
    round_doors,
    round_stairwells,
    round_statements,
    round_states,
    rounds,
)
from server.features.testing.tables import excuses
from server.oplog.events import Event
from server.oplog.kinds import registry
from server.oplog.tables import operations, payloads, reactions
from tests.support.replay import (
    access,
    arrivals,
    care,
    custody,
    declarations,
    incidents,
    mediation,
    medicine,
    passes,
    posters,
    record,
    register,
    relays,
    stranded,
    trips,
    upkeep,
    vacancies,
)
from tests.support.replay.history import Door, History, same

SAYING = {"round.mark": "door", "round.settle": "lead", "round.dispute": "resident"}
"""Kinds that add something said to a door, and as what."""

REPORTING = ("report.make", "report.settle", "report.chain")
"""Kinds that report of people; each door they are about then says how many have reported."""

OPENED = ("round.knock", "test.knock", "report.knock")
"""Kinds that make a round which is open at once."""

MADE = ("round.make", "round.follow_up", "test.make", *OPENED)

ANNOUNCED = (
    *("notice.send", "test.window", "test.results_out"),
    *("report.remind", "bulletin.publish", "upkeep.ask"),
)
"""Kinds that announce something."""

PERHAPS_ANNOUNCED = ("test.call", "bulletin.correct", "pass.renew_key", "screening.declare")
"""A call does where it does not ring an earlier one again, a correction where there are readers,
a new key where somebody has a pass, a declaration where somebody is ill."""

BULLETINS = {"bulletin.publish": "published", "bulletin.withdraw": "withdrawn"}

CARING = tuple(
    f"case.{what}"
    for what in (
        "open", "own", "book", "confirm", "doubt", "step", "undo", "contact", "call", "care",
        "disinfect", "remind", "close",
    )
)  # fmt: skip
"""Kinds that say something of a case, each once."""

REQUESTING = tuple(
    f"request.{what}"
    for what in (
        "ask", "add", "take", "step", "pass_on", "offer", "join", "part", "withdraw", "thank",
        "reopen", "escalate", "nudge",
    )
) + tuple(emergency.SAYING.values())  # fmt: skip
"""Kinds that say something of a request, each once."""

BY_ARRIVAL = ("take", "step", "pass_on", "reopen", *emergency.SAYING)
"""What may count from later than it was made: from when the request stood as it did on arrival."""

BECOMING = {"round.open": rules.OPEN, "round.pause": rules.PAUSED, "round.close": rules.CLOSED}


class Untrue(AssertionError):
    """The database is not what its history says."""


def check(connection: Connection) -> None:
    """Raises `Untrue`, which lists everything that does not hold."""
    if found := problems(connection):
        raise Untrue("\n".join(found))


def problems(connection: Connection) -> list[str]:
    """Everything that does not hold, one sentence each."""
    history = History.read(connection)
    return [
        *_numbers(history),
        *_effects(history),
        *_lives(history),
        *_doors(history),
        *_sums(history),
        *_statements(history),
        *_announced(history),
        *_reported(history),
        *_cases(history),
        *_excused(history),
        *_requests(history),
        *_published(history),
        *_photos(history),
        *custody.problems(history),
        *relays.problems(history),
        *stranded.problems(history),
        *mediation.problems(history),
        *medicine.problems(history),
        *passes.problems(history),
        *register.problems(history),
        *record.problems(history),
        *trips.problems(history),
        *care.problems(history),
        *access.problems(history),
        *vacancies.problems(history),
        *declarations.problems(history),
        *incidents.problems(history),
        *posters.problems(history),
        *arrivals.problems(history),
        *upkeep.problems(history),
    ]


def board(connection: Connection) -> dict[Door, tuple[str | None, int, int, bool]]:
    """What every door has come to: answer, given, owed, disputed."""
    return {
        (row.community_id, row.round_id, row.household_id): (
            row.answer, row.given, row.owed, bool(row.disputed),
        )
        for row in connection.execute(select(round_doors))
    }  # fmt: skip


def acknowledged(connection: Connection, ids: Iterable[str]) -> list[str]:
    """A sentence for each acknowledged operation that the history does not hold exactly once."""
    known = Counter(connection.execute(select(operations.c.id)).scalars())
    return [
        f"operation {one} was acknowledged and is in the history {known[one]} times"
        for one in ids
        if known[one] != 1
    ]


def _numbers(history: History) -> Iterator[str]:
    """Every operation has a number of its own, none beyond the counter, and an outcome."""
    taken = Counter((community, row.seq) for (community, _), row in history.operations.items())
    numbered: dict[int, set[int]] = defaultdict(set)
    for (community, seq), times in taken.items():
        numbered[community].add(seq)
        if times > 1:
            yield f"number {seq} of community {community} was given {times} times"
        if seq > history.counters.get(community, 0):
            yield f"number {seq} of community {community} is beyond its counter"
    for row in history.connection.execute(select(payloads.c.community_id, payloads.c.seq)):
        if row.seq not in numbered[row.community_id]:
            yield f"content {row.seq} of community {row.community_id} belongs to no operation"
    for row in history.operations.values():
        if row.outcome not in {"applied", "refused", "stale", "failed"}:
            yield f"operation {row.id} has the outcome {row.outcome!r}"


def _effects(history: History) -> Iterator[str]:
    """Everything applied has its effect exactly once; nothing else has any."""
    redone = history.redone()
    made_here = [row for row in history.marks if row.source != rules.REPORT]
    found = Counter((row.community_id, row.op_id) for row in made_here)
    due = {(row.community_id, row.id) for row, _ in history.applied(*SAYING)} | {
        key for key in redone if history.operations[key].kind in SAYING
    }
    for key in due | set(found):
        wanted = 1 if key in due else 0
        if found[key] != wanted:
            yield f"operation {key[1]} has {found[key]} marks and should have {wanted}"
    for row in made_here:
        made = history.operations.get((row.community_id, row.op_id))
        if made is None:
            yield f"mark {row.op_id} comes of no operation"
            continue
        counted = redone.get((row.community_id, row.op_id), made)
        if (row.seq, row.actor, row.at) != (counted.seq, made.actor, made.corrected_at):
            yield f"mark {row.op_id} does not carry its operation's number, actor and time"
    yield from same("count", history, round_counts, "op_id", "round.count")
    yield from same("round", history, rounds, "id", *MADE)


def _lives(history: History) -> Iterator[str]:
    """Each round's status is what was last done to it."""
    told: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    for row in history.connection.execute(select(round_states).order_by(round_states.c.seq)):
        told[row.community_id, row.round_id].append((row.seq, row.status))
    asked: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    for row, _ in history.applied(*OPENED):
        asked[row.community_id, row.id].append((row.seq, rules.OPEN))  # made open
    for row, data in history.applied(*BECOMING):
        if data is not None:
            asked[row.community_id, data["round"]].append((row.seq, BECOMING[row.kind]))
    for key, found in history.rounds.items():
        if found.forgotten_at is None and told[key] != asked[key]:
            yield f"round {key[1]} went through {told[key]} and was asked to {asked[key]}"
        status = told[key][-1][1] if told[key] else rules.PLANNED
        if found.status != status:
            yield f"round {key[1]} is {found.status} and should be {status}"


def _announced(history: History) -> Iterator[str]:
    """Each announcement was made once, and each answer in its ledger is the one made last."""
    by_others = {
        (row.community_id, one)
        for name, table in metadata.tables.items()
        if name.endswith("_events")
        for row in history.connection.execute(select(table))
        if (row.community_id, row.op_id) not in history.tombstones
        for one in row.said.get("notices") or ()
    }
    yield from same(
        *("announcement", history, notices, "id", *ANNOUNCED),
        perhaps=PERHAPS_ANNOUNCED,
        also=by_others,
    )
    said: dict[tuple[int, str, str], tuple[int, int, str]] = {}
    lines = history.connection.execute(select(reach)).all()
    whose = {(row.community_id, row.notice_id, row.account_id): row.recipient for row in lines}
    for row, data in history.applied("notice.answer"):
        if data is None:
            continue
        at = (row.community_id, data["notice"])
        recipient = f"h{data['household']}" if data.get("household") else whose[*at, row.actor]
        key = (*at, recipient)
        said[key] = max(
            said.get(key, (0, 0, "")), (row.corrected_at, row.seq, data.get("answer", "read"))
        )
    for row in lines:
        key = (row.community_id, row.notice_id, row.recipient)
        when, _, answer = said.get(key, (None, 0, None))
        if (row.answered_at, row.answer) != (when, answer):
            yield f"{key[2]} answered {row.answer} to {key[1]}, and said {answer}"


def _reported(history: History) -> Iterator[str]:
    """Each report was applied, each person is what theirs come to, each door counts its people."""
    people: dict[tuple[int, str, int], list[reporting.Report]] = defaultdict(list)
    homes: dict[tuple[int, str, int], int] = {}
    applied = {(row.community_id, row.id): row for row, _ in history.applied(*REPORTING)}
    redone = history.redone()
    seen: set[tuple[int, str]] = set()
    for row in history.connection.execute(select(reports).order_by(reports.c.seq)):
        made = (row.community_id, row.op_id)
        seen.add(made)
        if made not in applied and made not in redone:
            yield f"report {row.op_id} comes of no operation that was applied"
        whose = (row.community_id, row.round_id, row.resident_id)
        homes[whose] = row.household_id
        people[whose].append(
            reporting.Report(
                row.op_id, row.resident_id, row.seq, row.at, row.actor, row.source, row.finding,
                row.seen, row.undone_seq is not None,
            )
        )  # fmt: skip
    for _, missing in set(applied) - seen:
        yield f"operation {missing} was applied and reports nothing"
    yield from _people(history, people)
    yield from _counted(history, people, homes)


def _counted(
    history: History,
    people: Mapping[tuple[int, str, int], list[reporting.Report]],
    homes: Mapping[tuple[int, str, int], int],
) -> Iterator[str]:
    """A door of a round of reports says how many of its people have reported."""
    counted: Counter[Door] = Counter()
    for whose, said in people.items():
        counted[whose[0], whose[1], homes[whose]] += reporting.fold(said).head is not None
    for key, door in history.doors.items():
        of = history.rounds[key[0], key[1]]
        if not KINDS[of.kind].reported or of.forgotten_at is not None:
            continue
        told = (door.answer, door.given, door.owed)
        if counted[key] and told != reporting.door_says(counted[key], door.due):
            yield f"door {key[2]} of round {key[1]} says {told} and {counted[key]} reported"
        if not counted[key] and door.answer in GIVEN_BY_REPORTS:
            yield f"door {key[2]} of round {key[1]} says {told} and nobody reported"


def _cases(history: History) -> Iterator[str]:
    """Each operation about a case is in its file once; a case is what its file comes to."""
    yield from same("entry in a file", history, case_events, "op_id", *CARING)
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    undone: dict[tuple[int, str], int | None] = {}
    for row in history.connection.execute(select(case_events).order_by(case_events.c.seq)):
        told[row.community_id, row.case_id].append(CASE_EVENTS.read(row))
        undone[row.community_id, row.op_id] = row.undone_seq
        made = history.operations.get((row.community_id, row.op_id))
        said = (row.seq, row.actor, row.at, f"case.{row.what}")
        if made and said != (made.seq, made.actor, made.corrected_at, made.kind):
            yield f"entry {row.op_id} does not carry its operation's number, actor, time and kind"
    taken_back: dict[tuple[int, str], int] = {}
    for made, data in history.applied("case.undo"):
        if data is not None:
            taken_back.setdefault((made.community_id, data["event"]), made.seq)
    for key, seq in undone.items():
        if seq != taken_back.get(key):
            yield f"entry {key[1]} was taken back by {seq} and should be by {taken_back.get(key)}"
    kept = {(row.community_id, row.id): row for row in history.connection.execute(select(cases))}
    for key in set(kept) | set(told):
        if key not in kept or key not in told:
            yield f"case {key[1]} has a row or a file, and not both"
            continue
        wanted = files.kept(caring.fold(told[key])) | {"version": told[key][-1].seq}
        found = {name: getattr(kept[key], name) for name in wanted}
        if found != wanted:
            yield f"case {key[1]} is {found} and its file comes to {wanted}"


def _excused(history: History) -> Iterator[str]:
    """Who is not expected on a testing day is what was last said of them."""
    said: dict[tuple[int, str, int], tuple[Any, ...]] = {}
    for row, data in history.applied("test.excuse"):
        if data is not None:
            key = (row.community_id, data["round"], data["resident"])
            by_itself = data.get("by_itself", False)
            said[key] = (data.get("reason", ""), row.actor, row.corrected_at, by_itself)
    kept = {
        (row.community_id, row.round_id, row.resident_id): (
            row.reason, row.actor, row.at, bool(row.by_itself),
        )
        for row in history.connection.execute(select(excuses))
    }  # fmt: skip
    for key in kept.keys() | said.keys():
        wanted = said[key] if key in said and said[key][0] else None
        if kept.get(key) != wanted:
            yield f"person {key[2]} on day {key[1]} is {kept.get(key)} and should be {wanted}"


def _requests(history: History) -> Iterator[str]:
    """Each operation about a request is in its file once; a request is what its file comes to."""
    yield from same("entry of a request", history, request_events, "op_id", *REQUESTING)
    yield from same("note of a shift", history, shift_notes, "op_id", "shift.note")
    yield from same("request", history, requests, "id", "request.ask")
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    for row in history.connection.execute(select(request_events).order_by(request_events.c.seq)):
        event = REQUEST_EVENTS.read(row)
        told[row.community_id, row.request_id].append(event)
        made = history.operations.get((row.community_id, row.op_id))
        if made is None:
            continue
        said = (row.seq, row.actor, emergency.SAYING.get(row.what, f"request.{row.what}"))
        late = row.at > made.corrected_at and row.what in BY_ARRIVAL
        if said != (made.seq, made.actor, made.kind) or not (late or row.at == made.corrected_at):
            yield f"entry {row.op_id} does not carry its operation's number, actor, time and kind"
    parted = Counter(
        (row.community_id, row.undone_seq)
        for row in history.connection.execute(
            select(request_events).where(request_events.c.undone_seq.is_not(None))
        )
    )
    if parted != Counter((one.community_id, one.seq) for one, _ in history.applied("request.part")):
        yield "what was joined and parted is not what people asked for"
    rows = {(row.community_id, row.id): row for row in history.connection.execute(select(requests))}
    for key in rows.keys() & told.keys():
        state = requesting.fold(told[key])
        zone = estates.zone(history.connection, key[0])
        wanted = request_files.kept(state) | {
            "version": told[key][-1].seq, "due_at": requesting.due_at(state, zone),
        }  # fmt: skip
        if state.opened is not None:
            wanted |= {"kind": state.opened.key, "asked_by": state.opened.actor}
        found = {name: getattr(rows[key], name) for name in wanted}
        if found != wanted:
            yield f"request {key[1]} is {found} and its file comes to {wanted}"


def _published(history: History) -> Iterator[str]:
    """Each bulletin says what was last written in it and is what was last done to it."""
    yield from same("bulletin", history, bulletins, "id", "bulletin.draft")
    yield from same("correction", history, bulletin_corrections, "op_id", "bulletin.correct")
    edited: dict[tuple[int, str], tuple[str, dict[str, Any]]] = {}
    status: dict[tuple[int, str], str] = {}
    for row, data in history.applied("bulletin.edit", *BULLETINS):
        if data is None:
            continue
        key = (row.community_id, data["bulletin"])
        if row.kind in BULLETINS:
            status[key] = BULLETINS[row.kind]
            continue
        edit: Any = msgspec.convert(data, registry["bulletin.edit", row.v])
        edited[key] = (row.id, edit.content())
        if key in status:
            yield f"bulletin {key[1]} was edited by {row.id} though it was {status[key]}"
    for found in history.connection.execute(select(bulletins)):
        key = (found.community_id, found.id)
        if key in history.tombstones:
            continue
        if found.status != status.get(key, "draft"):
            yield f"bulletin {found.id} is {found.status} and should be {status.get(key)}"
        if key in edited and found.content != edited[key][1]:
            yield f"bulletin {found.id} says {found.content}, and {edited[key][0]} something else"


def _people(
    history: History, people: Mapping[tuple[int, str, int], list[reporting.Report]]
) -> Iterator[str]:
    """What each person has come to is the fold of what was reported of them."""
    kept = {
        (row.community_id, row.round_id, row.resident_id): row
        for row in history.connection.execute(select(report_states))
    }
    for whose in {*kept, *people}:
        head, disputed = reporting.fold(people.get(whose, ()))
        row = kept.get(whose)
        found = (row.op_id, row.finding, bool(row.disputed)) if row else None
        wanted = (head.op_id, head.answer, disputed) if head else None
        if found != wanted:
            yield f"person {whose[2]} in round {whose[1]} is {found} and should be {wanted}"


def _photos(history: History) -> Iterator[str]:
    """Each fact that names a photo expects it once, and those of one name have got as far."""
    redone = history.redone()
    named = {
        key: data["photo"]
        for key, data in history.data.items()
        if data.get("photo") and (history.operations[key].outcome == "applied" or key in redone)
    }
    rows = list(history.connection.execute(select(photos)))
    expected = {(row.community_id, row.op_id): row.sha for row in rows}
    erased = {key for key in expected if key not in history.data}
    for key in named.keys() ^ (expected.keys() - erased):
        yield f"operation {key[1]} names {named.get(key)} and {expected.get(key)} is expected"
    alike: dict[tuple[int, str], set[tuple[str, int]]] = defaultdict(set)
    for row in rows:
        if named.get((row.community_id, row.op_id), row.sha) != row.sha:
            yield f"operation {row.op_id} names another photo than {row.sha}"
        if row.state not in {photo_rules.GONE, photo_rules.REFUSED}:
            alike[row.community_id, row.sha].add((row.state, row.received))
    for (_, sha), found in alike.items():
        if len(found) > 1:
            yield f"photo {sha} has got as far as {sorted(found)}"
    arrived: Counter[tuple[int, str]] = Counter()
    for piece in history.connection.execute(
        select(photo_pieces.c.community_id, photo_pieces.c.sha, func.length(photo_pieces.c.body))
    ):
        arrived[piece[0], piece[1]] += piece[2]
    for key in arrived.keys() | alike.keys():
        told = sum(got for state, got in alike[key] if state == photo_rules.ARRIVING)
        if arrived[key] != told:
            yield f"of photo {key[1]} there are {arrived[key]} bytes, and {told} were acknowledged"


def _doors(history: History) -> Iterator[str]:
    """Each door is what folding everything said of it comes to."""
    said = _replayed(history)
    for row in history.marks:
        key = (row.community_id, row.round_id, row.household_id)
        if key not in history.doors:
            yield f"mark {row.op_id} is about a door that is not in its round"
        elif _mark(row) not in said[key]:
            yield f"mark {row.op_id} is kept as {_mark(row)}, which nobody said"
    for key, door in history.doors.items():
        standing = rules.fold(said[key])
        if _standing_of(door) != _summary(standing):
            yield (
                f"door {key[2]} of round {key[1]} is {_standing_of(door)} "
                f"and its history says {_summary(standing)}"
            )
        if door.marks != len(said[key]):
            yield f"door {key[2]} of round {key[1]} counts {door.marks} marks of {len(said[key])}"


def _replayed(history: History) -> Mapping[Door, list[Mark]]:
    """Everything said of each door, from what was asked and not from what was made of it."""
    said: dict[Door, list[Mark]] = defaultdict(list)
    redone = history.redone()
    kept = {(row.community_id, row.op_id): row for row in history.marks}
    undone = _undone(history)
    for key, row in history.operations.items():
        counted = redone.get(key, row if row.outcome == "applied" else None)
        if row.kind not in SAYING or counted is None:
            continue
        data = history.data.get(key)
        if data is None:  # erased: what was kept of it has to do
            if key in kept:
                left = kept[key]
                said[key[0], left.round_id, left.household_id].append(_mark(left))
            continue
        place = (key[0], data["round"], int(data["door"]))
        door = history.doors.get(place)
        if door is not None:
            mark = _said(history, row, counted, data, door)
            said[place].append(mark._replace(undone=_is_undone(mark, undone.get(key, ()))))
    for left in history.marks:  # `_reported` looks at these
        if left.source == rules.REPORT:
            said[left.community_id, left.round_id, left.household_id].append(_mark(left))
    return said


def _undone(history: History) -> dict[tuple[int, str], list[tuple[str, bool]]]:
    """Who took each mark back, and whether a lead did, in the word of the answer they got."""
    found: dict[tuple[int, str], list[tuple[str, bool]]] = defaultdict(list)
    leads = {
        (row.community_id, row.mark_id, row.actor)
        for row in history.connection.execute(select(_undos()).where(_undos().c.lead))
    }
    for row, data in history.applied("round.undo"):
        if data is not None:
            lead = (row.community_id, data["mark"], row.actor) in leads
            found[row.community_id, data["mark"]].append((row.actor, lead))
    return found


def _undos() -> Table:
    return rounds.metadata.tables["round_undos"]


def _is_undone(mark: Mark, undone: Iterable[tuple[str, bool]]) -> bool:
    return any(lead or actor == mark.actor for actor, lead in undone)


def _said(
    history: History, made: AnyRow, counted: AnyRow, data: Mapping[str, Any], door: AnyRow
) -> Mark:
    """The mark that an operation makes, worked out from its words alone."""
    kind = KINDS[history.rounds[made.community_id, door.round_id].kind]
    source = SAYING[made.kind]
    if made.kind == "round.mark" and data.get("source") == "paper" and counted is made:
        source = "paper"
    if source == "resident":
        answer, given, owed = rules.NOT_RECEIVED, 0, 0
    else:
        answer = data["answer"]
        known = kind.answer(answer)
        assert known is not None, f"{made.id} was applied with the unknown answer {answer}"
        given, owed = rules.items(known, door.due, data.get("count"))
    return Mark(
        made.id, counted.seq, made.corrected_at, made.actor, source, answer, given, owed,
        min(made.seen, counted.seq - 1), bool(data.get("note")),
    )  # fmt: skip


def _mark(row: AnyRow) -> Mark:
    """A mark as the table keeps it."""
    return Mark(
        row.op_id, row.seq, row.at, row.actor, row.source, row.answer, row.given, row.owed,
        row.seen, bool(row.noted), row.undone_seq is not None,
    )  # fmt: skip


def _standing_of(door: AnyRow) -> tuple[Any, ...]:
    return (
        door.answer, door.given, door.owed, door.mark_id, door.actor, door.at, bool(door.noted),
        bool(door.disputed),
    )  # fmt: skip


def _summary(standing: Standing) -> tuple[Any, ...]:
    head = standing.head
    if head is None:
        return (None, 0, 0, None, None, None, False, standing.disputed)
    return (
        head.answer, head.given, head.owed, head.op_id, head.actor, head.at, head.noted,
        standing.disputed,
    )  # fmt: skip


def _sums(history: History) -> Iterator[str]:
    """The sums of a stairwell are the sums of its doors."""
    wanted: dict[tuple[int, str, int], Counter[str]] = defaultdict(Counter)
    answers: dict[tuple[int, str, int], Counter[str]] = defaultdict(Counter)
    for (community, round_id, _), door in history.doors.items():
        kind = KINDS[history.rounds[community, round_id].kind]
        place = (community, round_id, door.stairwell_id)
        wanted[place].update(
            doors=door.due > 0, due=door.due, given=door.given, owed=door.owed,
            disputed=bool(door.disputed), marked=door.answer is not None,
            done=rules.finished(kind.answer(door.answer) if door.answer else None),
        )  # fmt: skip
        if door.answer:
            answers[place][door.answer] += 1
    rows = list(history.connection.execute(select(round_stairwells)))
    names = ("doors", "due", "given", "owed", "disputed", "marked", "done")
    for row in rows:
        place = (row.community_id, row.round_id, row.stairwell_id)
        if history.rounds[place[0], place[1]].forgotten_at is not None:
            continue  # the sums are all that is left
        kept = {name: getattr(row, name) for name in names}
        sums = {name: wanted[place][name] for name in names}
        if kept != sums:
            yield f"stairwell {place[2]} of round {place[1]} keeps {kept} and its doors make {sums}"
        if row.tally != dict(answers[place]):
            yield (
                f"stairwell {place[2]} of round {place[1]} counts {row.tally} "
                f"and its doors say {dict(answers[place])}"
            )
    for place in set(wanted) - {(row.community_id, row.round_id, row.stairwell_id) for row in rows}:
        yield f"stairwell {place[2]} of round {place[1]} has doors and no sums"


def _statements(history: History) -> Iterator[str]:
    """A closed round's newest statement says what its doors say, once nothing is left to react."""
    due = {
        (row.community_id, row.subject)
        for row in history.connection.execute(
            select(reactions).where(reactions.c.done_at.is_(None))
        )
        if row.name == "rounds.statement"
    }
    issued = Counter(
        (row.community_id, row.round_id)
        for row in history.connection.execute(select(round_statements))
    )
    for key, found in history.rounds.items():
        if found.status != rules.CLOSED or key in due or found.forgotten_at is not None:
            continue
        newest = statement.newest(history.connection, *key)
        if newest is None or newest["number"] != issued[key]:
            yield f"round {key[1]} is closed and its statements are not numbered 1 to {issued[key]}"
            continue
        sums = asdict(statement.add_up(history.connection, *key))
        if newest["body"]["sums"] != sums:
            yield f"round {key[1]} was stated as {newest['body']['sums']} and comes to {sums}"
