"""Somebody moved in or leaves: they say so, and whoever keeps the flats confirms it or does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from server.features.arrivals import file, rules, telling
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.typed import one_door
from server.features.people import changes
from server.features.people import reads as people
from server.features.people.changes import Change
from server.features.people.keeping import plain_phone
from server.features.people.reads import Resident
from server.features.posters import reads as posters
from server.features.posters.rules import ARRIVALS
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import NOTES, REGISTER, Asked, Moment, Op, Refused, operation

Name = Annotated[str, Meta(max_length=40)]
Names = Annotated[list[Name], Meta(max_length=50)]
Line = Annotated[str, Meta(max_length=rules.LONGEST_WORDS)]
Word = Annotated[str, Meta(max_length=20)]


@operation("arrival.claim", label=mark("Enter somebody who moved in or leaves"))
class Claim(Op):
    """Somebody says that they moved in or leave: by a poster, or to whoever enters it for them."""

    retention: ClassVar = dict.fromkeys(("names", "phone", "words"), REGISTER)
    way: Word
    names: Names
    household: Number | None = None
    door: Line = ""  # typed as it stands on the plate; it holds where both are said
    phone: Word = ""
    tenure: Word = ""
    day: Word = ""
    words: Line = ""
    poster: Uuid | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        door = file.keeper(at, asked, self._door(at))
        if self.poster is not None and not posters.hangs(
            at.connection, at.community_id, self.poster, purpose=ARRIVALS
        ):
            raise Refused(NO_POSTER)
        if door.use != "home":
            raise Refused(A_SHOP)
        names, phone = rules.plain_names(self.names), plain_phone(self.phone)
        rules.must_be_so(self.way, names, self.tenure, self.day)
        content = rules.Content(names, phone, self.tenure, self.day, self.words.strip())
        told = telling.keepers(at, asked, door) if self.poster is not None else []
        file.begin(at, asked, door, self.way, content, told)

    def _door(self, at: Moment) -> Household | None:
        if self.household is None or self.door.strip():
            return one_door(at, self.door)
        return estates.household(at.connection, at.community_id, self.household)


@operation("arrival.confirm", label=mark("Confirm who moved in or leaves"))
class Confirm(Op):
    """It is so: the register says it from now on, as it was said or as it is corrected here."""

    retention: ClassVar = {"names": REGISTER, "phone": REGISTER}
    arrival: Uuid
    names: Names
    phone: Word = ""
    tenure: Word = ""
    instead: bool = False
    """Whoever was registered there before has left."""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        row, door = file.open_one(at, asked, self.arrival)
        names, phone = rules.plain_names(self.names), plain_phone(self.phone)
        rules.must_be_so(row.way, names, self.tenure, "")
        living = people.residents_of(at.connection, at.community_id, door.household)
        if row.way == rules.IN:
            changed = self._moved_in(asked, door, names, phone, living)
        else:
            changed = [changes.left(one, asked.corrected_at) for one in living if one.name in names]
            if not changed:
                raise Refused(NOBODY_OF_THEM)
        changes.write(at.connection, at.community_id, asked, changed, changes.ARRIVAL)
        for one in changed:
            if one.what == changes.LEFT:
                at.react("care.moved", f"{one.resident} {asked.id}")
        at.tell(f"household:{door.household}", f"stairwell:{door.stairwell}", "register")
        file.enter(at, asked, row, Event.of(asked, rules.CONFIRM))

    def _moved_in(
        self, asked: Asked, door: Household, names: Sequence[str], phone: str,
        living: Sequence[Resident],
    ) -> list[Change]:  # fmt: skip
        known = {one.name for one in living}
        gone = [
            changes.left(one, asked.corrected_at)
            for one in living
            if self.instead and one.name not in names
        ]
        new = [
            Change(
                door.household,
                None,
                changes.ADDED,
                None,
                {
                    "name": name,
                    "born": None,
                    # One number was given for all: it is that of whoever is named first.
                    "phone": phone if name == names[0] else "",
                    "tenure": self.tenure,
                    "registered": False,
                    "present": True,
                },
            )
            for name in names
            if name not in known
        ]
        return [*gone, *new]


@operation("arrival.decline", label=mark("Do not confirm who moved in or leaves"))
class Decline(Op):
    """It is not so, or nobody can tell; whoever said it reads why."""

    retention: ClassVar = {"why": NOTES}
    arrival: Uuid
    why: Line

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        row, _ = file.open_one(at, asked, self.arrival)
        why = self.why.strip()
        if not why:
            raise Refused(SAY_WHY)
        file.enter(at, asked, row, Event.of(asked, rules.DECLINE, why=why))


@operation("arrival.remind", label=mark("Tell the committee that somebody waits"))
class Remind(Op):
    """Nobody has confirmed for three days; by itself that goes once."""

    arrival: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        row, door = file.open_one(at, asked, self.arrival)
        if asked.corrected_at - row.said_at < rules.PATIENCE:
            raise Refused(NOT_YET)
        told = telling.committee(at, asked, door)
        file.enter(at, asked, row, Event.of(asked, rules.REMIND, notices=told))


NO_POSTER = mark("The poster by which this was said hangs there no more.")
A_SHOP = mark("That is a shop. Enter a flat.")
NOBODY_OF_THEM = mark("Nobody of that name lives there. Write the names as the register has them.")
SAY_WHY = mark("Say why, so that they know what to do.")
NOT_YET = mark("Wait three days before you tell the committee.")
