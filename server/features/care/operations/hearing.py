"""Somebody was heard of; nobody answered twice or something is needed; and nobody has said more."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from sqlalchemy import insert

from server.features.care import rules, telling
from server.features.care.file import NOBODY_THERE, TOPIC, File
from server.features.care.operations.deciding import OfPerson
from server.features.care.operations.suggesting import Hint, Key
from server.features.care.tables import care_calls
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation

When = Annotated[int, Meta(ge=0)]


@operation("care.contact", label=mark("Say that somebody was heard of"))
class Contact(Op):
    """Somebody says how they heard of a person and what they found: whatever was open is closed.

    Behind a door where nobody is in care it is said of the household.
    """

    retention: ClassVar = {"words": NOTES}
    how: Key
    person: Uuid | None = None
    household: Number | None = None
    words: Hint = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.how not in rules.HOWS:
            raise Refused(SAY_HOW)
        if self.person is not None:
            file = File.find(at, asked, self.person)
            if not (file.sees or file.goes_there):
                raise Refused(NOBODY_THERE)
            file.enter(asked, Event.of(asked, "contact", self.how, words=self.words.strip()))
            return
        self._at_door(at, asked)

    def _at_door(self, at: Moment, asked: Asked) -> None:
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        door = self.household and estates.household(at.connection, at.community_id, self.household)
        if not door or not person.may(May.SEE_CARE, asked.corrected_at, door):
            raise Refused(NOBODY_THERE)
        at.connection.execute(
            insert(care_calls),
            {
                "community_id": at.community_id,
                "op_id": asked.id,
                "household_id": door.household,
                "how": self.how,
                "words": self.words.strip(),
                "actor": asked.actor,
                "at": asked.corrected_at,
            },
        )
        asked.subject = "/care/silent"
        at.tell(TOPIC)


class _ByItself(OfPerson, kw_only=True):
    """What goes by itself in the name of somebody who decides there."""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_run()
        if file.state.state != rules.CONFIRMED:
            raise Refused(NOTHING_OPEN)
        self.enter(file, asked)

    def enter(self, file: File, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


@operation("care.alert", label=mark("Have somebody in care looked after now"))
class Alert(_ByItself, kw_only=True):
    """Two visits in a row found nobody, or one found that something is needed: the keeper hears.

    It is open until somebody says what they found. Who decides there may say so of themselves.
    """

    what: Key
    mark: Uuid | None = None  # the visit that found it
    mark_at: When = 0

    def enter(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.what not in rules.ALERTS:
            raise Refused(NO_SUCH_ALERT)
        since = self.mark_at if self.mark else file.now
        if not rules.answers_nothing(file.state.contact_at, since):
            raise Refused(NOTHING_OPEN)
        told = telling.alert(file, asked, self.what)
        said = {"mark": self.mark, "mark_at": since, "notices": told}
        file.enter(asked, Event.of(asked, "alert", self.what, **said))
        if self.what == rules.UNANSWERED:
            due = file.at.received_at + rules.ESCALATE
            file.at.react("care.escalate", f"{file.row.id} {asked.id}", due)


@operation("care.escalate", label=mark("Tell who leads that nobody answered twice"))
class Escalate(_ByItself, kw_only=True):
    """The keeper has not said what they found: those who lead there are told, once."""

    alert: Uuid

    def enter(self, file: File, asked: Asked) -> None:
        """See the class."""
        open_ = file.state.alert
        if open_ is None or open_.op_id != self.alert or file.state.escalated:
            raise Refused(NOTHING_OPEN)
        told = telling.leads(file, asked, telling.STILL)
        file.enter(asked, Event.of(asked, "escalate", self.alert, notices=told))


SAY_HOW = mark("Say how you heard of them.")
NO_SUCH_ALERT = mark("There is no such alarm.")
NOTHING_OPEN = mark("Nothing is open here: somebody has said what they found.")
