"""One relay: where its parcel is, every hand it went through, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.custody import reads as custody
from server.features.estates.records import Household
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.people.rules import May
from server.features.relays import rules
from server.features.relays.file import door_of, parcel_of, runs, sees, shared
from server.features.relays.reads.lists import line
from server.features.relays.tables import RELAY_EVENTS, relays
from server.features.relays.views import RelayPage, RelayStep
from server.features.rounds.reads import parts as round_parts
from server.i18n import mark
from server.oplog.events import Event, in_order


def relay(connection: Connection, person: Person, relay_id: str) -> RelayPage:
    """One relay. Raises `NotThere`, also for who may not know of it."""
    now, community_id = clock.now(), person.community_id
    row = connection.execute(
        select(relays).where(relays.c.community_id == community_id, relays.c.id == relay_id)
    ).first()
    if row is None:
        raise NotThere(relay_id)
    events = RELAY_EVENTS.of(connection, community_id, relay_id)
    state, door, parcel = rules.fold(events), door_of(connection, row), parcel_of(connection, row)
    if not sees(person, row, door, state, parcel, now):
        raise NotThere(relay_id)
    carries = runs(person, row, state, parcel)
    leads = person.id == row.owner or person.may(May.SEE_THINGS, now, door)
    known = {row.owner, *(one.actor for one in events), state.carrier} - {""}
    names = people.accounts_by_id(connection, community_id, known)
    code = shared(connection, row.code_key) if row.code_key else None
    open_ = state.closed_at is None
    return RelayPage(
        line=line(row, door.short_words),
        what=row.what,
        start=row.start,
        gate=row.gate,
        household=row.household_id,
        request=row.request_id or "",
        owner=names[row.owner].name,
        carrier=names[state.carrier].name if state.carrier in names else "",
        half=row.half if carries or leads else "",
        other_half=row.other_half if leads and open_ else "",
        told=state.told,
        met=state.state == rules.PARTED or (row.way == rules.IN and code is not None),
        code_holds=code is None or (code.withdrawn_at is None and now < code.expires_at),
        other_side=tuple(_other_side(row, code)),
        parcel=parcel,
        story=custody.story(connection, community_id, parcel.id) if parcel else (),
        steps=tuple(_steps(events, {one: found.name for one, found in names.items()})),
        next=rules.what_next(row.way, state, parcel),
        runs=carries,
        leads=leads,
        waits=row.household_id in person.homes(now),
        has_it=parcel is not None and parcel.holder_id == person.id and parcel.closed_at is None,
        others=tuple(_others(connection, community_id, door, now)) if leads and open_ else (),
        seq=round_parts.newest(connection, community_id),
    )


def _other_side(row: AnyRow, code: AnyRow | None) -> Iterable[tuple[str, int]]:
    """What the shared row says of the other community: three moments, and nothing else."""
    if code is None:
        return
    if row.way == rules.OUT:
        if code.taken_at is not None:
            yield TAKEN_THERE, code.taken_at
        if code.arrived_at is not None:
            yield ARRIVED_THERE, code.arrived_at
    elif code.given_at is not None:
        yield GIVEN_THERE, code.given_at


def _steps(events: list[Event], names: dict[str, str]) -> Iterable[RelayStep]:
    """What was said of the relay itself, the newest first."""
    for event in reversed(in_order(events)):
        if not event.again:
            by_itself = event.what == "end" or event.key == rules.LATE
            word = "late" if event.key == rules.LATE else event.what
            yield RelayStep(event.at, SAID[word], "" if by_itself else names[event.actor])


def _others(
    connection: Connection, community_id: int, door: Household, now: int
) -> list[tuple[str, str]]:
    """Who may be asked to go."""
    able = people.who_may(connection, community_id, May.HOLD, [door], now)
    known = people.accounts_by_id(connection, community_id, able)
    return sorted(((one, known[one].name) for one in able), key=lambda one: (one[1], one[0]))


TAKEN_THERE = mark("Taken over on the other side")
ARRIVED_THERE = mark("Arrived at the other side")
GIVEN_THERE = mark("Handed over by the other side")

SAID = {
    "make": mark("Started"),
    "told": mark("The other community has its half"),
    "renew": mark("New code"),
    "assign": mark("Somebody was asked to go"),
    "part": mark("Handed over at the gate"),
    "fetch": mark("Taken over at the gate"),
    "end": mark("Arrived"),
    "remind": mark("Asked how it stands"),
    "late": mark("Late: whoever runs it was told"),
    "cancel": mark("Called off"),
}
