"""What pages about declarations share: the screening, where one may look, what was said there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

from server.db.base import AnyRow
from server.features.declarations import rules
from server.features.declarations.tables import declarations
from server.features.estates.records import Place
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.rounds.reads import parts
from server.features.rounds.tables import marks
from server.features.rounds.views import RoundHead


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration with its content, as the rules look at it."""

    row: AnyRow

    @property
    def household(self) -> int:
        """Whose it is."""
        return int(self.row.household_id)

    @property
    def seq(self) -> int:
        """Its number."""
        return int(self.row.seq)

    @property
    def at(self) -> int:
        """When it was made."""
        return int(self.row.at)


def screening(connection: Connection, person: Person, round_id: str) -> RoundHead:
    """The screening. Raises `NotFound`, and `NotThere` for another kind of round."""
    found = parts.find(connection, person.community_id, round_id)
    if found.kind.key != rules.SCREENING:
        raise NotThere(round_id)
    return found


def places(
    connection: Connection, person: Person, round_id: str, right: May
) -> tuple[RoundHead, dict[int, Place]]:
    """The screening and those of its stairwells where one has a right. Raises `NotAllowed`."""
    found = screening(connection, person, round_id)
    places = parts.places_where(connection, person, round_id, right)
    if not places:
        raise NotAllowed(round_id)
    return found, places


def declared(
    connection: Connection, person: Person, round_id: str, stairwells: Collection[int]
) -> Iterator[Declared]:
    """Every declaration of some stairwells that nobody took back."""
    table = declarations.c
    rows = connection.execute(
        select(declarations).where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(stairwells)),
            table.op_id.not_in(taken_back(person, round_id)),
        )
    )
    for row in rows:
        yield Declared(row)


def taken_back(person: Person, round_id: str) -> Select[tuple[str]]:
    """The marks of a round that were taken back, by their operation."""
    return select(marks.c.op_id).where(
        marks.c.community_id == person.community_id,
        marks.c.round_id == round_id,
        marks.c.undone_seq.is_not(None),
    )
