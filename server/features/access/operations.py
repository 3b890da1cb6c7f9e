"""A compound's door system is connected, and disconnected again."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from sqlalchemy import insert, select, update

from server.features.access import rules
from server.features.access.tables import door_systems
from server.features.estates.tables import compounds
from server.features.people.actors import Person
from server.features.people.rules import May, Where
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation

TOPIC = "door_systems"
"""What the page about door systems listens to."""

PATH = "/access"


@operation("access.connect", label=mark("Connect a door system"))
class Connect(Op):
    """A door system of one compound may send counts, once a key was made for it."""

    compound: Number
    name: Annotated[str, Meta(max_length=rules.LONGEST_NAME)]

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        _must(at, asked, self.compound)
        there = compounds.c.community_id == at.community_id, compounds.c.id == self.compound
        if at.connection.execute(select(compounds.c.id).where(*there)).first() is None:
            raise Refused(NOT_YOURS)
        name = self.name.strip()
        if not name:
            raise Refused(NO_NAME)
        at.connection.execute(
            insert(door_systems),
            {
                "community_id": at.community_id,
                "id": asked.id,
                "compound_id": self.compound,
                "name": name,
                "made_at": asked.corrected_at,
                "version": asked.seq,
            },
        )
        asked.subject = PATH
        at.tell(TOPIC)


@operation("access.disconnect", label=mark("Disconnect a door system"))
class Disconnect(Op):
    """Its key opens nothing from now on. What it sent stays until its time is over."""

    system: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        table = door_systems.c
        this = (table.community_id == at.community_id) & (table.id == self.system)
        row = at.connection.execute(select(door_systems).where(this)).first()
        if row is None:
            raise Refused(NOT_YOURS)
        _must(at, asked, row.compound_id)
        if row.ended_at is not None:
            raise Refused(ALREADY)
        said = {"ended_at": asked.corrected_at, "version": asked.seq, "key_hash": ""}
        at.connection.execute(update(door_systems).where(this).values(said))
        asked.subject = PATH
        at.tell(TOPIC, "vacancies")


def _must(at: Moment, asked: Asked, compound: int) -> None:
    """Raises `Refused` for whoever connects no door systems there."""
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    if not person.may(May.CONNECT, asked.corrected_at, Where(compound=compound)):
        raise Refused(NOT_YOURS)


NOT_YOURS = mark("You connect no door systems there.")
NO_NAME = mark("Say what it is called.")
ALREADY = mark("It is disconnected already.")
