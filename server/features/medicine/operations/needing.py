"""What people need: said by the household or for it, said anew, asked for again, and ended."""

from __future__ import annotations

from typing import Any, ClassVar

from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.medicine import access, rules, telling
from server.features.medicine.file import (
    NeedFile,
    begin_need,
    door_of,
    need_kept,
    need_row,
    needs_of,
)
from server.features.medicine.operations.saying import At, Door, Key, OfNeed, short, within
from server.features.medicine.tables import BATCH_EVENTS, NEED_EVENTS
from server.features.people.actors import Person
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, operation


@operation("need.say", label=mark("Say which medicine is needed"))
class Say(Op):
    """Put medicine on the list, for one's own household or for one at whose door one works.

    The need takes the id of this operation. What is on the list already is said anew.
    """

    retention: ClassVar = dict.fromkeys(
        (
            *("household", "door", "name", "dose", "boxes", "left", "lasts"),
            *("substitute", "controlled", "pharmacy"),
        ),
        HEALTH,
    )
    name: str
    left: Number
    household: Number | None = None
    door: Door = ""  # the same, typed as it stands on the plate
    dose: str = ""
    boxes: Number = 1
    lasts: Number = 28
    substitute: Key = "ask"
    controlled: bool = False
    pharmacy: str = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        door = self._door(at, asked, person)
        said = self._said()
        known = next(
            (
                one
                for one in needs_of(at.connection, at.community_id, [door.household])
                if rules.same_name(one.name, said["name"])
            ),
            None,
        )
        if known is None:
            made = rules.fold_need([Event.of(asked, "say", **said)])
            file = begin_need(at, asked, door, need_kept(made))
        else:
            events = NEED_EVENTS.of(at.connection, at.community_id, known.id)
            file = NeedFile(at, asked, known, door, events)
        file.enter(asked, Event.of(asked, "say", **said))

    def _door(self, at: Moment, asked: Asked, person: Person) -> Household:
        """For whom it is. Raises `Refused` for a door that is not one's own nor one's work."""
        household = self.household
        if household is None and self.door.strip():
            typed = self.door.strip()
            found = estates.find_doors(at.connection, at.community_id, typed)
            if len(found) != 1:
                raise Refused(NO_SUCH_DOOR, door=typed)
            household = found[0].household
        if household is None:
            household = person.household_id
        door = (
            None
            if household is None
            else estates.household(at.connection, at.community_id, household)
        )
        if door is None:
            raise Refused(SAY_WHOSE)
        if not (
            access.whose(person, door.household, asked.corrected_at)
            or access.minds(person, door, False, asked.corrected_at)
        ):
            raise Refused(NOT_YOUR_DOOR)
        return door

    def _said(self) -> dict[str, Any]:
        name = short(self.name)
        if not name:
            raise Refused(SAY_NAME)
        if self.substitute not in rules.SUBSTITUTES:
            raise Refused(SAY_SUBSTITUTE)
        return {
            "name": name,
            "dose": short(self.dose),
            "pharmacy": short(self.pharmacy, rules.LONGEST_PLACE),
            "boxes": within(self.boxes, 1, rules.MOST_BOXES, WRONG_BOXES),
            "left": within(self.left, 0, rules.MOST_LEFT, WRONG_LEFT),
            "lasts": within(self.lasts, 1, rules.MOST_LASTS, WRONG_LASTS),
            "substitute": self.substitute,
            "controlled": self.controlled,
        }


@operation("need.change", label=mark("Say a medicine anew"))
class Change(OfNeed):
    """What is different about it, or nothing: then more of the same is needed again."""

    retention: ClassVar = dict.fromkeys(
        (
            *("need", "name", "dose", "boxes", "left", "lasts"),
            *("substitute", "controlled", "pharmacy"),
        ),
        HEALTH,
    )
    name: str | None = None
    dose: str | None = None
    boxes: Number | None = None
    left: Number | None = None
    lasts: Number | None = None
    substitute: Key | None = None
    controlled: bool | None = None
    pharmacy: str | None = None

    def say(self, file: NeedFile, asked: Asked) -> None:
        """See the class."""
        file.must_speak()
        file.must_be_open()
        said = {name: value for name, value in self._said().items() if value is not None}
        file.enter(asked, Event.of(asked, "change", **said))

    def _said(self) -> dict[str, Any]:
        if self.name is not None and not self.name.strip():
            raise Refused(SAY_NAME)
        if self.substitute is not None and self.substitute not in rules.SUBSTITUTES:
            raise Refused(SAY_SUBSTITUTE)
        texts = {
            "name": (self.name, rules.LONGEST_NAME),
            "dose": (self.dose, rules.LONGEST_NAME),
            "pharmacy": (self.pharmacy, rules.LONGEST_PLACE),
        }
        numbers = {
            "boxes": (self.boxes, 1, rules.MOST_BOXES, WRONG_BOXES),
            "left": (self.left, 0, rules.MOST_LEFT, WRONG_LEFT),
            "lasts": (self.lasts, 1, rules.MOST_LASTS, WRONG_LASTS),
        }
        return {
            **{
                key: None if one is None else short(one, most) for key, (one, most) in texts.items()
            },
            **{
                key: None if one is None else within(one, least, most, words)
                for key, (one, least, most, words) in numbers.items()
            },
            "substitute": self.substitute,
            "controlled": self.controlled,
        }


@operation("need.end", label=mark("Say that a medicine is no longer needed"))
class End(OfNeed):
    """It goes off the list."""

    def say(self, file: NeedFile, asked: Asked) -> None:
        """See the class."""
        file.must_speak()
        again = file.state.ended is not None
        file.enter(asked, Event.of(asked, "end")._replace(again=again))


@operation("need.ask", label=mark("Ask whether more medicine is needed"))
class Ask(OfNeed):
    """It runs out soon: the household is asked. It goes by itself, once for each time.

    Where nobody of the household is signed in, whoever looks after that door asks there.
    """

    retention: ClassVar = {"need": HEALTH, "runs_out_at": HEALTH}
    runs_out_at: At

    def say(self, file: NeedFile, asked: Asked) -> None:
        """See the class."""
        file.must_speak()
        file.must_be_open()
        if file.row.runs_out_at != self.runs_out_at or file.batch is not None:
            raise Refused(NOT_NOW)
        at = file.at
        told = telling.household_or_door(at, asked, file.door, file.row.controlled, telling.MORE)
        file.enter(asked, Event.of(asked, "ask", notices=told))


@operation("need.met", label=mark("Say that medicine was brought"))
class Met(OfNeed):
    """It is there, also where somebody else brought it: the household says so, or for it.

    With a batch it goes by itself, when whoever closes that batch has said that all is back.
    """

    batch: Uuid | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.batch is None:
            file = NeedFile.find(at, asked, self.need)
            file.must_speak()
            file.must_be_open()
            again = not file.state.wanted
            file.enter(asked, Event.of(asked, "met")._replace(again=again))
            return
        row = need_row(at.connection, at.community_id, self.need)
        events = BATCH_EVENTS.of(at.connection, at.community_id, self.batch)
        state = rules.fold_batch(events)
        closed = state.closed
        bought = state.came_of(self.need) not in ("", rules.NONE)
        if row is None or closed is None or closed.actor != asked.actor or not bought:
            raise Refused(NOT_CLOSED)
        events = NEED_EVENTS.of(at.connection, at.community_id, self.need)
        file = NeedFile(at, asked, row, door_of(at.connection, row), events)
        file.enter(asked, Event.of(asked, "met", self.batch))


SAY_WHOSE = mark("Say for which door it is.")
NO_SUCH_DOOR = mark("“%(door)s” is not one door. Write it as 12-3-1102.")
NOT_YOUR_DOOR = mark(
    "Only the household, or those who answer for health there, put medicine on its list. Ask for "
    "help in its name instead."
)
SAY_NAME = mark("Write the name as it stands on the box.")
SAY_SUBSTITUTE = mark("Say whether something else may be bought instead: ask first, yes or no.")
WRONG_LEFT = mark("Say for how many days it still lasts, from %(least)s to %(most)s.")
WRONG_BOXES = mark("Say how many boxes, from %(least)s to %(most)s.")
WRONG_LASTS = mark("Say for how many days these boxes last, from %(least)s to %(most)s.")
NOT_NOW = mark("There is nothing to ask about this medicine now.")
NOT_CLOSED = mark("Its batch is not closed yet.")
