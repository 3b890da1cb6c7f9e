"""What the operations of requests have in common: fields, limits, and finding the request."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from server.features.requests import rules
from server.features.requests.file import File
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused

Key = Annotated[str, Meta(max_length=16)]
Line = Annotated[str, Meta(max_length=120)]


def trimmed(text: str) -> str:
    """What somebody said. Raises `Refused` where it is longer than anybody reads in need."""
    said = text.strip()
    if len(said) > rules.LONGEST:
        raise Refused(TOO_LONG, most=rules.LONGEST, count=len(said))
    return said


class OfRequest(Op):
    """What is said of a request."""

    request: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(File.find(at, asked, self.request), asked)

    def say(self, file: File, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


TOO_LONG = mark(
    "This has %(count)s characters; at most %(most)s are read in time. Say the most important, and "
    "add the rest later."
)
