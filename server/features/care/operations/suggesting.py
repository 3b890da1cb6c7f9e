"""Somebody needs care: said by whoever works there, a neighbour, the household, or a list."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from server.features.care import access, rules
from server.features.care.file import File, begin, rows_at
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.typed import NO_SUCH_DOOR, one_door
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import GATE, May
from server.i18n import mark
from server.oplog.envelope import Number
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, NOTES, Asked, Moment, Op, Refused, operation

Key = Annotated[str, Meta(max_length=12)]
Keys = Annotated[list[Key], Meta(max_length=len(rules.NEEDS))]
Line = Annotated[str, Meta(max_length=120)]
Name = Annotated[str, Meta(max_length=rules.LONGEST_NAME)]
Hint = Annotated[str, Meta(max_length=rules.LONGEST_WORDS)]

BY_ITSELF = ("import", "screening")
"""Sources that are lists: whoever decides there brings them in."""


@operation("care.suggest", label=mark("Suggest somebody for care"))
class Suggest(Op):
    """Somebody behind a door should be looked after; who decides there confirms it.

    Two suggestions of one person join. Whoever may not know who is in care learns nothing of it
    here either: what they say joins what is known.
    """

    retention: ClassVar = {"needs": HEALTH, "words": NOTES, "name": NOTES}
    household: Number | None = None
    door: Line = ""  # typed as it stands on the plate; it holds where both are said
    resident: Number | None = None
    name: Name = ""
    needs: Keys = []
    words: Hint = ""
    source: Key = ""  # one of `rules.SOURCES`; empty: as it follows from who says it

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        door = self._door(at)
        source = _source(at, person, door, asked.corrected_at, self.source)
        needs = must_be_needs(self.needs)
        knows = person.may(May.SEE_CARE, asked.corrected_at, door)
        resident, name = who(at, door, self.resident, self.name, knows=knows)
        if self.resident is not None and not (
            knows or access.whose(person, door.household, asked.corrected_at)
        ):
            raise Refused(NOT_THERE)  # who lives there is not theirs to find out
        if not needs:
            raise Refused(SAY_WHY)
        file = self._same(at, asked, door, resident, name)
        if file is not None and knows and file.then.state == rules.CONFIRMED:
            raise Refused(IS_IN_CARE)
        file = file or begin(at, asked, door)
        again = file.state.state in (rules.SUGGESTED, rules.CONFIRMED)
        event = Event.of(
            asked, "suggest", source, household=door.household, resident=resident, name=name,
            needs=list(needs), words=self.words.strip(),
        )  # fmt: skip
        file.enter(asked, event._replace(again=again))

    def _door(self, at: Moment) -> Household:
        if self.household is None or self.door.strip():
            return one_door(at, self.door)  # typed for a neighbour, whatever home is ticked besides
        door = estates.household(at.connection, at.community_id, self.household)
        if door is None:
            raise Refused(NO_SUCH_DOOR, door=self.door.strip())
        return door

    def _same(
        self, at: Moment, asked: Asked, door: Household, resident: int | None, name: str
    ) -> File | None:
        """Whom of that door it is about, where they were suggested before."""
        known = rows_at(at.connection, at.community_id, door.household)
        for row in known:
            if (resident is not None and row.resident_id == resident) or (
                name and row.name == name
            ):
                return File.load(at, asked, row)
        nameless = [row for row in known if not row.name]
        if not name and len(known) == 1:
            nameless = known
        return File.load(at, asked, nameless[0]) if nameless else None


def who(
    at: Moment, door: Household, resident: int | None, name: str, *, knows: bool
) -> tuple[int | None, str]:
    """Who of a door is meant, as the register has them, else by name. Raises `Refused`."""
    home = people.residents_of(at.connection, at.community_id, door.household)
    if resident is not None:
        found = next((one for one in home if one.id == resident), None)
        if found is None:
            raise Refused(NOT_THERE)
        return found.id, found.name
    name = name.strip()
    same = next((one for one in home if one.name == name), None)
    if same is None and not name and len(home) == 1:
        same = home[0]
    return (same.id, same.name) if same else (None, name)


def must_be_needs(keys: list[str]) -> tuple[str, ...]:
    """Needs in their order. Raises `Refused` for one that there is not."""
    if not {*keys} <= rules.NEEDS.keys():
        raise Refused(NO_SUCH_NEED)
    return tuple(one for one in rules.NEEDS if one in keys)


def _source(at: Moment, person: Person, door: Household, now: int, said: str) -> str:
    """From whom it is known. Raises `Refused` for somebody who is none of these there."""
    if said and said not in rules.SOURCES:
        raise Refused(NO_SUCH_SOURCE)
    homes = person.homes(now)
    if door.household in homes:
        return "own"
    if person.may(May.SEE_ESTATE, now, door):
        if said in BY_ITSELF:
            if not access.runs(person, door, now):
                raise Refused(NOT_YOURS)
            return said
        return "gate" if person.is_a(GATE, now) else said or "door"
    near = estates.households_by_id(at.connection, at.community_id, homes).values()
    if any(one.stairwell == door.stairwell for one in near):
        return "neighbour"
    raise Refused(NOT_YOURS)


NOT_THERE = mark("Nobody of that name is known behind this door. Write down who it is.")
SAY_WHY = mark("Say what they need: one tap is enough.")
NO_SUCH_NEED = mark("There is no such need.")
NO_SUCH_SOURCE = mark("Say from whom you know it.")
NOT_YOURS = mark(
    "Suggest somebody of your own stairwell, or of where you work. Tell your committee otherwise."
)
IS_IN_CARE = mark("They are in care already. Open their page to change what is planned.")
