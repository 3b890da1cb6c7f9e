"""Pages about registers that were given in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.rules import SCHEMES
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May, Where
from server.features.register import known, rules, showing, uploads
from server.features.register.addresses import Parts, Unlocated, locate
from server.features.register.columns import Layout, missing
from server.features.register.plan import Outcome
from server.features.register.tables import import_rows, imports
from server.features.register.views import ColumnView, File, FilePage, Index, SheetView
from server.features.rounds.reads import parts
from server.i18n import Words

MOST_FILES = 50
EXAMPLES = {"lane": "828弄5号302室", "unit": "12号楼3单元501", "tower": "A座18层1803"}
"""Doors as each scheme writes them."""

PAGE = 50
"""Rows on one page."""


def index(connection: Connection, person: Person) -> Index:
    """The files given in, the newest first. Raises `NotAllowed`."""
    now = clock.now()
    uploads.must_import(person, now)
    table = imports.c
    query = select(imports).where(table.community_id == person.community_id)
    if not person.may(May.IMPORT, now):
        query = query.where(table.made_by == person.id)
    rows = connection.execute(query.order_by(table.made_at.desc()).limit(MOST_FILES)).all()
    names = _names(connection, person, rows)
    return Index(
        tuple(_file(row, names) for row in rows),
        tuple(name for _, name in _compounds(connection, person, now)),
        person.may(May.IMPORT, now),
        tuple((key, scheme.label, EXAMPLES[key]) for key, scheme in SCHEMES.items()),
        parts.newest(connection, person.community_id),
    )


def doors_meant(
    connection: Connection, community_id: int, compound_id: int, written: Iterable[str]
) -> dict[str, int]:
    """The doors of one compound that are meant, by how each was written; others are left out."""
    estate = known.estate_in(connection, community_id, compound_id)
    found: dict[str, int] = {}
    for text in written:
        try:
            door = locate(Parts(address=text), estate, compound_id, lays=False).household
        except Unlocated:
            continue
        if door is not None:
            found[text] = door
    return found


def file(connection: Connection, person: Person, import_id: str, what: str, page: int) -> FilePage:
    """One file and what would become of its rows. Raises `NotThere`, `NotAllowed`."""
    now = clock.now()
    row = uploads.find(connection, person, import_id, now)
    layout = msgspec.convert(row.layout, Layout) if row.layout else None
    shown = what if row.counts.get(what) else _first(row.counts)
    pages = max(1, -(-row.counts.get(shown, 0) // PAGE))
    page = min(max(1, page), pages)
    outcomes = _outcomes(connection, row, shown, page)
    doors = estates.households_by_id(
        connection,
        person.community_id,
        [home for one in outcomes for home in _doors(one)],
    )
    compounds = _compounds(connection, person, now)
    sheets = {sheet.index: sheet.name for sheet in layout.sheets} if layout else {}
    return FilePage(
        _file(row, _names(connection, person, [row])),
        row.reading,
        tuple(_sheet(sheet) for sheet in layout.sheets) if layout else (),
        bool(layout and layout.lays),
        showing.FIELDS,
        compounds,
        missing(layout) if layout else None,
        shown,
        tuple(showing.row(one, sheets, doors, dict(compounds)) for one in outcomes),
        page,
        pages,
        _may_undo(connection, person, row, now),
        parts.newest(connection, person.community_id),
    )


def _doors(outcome: Outcome) -> list[int]:
    """The doors that a row is about."""
    homes = (outcome.household, outcome.question.household if outcome.question else None)
    return [home for home in homes if home is not None]


def is_for(person: Person, now: int) -> bool:
    """True where somebody may give registers in."""
    return person.may_somewhere(May.IMPORT, now)


def _compounds(connection: Connection, person: Person, now: int) -> tuple[tuple[int, str], ...]:
    """The compounds that the person may import into."""
    found = tuple(
        (one.id, one.name)
        for one in estates.tree(connection, person.community_id)
        if person.may(May.IMPORT, now, Where(compound=one.id))
    )
    if not found and not person.may(May.IMPORT, now):
        raise NotAllowed("imports")
    return found


def _first(counts: Mapping[str, int]) -> str:
    """The rows that are shown where nothing else is asked for: what needs somebody first."""
    return next((key for key in rules.OUTCOMES if counts.get(key)), rules.ADDED)


def _outcomes(connection: Connection, row: AnyRow, what: str, page: int) -> list[Outcome]:
    table = import_rows.c
    query = (
        select(table.body)
        .where(
            table.community_id == row.community_id,
            table.import_id == row.id,
            table.reading == row.reading,
            table.what == what,
        )
        .order_by(table.sheet, table.row)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [msgspec.json.decode(one, type=Outcome) for one in connection.execute(query).scalars()]


def _may_undo(connection: Connection, person: Person, row: AnyRow, now: int) -> bool:
    """True for the last that was taken over, for a while."""
    if row.state != rules.APPLIED or now > row.applied_at + rules.BACK_WITHIN:
        return False
    table = imports.c
    last = connection.execute(
        select(func.max(table.applied_seq)).where(
            table.community_id == person.community_id, table.state == rules.APPLIED
        )
    ).scalar_one()
    return bool(last == row.applied_seq)


def _names(connection: Connection, person: Person, rows: Sequence[Any]) -> dict[str, str]:
    wanted = {row.made_by for row in rows} | {row.applied_by for row in rows if row.applied_by}
    found = people.accounts_by_id(connection, person.community_id, wanted)
    return {one: account.name for one, account in found.items()}


def _file(row: AnyRow, names: Mapping[str, str]) -> File:
    return File(
        row.id,
        row.name,
        row.state,
        row.counts,
        row.done,
        row.total,
        names.get(row.made_by, ""),
        row.made_at,
        names.get(row.applied_by or "", ""),
        row.applied_at,
        Words.of(row.why),
    )


def _sheet(sheet: Any) -> SheetView:
    return SheetView(
        sheet.index,
        sheet.name,
        sheet.read,
        tuple(
            ColumnView(
                one.index, one.letter, one.header, tuple(one.samples), str(one.field), one.because
            )
            for one in sheet.columns
        ),
        sheet.compound,
        sheet.header[1] + 1,
    )
