"""What one shift leaves to the next."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import insert

from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.people.actors import Person
from server.features.people.rules import COMMUNITY, EVERYWHERE, May, Somewhere, Where
from server.features.requests.file import TOPIC
from server.features.requests.operations.saying import Key, trimmed
from server.features.requests.tables import shift_notes
from server.i18n import mark
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, operation


@operation("shift.note", label=mark("Leave a note to the next shift"))
class Note(Op):
    """What those on duty in a place should know; it stands on their desk until the next note."""

    retention: ClassVar = {"words": HEALTH}
    words: str
    place: Key = COMMUNITY  # or compound:3, building:7, stairwell:12

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        words = trimmed(self.words)
        if not words:
            raise Refused(SAY_IT)
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        scope, _, number = self.place.partition(":")
        place = _place(at, scope, number)
        if place is None or not person.may(May.ANSWER, asked.corrected_at, place):
            raise Refused(NOT_YOURS)
        at.connection.execute(
            insert(shift_notes),
            {
                "community_id": at.community_id,
                "op_id": asked.id,
                "seq": asked.seq,
                "scope": scope,
                "scope_id": int(number or 0),
                "words": words,
                "actor": asked.actor,
                "at": asked.corrected_at,
            },
        )
        asked.subject = "/requests"
        at.tell(TOPIC)


def _place(at: Moment, scope: str, number: str) -> Somewhere | None:
    """The part of the community a note is for; None where there is none such."""
    if scope == COMMUNITY:
        return None if number else EVERYWHERE
    if scope not in WITHIN:
        return None
    for place in estates.places(at.connection, at.community_id).values():
        if str(getattr(place, scope)) == number:
            return _as_wide_as(scope, place)
    return None


WITHIN = ("compound", "building", "stairwell")


def _as_wide_as(scope: str, place: Place) -> Where:
    """The part of the community that a stairwell is in, told by its scope."""
    known = WITHIN[: WITHIN.index(scope) + 1]
    return Where(**{one: getattr(place, one) for one in known})


SAY_IT = mark("Write down what the next shift should know.")
NOT_YOURS = mark("Leave a note for a place in which you answer requests.")
