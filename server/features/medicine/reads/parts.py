"""What several pages about medicine read: lines of needs, and how far batches are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.medicine import rules
from server.features.medicine.file import open_batches_of
from server.features.medicine.tables import BATCH_EVENTS
from server.features.medicine.views import BatchLine, NeedLine
from server.oplog.events import Event


def doors_of(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, Household]:
    """The doors of some needs."""
    if not rows:
        return {}
    homes = {row.household_id for row in rows}
    return estates.households_by_id(connection, rows[0].community_id, homes)


def lines(
    connection: Connection, rows: Sequence[AnyRow], doors: Mapping[int, Household], now: int
) -> list[NeedLine]:
    """Needs as pages list them: what runs out first comes first."""
    if not rows:
        return []
    taken = open_batches_of(connection, rows[0].community_id, [row.id for row in rows])
    found = [
        NeedLine(
            row.id,
            row.household_id,
            doors[row.household_id].short_words,
            row.name,
            row.dose,
            row.boxes,
            row.lasts,
            row.substitute,
            row.pharmacy,
            bool(row.controlled),
            bool(row.wanted),
            row.runs_out_at,
            (row.runs_out_at - now) // clock.DAY,
            row.asked_at,
            row.offered,
            row.agreed,
            str(taken[row.id].id) if row.id in taken else "",
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.runs_out_at, one.household, one.id))


def states(
    connection: Connection, community_id: int, ids: Collection[str]
) -> dict[str, rules.Batch]:
    """What some batches have come to."""
    told: dict[str, list[Event]] = {one: [] for one in ids}
    for batch_id, event in BATCH_EVENTS.by_thing(connection, community_id, ids):
        told[batch_id].append(event)
    return {one: rules.fold_batch(events) for one, events in told.items()}


def batch_line(
    row: AnyRow, state: rules.Batch, visible: Collection[str], names: Mapping[str, str]
) -> BatchLine:
    """A batch in a list, as far as these of its needs say."""
    return BatchLine(
        row.id,
        row.title,
        row.pharmacy,
        names.get(row.buyer, ""),
        rules.step(state, visible),
        row.due_at,
        len(visible),
        row.closed_at,
    )


def asked_in_vain(rows: Iterable[AnyRow], reading: Collection[int], now: int) -> list[AnyRow]:
    """The needs whose households have to be asked at the door: nobody reads there, or answers.

    A buyer who proposed something else waits at the pharmacy: whoever can asks at once.
    """
    return [
        row
        for row in rows
        if (row.offered and row.agreed is None)
        or (
            row.asked_at is not None
            and (row.household_id not in reading or now - row.asked_at > rules.ANSWER_WITHIN)
        )
    ]
