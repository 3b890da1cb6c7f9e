"""What follows by itself: the parcel passes on in custody, and arrivals and lateness are seen."""

from __future__ import annotations

from sqlalchemy import select

from server.db.base import AnyRow
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.relays import rules
from server.features.relays.file import door_of, parcel_of, shared
from server.features.relays.tables import RELAY_EVENTS, relays
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("relays.parted")
def parted(at: Reacting) -> None:
    """The parcel was given to the other community: it is in nobody's hands here."""
    relay_id, thing_id, actor = at.subject.split()
    row = _relay(at, relay_id)
    if row is not None:
        said = {"thing": thing_id, "place": row.gate, "final": True}
        at.submit(actor, derived(f"{relay_id}/parted"), "thing.put", said)


@reaction("relays.fetched")
def fetched(at: Reacting) -> None:
    """The parcel came from the other community: it is in the hands of who fetched it."""
    relay_id, op_id, actor = at.subject.split()
    row = _relay(at, relay_id)
    if row is not None:
        said = {
            "kind": "parcel", "label": row.what, "household": row.household_id, "place": row.gate,
            "about": f"/relays/{relay_id}", "disinfect": True,
        }  # fmt: skip
        at.submit(actor, derived(f"{op_id}/fetched"), "thing.take", said)


@reaction("relays.look")
def look(at: Reacting) -> None:
    """Has it arrived, is it late? Again and again until it is over."""
    row = _relay(at, at.subject)
    if row is None or row.closed_at is not None:
        return
    state = rules.fold(RELAY_EVENTS.of(at.connection, at.community_id, row.id))
    actor = people.in_whose_name(
        at.connection, at.community_id, row.owner, May.SEE_THINGS, [door_of(at.connection, row)],
        at.now,
    )  # fmt: skip
    if _arrived(at, row):
        at.submit(actor, derived(f"{row.id}/end"), "relay.end", {"relay": row.id})
        return
    if row.due_at <= at.now and not state.reminded:
        said = {"relay": row.id, "late": True}
        at.submit(actor, derived(f"{row.id}/late"), "relay.remind", said)
    if at.now - row.opened_at < rules.LONGEST_LOOK:
        at.again_at = at.now + rules.LOOKS_EVERY


def _arrived(at: Reacting, row: AnyRow) -> bool:
    if row.way == rules.OUT:
        code = shared(at.connection, row.code_key)
        return code is not None and code.arrived_at is not None
    parcel = parcel_of(at.connection, row)
    return parcel is not None and parcel.closed_at is not None


def _relay(at: Reacting, relay_id: str) -> AnyRow | None:
    return at.connection.execute(
        select(relays).where(relays.c.community_id == at.community_id, relays.c.id == relay_id)
    ).first()
