"""What operations about medicine have in common: fields, and words that are short enough."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from server.features.medicine import rules
from server.features.medicine.file import BatchFile, NeedFile
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused

At = Annotated[int, Meta(ge=0, le=2**53)]
Key = Annotated[str, Meta(max_length=12)]
Door = Annotated[str, Meta(max_length=40)]


class OfNeed(Op):
    """What is said of a need."""

    retention: ClassVar = {"need": HEALTH}
    need: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(NeedFile.find(at, asked, self.need), asked)

    def say(self, file: NeedFile, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


class OfBatch(Op):
    """What is said of a batch."""

    batch: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(BatchFile.find(at, asked, self.batch), asked)

    def say(self, file: BatchFile, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


def short(text: str, most: int = rules.LONGEST_NAME) -> str:
    """What was typed, without the blanks around it. Raises `Refused` where it is too long."""
    words = " ".join(text.split())
    if len(words) > most:
        raise Refused(TOO_LONG, most=most, count=len(words))
    return words


def within(number: int, least: int, most: int, what: str) -> int:
    """A number that is in bounds. Raises `Refused` with the words given, which name both bounds."""
    if not least <= number <= most:
        raise Refused(what, least=least, most=most)
    return number


TOO_LONG = mark("This has %(count)s characters; write it in at most %(most)s, as on the box.")
