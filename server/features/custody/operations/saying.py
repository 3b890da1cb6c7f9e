"""What the operations of custody have in common: fields, signatures, finding the thing."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from server.features.custody.file import Thing
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused

Key = Annotated[str, Meta(max_length=16)]
Line = Annotated[str, Meta(max_length=120)]
Path = Annotated[str, Meta(max_length=80)]
At = Annotated[int, Meta(ge=0, le=2**53)]

WIDEST, TALLEST = 300, 120
"""The field in which people sign, in units of its drawing."""

LONGEST_SIGNATURE = 4000
_DRAWN = re.compile(r"(?:M\d{1,3} \d{1,3}(?:l-?\d{1,3} -?\d{1,3})+)+")


def must_be_drawn(signature: str) -> None:
    """Raises `Refused` for what is no SVG path of strokes, each `M…` and then `l…`."""
    if signature and (len(signature) > LONGEST_SIGNATURE or not _DRAWN.fullmatch(signature)):
        raise Refused(NOT_DRAWN)


class OfThing(Op):
    """What is said of a thing."""

    thing: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(Thing.find(at, asked, self.thing), asked)

    def say(self, thing: Thing, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError

    def may_decide(self, at: Moment, asked: Asked) -> bool:
        """Those who answer where the thing belongs decide about a word that was refused."""
        try:
            return Thing.find(at, asked, self.thing).answers
        except Refused:
            return False


class Signed(OfThing):
    """What may be signed for on the same phone: with a finger, or by typing one's name."""

    retention: ClassVar = {"signature": NOTES, "signed_by": NOTES}
    signature: str = ""
    signed_by: Annotated[str, Meta(max_length=40)] = ""

    @property
    def signed(self) -> dict[str, Any]:
        """The signature, as the history keeps it; empty where nobody signed. Raises `Refused`."""
        must_be_drawn(self.signature)
        found = {"signature": self.signature, "signed_by": self.signed_by.strip()}
        return {name: value for name, value in found.items() if value}


NOT_DRAWN = mark("The signature could not be read. Sign again, or type the name.")
