"""Somebody is shut in here who lives elsewhere: from now on they count behind this door."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from sqlalchemy import select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.typed import one_door
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.stranded.file import Stay, be_present, may_say, register
from server.features.stranded.tables import stranded
from server.i18n import mark
from server.oplog.envelope import Number
from server.oplog.events import Event
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation

LONGEST_NAME = 40
"""Characters, as the register keeps them."""

Line = Annotated[str, Meta(max_length=60)]
Address = Annotated[str, Meta(max_length=40)]


@operation("stranded.come", label=mark("Register somebody who is shut in here"))
class Come(Op):
    """A visitor or relative who cannot go home is present behind this door from now on.

    `home` is where they live, as it stands on the plate, if that is in this community: whoever
    lives there by that name counts as away meanwhile, where the speaker may say so of that door.
    Else it is said in words.
    """

    retention: ClassVar = dict.fromkeys(("name", "relation", "home_words"), NOTES)
    name: str
    household: Number | None = None
    door: Address = ""  # the same, typed as it stands on the plate
    relation: Line = ""
    days_ago: Annotated[int, Meta(ge=0, le=365)] = 0  # since when they are here
    home: Address = ""
    home_words: Line = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        name = self.name.strip()
        if not name:
            raise Refused(NO_NAME)
        if len(name) > LONGEST_NAME:
            raise Refused(LONG_NAME, most=LONGEST_NAME)
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        if not person.may_somewhere(May.SET_PRESENCE, asked.corrected_at):
            raise Refused(NOT_YOURS)
        door = self._door(at)
        if door is None or not may_say(at, asked, door):
            raise Refused(NOT_YOURS)
        home = self._home(at)
        # Who is away from a home is said by those only who may say it there.
        lives = _living(at, home, name) if home and may_say(at, asked, home) else None
        self._must_be_new(at, door, home, name, lives)
        if lives is not None and not lives.present:
            lives = None  # they were away before, and will be afterwards
        since = asked.corrected_at - self.days_ago * clock.DAY
        stay = Stay.begin(
            at,
            asked,
            door,
            resident_id=register(at, door, name),
            home_id=home.household if home else None,
            lives_id=lives.id if lives else None,
            since=since,
        )
        be_present(at, lives.id if lives else None, present=False)
        event = Event.of(
            asked,
            "come",
            household=door.household,
            relation=self.relation.strip(),
            home=home.household if home else None,
            home_words=self.home_words.strip(),
            since=since,
        )
        stay.enter(asked, event)

    def _door(self, at: Moment) -> Household | None:
        if self.household is None:
            return one_door(at, self.door)
        return estates.household(at.connection, at.community_id, self.household)

    def _home(self, at: Moment) -> Household | None:
        """Where they live in this community; None where they live elsewhere. Raises `Refused`."""
        return one_door(at, self.home) if self.home.strip() else None

    def _must_be_new(
        self, at: Moment, door: Household, home: Household | None, name: str, lives: AnyRow | None
    ) -> None:
        """Raises `Refused` for who is known to be behind this door, or behind another one."""
        if home is not None and home.household == door.household:
            raise Refused(LIVES_HERE)
        table = residents.c
        there = at.connection.execute(
            select(table.id).where(
                table.community_id == at.community_id,
                table.household_id == door.household,
                table.name == name,
                table.present,
            )
        ).first()
        if there is not None:
            raise Refused(IS_HERE, name=name)
        if lives is not None and _stays(at, lives.id):
            raise Refused(IS_ELSEWHERE, name=name)


def _living(at: Moment, home: Household, name: str) -> AnyRow | None:
    """Who lives behind a door by that name."""
    table = residents.c
    return at.connection.execute(
        select(residents)
        .where(
            table.community_id == at.community_id,
            table.household_id == home.household,
            table.name == name,
        )
        .order_by(table.registered.desc(), table.id)
    ).first()


def _stays(at: Moment, resident_id: int) -> bool:
    """True where somebody is shut in elsewhere already."""
    table = stranded.c
    found = at.connection.execute(
        select(table.id).where(
            table.community_id == at.community_id,
            table.lives_id == resident_id,
            table.left_at.is_(None),
        )
    ).first()
    return found is not None


NO_NAME = mark("Write down who it is.")
LONG_NAME = mark("A name has at most %(most)s characters.")
NOT_YOURS = mark("Only the household, its information officer and the committee can say this.")
LIVES_HERE = mark("This is their own door. Say there that they are here.")
IS_HERE = mark("%(name)s is registered here and counts already.")
IS_ELSEWHERE = mark("%(name)s is registered as staying elsewhere. Let them leave there first.")
