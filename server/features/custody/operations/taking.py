"""Taking a thing along: from its door, or from a place such as a pharmacy or a gate."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from server import clock
from server.features.custody import telling
from server.features.custody.file import Thing
from server.features.custody.kinds import KINDS, MOST_FEN, ThingKind, in_fen
from server.features.custody.operations.saying import At, Key, Line, Path, must_be_drawn
from server.features.custody.rules import PLACE, Holder
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.typed import one_door
from server.features.people.actors import Person
from server.features.people.rules import EVERYWHERE, May, Somewhere
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, NOTES, Asked, Moment, Op, Refused, operation


@operation("thing.take", label=mark("Take something along"))
class Take(Op):
    """Somebody collects a thing at the door to which it belongs, or at a place for that door.

    The thing's id is the operation's. `only` names those who alone may ever hold it.
    """

    retention: ClassVar = {
        **dict.fromkeys(("kind", "label", "household", "door", "amount", "yuan", "about"), HEALTH),
        **dict.fromkeys(("signature", "signed_by"), NOTES),
    }
    kind: Key
    label: Line = ""
    household: Number | None = None
    door: Line = ""  # the same, typed as it stands on the plate
    about: Path = ""
    amount: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None  # of cash, in fen
    yuan: Annotated[str, Meta(max_length=12)] = ""  # the same, as people write it: 50 or 50.5
    due_at: At | None = None
    within: Annotated[int, Meta(ge=1, le=10_080)] | None = None
    """The same in minutes from then; beside a time that is over by then, which it replaces."""

    only: Annotated[list[Uuid], Meta(max_length=50)] | None = None
    place: Annotated[str, Meta(max_length=60)] = ""  # where, if it is not taken at the door
    disinfect: bool = False  # whenever it passes on
    signature: str = ""
    signed_by: Annotated[str, Meta(max_length=40)] = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        kind, amount, door = self._kind(), self._amount(), self._door(at)
        giver, where = self._giver(door), door or EVERYWHERE
        if not self._may(person, where, asked.corrected_at):
            raise Refused(NOT_THERE)
        if self.only and asked.actor not in self.only:
            raise Refused(NOT_AMONG)
        due_at = self._due_at(asked)
        must_be_drawn(self.signature)
        taker = Holder.account(asked.actor)
        thing = Thing.begin(at, asked, taker, **self._made(kind, amount, door, due_at))
        said: dict[str, Any] = {"signature": self.signature, "signed_by": self.signed_by.strip()}
        said = {name: value for name, value in said.items() if value}
        said["notices"] = telling.home(thing, asked, telling.TAKEN, name=person.name)
        thing.move(asked, Event.of(asked, "take", **said), taker, giver=giver)
        if due_at is not None:
            at.react("custody.due", f"{thing.id} {due_at}", due_at)

    def _may(self, person: Person, where: Somewhere, at: int) -> bool:
        """True for those who work at its door; at a pharmacy or a gate, for all who carry things.

        Whoever fetches medicine for a whole compound works at few of its doors.
        """
        if self.place.strip():
            return person.may_somewhere(May.HOLD, at)
        return person.may(May.HOLD, at, where)

    def _kind(self) -> ThingKind:
        kind = KINDS.get(self.kind)
        if kind is None or (self.about and not self.about.startswith("/")):
            raise Refused(NO_SUCH_KIND)
        return kind

    def _amount(self) -> int | None:
        """How much money it is, in fen; None for what is no money. Raises `Refused`."""
        written = in_fen(self.yuan)
        amount = self.amount if written is None else written
        if KINDS[self.kind].amount and (not amount or (self.yuan.strip() and written is None)):
            raise Refused(SAY_HOW_MUCH)
        if amount and (not KINDS[self.kind].amount or amount > MOST_FEN):
            raise Refused(TOO_MUCH, most=MOST_FEN // 100)
        return amount or None

    def _door(self, at: Moment) -> Household | None:
        """The door to which it belongs, if to any. Raises `Refused` where there is none such."""
        typed = self.door.strip()
        if self.household is None and not typed:
            return None
        if self.household is None:
            return one_door(at, typed)
        door = estates.household(at.connection, at.community_id, self.household)
        if door is None:
            raise Refused(NOT_THERE)
        return door

    def _giver(self, door: Household | None) -> Holder:
        """Who had it before."""
        if self.place.strip():
            return Holder(PLACE, self.place.strip())
        if door is None:
            raise Refused(SAY_FROM)
        return Holder.household(door.household)

    def _due_at(self, asked: Asked) -> int | None:
        """By when it should be back. Raises `Refused` for a time that is over."""
        if self.due_at is not None and self.due_at > asked.corrected_at:
            return self.due_at
        if self.within is not None:
            return asked.corrected_at + self.within * clock.MINUTE
        if self.due_at is not None:
            raise Refused(DUE_BEFORE)
        return None

    def _made(
        self, kind: ThingKind, amount: int | None, door: Household | None, due_at: int | None
    ) -> dict[str, Any]:
        return {
            "kind": kind.key,
            "label": self.label.strip(),
            "amount": amount,
            "household_id": door.household if door else None,
            "about": self.about,
            "only": sorted({*self.only}) if self.only else None,
            "due_at": due_at,
            "disinfect": self.disinfect,
        }


NO_SUCH_KIND = mark("Things of this kind are not taken along here.")
SAY_HOW_MUCH = mark("Count the money with them and write down how much it is.")
TOO_MUCH = mark("Only cash has an amount, and of no more than %(most)s yuan.")
SAY_FROM = mark("Say from which door, or at which place it was taken.")
NOT_THERE = mark("Only those who work at that door take things along from there.")
NOT_AMONG = mark("Only those who were named may have this in their hands, and you are not of them.")
DUE_BEFORE = mark("Say a time that is still to come.")
