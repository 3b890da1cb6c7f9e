"""What waits for a person in a round: disagreements, refused marks, phones, owed doors, nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household, Place
from server.features.people.actors import Person
from server.features.people.tables import accounts, devices
from server.features.rounds import rules
from server.features.rounds.reads import parts
from server.features.rounds.tables import assignments, round_doors
from server.features.rounds.views import Need, Phone, RefusedLine, RoundHead, Tally
from server.i18n import mark, say, translate
from server.oplog.kinds import WORK
from server.oplog.tables import operations, payloads

SILENT = 20 * clock.MINUTE
"""A phone with open doors that has not been heard of for so long is worth a call."""


def rows(
    connection: Connection,
    person: Person,
    language: str,
    found: RoundHead,
    places: Mapping[int, Place],
    sums: Mapping[int, Tally],
    people: Mapping[int, Collection[str]],
) -> tuple[Need, ...]:
    """The rows of "needs you", the most pressing first."""
    total = parts.total(sums.values())
    page = f"/rounds/{found.id}/needs"
    needs = []
    if total.disputed:
        detail = _where(language, [places[one] for one, t in sums.items() if t.disputed])
        needs.append(Need("disputed", total.disputed, detail, f"{page}#disputed"))
    kept = refused(connection, person.community_id, language, found)
    if kept:
        needs.append(Need("refused", len(kept), kept[0].place, f"{page}#refused"))
    waiting = [
        phone
        for phone in phones(connection, person.community_id, language, found.id)
        if phone.waiting or found.status == rules.OPEN
    ]
    if waiting:
        longest = waiting[0]
        detail = translate(language, PHONE, name=longest.name, n=longest.waiting)
        needs.append(Need("phones", len(waiting), detail, f"{page}#phones"))
    if total.owed and not found.kind.reported:
        detail = _where(language, [places[one] for one, t in sums.items() if t.owed])
        needs.append(Need("owed", total.owed, detail, f"{page}#owed"))
    free = [places[one] for one in sums if not people.get(one)]
    if free and found.status != rules.CLOSED:
        detail = _where(language, free)
        needs.append(Need("unassigned", len(free), detail, f"/rounds/{found.id}/assign"))
    return tuple(needs)


def _where(language: str, places: list[Place]) -> str:
    """The first few of some places, and how many more."""
    said = [say(language, place.words) for place in places[:2]]
    text = translate(language, COMMA).join(said)
    more = len(places) - len(said)
    return translate(language, AND_MORE, places=text, n=more) if more else text


def phones(connection: Connection, community_id: int, language: str, round_id: str) -> list[Phone]:
    """Phones of people assigned to a round that hold unsent marks, or went silent; worst first."""
    query = (
        select(
            accounts.c.id,
            accounts.c.name,
            devices.c.waiting,
            devices.c.oldest_at,
            devices.c.seen_at,
            devices.c.clock_ms,
        )
        .join(
            devices,
            (devices.c.community_id == accounts.c.community_id)
            & (devices.c.account_id == accounts.c.id),
        )
        .where(
            accounts.c.community_id == community_id,
            accounts.c.id.in_(
                select(assignments.c.account_id).where(
                    assignments.c.community_id == community_id,
                    assignments.c.round_id == round_id,
                )
            ),
            (devices.c.waiting > 0) | (devices.c.seen_at < clock.now() - SILENT),
        )
        .order_by(devices.c.waiting.desc(), devices.c.oldest_at)
    )
    found = connection.execute(query).all()
    places = _places_of(connection, community_id, language, round_id) if found else {}
    return [
        Phone(
            row.id,
            row.name,
            row.waiting,
            row.oldest_at,
            row.seen_at,
            round(row.clock_ms / clock.MINUTE),
            tuple(places.get(row.id, ())),
        )
        for row in found
        if row.waiting or places.get(row.id)
    ]


def _places_of(
    connection: Connection, community_id: int, language: str, round_id: str
) -> dict[str, list[str]]:
    """Where each person still has doors to mark."""
    assigned = parts.assigned(connection, community_id, round_id)
    sums = parts.tallies(connection, community_id, round_id)
    places = estates.places(connection, community_id, assigned)
    found: dict[str, list[str]] = {}
    for one, people in assigned.items():
        if sums[one].left:
            for row in people:
                found.setdefault(row.account_id, []).append(say(language, places[one].words))
    return found


def refused(
    connection: Connection, community_id: int, language: str, found: RoundHead
) -> list[RefusedLine]:
    """Marks about a round that were kept but not applied, and nobody has decided about."""
    table = operations.c
    kept = connection.execute(
        select(
            table.id, table.actor, table.corrected_at, table.message, table.seq,
            payloads.c.body, payloads.c.retention,
        )
        .join(
            payloads,
            (payloads.c.community_id == table.community_id) & (payloads.c.seq == table.seq),
        )
        .where(
            table.community_id == community_id,
            table.outcome == "refused",
            table.kind == "round.mark",
            table.settled_by.is_(None),
            payloads.c.retention == WORK,
        )
        .order_by(table.seq)
    ).all()  # fmt: skip
    mine = [(row, data) for row in kept if (data := _data(row)).get("round") == found.id]
    doors = estates.households_by_id(
        connection, community_id, [data["door"] for _, data in mine if _is_number(data.get("door"))]
    )
    places = estates.places(connection, community_id, {door.stairwell for door in doors.values()})
    who = parts.names(connection, community_id, {row.actor for row, _ in mine})
    return [_refused(language, found, row, data, doors, places, who) for row, data in mine]


def _refused(
    language: str,
    found: RoundHead,
    row: AnyRow,
    data: dict[str, Any],
    doors: Mapping[int, Household],
    places: Mapping[int, Place],
    who: Mapping[str, str],
) -> RefusedLine:
    door = doors.get(data.get("door"))  # type: ignore[arg-type]
    return RefusedLine(
        op=row.id,
        place=say(language, places[door.stairwell].words) if door else "",
        door=door.label if door else "",
        answer=str(data.get("answer"))[:16],
        actor=who.get(row.actor, ""),
        at=row.corrected_at,
        reason=row.message,
        href=f"/rounds/{found.id}/doors/{door.household}" if door else "",
    )


def _data(row: AnyRow) -> dict[str, Any]:
    try:
        data = msgspec.json.decode(row.body or b"{}")
    except msgspec.DecodeError:
        return {}
    return data if isinstance(data, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def open_doors(
    connection: Connection, community_id: int, round_id: str, condition: Any
) -> list[AnyRow]:
    """Doors of a round that fulfil a condition, as a list of open matters is made of them."""
    table = round_doors.c
    return list(
        connection.execute(
            select(round_doors)
            .where(table.community_id == community_id, table.round_id == round_id, condition)
            .order_by(table.stairwell_id, table.level.desc(), table.household_id)
            .limit(500)
        )
    )


PHONE = mark("%(name)s (%(n)s unsent)")
COMMA = mark(", ")
AND_MORE = mark("%(places)s and %(n)s more")
