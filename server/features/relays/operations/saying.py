"""What the operations of relays have in common."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from server.features.relays.file import Relay
from server.oplog.envelope import Uuid
from server.oplog.kinds import Asked, Moment, Op

Line = Annotated[str, Meta(max_length=120)]
Half = Annotated[str, Meta(max_length=12)]


class OfRelay(Op):
    """What is said of a relay."""

    relay: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(Relay.find(at, asked, self.relay), asked)

    def say(self, relay: Relay, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError
