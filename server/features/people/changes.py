"""The one way in which the register changes, by hand, by a spreadsheet or by taking either back.

Every change is kept with what was there before: the history of a household, and what an import is
taken back by. Nobody is deleted: whoever moved away is out of every list and still there for what
refers to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, func, insert, select, update

from server.features.estates.tables import households
from server.features.people.rules import HOUSEHOLD
from server.features.people.tables import accounts, resident_changes, residents, roles
from server.ids import derived
from server.oplog.kinds import Asked

ADDED, CORRECTED, LEFT, BACK, MOVED = "added", "corrected", "left", "back", "moved"
DOOR = "door"
"""What can happen to somebody, and to the door they live behind."""

HAND, IMPORT, UNDO, OWN = "hand", "import", "undo", "household"
VACANCY, ARRIVAL = "vacancy", "arrival"
"""Where a change came from."""

FIELDS = ("household_id", "name", "born", "phone", "registered", "present", "tenure", "left_at")
"""What is kept of somebody."""

NEW: Mapping[str, Any] = {
    "born": None,
    "phone": "",
    "registered": True,
    "present": True,
    "tenure": "",
    "left_at": None,
}
"""What is taken for granted of somebody of whom only the name is known."""

DOOR_FIELDS = ("vacant", "use", "name")
"""What is kept of a door."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change, and what was there before: only the fields that differ."""

    household: int
    resident: int | None  # None: the door itself, or somebody new
    what: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class Living(Protocol):
    """Somebody who lives behind a door, as far as their leaving changes it."""

    @property
    def id(self) -> int: ...
    @property
    def household_id(self) -> int: ...
    @property
    def present(self) -> bool: ...
    @property
    def registered(self) -> bool: ...


def left(one: Living, at: int) -> Change:
    """Somebody moved away for good at a moment."""
    before = {"left_at": None, "present": one.present, "registered": one.registered}
    after = {"left_at": at, "present": False, "registered": False}
    return Change(one.household_id, one.id, LEFT, before, after)


def write(
    connection: Connection,
    community_id: int,
    asked: Asked,
    changes: Iterable[Change],
    source: str,
    after: int = 0,
) -> list[Change]:
    """Make these changes; returns them as they are kept, with the numbers of those who are new.

    `after` is how many the same operation has made before. Whoever moves into a vacant flat makes
    it lived in, and gives it the account that cards are for.
    """
    numbered = _number(connection, community_id, changes)
    kept = [*numbered, *_lived_in(connection, community_id, numbered)]
    _insert(connection, community_id, [one for one in kept if one.what == ADDED])
    _update(connection, community_id, residents, FIELDS, [one for one in kept if _is_person(one)])
    doors = [one for one in kept if one.what == DOOR]
    _update(connection, community_id, households, DOOR_FIELDS, doors, asked.corrected_at)
    _give_accounts(connection, community_id, kept, asked.corrected_at)
    _enter(connection, community_id, asked, kept, source, after)
    return kept


def newest(connection: Connection, community_id: int) -> int:
    """The number of the register's last change; 0 where nothing has changed yet."""
    query = select(func.max(resident_changes.c.seq))
    found = connection.execute(query.where(resident_changes.c.community_id == community_id))
    return found.scalar_one() or 0


def _is_person(one: Change) -> bool:
    return one.what not in {ADDED, DOOR}


def _number(connection: Connection, community_id: int, changes: Iterable[Change]) -> list[Change]:
    """Give a number to everybody new. None is ever given twice."""
    table = residents.c
    query = select(func.max(table.id)).where(table.community_id == community_id)
    last = connection.execute(query).scalar_one() or 0
    numbered = []
    for one in changes:
        if one.what == ADDED and one.resident is None:
            last += 1
            numbered.append(replace(one, resident=last))
        else:
            numbered.append(one)
    return numbered


def _lived_in(connection: Connection, community_id: int, changes: Sequence[Change]) -> list[Change]:
    """What somebody's moving in says of a door that nobody has said anything of."""
    said = {one.household for one in changes if one.what == DOOR}
    first: dict[int, str] = {}
    for one in changes:
        if one.what in {ADDED, BACK, MOVED} and one.after:
            home = one.after.get("household_id", one.household)
            first.setdefault(home, str(one.after.get("name", "")))
    found = []
    for row in _doors(connection, community_id, first.keys() - said):
        after: dict[str, Any] = {}
        if row.vacant:
            after["vacant"] = False
        if not row.name and first[row.id] and row.use == "home":
            after["name"] = f"{first[row.id][0]}家"  # what a door is called in a list: 张家
        if after:
            before = {name: getattr(row, name) for name in after}
            found.append(Change(row.id, None, DOOR, before, after))
    return found


def _doors(connection: Connection, community_id: int, ids: Collection[int]) -> list[Any]:
    table = households.c
    query = select(table.id, table.vacant, table.use, table.name)
    rows: list[Any] = []
    for some in _in_parts(sorted(ids)):
        found = query.where(table.community_id == community_id, table.id.in_(some))
        rows += connection.execute(found).all()
    return rows


def _in_parts(ids: Sequence[int], size: int = 5_000) -> Iterable[Sequence[int]]:
    """Few enough at once for either database's parameters."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _insert(connection: Connection, community_id: int, changes: Sequence[Change]) -> None:
    if changes:
        rows = [
            {
                **NEW,
                "community_id": community_id,
                "id": one.resident,
                "household_id": one.household,
                **(one.after or {}),
            }
            for one in changes
        ]
        connection.execute(insert(residents), rows)


def _update(
    connection: Connection,
    community_id: int,
    table: Any,
    fields: Sequence[str],
    changes: Sequence[Change],
    at: int | None = None,
) -> None:
    """Set what differs, one statement for each set of fields that changes together."""
    together: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in changes:
        names = tuple(name for name in fields if name in (one.after or {}))
        number = one.resident if one.resident is not None else one.household
        values = {f"to_{name}": (one.after or {})[name] for name in names}
        together.setdefault(names, []).append({"number": number, **values})
    for names, rows in together.items():
        if not names:
            continue
        values = {name: bindparam(f"to_{name}") for name in names}
        if at is not None:
            values["changed_at"] = at
        statement = (
            update(table)
            .where(table.c.community_id == community_id, table.c.id == bindparam("number"))
            .values(values)
        )
        connection.execute(statement, rows)


def _give_accounts(
    connection: Connection, community_id: int, changes: Sequence[Change], at: int
) -> None:
    """An account for every home that is lived in now and has none: cards are made for it."""
    homes = {
        one.household: str(one.after.get("name") or "")
        for one in changes
        if one.what == DOOR and one.after and one.after.get("vacant") is False
    }
    if not homes:
        return
    known: set[int] = set()
    for some in _in_parts(sorted(homes)):
        query = select(accounts.c.household_id).where(
            accounts.c.community_id == community_id, accounts.c.household_id.in_(some)
        )
        known |= set(connection.execute(query).scalars())
    made = {home: derived(f"household/{community_id}/{home}") for home in homes.keys() - known}
    if not made:
        return
    connection.execute(
        insert(accounts),
        [
            {
                "community_id": community_id,
                "id": made[home],
                "name": homes[home],
                "household_id": home,
                "made_at": at,
            }
            for home in sorted(made)
        ],
    )
    connection.execute(
        insert(roles),
        [
            {
                "community_id": community_id,
                "account_id": made[home],
                "role": HOUSEHOLD,
                "scope": "household",
                "scope_id": home,
                "since": at,
            }
            for home in sorted(made)
        ],
    )


def _enter(
    connection: Connection,
    community_id: int,
    asked: Asked,
    changes: Sequence[Change],
    source: str,
    after: int,
) -> None:
    """Write the changes down."""
    if changes:
        connection.execute(
            insert(resident_changes),
            [
                {
                    "community_id": community_id,
                    "seq": asked.seq,
                    "nth": nth,
                    "household_id": one.household,
                    "resident_id": one.resident,
                    "what": one.what,
                    "before": dict(one.before) if one.before is not None else None,
                    "after": dict(one.after) if one.after is not None else None,
                    "actor": asked.actor,
                    "at": asked.corrected_at,
                    "source": source,
                }
                for nth, one in enumerate(changes, start=after)
            ],
        )


def of_operation(connection: Connection, community_id: int, seq: int) -> list[Change]:
    """What one operation changed."""
    table = resident_changes.c
    rows = connection.execute(
        select(table.household_id, table.resident_id, table.what, table.before, table.after)
        .where(table.community_id == community_id, table.seq == seq)
        .order_by(table.nth)
    )
    return [Change(*row) for row in rows]


def reversal(
    connection: Connection, community_id: int, changes: Sequence[Change], at: int
) -> tuple[list[Change], int]:
    """What takes changes back, and how many stay because somebody has changed the same since.

    Whoever was added counts as moved away: what was done for them meanwhile refers to them.
    """
    people = _rows(connection, community_id, residents, [one.resident for one in changes])
    homes = _rows(
        connection, community_id, households, [one.household for one in changes if one.what == DOOR]
    )
    back, left = [], 0
    for one in reversed(changes):
        row = homes.get(one.household) if one.what == DOOR else people.get(one.resident or 0)
        after = dict(one.after or {})
        if row is None or any(getattr(row, name) != value for name, value in after.items()):
            left += 1
        elif one.what == ADDED:
            gone = {"left_at": None, "present": row.present, "registered": row.registered}
            now = {"left_at": at, "present": False, "registered": False}
            back.append(Change(row.household_id, one.resident, LEFT, gone, now))
        else:
            back.append(replace(one, before=after, after=dict(one.before or {})))
    return back, left


def _rows(
    connection: Connection, community_id: int, table: Any, ids: Iterable[int | None]
) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for some in _in_parts(sorted({one for one in ids if one is not None})):
        query = select(table).where(table.c.community_id == community_id, table.c.id.in_(some))
        found |= {row.id: row for row in connection.execute(query)}
    return found


def last_of(connection: Connection, community_id: int, resident: int) -> int:
    """The number of the last change of somebody's entry; 0 where it was never changed."""
    table = resident_changes.c
    query = select(func.max(table.seq)).where(
        table.community_id == community_id, table.resident_id == resident
    )
    return connection.execute(query).scalar_one() or 0
