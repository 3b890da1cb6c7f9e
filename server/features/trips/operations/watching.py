"""What is said of a trip by itself, once: a test is missing, nobody is ready, nobody is back."""

from __future__ import annotations

from server.features.trips import rules, telling
from server.features.trips.clearance import clearance
from server.features.trips.file import NO_TRIP, TripFile
from server.features.trips.operations.saying import Key, OfTrip
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Refused, operation


@operation("trip.remind", label=mark("Ask after a trip"))
class Remind(OfTrip):
    """Those whom it concerns hear of it. It goes by itself, once for each."""

    what: Key

    def say(self, file: TripFile, asked: Asked) -> None:
        """See the class."""
        if not file.runs:
            raise Refused(NO_TRIP)
        known = clearance(
            file.at.connection, file.at.community_id, file.plan_row.resident_id, file.plan,
            file.trip, asked.corrected_at,
        )  # fmt: skip
        if self.what not in rules.reminders(file.trip, known.cleared, asked.corrected_at):
            raise Refused(NOT_NOW)
        file.speaker = ""
        told = telling.reminded(file, asked, self.what)
        file.enter(asked, Event.of(asked, "remind", self.what, notices=told))


NOT_NOW = mark("There is nothing to ask about this trip now.")
