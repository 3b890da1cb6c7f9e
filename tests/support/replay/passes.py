"""Is every pass what was said of it and of its crossings, and every gate what guards said?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from server.features.passes import file, gate, rules, token
from server.features.passes.tables import (
    GATE_EVENTS,
    PASS_EVENTS,
    crossings,
    gate_events,
    gates,
    pass_events,
    pass_keys,
    passes,
)
from server.oplog.events import Event
from tests.support.replay.history import History, same, words_of

SAYING = tuple(
    f"pass.{what}"
    for what in (
        *("ask", "make", "approve", "decline", "withdraw", "revoke"),
        *("remind", "clash"),
    )
)
AT_GATES = tuple(f"gate.{what}" for what in ("set", "take", "note", "open", "shut"))


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of passes and gates, one sentence each."""
    yield from same("word on a pass", history, pass_events, "op_id", *SAYING)
    yield from same("word at a gate", history, gate_events, "op_id", *AT_GATES)
    yield from same("crossing", history, crossings, "op_id", "pass.cross")
    yield from _passes(history)
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    yield from words_of(history, gate_events, GATE_EVENTS, "gate_id", "gate", told)
    for row in history.connection.execute(select(gates)):
        yield from _differs("gate", row, gate.kept(gate.fold(told[row.community_id, row.id])))


def _passes(history: History) -> Iterator[str]:
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    yield from words_of(history, pass_events, PASS_EVENTS, "pass_id", "pass", told)
    keys = {
        (row.community_id, row.id): row for row in history.connection.execute(select(pass_keys))
    }
    for community in {community for community, _ in keys}:
        signing = [key for (of, _), key in keys.items() if of == community and not key.retired_at]
        if len(signing) != 1:
            yield f"community {community} signs passes with {len(signing)} keys"
    for row in history.connection.execute(select(passes)).all():
        state = rules.fold(told[row.community_id, row.id])
        known = file.crossings_of(history.connection, row.community_id, row.id)
        yield from _differs("pass", row, file.kept(state) | file.crossed(row, known))
        if row.state == rules.VALID and not row.token:
            yield f"pass {row.id} is approved and not signed"
        claims = token.read(row.token)
        if row.token and (claims is None or (row.community_id, claims.key) not in keys):
            yield f"pass {row.id} is signed by nobody"
        elif claims is not None:
            key = keys[row.community_id, claims.key]
            if not token.genuine(row.token, {claims.key: bytes(key.public)}):
                yield f"the signature of pass {row.id} is not genuine"
            if claims != file.claims(row, claims.key):
                yield f"pass {row.id} says of itself {claims}"
            if row.state == rules.VALID and key.retired_at and row.until > key.retired_at:
                yield f"pass {row.id} holds and its key was retired"


def _differs(what: str, row: Any, wanted: dict[str, Any]) -> Iterator[str]:
    found = {name: getattr(row, name) for name in wanted}
    if found != wanted:
        yield f"{what} {row.id} is {found} and its history comes to {wanted}"
