"""Who follows a case up, their daily call, and reminding them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from server.features.cases import rules, telling
from server.features.cases.file import File
from server.features.cases.operations.saying import (
    NO_SUCH_ANSWER,
    Key,
    OfCase,
    Telephone,
    who_may_run,
)
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, operation


@operation("case.own", label=mark("Follow a case up"))
class Own(OfCase):
    """Say who follows the case up, and under which number the household reaches them.

    With nobody named it is whoever asks.
    """

    owner: Uuid | None = None
    phone: Telephone = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        owner = self.owner or asked.actor
        if owner not in who_may_run(file, asked):
            raise Refused(MAY_NOT_SEE)
        told: list[str] = []
        if owner != asked.actor and owner != file.state.owner:
            told = telling.owner(file, asked, GIVEN, OPEN_IT, [owner]).notices
        file.enter(asked, Event.of(asked, "own", owner, phone=self.phone.strip(), notices=told))


@operation("case.call", label=mark("Enter the daily call"))
class Call(OfCase):
    """How the person said they are, or that nobody answered."""

    retention: ClassVar = {"how": HEALTH, "words": HEALTH}
    how: Key
    words: Annotated[str, Meta(max_length=200)] = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.how not in rules.CALLS:
            raise Refused(NO_SUCH_ANSWER)
        told: list[str] = []
        if self.how == rules.WORSE and file.state.owner not in ("", asked.actor):
            told = telling.owner(file, asked, NEEDS_YOU, OPEN_IT, [file.state.owner]).notices
        said = Event.of(asked, "call", self.how, words=self.words.strip(), notices=told)
        file.enter(asked, said)


@operation("case.remind", label=mark("Remind who follows a case up"))
class Remind(OfCase):
    """Tell whoever follows the case up, or where nobody does everybody who may, that it waits."""

    retention: ClassVar = {"what": HEALTH}
    what: Key

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.what not in rules.DANGERS:
            raise Refused(NO_SUCH_ANSWER)
        may_run = who_may_run(file, asked)
        owner = {file.state.owner} & may_run
        told = telling.owner(file, asked, NEEDS_YOU, OPEN_IT, owner or may_run).notices
        file.enter(asked, Event.of(asked, "remind", self.what, notices=told))


MAY_NOT_SEE = mark("Only somebody who may see cases of this place can follow one up.")
GIVEN = mark("You follow a case up")
NEEDS_YOU = mark("A case needs you")
OPEN_IT = mark("Open it: it says what waits.")
