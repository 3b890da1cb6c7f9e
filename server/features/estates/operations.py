"""What may be asked about places: under which control a building is."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta
from sqlalchemy import insert

from server.features.estates import reads, rules
from server.features.estates.tables import controls
from server.i18n import mark
from server.oplog.envelope import Numbers
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation


@operation("control.set", label=mark("Set the control of buildings"))
class SetControl(Op):
    """Say under which control buildings are from now on, and what that allows."""

    retention: ClassVar = {"allows": NOTES}
    status: str
    allows: Annotated[str, Meta(max_length=200)] = ""
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
                }
                for building in sorted({one.building for one in places.values()})
            ],
        )
        asked.subject = "/control"
        at.tell("control")


NO_SUCH_CONTROL = mark("A building is sealed, controlled, under precaution, or free.")
NOWHERE = mark("Choose at least one compound, building or stairwell.")
NOT_YOURS = mark("Only a steward of all these buildings can do this.")
