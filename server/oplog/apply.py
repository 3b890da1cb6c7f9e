"""Applying a batch: exactly once, each item on its own, one transaction, one recorded answer.

The id, the effect and the answer are written in the transaction that the caller commits; so the
caller may acknowledge only what `apply` returned *and* was committed. Within a community batches
are applied one after the other (SQLite has one writer; on PostgreSQL the counter row is held to
commit), so that `seq` is commit order and an id looked up cannot be taken meanwhile.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
import structlog
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server import clock
from server.db.bulk import Query, among, inserting, savepoint
from server.db.errors import passing
from server.i18n import Words, mark
from server.ids import derived
from server.oplog.envelope import Envelope, Unreadable
from server.oplog.kinds import (
    NOTES,
    WORK,
    Actor,
    Asked,
    Moment,
    Op,
    decode,
    newest,
)
from server.oplog.tables import counters, operations, payloads, reactions

log = structlog.get_logger("oplog")

Who = Callable[[Connection, int, Collection[str]], Mapping[str, Actor]]
"""Looks up actors by id; given by the people feature, which the oplog may not import."""


@dataclass(frozen=True, slots=True)
class Received:
    """A batch as it arrived: whose session brought it, when, and how it was carried."""

    community_id: int
    sender: str
    device: str | None
    received_at: int
    sent_at: int
    items: Sequence[Envelope | Unreadable]
    carried: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What came of one item; a repeat gets the answer that was recorded the first time."""

    id: str | None
    outcome: str
    seq: int | None = None
    message: Mapping[str, Any] | None = None
    subject: str | None = None
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """Answers in the order asked, and what pages are out of date."""

    answers: list[Answer]
    topics: frozenset[str] = frozenset()
    last_seq: int = 0


Prepared = Sequence[Asked | Unreadable]
"""A batch's items once they are decoded; they get their numbers when they are applied."""


@dataclass(slots=True)
class _Intake:
    """The batch sorted into what was asked before, what is asked now and what cannot be read."""

    answers: list[Answer | None]
    fresh: list[tuple[int, Asked]] = field(default_factory=list)
    again: list[tuple[int, Asked]] = field(default_factory=list)  # twice in this very batch


def prepare(received: Received, key: bytes) -> Prepared:
    """What of applying a batch needs no transaction: decoding, hashing, correcting clocks."""
    times = _times(received)
    return [
        item if isinstance(item, Unreadable) else _ask(item, received, times[place], key)
        for place, item in enumerate(received.items)
    ]


def apply(connection: Connection, received: Received, who: Who, key: bytes) -> Applied:
    """Apply a batch in the caller's transaction."""
    return apply_prepared(connection, received, prepare(received, key), who)


def apply_prepared(
    connection: Connection, received: Received, prepared: Prepared, who: Who
) -> Applied:
    """Apply a batch that was prepared, once, in the caller's transaction."""
    last_seq = _reserve(connection, received.community_id, len(prepared))
    intake = _sort(connection, received, prepared, last_seq - len(prepared))
    fresh = [asked for _, asked in intake.fresh]
    moment = Moment(
        connection,
        received.community_id,
        received.received_at,
        who(connection, received.community_id, {asked.actor for asked in fresh}),
        batch={asked.id: asked for asked in fresh},
    )
    for run in _runs(moment, fresh):
        _apply_run(moment, run)
    if fresh:
        _record(connection, received, fresh)
    _queue_reactions(moment, last_seq)
    for place, asked in intake.fresh:
        intake.answers[place] = _answer(asked)
    for place, asked in intake.again:
        intake.answers[place] = _answer(asked, repeat=True)
    return Applied([a for a in intake.answers if a], frozenset(moment.topics), last_seq)


def _reserve(connection: Connection, community_id: int, count: int) -> int:
    """Take `count` numbers and hold the community's counter to commit; returns the last of them."""
    wanted = {"community": community_id, "count": count}
    counted = _RESERVE.rows(connection, wanted)
    if not counted:
        _begin_counting(connection, community_id)
        counted = _RESERVE.rows(connection, wanted)
    return int(counted[0][0])


def _begin_counting(connection: Connection, community_id: int) -> None:
    """Make the community's counter; whoever else makes it at this moment is waited for."""
    added = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        added(counters)
        .values(community_id=community_id, name="seq", value=0)
        .on_conflict_do_nothing()
    )


_RESERVE = Query(
    update(counters)
    .where(counters.c.community_id == bindparam("community"), counters.c.name == "seq")
    .values(value=counters.c.value + bindparam("count"))
    .returning(counters.c.value)
)


class _Before(NamedTuple):
    """What was recorded of an operation when it first came."""

    id: str
    actor: str
    carrier: str | None
    digest: bytes
    outcome: str
    seq: int
    message: Mapping[str, Any] | None
    subject: str | None


_KNOWN = Query(
    select(*(operations.c[name] for name in _Before._fields)).where(
        operations.c.community_id == bindparam("community"), among(operations.c.id, "ids")
    )
)


def _find(connection: Connection, received: Received, ids: list[str]) -> dict[str, _Before]:
    rows = _KNOWN.rows(connection, {"community": received.community_id, "ids": ids})
    return {row[0]: _Before(*row) for row in rows}


def _sort(
    connection: Connection, received: Received, prepared: Prepared, first_seq: int
) -> _Intake:
    """Number the items, and tell what was asked before from what is asked now."""
    ids = [one.id for one in prepared if isinstance(one, Asked)]
    known = _find(connection, received, ids)
    intake = _Intake([None] * len(prepared))
    now: dict[str, Asked] = {}
    for place, asked in enumerate(prepared):
        if isinstance(asked, Unreadable):
            intake.answers[place] = Answer(
                asked.id, "refused", message=Words(UNREADABLE, {"reason": asked.reason}).as_json()
            )
            continue
        asked.seq = first_seq + 1 + place
        if asked.id in known:
            before = known[asked.id]
            if before.digest == asked.digest and _may_hear(received, before):
                intake.answers[place] = Answer(
                    *(asked.id, before.outcome, before.seq, before.message, before.subject),
                    repeat=True,
                )
            else:
                _refuse_reused_id(connection, received, intake, place, asked)
        elif asked.id in now:
            if now[asked.id].digest == asked.digest:
                intake.again.append((place, now[asked.id]))
            else:
                _refuse_reused_id(connection, received, intake, place, asked)
        else:
            now[asked.id] = asked
            intake.fresh.append((place, asked))
    return intake


def _may_hear(received: Received, before: _Before) -> bool:
    """Only its actor, or whoever carried it, is told what came of an operation."""
    return received.sender in (before.actor, before.carrier) or received.carried


def _refuse_reused_id(
    connection: Connection, received: Received, intake: _Intake, place: int, asked: Asked
) -> None:
    """Refuse and record an id that already names something else, under an id of its own.

    The new id follows from the content, so that sending the same thing again records it once.
    """
    reused = asked.id
    asked.id = derived(f"{reused}/{asked.digest.hex()}")
    asked.settle("refused", Words(REUSED))
    if not _find(connection, received, [asked.id]):
        _record(connection, received, [asked])
    intake.answers[place] = Answer(
        reused, "refused", asked.seq, asked.message.as_json() if asked.message else None
    )


class _Clock:
    """Corrects a device's clock by what it said when it sent (design, "Order and clocks")."""

    def __init__(self, received: Received) -> None:
        self._ahead = received.sent_at - received.received_at
        self._arrival = received.received_at

    def __call__(self, made_at: int, server_seen_at: int | None) -> int:
        corrected = max(0, made_at - self._ahead)
        if server_seen_at is not None:
            corrected = max(corrected, server_seen_at)
        return min(corrected, self._arrival)


def _times(received: Received) -> dict[int, int]:
    """When the item at each place was made, corrected.

    A clock that was set right while operations waited has said things that cannot be. What was
    made "after" it was sent was made before the next of its batch, and what was made "before" the
    server was last seen, after the one before it: a batch is in the order of making.
    """
    correct = _Clock(received)
    items = [(p, item) for p, item in enumerate(received.items) if isinstance(item, Envelope)]
    said = {place: _said(item) for place, item in items}
    times = {place: correct(*when) for place, when in said.items()}
    latest = received.received_at
    for place, (made_at, seen) in reversed(said.items()):
        if made_at > received.sent_at:
            times[place] = max(min(latest, times[place]), min(seen or 0, received.received_at))
        latest = times[place]
    earliest = 0
    for place, (made_at, seen) in said.items():
        if seen is not None and correct(made_at, None) < seen:
            times[place] = max(earliest, times[place])
        earliest = times[place]
    return times


def _said(item: Envelope) -> tuple[int, int | None]:
    """When a device says it made an operation, and when it had last seen the server."""
    seen = clock.from_datetime(item.server_seen_at) if item.server_seen_at else None
    return clock.from_datetime(item.made_at), seen


def _ask(item: Envelope, received: Received, corrected_at: int, key: bytes) -> Asked:
    made_at = clock.from_datetime(item.made_at)
    body = bytes(item.data)
    head = f"{item.kind}/{item.v}/{item.actor}/".encode()
    asked = Asked(
        id=item.id,
        kind=item.kind,
        v=item.v,
        actor=item.actor,
        carrier=received.sender if received.sender != item.actor else None,
        device=received.device,
        made_at=made_at,
        corrected_at=corrected_at,
        seen=item.seen,
        group=item.group,
        seq=0,
        digest=hashlib.blake2b(head + body, digest_size=16, key=key).digest(),
        body=body,
    )
    try:
        asked.op = decode(item.kind, item.v, body)
    except KeyError:
        asked.settle("refused", Words(UNKNOWN_VERSION if newest(item.kind) else UNKNOWN_KIND))
    except (msgspec.DecodeError, RecursionError) as error:
        asked.settle("refused", Words(UNREADABLE, {"reason": str(error)}))
    return asked


def _runs(at: Moment, fresh: list[Asked]) -> Iterable[tuple[type[Op], list[Asked]]]:
    """Neighbours of one kind, which are applied set-wise; order between kinds is kept."""
    able = []
    for asked in fresh:
        if asked.outcome:
            continue
        actor = at.actors.get(asked.actor)
        if actor is None:
            asked.settle("refused", Words(NOBODY))
        elif actor.revoked_at is not None:
            # Whatever was made before counts as honest work, but somebody answers for it now.
            asked.settle("refused", Words(PARKED, {"name": actor.name}))
        else:
            able.append(asked)
    return [(kind, list(run)) for kind, run in itertools.groupby(able, key=lambda a: type(a.op))]


def _apply_run(at: Moment, run: tuple[type[Op], list[Asked]]) -> None:
    kind, asked = run
    topics, reacted = set(at.topics), len(at.reactions)
    try:
        with savepoint(at.connection):
            kind.apply_all(at, asked)
        return
    except Exception as error:
        if passing(error):
            raise  # the batch stays with its sender and is tried again
        if len(asked) == 1:
            log.exception("operation_failed", kind=asked[0].kind, id=asked[0].id)
    at.topics, at.reactions[reacted:] = topics, []
    for one in asked:
        one.outcome, one.message, one.subject = "", None, None
        if len(asked) == 1:
            one.settle("failed", Words(FAILED))
        else:
            _apply_run(at, (kind, [one]))


def _record(connection: Connection, received: Received, asked: list[Asked]) -> None:
    _OPERATIONS.run(
        connection,
        [
            (
                received.community_id,
                one.id,
                one.seq,
                one.kind,
                one.v,
                one.actor,
                one.carrier,
                one.device,
                one.made_at,
                one.corrected_at,
                received.received_at,
                one.seen,
                one.group,
                one.outcome,
                one.message.as_json() if one.message else None,
                one.subject,
                one.digest,
            )
            for one in asked
        ],
    )
    _PAYLOADS.run(connection, list(_payload_rows(received.community_id, asked)))


_OPERATIONS = inserting(
    operations,
    "community_id", "id", "seq", "kind", "v", "actor", "carrier", "device", "made_at",
    "corrected_at", "received_at", "seen", "group_id", "outcome", "message", "subject", "digest",
)  # fmt: skip
_PAYLOADS = inserting(payloads, "community_id", "seq", "retention", "body")


def _payload_rows(community_id: int, asked: list[Asked]) -> Iterable[tuple[int, int, str, bytes]]:
    """One row for each retention class that an operation's content touches."""
    for one in asked:
        apart = one.op.retention if one.op else {}
        parts = {WORK: one.body}
        if one.op is None:
            # Nobody knows what an unknown kind holds: keep it no longer than free text.
            parts = {NOTES: one.body}
        elif _holds_any(one.op, apart):
            parts = _split(one.body, apart)
        for retention, body in parts.items():
            yield community_id, one.seq, retention, body


def _holds_any(op: Op, names: Iterable[str]) -> bool:
    for name in names:  # noqa: SIM110 - for every mark of a storm, a generator is slow
        if getattr(op, name):
            return True
    return False


def _split(body: bytes, apart: Mapping[str, str]) -> dict[str, bytes]:
    parts: dict[str, dict[str, Any]] = {WORK: {}}
    for name, value in msgspec.json.decode(body).items():
        parts.setdefault(apart.get(name, WORK), {})[name] = value
    return {retention: msgspec.json.encode(part) for retention, part in parts.items()}


def _queue_reactions(at: Moment, last_seq: int) -> None:
    """Write down what is to be done after the commit; numbered so that each is its own row."""
    _REACTIONS.run(
        at.connection,
        [
            (at.community_id, last_seq * 1000 + number, *reaction)
            for number, reaction in enumerate(dict.fromkeys(at.reactions))
        ],
    )


_REACTIONS = inserting(reactions, "community_id", "id", "name", "subject", "due_at")


def _answer(asked: Asked, *, repeat: bool = False) -> Answer:
    message = asked.message.as_json() if asked.message else None
    return Answer(asked.id, asked.outcome, asked.seq, message, asked.subject, repeat)


UNREADABLE = mark("This entry cannot be read (%(reason)s). It was not applied.")
UNKNOWN_KIND = mark("This server does not know that kind of entry. Update the app and try again.")
UNKNOWN_VERSION = mark("This entry was made by another version of the app. Do it again.")
REUSED = mark("Another entry already has this number. It was kept but not applied.")
NOBODY = mark("This server does not know the person who made this entry.")
PARKED = mark("%(name)s has been signed out for good; a lead must decide about this entry.")
FAILED = mark("The server could not do this. It is kept, and whoever runs the server was told.")
