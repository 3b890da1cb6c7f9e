"""Words in a mediation: the officer's own notes, to a side or to both, and from a side."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from server.features.mediation import rules
from server.features.mediation.file import File
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import PRIVATE, Asked, Moment, Op, Refused, operation

Side = Annotated[int, Meta(ge=0, le=rules.MOST)]


class OfMediation(Op):
    """What is said in a mediation."""

    mediation: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(File.find(at, asked, self.mediation), asked)

    def say(self, file: File, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


def said(text: str) -> str:
    """What somebody said. Raises `Refused` where it is nothing, or more than is read at once."""
    words = text.strip()
    if not words:
        raise Refused(SAY_IT)
    if len(words) > rules.LONGEST:
        raise Refused(TOO_LONG, most=rules.LONGEST, count=len(words))
    return words


@operation("mediation.note", label=mark("Note something of a mediation"))
class Note(OfMediation):
    """For the officer alone, of one side or of the whole; no side ever reads it."""

    retention: ClassVar = {"words": PRIVATE}
    words: str
    side: Side = 0

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_lead()
        words, side = said(self.words), which(file, self.side)
        file.enter(asked, Event.of(asked, "note", side, words=words))


@operation("mediation.say", label=mark("Say something in a mediation"))
class Say(OfMediation):
    """The officer to one side, or to all: who is not meant never reads it."""

    retention: ClassVar = {"words": PRIVATE}
    words: str
    to: Side = 0

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        file.must_lead()
        file.must_be_open()
        words, side = said(self.words), which(file, self.to)
        told = file.tell_sides(asked, [self.to] if self.to else [])
        file.enter(asked, Event.of(asked, "say", side, words=words, notices=told))


@operation("mediation.answer", label=mark("Answer in a mediation"))
class Answer(OfMediation):
    """A side to the officer; no other side reads it."""

    retention: ClassVar = {"words": PRIVATE}
    words: str

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        words, side = said(self.words), must_be_a_side(file)
        file.must_be_open()
        told = file.tell_officer(asked, ANSWERED)
        file.enter(asked, Event.of(asked, "answer", str(side), words=words, notices=told))


def which(file: File, side: int) -> str:
    """A side as events name it; empty for all of them. Raises `Refused` where there is none."""
    if side and side not in file.sides:
        raise Refused(NO_SIDE)
    return str(side or "")


def must_be_a_side(file: File) -> int:
    """For which side somebody speaks. Raises `Refused` for its officer and the deputy."""
    if not file.side:
        raise Refused(NO_SIDE)
    return file.side


SAY_IT = mark("Write down what you want to say.")
TOO_LONG = mark("This has %(count)s characters; at most %(most)s can be said at once.")
NO_SIDE = mark("There is no such side in this mediation.")
ANSWERED = mark("A side of a mediation has answered")
