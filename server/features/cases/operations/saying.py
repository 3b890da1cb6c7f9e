"""What every operation on a case that is open shares: finding it, and who may hear of it."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import select

from server import clock
from server.db.base import AnyRow
from server.features.cases import reads, telling
from server.features.cases.file import File
from server.features.cases.tables import cases
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.people.tables import residents
from server.i18n import Words, mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Op, Refused

Key = Annotated[str, Meta(max_length=16)]
Line = Annotated[str, Meta(max_length=120)]
Telephone = Annotated[str, Meta(max_length=24)]
When = Annotated[str, Meta(max_length=40)]


class OfCase(Op):
    """What is said of a case that is open."""

    case: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file = File.find(at, asked, self.case)
        file.must_be_open(asked)
        self.say(file, asked)

    def say(self, file: File, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


def resident_of(at: Moment, resident_id: int) -> AnyRow | None:
    """Somebody who lives here, or has; None for a number that nobody has."""
    return at.connection.execute(
        select(residents).where(
            residents.c.community_id == at.community_id, residents.c.id == resident_id
        )
    ).first()


def open_case(at: Moment, resident_id: int) -> AnyRow | None:
    """The case of theirs that is open; they have one at most."""
    return at.connection.execute(
        select(cases).where(
            cases.c.community_id == at.community_id,
            cases.c.resident_id == resident_id,
            cases.c.closed_at.is_(None),
        )
    ).first()


def household_told(file: File, asked: Asked) -> list[str]:
    """The announcement to the household, unless the case has been closed meanwhile."""
    return [] if file.closed else telling.household(file, asked).notices


def who_may_run(file: File, asked: Asked) -> set[str]:
    """The accounts of everybody who may see this case."""
    at = file.at
    return set(
        people.who_may(
            at.connection, at.community_id, May.SEE_CASES, [file.door], asked.corrected_at
        )
    )


def who_said(at: Moment, event: Event) -> dict[str, Any]:
    """Who said something of a case, and what, as words of a refusal."""
    found = people.accounts_by_id(at.connection, at.community_id, [event.actor])
    name = found[event.actor].name if event.actor in found else ""
    return {"name": name, "what": Words(reads.label_of(event))}


def typed(file: File, text: str) -> int:
    """A moment as somebody typed it. Raises `Refused`."""
    try:
        return clock.typed(text, estates.zone(file.at.connection, file.at.community_id))
    except ValueError:
        raise Refused(NO_MOMENT, text=text) from None


NO_SUCH_ANSWER = mark("This cannot be said of a case.")
NO_MOMENT = mark("“%(text)s” is not a time.")
