"""Seeing a relay through: who goes, that it is there, that it is late, that it is called off."""

from __future__ import annotations

from typing import ClassVar

from server.features.people import reads as people
from server.features.people.rules import May
from server.features.relays import rules, telling
from server.features.relays.file import Relay
from server.features.relays.operations.saying import Line, OfRelay
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, operation


@operation("relay.assign", label=mark("Ask somebody to carry a parcel"))
class Assign(OfRelay):
    """Somebody on duty is asked to go; they hear of it at once and have the page on their phone."""

    to: Uuid

    def say(self, relay: Relay, asked: Asked) -> None:
        """See the class."""
        relay.must_lead()
        relay.must_be_open()
        able = people.who_may(
            relay.at.connection, relay.at.community_id, May.HOLD, [relay.door], relay.now
        )
        if self.to not in able:
            raise Refused(NOT_ON_DUTY)
        again = relay.state.carrier == self.to
        told = [] if again else telling.carrier(relay, asked, telling.GO, self.to)
        event = Event.of(asked, "assign", self.to, notices=told)
        relay.enter(asked, event._replace(again=again))


@operation("relay.end", label=mark("Say that a parcel has arrived"))
class End(OfRelay):
    """The parcel is at its door, here or in the other community. It goes by itself."""

    def say(self, relay: Relay, asked: Asked) -> None:
        """See the class."""
        relay.must_lead()
        relay.must_be_open()
        if not arrived(relay):
            raise Refused(NOT_ARRIVED)
        if relay.row.way == rules.IN and relay.row.code_key:
            assert relay.parcel is not None
            relay.share(relay.row.code_key, "arrived_at", relay.parcel.closed_at or relay.now)
        told = telling.home(relay, asked, telling.IS_THERE)
        told += telling.owner(relay, asked, telling.IS_THERE)
        relay.enter(asked, Event.of(asked, "end", notices=told))


@operation("relay.remind", label=mark("Ask how a parcel stands"))
class Remind(OfRelay):
    """Whoever runs it is asked; `late` where its time is over, once and by itself."""

    late: bool = False

    def say(self, relay: Relay, asked: Asked) -> None:
        """See the class."""
        relay.must_be_open()
        if not self.late:
            told = telling.owner(relay, asked, telling.HOW_IS_IT)
            relay.enter(asked, Event.of(asked, "remind", notices=told))
            return
        relay.must_lead()
        again = relay.state.reminded
        if relay.now < relay.row.due_at:
            raise Refused(NOT_LATE)
        relay.speaker = ""
        told = [] if again else telling.owner(relay, asked, telling.LATE, urgent=True)
        event = Event.of(asked, "remind", rules.LATE, notices=told)
        relay.enter(asked, event._replace(again=again))


@operation("relay.cancel", label=mark("Call a relay off"))
class Cancel(OfRelay):
    """It does not come: its code holds no longer; the parcel stays with who has it."""

    retention: ClassVar = {"why": HEALTH}
    why: Line = ""

    def say(self, relay: Relay, asked: Asked) -> None:
        """See the class."""
        relay.must_lead()
        relay.must_be_open()
        if relay.state.state == rules.PARTED:
            raise Refused(IT_LEFT)
        if relay.row.way == rules.OUT:
            relay.share(relay.row.code_key, "withdrawn_at", relay.now)
        relay.write(other_half="")
        told = telling.home(relay, asked, telling.CALLED_OFF)
        told += telling.owner(relay, asked, telling.CALLED_OFF)
        relay.enter(asked, Event.of(asked, "cancel", why=self.why.strip(), notices=told))


def arrived(relay: Relay) -> bool:
    """True where the parcel is at its door: here by custody, there by the shared row."""
    if relay.row.way == rules.OUT:
        row = relay.shared(relay.row.code_key)
        return row is not None and row.arrived_at is not None
    return relay.parcel is not None and relay.parcel.closed_at is not None


NOT_ON_DUTY = mark("Choose somebody who is on duty there.")
NOT_ARRIVED = mark("The parcel is not at its door yet. Whoever brings it there says so.")
NOT_LATE = mark("Its time is not over.")
IT_LEFT = mark("The parcel is with the other community already: it cannot be called off.")
