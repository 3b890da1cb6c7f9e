"""What operations about trips have in common: fields, and who is able to drive."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from server.features.custody import access as hands
from server.features.trips.file import TripFile
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused

Key = Annotated[str, Meta(max_length=12)]
Line = Annotated[str, Meta(max_length=120)]
Short = Annotated[str, Meta(max_length=60)]


class OfTrip(Op):
    """What is said of a trip."""

    retention: ClassVar = {"trip": HEALTH}
    trip: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(TripFile.find(at, asked, self.trip), asked)

    def say(self, file: TripFile, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


def must_drive(at: Moment, asked: Asked, *accounts: str) -> None:
    """Raises `Refused` unless these are on duty here."""
    for one in accounts:
        if not hands.on_duty(at.connection, at.community_id, one, asked.corrected_at):
            raise Refused(NOT_ON_DUTY)


NOT_ON_DUTY = mark("Choose drivers who are on duty here: one of these is not.")
