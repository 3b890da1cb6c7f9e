"""What somebody says of a file by a form: what its columns mean, and answers about its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.register import uploads
from server.features.register.columns import Field, Layout

ANSWERED = re.compile(r"\d+:\d+(?::\d+)?")
"""The name of a question about a row: its sheet, its row, and who of several."""


def columns(
    connection: Connection, person: Person, import_id: str, form: Mapping[str, str], now: int
) -> None:
    """Take what each column means from a form. Raises `NotThere`, `msgspec.ValidationError`."""
    row = uploads.find(connection, person, import_id, now)
    if row.layout is None:
        raise NotThere(import_id)
    layout = msgspec.convert(row.layout, Layout)
    layout.lays = "lays" in form
    chosen: dict[str, dict[str, str]] = {}
    for sheet in layout.sheets:
        sheet.read = f"read-{sheet.index}" in form
        compound = form.get(f"compound-{sheet.index}", "")
        sheet.compound = int(compound) if compound.isdecimal() else None
        said = {}
        for column in sheet.columns:
            name = f"column-{sheet.index}-{column.index}"
            field = msgspec.convert(form.get(name, str(column.field)), Field)
            if field != column.field:
                column.field, column.because = field, "hand"
            said[str(column.index)] = str(column.field)
        if sheet.read:
            chosen[sheet.signature] = said
    uploads.choose(connection, person, import_id, _plain(layout), chosen, now)


def answers(
    connection: Connection, person: Person, import_id: str, form: Mapping[str, str], now: int
) -> None:
    """Take answers about rows from a form. Raises `NotThere`."""
    said = {name: value[:40] for name, value in form.items() if ANSWERED.fullmatch(name)}
    uploads.answer(connection, person, import_id, said, now)


def _plain(layout: Layout) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(layout)
    return plain
