"""A register as somebody gives it in: kept, looked at, told what its columns mean, let go of.

Nothing here changes the register; that is what operations are for. A file, like a photo, is an
upload, and what its columns mean is said of the upload.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql

from server.db.base import AnyRow
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.register import rules
from server.features.register.tables import import_forms, import_rows, imports


def name_of(community_id: int, import_id: str) -> str:
    """What its file is called in the store."""
    return f"{community_id}/{import_id}.register"


def must_import(person: Person, now: int) -> None:
    """Raises `NotAllowed` for who may import nowhere."""
    if not person.may_somewhere(May.IMPORT, now):
        raise NotAllowed("imports")


def begin(
    connection: Connection, person: Person, import_id: str, name: str, size: int, now: int
) -> None:
    """A file was given in. Raises `NotAllowed`."""
    must_import(person, now)
    connection.execute(
        insert(imports),
        {
            "community_id": person.community_id,
            "id": import_id,
            "name": name[-rules.LONGEST_NAME :],
            "size": size,
            "state": rules.WAITING,
            "reading": 1,
            "answers": {},
            "counts": {},
            "made_by": person.id,
            "made_at": now,
        },
    )


def find(connection: Connection, person: Person, import_id: str, now: int) -> AnyRow:
    """An import that the person may see: their own, or any of those who lead the community.

    Raises `NotThere`, `NotAllowed`.
    """
    must_import(person, now)
    row = row_of(connection, person.community_id, import_id)
    if row is None:
        raise NotThere(import_id)
    if row.made_by != person.id and not person.may(May.IMPORT, now):
        raise NotAllowed(import_id)
    return row


def row_of(connection: Connection, community_id: int, import_id: str) -> AnyRow | None:
    """The import of that id."""
    return connection.execute(
        select(imports).where(imports.c.community_id == community_id, imports.c.id == import_id)
    ).first()


def choose(
    connection: Connection,
    person: Person,
    import_id: str,
    layout: Mapping[str, Any],
    chosen: Mapping[str, Mapping[str, str]],
    now: int,
) -> None:
    """What the columns mean, said by hand; remembered for the same form by its signature."""
    row = find(connection, person, import_id, now)
    if row.state not in rules.OPEN:
        raise NotThere(import_id)
    for signature, columns in chosen.items():
        _remember(connection, person.community_id, signature, columns, now)
    _read_again(connection, row, layout=layout, answers={})


def _remember(
    connection: Connection,
    community_id: int,
    signature: str,
    columns: Mapping[str, str],
    now: int,
) -> None:
    # Both databases speak PostgreSQL's ON CONFLICT.
    statement = postgresql.insert(import_forms).values(
        community_id=community_id, signature=signature, columns=dict(columns), at=now
    )
    said = {"columns": statement.excluded["columns"], "at": statement.excluded["at"]}
    key = ["community_id", "signature"]
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=said))


def remembered(connection: Connection, community_id: int) -> dict[str, dict[int, str]]:
    """What people said of the columns of forms, by the form's signature."""
    query = select(import_forms.c.signature, import_forms.c.columns)
    rows = connection.execute(query.where(import_forms.c.community_id == community_id))
    return {
        row.signature: {int(index): field for index, field in row.columns.items()} for row in rows
    }


def answer(
    connection: Connection, person: Person, import_id: str, answers: Mapping[str, str], now: int
) -> None:
    """What somebody said to questions about rows; those of before stay."""
    row = find(connection, person, import_id, now)
    if row.state != rules.READY:
        raise NotThere(import_id)
    _read_again(connection, row, answers={**row.answers, **answers})


def again(connection: Connection, community_id: int, import_id: str) -> None:
    """Read it once more: the register has changed since."""
    row = row_of(connection, community_id, import_id)
    if row is not None and row.state in rules.OPEN:
        _read_again(connection, row)


def _read_again(connection: Connection, row: AnyRow, **values: Any) -> None:
    table = imports.c
    connection.execute(
        update(imports)
        .where(table.community_id == row.community_id, table.id == row.id)
        .values(
            state=rules.WAITING,
            reading=row.reading + 1,
            claimed_at=None,
            why=None,
            done=0,
            counts={},
            **values,
        )
    )


def drop(connection: Connection, person: Person, import_id: str, now: int) -> None:
    """Let go of a file that nobody took over. Its rows go with it; the caller deletes the file."""
    row = find(connection, person, import_id, now)
    if row.state in rules.OPEN:
        forget(connection, row.community_id, row.id, rules.DROPPED)


def forget(connection: Connection, community_id: int, import_id: str, state: str) -> None:
    """Keep of a file that it was there, and nothing of what it said."""
    connection.execute(
        delete(import_rows).where(
            import_rows.c.community_id == community_id, import_rows.c.import_id == import_id
        )
    )
    connection.execute(
        update(imports)
        .where(imports.c.community_id == community_id, imports.c.id == import_id)
        .values(state=state, layout=None, answers={}, claimed_at=None)
    )
