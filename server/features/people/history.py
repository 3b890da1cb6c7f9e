"""What has changed in the register behind a door, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from server.features.people import changes
from server.features.people.keeping import TENURES
from server.features.people.tables import accounts, resident_changes, residents
from server.i18n import Words, mark

MOST = 20
"""Changes on one page."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: what, by whom, when."""

    words: Words
    parts: tuple[tuple[str, Words | str, Words | str], ...]  # label, before, after
    by: str
    at: int
    source: str  # marked words; empty where somebody did it by hand


LABELS: Mapping[str, str] = {
    "name": mark("Name"),
    "born": mark("Year of birth"),
    "phone": mark("Telephone"),
    "registered": mark("Registered here"),
    "present": mark("Here"),
    "tenure": mark("Owner or tenant"),
    "household_id": mark("Flat"),
    "vacant": mark("Vacant"),
    "use": mark("Use"),
}
"""What the fields of the register are called."""

SAID: Mapping[str, str] = {
    changes.ADDED: mark("%(name)s was added"),
    changes.CORRECTED: mark("%(name)s was corrected"),
    changes.LEFT: mark("%(name)s moved away"),
    changes.BACK: mark("%(name)s lives here again"),
    changes.MOVED: mark("%(name)s moved within the community"),
    changes.DOOR: mark("The flat"),
}

SOURCES: Mapping[str, str] = {
    changes.IMPORT: mark("from a spreadsheet"),
    changes.UNDO: mark("an import taken back"),
    changes.OWN: mark("by the household"),
    changes.ARRIVAL: mark("said by themselves, and confirmed"),
    changes.VACANCY: mark("by somebody who looked whether it is vacant"),
}


def of_household(
    connection: Connection, community_id: int, household_id: int, most: int | None = MOST
) -> tuple[Entry, ...]:
    """The last changes behind a door, the newest first; None: all. Telephones are not said."""
    table = resident_changes.c
    rows = connection.execute(
        select(resident_changes, accounts.c.name.label("by"), residents.c.name.label("name"))
        .join(
            accounts,
            (accounts.c.community_id == table.community_id) & (accounts.c.id == table.actor),
        )
        .outerjoin(
            residents,
            (residents.c.community_id == table.community_id)
            & (residents.c.id == table.resident_id),
        )
        .where(table.community_id == community_id, table.household_id == household_id)
        .order_by(table.seq.desc(), table.nth)
        .limit(most)
    )
    return tuple(_entry(row) for row in rows)


def _entry(row: Any) -> Entry:
    before, after = row.before or {}, row.after or {}
    parts = tuple(
        (LABELS[name], said(name, before.get(name)), said(name, value))
        for name, value in after.items()
        if name in LABELS and row.what in {changes.CORRECTED, changes.DOOR} and name != "name"
    )
    return Entry(
        Words(SAID[row.what], {"name": row.name or ""}),
        parts,
        row.by,
        row.at,
        SOURCES.get(row.source, ""),
    )


def said(field: str, value: Any) -> Words | str:
    """A value of the register as people say it."""
    if field == "phone" and value:
        return "…" + str(value)[-4:]
    if isinstance(value, bool):
        return Words(YES if value else NO)
    if field == "tenure":
        return Words(TENURES[value]) if value in TENURES else ""
    if field == "use":
        return Words(SHOP if value == "shop" else HOME)
    return "" if value is None else str(value)


YES, NO = mark("yes"), mark("no")
SHOP, HOME = mark("shop"), mark("home")
