"""`stairwell import FILE`: a register from the command line, as a committee begins or goes on.

It goes the way that the page goes: the file is read and compared, every row is accounted for, and
taking it over is an operation in a steward's name, which can be taken back on the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select

from server.features.estates import laying
from server.features.estates.rules import SCHEMES
from server.features.estates.tables import communities
from server.features.people import reads as people
from server.features.people.actors import Person, actors
from server.features.people.rules import COMMUNITY, EVERYWHERE, STEWARD, May
from server.features.people.signing import make
from server.features.people.tables import accounts, roles
from server.features.register import keeping, rules, showing, uploads, work
from server.features.register.columns import Layout, missing
from server.features.register.plan import Outcome
from server.features.register.tables import import_rows
from server.features.retention import running
from server.i18n import Words, say
from server.ids import uuid7
from server.oplog.apply import apply
from server.web.hub import of_server

ENGLISH = "en"
"""What the command line speaks."""


class CannotImport(Exception):
    """One sentence that says what to do."""


class OnlyLooked(Exception):
    """Takes back all that looking at a file has written."""


@dataclass(frozen=True, slots=True)
class New:
    """A community that is to be, with its first compound and its first steward."""

    name: str
    compound: str
    scheme: str
    lane: str
    steward: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    file: Path
    new: New | None
    community: int | None
    steward: str
    lay: bool  # make what is not there yet
    yes: bool  # take it over


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was read: under which id it is kept, what becomes of its rows, what was wrong."""

    id: str
    reading: int
    columns: list[str]
    counts: Counter[str]
    wrong: list[str]


def found(connection: Connection, new: New, now: int) -> tuple[int, str]:
    """Make a community; returns its number and a secret that signs its steward in once.

    Raises `CannotImport`.
    """
    if new.scheme not in SCHEMES:
        raise CannotImport(f"--scheme is one of {', '.join(SCHEMES)}.")
    if new.scheme == "lane" and not new.lane:
        raise CannotImport("With --scheme lane, --lane gives its number: 828 for 828弄.")
    taken = select(communities.c.id).where(communities.c.name == new.name)
    if connection.execute(taken).first() is not None:
        raise CannotImport(f"There is a community {new.name} already: leave --new out.")
    last = connection.execute(select(func.max(communities.c.id))).scalar_one() or 0
    number, steward = last + 1, uuid7(now)
    connection.execute(insert(communities), {"id": number, "name": new.name, "made_at": now})
    running.wind(connection, now)
    laying.compound(connection, number, new.compound or new.name, new.scheme, new.lane)
    connection.execute(
        insert(accounts),
        {"community_id": number, "id": steward, "name": new.steward, "made_at": now},
    )
    connection.execute(
        insert(roles),
        {
            "community_id": number,
            "account_id": steward,
            "role": STEWARD,
            "scope": COMMUNITY,
            "scope_id": number,
            "since": now,
        },
    )
    return number, make(connection, number, [steward], "link", now, once=True)[steward]


def who(connection: Connection, community: int | None, name: str, now: int) -> Person:
    """The steward in whose name a register is taken over. Raises `CannotImport`."""
    known = connection.execute(select(communities.c.id, communities.c.name)).all()
    if not known:
        raise CannotImport("There is no community yet: name one with --new.")
    if community is None and len(known) > 1:
        listed = ", ".join(f"{row.id} {row.name}" for row in known)
        raise CannotImport(f"Say which community with --community: {listed}.")
    number = known[0].id if community is None else community
    held = people.who_may(connection, number, May.IMPORT, [EVERYWHERE], now)
    able = list(actors(connection, number, held).values())
    chosen = [one for one in able if name in ("", one.id, one.name)]
    if not chosen:
        listed = ", ".join(one.name for one in able) or "nobody"
        raise CannotImport(f"--as names a steward of the whole community: {listed}.")
    return sorted(chosen, key=lambda one: one.id)[0]


def give_in(
    connection: Connection,
    person: Person,
    wish: Wish,
    now: int,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Given:
    """Read a file; `told` hears how many rows were read, of about how many.

    Raises `CannotImport` where it cannot be read, or where its columns are not understood.
    """
    import_id = uuid7(now)
    uploads.begin(connection, person, import_id, wish.file.name, 0, now)
    claim = keeping.claim(connection, now, import_id)
    assert claim is not None
    counts: Counter[str] = Counter()
    columns: list[str] = []
    total = 0
    job = msgspec.msgpack.decode(claim.job(str(wish.file)), type=work.Job)
    job.lays = wish.lay or None
    for piece in work.run(job):
        if piece.failed is not None:
            raise CannotImport(_said(piece.failed))
        if piece.layout is not None:
            layout = msgspec.json.decode(piece.layout, type=Layout)
            lacking = missing(layout)
            if lacking is not None:
                raise CannotImport(say(ENGLISH, lacking))
            columns, total = _columns(layout), piece.total
        counts.update(what for _, _, what, _ in piece.rows)
        keeping.keep(connection, claim, piece, dict(counts), now)
        told(sum(counts.values()), total)
    return Given(import_id, claim.reading, columns, counts, _wrong(connection, person, import_id))


def _columns(layout: Layout) -> list[str]:
    labels = dict(showing.FIELDS)
    return [
        f"{sheet.name}!{column.letter} {column.header}: {labels[str(column.field)]}"
        for sheet in layout.sheets
        if sheet.read
        for column in sheet.columns
        if str(column.field) != "ignored"
    ]


def _wrong(connection: Connection, person: Person, import_id: str) -> list[str]:
    """Every row that needs somebody, in a sentence."""
    table = import_rows.c
    bodies = connection.execute(
        select(table.body)
        .where(
            table.community_id == person.community_id,
            table.import_id == import_id,
            table.what.in_((rules.REFUSED, rules.ASKED)),
        )
        .order_by(table.sheet, table.row)
    ).scalars()
    return [showing.sentence(ENGLISH, msgspec.json.decode(body, type=Outcome)) for body in bodies]


def take_over(connection: Connection, person: Person, given: Given, key: bytes) -> str | None:
    """Take a file over; None, or why not."""
    data: dict[str, Any] = {"upload": given.id, "reading": given.reading}
    received = of_server(person.community_id, person.id, None, "register.import", data)
    [answer] = apply(connection, received, actors, key).answers
    if answer.outcome == "applied":
        return None
    return _said(answer.message) if answer.message else answer.outcome


def _said(recorded: Mapping[str, Any]) -> str:
    words = Words.of(recorded)
    return say(ENGLISH, words) if words else ""
