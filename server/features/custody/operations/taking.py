"""Taking a thing along: from its door, or from a place such as a pharmacy or a gate."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from server.features.custody import telling
from server.features.custody.file import Thing
from server.features.custody.kinds import KINDS, MOST_FEN, ThingKind
from server.features.custody.operations.saying import At, Key, Line, Path, must_be_drawn
from server.features.custody.rules import PLACE, Holder
from server.features.estates import reads as estates
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
        **dict.fromkeys(("kind", "label", "household", "amount", "about"), HEALTH),
        **dict.fromkeys(("signature", "signed_by"), NOTES),
    }
    kind: Key
    label: Line = ""
    household: Number | None = None
    about: Path = ""
    amount: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None  # of cash, in fen
    due_at: At | None = None
    only: Annotated[list[Uuid], Meta(max_length=50)] | None = None
    place: Annotated[str, Meta(max_length=60)] = ""  # where, if it is not taken at the door
    signature: str = ""
    signed_by: Annotated[str, Meta(max_length=40)] = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        kind, giver = self._kind(), self._giver()
        where = self._where(at)
        if not person.may(May.HOLD, asked.corrected_at, where):
            raise Refused(NOT_THERE)
        if self.only and asked.actor not in self.only:
            raise Refused(NOT_AMONG)
        if self.due_at is not None and self.due_at <= asked.corrected_at:
            raise Refused(DUE_BEFORE)
        must_be_drawn(self.signature)
        taker = Holder.account(asked.actor)
        thing = Thing.begin(at, asked, taker, **self._made(kind))
        said: dict[str, Any] = {"signature": self.signature, "signed_by": self.signed_by.strip()}
        said = {name: value for name, value in said.items() if value}
        said["notices"] = telling.home(thing, asked, telling.TAKEN, name=person.name)
        thing.move(asked, Event.of(asked, "take", **said), taker, giver=giver)
        if self.due_at is not None:
            at.react("custody.due", f"{thing.id} {self.due_at}", self.due_at)

    def _kind(self) -> ThingKind:
        kind = KINDS.get(self.kind)
        if kind is None or (self.about and not self.about.startswith("/")):
            raise Refused(NO_SUCH_KIND)
        if kind.amount and not self.amount:
            raise Refused(SAY_HOW_MUCH)
        if self.amount and (not kind.amount or self.amount > MOST_FEN):
            raise Refused(TOO_MUCH, most=MOST_FEN // 100)
        return kind

    def _giver(self) -> Holder:
        """Who had it before."""
        if self.place.strip():
            return Holder(PLACE, self.place.strip())
        if self.household is None:
            raise Refused(SAY_FROM)
        return Holder.household(self.household)

    def _where(self, at: Moment) -> Somewhere:
        """The door to which it belongs. Raises `Refused` where there is none such."""
        if self.household is None:
            return EVERYWHERE
        door = estates.household(at.connection, at.community_id, self.household)
        if door is None:
            raise Refused(NOT_THERE)
        return door

    def _made(self, kind: ThingKind) -> dict[str, Any]:
        return {
            "kind": kind.key,
            "label": self.label.strip(),
            "amount": self.amount if kind.amount else None,
            "household_id": self.household,
            "about": self.about,
            "only": sorted({*self.only}) if self.only else None,
            "due_at": self.due_at,
        }


NO_SUCH_KIND = mark("Things of this kind are not taken along here.")
SAY_HOW_MUCH = mark("Count the money with them and write down how much it is.")
TOO_MUCH = mark("Only cash has an amount, and of no more than %(most)s yuan.")
SAY_FROM = mark("Say from which door, or at which place it was taken.")
NOT_THERE = mark("Only those who work at that door take things along from there.")
NOT_AMONG = mark("Only those who were named may have this in their hands, and you are not of them.")
DUE_BEFORE = mark("Say a time that is still to come.")
