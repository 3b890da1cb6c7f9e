"""Taking a register over, and one step back.

An import is one operation that names a file; what each of its rows does was worked out when the
file was read, and is done here at once or not at all. Where the register has changed since, the
file is read once more and nothing is done: nobody's entry is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import select, update

from server.db.base import AnyRow
from server.features.estates import laying
from server.features.estates import reads as estates
from server.features.estates.laying import NewDoor
from server.features.people import changes, codes
from server.features.people.actors import Person
from server.features.people.changes import Change
from server.features.people.rules import May, Where
from server.features.register import rules, uploads
from server.features.register.plan import LEFT_NOW, Outcome
from server.features.register.tables import import_rows, imports
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, Stale, operation


@operation("register.import", label=mark("Take a register over"))
class Import(Op):
    """Do what the rows of a file say, all of it: people, doors, and buildings that are new."""

    upload: Uuid
    reading: Number

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class. Raises `Stale` where somebody changed the register or the file since."""
        row = _import(at, asked, self.upload)
        if row.state == rules.APPLIED:
            raise Refused(ALREADY)
        if row.state not in rules.OPEN:
            raise Refused(NOT_THERE)
        if row.state != rules.READY or row.reading != self.reading:
            raise Stale(READ_ANEW)
        if row.base != changes.newest(at.connection, at.community_id):
            at.react("register.read", row.id)
            raise Stale(CHANGED)
        made = _lay_doors(at, asked, row)
        touched: set[int] = set()
        entered, needs = 0, False
        for some in _in_parts(_outcomes(at, row, rules.ADDED, rules.CHANGED)):
            needs = needs or any(one.needs for one in some)
            wanted = _changes(some, made, asked.corrected_at)
            kept = changes.write(
                at.connection, at.community_id, asked, wanted, changes.IMPORT, after=entered
            )
            entered += len(kept)
            touched.update(one.household for one in kept)
            for one in kept:
                if one.what == changes.LEFT:
                    at.react("care.moved", f"{one.resident} {asked.id}")
        if not entered and not made:
            raise Refused(NOTHING)
        _settle(at, row.id, state=rules.APPLIED, applied_by=asked.actor, applied_seq=asked.seq,
                applied_at=asked.corrected_at)  # fmt: skip
        if needs:
            at.react("register.needs", row.id)
        _tell(at, row.id, touched)
        asked.subject = f"/register/{row.id}"


@operation("register.undo", label=mark("Take an import back"))
class Undo(Op):
    """Put everything back as it was before an import, but for what somebody has changed since.

    Buildings and doors stay, vacant: rounds may have been made of them.
    """

    upload: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        row = _import(at, asked, self.upload)
        if row.state == rules.UNDONE:
            raise Refused(BACK_ALREADY)
        if row.state != rules.APPLIED:
            raise Refused(NOT_TAKEN)
        if row.applied_seq != _last_applied(at):
            raise Refused(NOT_LAST)
        if asked.corrected_at > row.applied_at + rules.BACK_WITHIN:
            raise Refused(TOO_LATE)
        done = changes.of_operation(at.connection, at.community_id, row.applied_seq)
        back, _ = changes.reversal(at.connection, at.community_id, done, asked.corrected_at)
        kept = changes.write(at.connection, at.community_id, asked, back, changes.UNDO)
        _settle(at, row.id, state=rules.UNDONE, undone_seq=asked.seq)
        _tell(at, row.id, {one.household for one in kept})
        asked.subject = f"/register/{row.id}"


def _import(at: Moment, asked: Asked, upload: str) -> AnyRow:
    """The import, for somebody who may. Others get the same words whether there is one or not."""
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    row = uploads.row_of(at.connection, at.community_id, upload)
    if row is None or not (
        person.may(May.IMPORT, asked.corrected_at)
        or (row.made_by == person.id and person.may_somewhere(May.IMPORT, asked.corrected_at))
    ):
        raise Refused(NOT_THERE)
    return row


def _outcomes(at: Moment, row: AnyRow, *whats: str) -> Iterator[Outcome]:
    """What becomes of the rows of a file that change anything."""
    table = import_rows.c
    query = (
        select(table.body)
        .where(
            table.community_id == at.community_id,
            table.import_id == row.id,
            table.reading == row.reading,
            table.what.in_(whats),
        )
        .order_by(table.sheet, table.row)
    )
    decode = msgspec.json.Decoder(Outcome).decode
    rows = at.connection.execute(query, execution_options={"yield_per": AT_ONCE}).scalars()
    return (decode(body) for body in rows)


def _in_parts(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    """So many at a time that a large register takes no more memory than a small one."""
    while some := list(islice(outcomes, AT_ONCE)):
        yield some


AT_ONCE = 2_000


def _lay_doors(at: Moment, asked: Asked, row: AnyRow) -> dict[NewDoor, int]:
    """Make the doors that the file names and nobody knows yet."""
    places = (one.place for one in _outcomes(at, row, rules.ADDED, rules.CHANGED))
    wanted = {NewDoor(*place) for place in places if place is not None}
    if not wanted:
        return {}
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    for compound in {door.compound for door in wanted}:
        if not person.may(May.IMPORT, asked.corrected_at, Where(compound=compound)):
            raise Refused(NOT_THERE)
    at.tell("estate")
    return laying.lay(at.connection, at.community_id, wanted, asked.corrected_at, codes.card_number)


def _changes(outcomes: Iterable[Outcome], made: dict[NewDoor, int], at: int) -> Iterator[Change]:
    """What the rows change, door by door and person by person."""
    for outcome in outcomes:
        home = outcome.household
        if outcome.place is not None:
            home = made[NewDoor(*outcome.place)]
        assert home is not None
        for part in outcome.parts:
            if not part.what:
                continue
            before = {field: old for field, old, _ in part.changes}
            after = {field: at if new == LEFT_NOW else new for field, _, new in part.changes}
            yield Change(home, part.resident, part.what, before or None, after)


def _settle(at: Moment, upload: str, **values: Any) -> None:
    at.connection.execute(
        update(imports)
        .where(imports.c.community_id == at.community_id, imports.c.id == upload)
        .values(**values)
    )


def _last_applied(at: Moment) -> int | None:
    """The number of the import that was taken over last and still stands."""
    table = imports.c
    query = (
        select(table.applied_seq)
        .where(table.community_id == at.community_id, table.state == rules.APPLIED)
        .order_by(table.applied_seq.desc())
        .limit(1)
    )
    found: int | None = at.connection.execute(query).scalar()
    return found


def _tell(at: Moment, upload: str, homes: Set[int]) -> None:
    """Have every page drawn anew that shows one of these households."""
    here = estates.households_by_stairwell(at.connection, at.community_id)
    at.tell(
        f"import:{upload}",
        "imports",
        "register",
        *(f"stairwell:{well}" for well, doors in here.items() if not homes.isdisjoint(doors)),
    )
    if len(homes) <= AT_ONCE:
        at.tell(*(f"household:{home}" for home in homes))


NOT_THERE = mark("There is no such file here, or it is not yours to take over.")
ALREADY = mark("This file has been taken over already.")
READ_ANEW = mark("The file was read anew meanwhile. Look at it once more.")
CHANGED = mark("The register has changed meanwhile. The file is compared once more: look at it.")
NOTHING = mark("Nothing in this file changes the register.")
NOT_TAKEN = mark("This file has not been taken over.")
NOT_LAST = mark("Another file was taken over after this one. Take that one back first.")
TOO_LATE = mark("An import can be taken back within seven days.")
BACK_ALREADY = mark("This import has been taken back already.")
