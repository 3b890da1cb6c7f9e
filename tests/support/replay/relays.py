"""Is every relay what was said of it, and does what two communities share say the same of both?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.relays import file, rules
from server.features.relays.tables import BETWEEN, RELAY_EVENTS, relay_codes, relay_events, relays
from server.oplog.events import Event
from tests.support.replay.history import History, same

SAYING = tuple(
    f"relay.{what}"
    for what in ("make", "told", "renew", "part", "fetch", "assign", "end", "remind", "cancel")
)
"""Kinds that say something of a relay, each once."""


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of relays, one sentence each."""
    yield from same("word on a relay", history, relay_events, "op_id", *SAYING)
    yield from same("relay", history, relays, "id", "relay.make")
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    for row in history.connection.execute(select(relay_events).order_by(relay_events.c.seq)):
        told[row.community_id, row.relay_id].append(RELAY_EVENTS.read(row))
        made = history.operations.get((row.community_id, row.op_id))
        said = (row.seq, row.actor, row.at, f"relay.{row.what}")
        if made and said != (made.seq, made.actor, made.corrected_at, made.kind):
            yield f"word {row.op_id} does not carry its operation's number, actor, time and kind"
    rows = list(history.connection.execute(select(relays)))
    for row in rows:
        events = told[row.community_id, row.id]
        wanted = file.kept(rules.fold(events)) | {"version": events[-1].seq if events else None}
        found = {name: getattr(row, name) for name in wanted}
        if found != wanted:
            yield f"relay {row.id} is {found} and its history comes to {wanted}"
        if row.closed_at is not None and row.other_half and row.state == rules.CANCELLED:
            yield f"relay {row.id} is over and still knows the other half"
    going = {row.code_key for row in rows if row.way == rules.IN and row.code_key}
    known = {row.code_key for row in rows if row.code_key}
    for code in history.connection.execute(select(relay_codes)):
        if code.key not in known and history.tombstones:
            continue  # its relays were over, and nobody knows which they were
        if code.community_id != BETWEEN:
            yield f"code {code.key[:8]} belongs to community {code.community_id}"
        if (code.taken_at is not None) != (code.key in going):
            yield f"code {code.key[:8]} was taken at {code.taken_at}, and relays say otherwise"
        if code.arrived_at is not None and code.taken_at is None:
            yield f"code {code.key[:8]} arrived and was never taken"
        if code.key not in known and code.withdrawn_at is None:
            yield f"code {code.key[:8]} is of no relay"
