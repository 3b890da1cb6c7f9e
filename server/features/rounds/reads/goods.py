"""Where a round's goods are, and what was stated of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from server.features.rounds import rules
from server.features.rounds import statement as statements
from server.features.rounds.reads import parts
from server.features.rounds.tables import marks, round_states
from server.features.rounds.views import Difference, Tally
from server.features.rounds.views_more import Goods, Statement


def goods(connection: Connection, community_id: int, round_id: str) -> Goods:
    """Where the goods of a round are now."""
    return _goods(statements.add_up(connection, community_id, round_id))


def differences(
    sums: rules.Sums, explanations: Mapping[str, str] | None = None
) -> tuple[Difference, ...]:
    """Every number that does not add up, and what was said of it."""
    said = explanations or {}
    return tuple(
        Difference(what, items, said.get(what, ""))
        for what, items in rules.differences(sums).items()
    )


def statement(
    connection: Connection, language: str, community_id: int, round_id: str
) -> Statement | None:
    """The closing statement that holds, if the round was closed."""
    found = statements.newest(connection, community_id, round_id)
    if found is None:
        return None
    sums = rules.Sums(**found["body"]["sums"])
    closed_by = connection.execute(
        select(round_states.c.actor)
        .where(
            round_states.c.community_id == community_id,
            round_states.c.round_id == round_id,
            round_states.c.status == rules.CLOSED,
        )
        .order_by(round_states.c.seq.desc())
        .limit(1)
    ).scalar()
    late = connection.execute(
        select(func.count()).where(
            marks.c.community_id == community_id, marks.c.round_id == round_id, marks.c.late
        )
    ).scalar_one()
    tallies = parts.tallies(connection, community_id, round_id)
    return Statement(
        number=found["number"],
        issued_at=found["issued_at"],
        issued_by=parts.names(connection, community_id, [closed_by]).get(closed_by, "")
        if closed_by
        else "",
        tally=parts.total(tallies.values()) if tallies else Tally(),
        goods=_goods(sums),
        differences=differences(sums, found["body"]["explanations"]),
        late=late,
    )


def _goods(sums: Any) -> Goods:
    return Goods(sums.due, sums.came_in, sums.carried, sums.given, sums.back)
