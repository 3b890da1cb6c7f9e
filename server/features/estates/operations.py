"""What may be asked about places: under which control a building is, whom one calls there."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta
from sqlalchemy import insert, update

from server import clock
from server.features.estates import laying, reads, rules
from server.features.estates.tables import communities, compounds, controls
from server.i18n import mark
from server.oplog.envelope import Number, Numbers
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation

Short = Annotated[str, Meta(max_length=200)]

LABEL = mark("Set the control of buildings")


@operation("control.set", label=LABEL)
class SetControl(Op):
    """Say under which control buildings are from now on, and what that allows."""

    retention: ClassVar = {"allows": NOTES}
    status: str
    allows: Short = ""
    compounds: Numbers = []
    buildings: Numbers = []
    stairwells: Numbers = []

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.status not in rules.CONTROLS:
            raise Refused(NO_SUCH_CONTROL)
        picked = reads.stairwells_within(
            at.connection, at.community_id, self.compounds, self.buildings, self.stairwells
        )
        places = reads.places(at.connection, at.community_id, picked)
        if not places:
            raise Refused(NOWHERE)
        person: Any = at.actors[asked.actor]
        if not all(person.may("set_control", asked.corrected_at, one) for one in places.values()):
            raise Refused(NOT_YOURS)
        clock_of = self.clock(at, asked.corrected_at)
        at.connection.execute(
            insert(controls),
            [
                {
                    "community_id": at.community_id,
                    "building_id": building,
                    "seq": asked.seq,
                    "status": self.status,
                    "allows": self.allows.strip(),
                    "since": asked.corrected_at,
                    "actor": asked.actor,
                    **clock_of,
                }
                for building in sorted({one.building for one in places.values()})
            ],
        )
        asked.subject = "/control"
        at.tell("control")

    def clock(self, at: Moment, since: int) -> dict[str, Any]:
        """What it takes for the control to change and when it may; nothing was said of either."""
        return {}


@operation("control.set", v=2, label=LABEL)
class SetControlWithItsClock(SetControl):
    """The same, and what must happen for it to change, and when that may be at the earliest."""

    retention: ClassVar = {"allows": NOTES, "changes_when": NOTES}
    changes_when: Short = ""
    changes_at: Annotated[str, Meta(max_length=40)] = ""

    def clock(self, at: Moment, since: int) -> dict[str, Any]:
        """See above. Raises `Refused` for a moment that is none, or is not to come."""
        earliest = None
        if self.changes_at:
            try:
                earliest = clock.typed(self.changes_at, reads.zone(at.connection, at.community_id))
            except ValueError:
                raise Refused(NO_MOMENT, text=self.changes_at) from None
            if not since < earliest <= since + rules.LONGEST_CONTROL:
                raise Refused(NOT_TO_COME)
        return {"changes_when": self.changes_when.strip(), "changes_at": earliest}


@operation("estate.phone", label=mark("Set the service telephone"))
class SetPhone(Op):
    """Say which number everybody may call, in the community or in one compound of it.

    An empty number takes it away.
    """

    phone: Annotated[str, Meta(max_length=24)] = ""
    compound: Number | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Any = at.actors[asked.actor]
        phone = rules.public_phone(self.phone)
        if self.compound is None:
            if not person.may("lead", asked.corrected_at):
                raise Refused(NOT_YOUR_PHONE)
            of_community = communities.c.id == at.community_id
            at.connection.execute(update(communities).where(of_community).values(phone=phone))
        else:
            self._must_lead(at, asked, person, self.compound)
            of_compound = (compounds.c.community_id == at.community_id) & (
                compounds.c.id == self.compound
            )
            at.connection.execute(update(compounds).where(of_compound).values(phone=phone))
        asked.subject = "/estates"
        at.tell("phones")

    @staticmethod
    def _must_lead(at: Moment, asked: Asked, person: Any, compound: int) -> None:
        """Raises `Refused` unless the person leads the whole compound."""
        here = reads.stairwells_within(at.connection, at.community_id, [compound])
        places = reads.places(at.connection, at.community_id, here).values()
        if not places or not all(person.may("lead", asked.corrected_at, one) for one in places):
            raise Refused(NOT_YOUR_PHONE)


@operation("compound.make", label=mark("Add a compound"))
class MakeCompound(Op):
    """Say that there is a compound, and how its doors are numbered; a register brings the rest."""

    name: Annotated[str, Meta(max_length=40)]
    scheme: str
    number: Annotated[str, Meta(max_length=16)] = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Any = at.actors[asked.actor]
        if not person.may("import", asked.corrected_at):
            raise Refused(NOT_YOUR_ESTATE)
        name, number = self.name.strip(), rules.digits(self.number)
        if not name:
            raise Refused(NO_NAME)
        if self.scheme not in rules.SCHEMES:
            raise Refused(NO_SCHEME)
        if self.scheme == "lane" and not number:
            raise Refused(NO_LANE)
        if any(name == one.name for one in reads.tree(at.connection, at.community_id)):
            raise Refused(KNOWN_NAME, name=name)
        laying.compound(at.connection, at.community_id, name, self.scheme, number)
        asked.subject = "/estates"
        at.tell("estate")


NO_NAME = mark("Give the compound the name by which everybody calls it.")
NO_SCHEME = mark("Choose how its doors are numbered.")
NO_LANE = mark("Give the number of the lane: 828 for 828弄.")
KNOWN_NAME = mark("There is a compound %(name)s already.")
NOT_YOUR_ESTATE = mark("Only a steward of the whole community can add a compound.")
NOT_YOUR_PHONE = mark("Only a steward of the whole place sets its service telephone.")
NO_SUCH_CONTROL = mark("A building is sealed, controlled, under precaution, or free.")
NOWHERE = mark("Choose at least one compound, building or stairwell.")
NOT_YOURS = mark("Only a steward of all these buildings can do this.")
NO_MOMENT = mark("“%(text)s” is not a time.")
NOT_TO_COME = mark("The earliest change lies in the future, and within sixty days.")
