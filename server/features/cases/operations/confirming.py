"""The second test, and a result that no longer stands."""

from __future__ import annotations

from typing import ClassVar

from server.features.cases import rules
from server.features.cases.file import File
from server.features.cases.operations.saying import Key, Line, OfCase, When, household_told, typed
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, operation


@operation("case.book", label=mark("Book a confirming test"))
class Book(OfCase):
    """When and where the second test is taken that confirms the first or does not."""

    retention: ClassVar = {"when": HEALTH, "where": HEALTH}
    when: When
    where: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        booked = typed(file, self.when)
        told = household_told(file, asked)
        said = Event.of(asked, "book", when=booked, where=self.where.strip(), notices=told)
        file.enter(asked, said)


@operation("case.confirm", label=mark("Enter what the confirming test says"))
class Confirm(OfCase):
    """What came of the second test. One that does not confirm asks for the case to be closed."""

    retention: ClassVar = {"result": HEALTH}
    result: Key

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.result not in (rules.CONFIRMED, rules.NOT_CONFIRMED):
            raise Refused(NO_SUCH_RESULT)
        told = household_told(file, asked)
        file.enter(asked, Event.of(asked, "confirm", self.result, notices=told))


@operation("case.doubt", label=mark("Say that a result no longer stands"))
class Doubt(OfCase):
    """The result was taken back or settled otherwise; a person decides what becomes of the case."""

    retention: ClassVar = {"why": HEALTH}
    why: Line = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.enter(asked, Event.of(asked, "doubt", why=self.why.strip()))


NO_SUCH_RESULT = mark("A test confirms the first or does not.")
