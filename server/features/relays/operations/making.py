"""Making a relay, and the halves of its code."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta
from sqlalchemy import insert

from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.typed import one_door
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.relays import codes, rules, telling
from server.features.relays.file import Relay
from server.features.relays.operations.saying import Half, Line, OfRelay
from server.features.relays.tables import BETWEEN, relay_codes
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, WORK, Asked, Moment, Op, Refused, operation


@operation("relay.make", label=mark("Start a relay"))
class Make(Op):
    """A parcel is to pass from hand to hand to a door here, or out to another community.

    Of what goes out both halves of the code are made here; the other is told to the other community
    and forgotten. Of what comes in, `half` is the one that they told.
    """

    retention: ClassVar = dict.fromkeys(("what", "start", "household", "door", "request"), HEALTH)
    way: Annotated[str, Meta(max_length=8)]
    what: Line
    household: Number | None = None
    door: Line = ""  # the same, typed as it stands on the plate
    start: Annotated[str, Meta(max_length=60)] = ""
    gate: Annotated[str, Meta(max_length=60)] = ""
    half: Half = ""
    request: Uuid | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.way not in rules.WAYS or not self.what.strip():
            raise Refused(SAY_WHAT)
        door = self._door(at)
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        if not person.may(May.HOLD, asked.corrected_at, door):
            raise Refused(NOT_THERE)
        if self.way != rules.WITHIN and not self.gate.strip():
            raise Refused(SAY_GATE)
        relay = Relay.begin(
            at,
            asked,
            way=self.way,
            household_id=door.household,
            request_id=self.request,
            what=self.what.strip(),
            start=self.start.strip(),
            gate=self.gate.strip(),
            half=_told(self.half) if self.way == rules.IN else "",
        )
        if self.way == rules.OUT:
            new_code(relay)
        told = telling.home(relay, asked, telling.SET_OUT)
        relay.enter(asked, Event.of(asked, "make", notices=told))
        at.react("relays.look", relay.id, asked.corrected_at + rules.LOOKS_EVERY)

    def _door(self, at: Moment) -> Household:
        if self.household is not None:
            door = estates.household(at.connection, at.community_id, self.household)
            if door is None:
                raise Refused(NOT_THERE)
            return door
        return one_door(at, self.door)


@operation("relay.told", label=mark("Say that the other half was told"))
class Told(OfRelay):
    """The other community has its half: it is kept here no longer."""

    def say(self, relay: Relay, asked: Asked) -> None:
        """See the class."""
        relay.must_lead()
        if relay.row.way != rules.OUT:
            raise Refused(NO_CODE)
        relay.write(other_half="")
        relay.enter(asked, Event.of(asked, "told"))


@operation("relay.renew", label=mark("Renew a relay code"))
class Renew(OfRelay):
    """The code ran out or was lost: new halves, or the one that the other community told now."""

    retention: ClassVar = {"half": WORK}
    half: Half = ""

    def say(self, relay: Relay, asked: Asked) -> None:
        """See the class."""
        relay.must_lead()
        relay.must_be_open()
        if relay.row.way == rules.WITHIN or relay.state.state == rules.PARTED or _met(relay):
            raise Refused(NO_CODE)
        if relay.row.way == rules.IN:
            relay.write(half=_told(self.half))
        else:
            relay.share(relay.row.code_key, "withdrawn_at", relay.now)
            new_code(relay)
        relay.enter(asked, Event.of(asked, "renew"))


def new_code(relay: Relay) -> None:
    """Make both halves, and the row that only both of them lead to."""
    ours, theirs = codes.new_half(), codes.new_half()
    while theirs == ours:
        theirs = codes.new_half()
    key = codes.key_of(ours, theirs)
    row: dict[str, Any] = {"community_id": BETWEEN, "key": key}
    relay.at.connection.execute(insert(relay_codes), row | {"expires_at": relay.now + rules.LASTS})
    relay.write(half=ours, other_half=theirs, code_key=key)


def _told(half: str) -> str:
    """The half that the other community told. Raises `Refused` for what can be none."""
    found = codes.normalise(half)
    if found is None:
        raise Refused(NO_HALF, count=codes.HALF)
    return found


def _met(relay: Relay) -> bool:
    return relay.row.way == rules.IN and bool(relay.row.code_key)


SAY_WHAT = mark("Say what is carried, and which way.")
NOT_THERE = mark("Only those who work at that door start a relay for it.")
SAY_GATE = mark("Say at which gate the two communities meet.")
NO_HALF = mark("Write the %(count)s characters that the other community told you.")
NO_CODE = mark("This relay has no code to be told or renewed now.")
