"""Two communities at a gate: each says its half, and the parcel passes between them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from server import clock
from server.db.base import AnyRow
from server.features.relays import codes, rules, telling
from server.features.relays.file import Relay
from server.features.relays.operations.saying import Half, OfRelay
from server.features.relays.tables import relays
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Refused, operation
from server.oplog.tables import operations

TRIES = 5
TRIES_WITHIN = 10 * clock.MINUTE
"""So many halves somebody may say wrongly before they have to wait."""


@operation("relay.part", label=mark("Hand a parcel over at the gate"))
class Part(OfRelay):
    """Whoever stands there said the other half: it leaves this community."""

    half: Half

    def say(self, relay: Relay, asked: Asked) -> None:
        """See the class."""
        if relay.row.way != rules.OUT:
            raise Refused(NO_MEETING)
        if relay.state.state == rules.PARTED:
            relay.enter(asked, Event.of(asked, "part")._replace(again=True))
            return
        relay.must_be_open()
        _must_not_guess(relay, asked)
        typed = _typed(relay, self.half)
        if codes.key_of(relay.row.half, typed) != relay.row.code_key:
            raise Refused(WRONG_HALF)
        must_hold(relay.shared(relay.row.code_key), relay.now)
        relay.must_have_it()
        assert relay.parcel is not None
        relay.share(relay.row.code_key, "given_at", relay.now)
        relay.write(other_half="")
        told = telling.home(relay, asked, telling.AT_THE_GATE)
        told += telling.owner(relay, asked, telling.AT_THE_GATE)
        relay.enter(asked, Event.of(asked, "part", notices=told))
        relay.at.react("relays.parted", f"{relay.id} {relay.parcel.id} {asked.actor}")


@operation("relay.fetch", label=mark("Take a parcel over at the gate"))
class Fetch(OfRelay):
    """Whoever brought it there said their half: it is in this community from now on."""

    half: Half

    def say(self, relay: Relay, asked: Asked) -> None:
        """See the class."""
        if relay.row.way != rules.IN:
            raise Refused(NO_MEETING)
        relay.must_be_open()
        if relay.row.code_key:
            raise Refused(USED)
        _must_not_guess(relay, asked)
        typed = _typed(relay, self.half)
        key = codes.key_of(typed, relay.row.half)
        if _our_own(relay, key):
            raise Refused(OWN_CODE)
        row = relay.shared(key)
        if row is None:
            raise Refused(WRONG_HALF)
        must_hold(row, relay.now)
        if not relay.share(key, "taken_at", relay.now):
            raise Refused(USED)
        relay.write(code_key=key)
        told = telling.home(relay, asked, telling.AT_THE_GATE)
        relay.enter(asked, Event.of(asked, "fetch", notices=told))
        relay.at.react("relays.fetched", f"{relay.id} {asked.id} {asked.actor}")


def must_hold(row: AnyRow | None, now: int) -> None:
    """Raises `Refused` for a code that holds no longer."""
    if row is None or row.withdrawn_at is not None or row.expires_at <= now:
        raise Refused(EXPIRED)


def _typed(relay: Relay, half: str) -> str:
    typed = codes.normalise(half)
    if typed is None:
        raise Refused(WRONG_HALF)
    if typed == relay.row.half:
        raise Refused(OWN_HALF)
    return typed


def _our_own(relay: Relay, key: str) -> bool:
    """True where the parcel would come from this community itself."""
    found: Any = relay.at.connection.execute(
        select(relays.c.id)
        .where(
            relays.c.community_id == relay.at.community_id,
            relays.c.code_key == key,
            relays.c.way == rules.OUT,
        )
        .limit(1)
    ).first()
    return found is not None


def _must_not_guess(relay: Relay, asked: Asked) -> None:
    """Raises `Refused` for who has just said several wrong halves."""
    table = operations.c
    tried: int = relay.at.connection.execute(
        select(func.count())
        .select_from(operations)
        .where(
            table.community_id == relay.at.community_id,
            table.actor == asked.actor,
            table.kind.in_(("relay.part", "relay.fetch")),
            table.outcome == "refused",
            table.corrected_at > asked.corrected_at - TRIES_WITHIN,
            table.corrected_at <= asked.corrected_at,
        )
    ).scalar_one()
    if tried >= TRIES:
        raise Refused(TOO_OFTEN)


NO_MEETING = mark("This relay does not pass on at that gate in this way.")
WRONG_HALF = mark("This is not the other half. Let them say it again; give nothing away meanwhile.")
OWN_HALF = mark("This is your own half: you say it, and they say theirs.")
OWN_CODE = mark("This code is of a relay of your own community. Carry it here as any other parcel.")
USED = mark("This code was used already. Ask the other community for a new one.")
EXPIRED = mark("This code holds no longer. Whoever sends the parcel renews it.")
TOO_OFTEN = mark("Too many wrong halves. Wait ten minutes, and ring the other community up.")
