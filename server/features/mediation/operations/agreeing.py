"""What the sides agree on: written by the officer, accepted by each side in that version."""

from __future__ import annotations

from typing import ClassVar

from server.features.mediation.file import File
from server.features.mediation.operations.saying import OfMediation, must_be_a_side, said
from server.i18n import mark
from server.oplog.envelope import Number
from server.oplog.events import Event
from server.oplog.kinds import PRIVATE, Asked, Refused, Stale, operation


@operation("mediation.agreement", label=mark("Write an agreement"))
class Agreement(OfMediation):
    """What both sides are to accept; a new text asks both anew."""

    retention: ClassVar = {"words": PRIVATE}
    words: str

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_lead()
        file.must_be_open()
        words = said(self.words)
        told = file.tell_sides(asked, [])
        file.enter(asked, Event.of(asked, "agreement", words=words, notices=told))


@operation("mediation.accept", label=mark("Accept an agreement"))
class Accept(OfMediation):
    """A side accepts the text that it has read; a text that was changed meanwhile is another."""

    version: Number

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        side = must_be_a_side(file)
        file.must_be_open()
        if not file.state.version:
            raise Refused(NOTHING_YET)
        if self.version != file.state.version:
            raise Stale(CHANGED)
        again = side in file.state.accepted
        told = [] if again else file.tell_officer(asked, ACCEPTED)
        file.enter(asked, Event.of(asked, "accept", str(side), version=self.version, notices=told))


NOTHING_YET = mark("No agreement has been written yet.")
CHANGED = mark("The agreement was changed meanwhile. Read it again before you accept it.")
ACCEPTED = mark("A side of a mediation has accepted the agreement")
