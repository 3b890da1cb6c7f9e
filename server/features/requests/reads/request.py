"""One request, for those who answer it and for those who asked it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, exists, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household, Place
from server.features.people import phones
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import STEWARD, May, covers, may
from server.features.people.tables import residents
from server.features.photos import reads as photos
from server.features.requests import access, emergency, routing, rules
from server.features.requests.kinds import KINDS
from server.features.requests.reads import emergency as emergency_reads
from server.features.requests.reads import parts
from server.features.requests.rules import State
from server.features.requests.tables import REQUEST_EVENTS, requests
from server.features.requests.views import RequestLine, RequestPage, StoryLine
from server.features.rounds.reads import parts as round_parts
from server.i18n import mark, say
from server.oplog.events import Event, in_order

TO_THE_ASKER = ("ask", "take", "pass_on", "step", "add", "withdraw", "reopen", "thank")
"""What those who asked read of the story; the rest is how the team goes about it."""


def request(connection: Connection, person: Person, language: str, request_id: str) -> RequestPage:
    """One request with everything said of it. Raises `NotThere`, also for who may not see it."""
    now, community_id = clock.now(), person.community_id
    found = _Found.find(connection, person, request_id, now)
    row, state, place = found.row, found.state, found.place
    main = found.main or found
    named = _Names(connection, community_id, [*found.events, *main.events])
    first = state.opened
    assert first is not None
    held = people.staff_roles(connection, community_id, now) if found.answers else {}
    shown = photos.shown(connection, community_id, [row.id])
    zone = estates.zone(connection, community_id)
    leads = any(
        one.role == STEWARD and one.holds(now) and covers(one, place) for one in person.roles
    )
    mine = state.owner == person.id
    able = (mine or leads) and state.open
    return RequestPage(
        id=row.id,
        kind=KINDS[row.kind],
        place=say(language, access.called(row, place)),
        household=row.household_id,
        breadth=rules.BREADTHS[row.breadth] if row.household_id is None else "",
        words=first.said.get("words", ""),
        quick=KINDS[row.kind].quick.get(first.said.get("quick", ""), ""),
        by=named.of(row.asked_by),
        opened_at=first.at,
        photo=shown.get(row.id),
        state=main.state.state,
        since=main.state.since,
        due_at=rules.due_at(main.state, zone),
        put_off=main.state.put_off,
        reached=len(main.state.asked),
        owner=named.of(main.state.owner),
        why=main.state.closed.said.get("why", "") if main.state.closed else "",
        mine=mine,
        steps=rules.may_follow(state) if able else (),
        may_take=found.answers and state.state == rules.ASKED and found.may_take,
        may_pass=able and found.answers,
        leads=leads,
        asks=found.asks,
        answers=found.answers,
        others=tuple(_others(connection, community_id, held, state, place, now)) if able else (),
        alike=_alike(connection, person, language, row, now) if found.answers else (),
        joined=_joined(connection, person, language, row) if found.answers else (),
        is_joined=bool(state.joined_to),
        joined_to=state.joined_to if found.answers else "",
        offers=tuple(named.of(one) for one in state.offers),
        thanked=state.thanked is not None,
        has_phone=found.answers and _has_phone(connection, row),
        progress=emergency_reads.progress(connection, person, main.row, main.events),
        helps=emergency.helps(person.roles, place, now),
        story=tuple(_story(named, found)),
        seq=round_parts.newest(connection, community_id),
    )


def telephone(connection: Connection, person: Person, request_id: str, now: int) -> str:
    """The number of the household that a request is for, once it is written down who looked.

    For whoever has the request, and for those who may know of it. Raises `NotThere`, `NotAllowed`.
    """
    found = _Found.find(connection, person, request_id, now)
    if not found.answers:
        raise NotAllowed(request_id)
    if found.row.household_id is None or not found.state.open:
        raise NotThere(request_id)
    return phones.look_up(connection, person, found.row.household_id, now)


class _Found:
    """A request as somebody may see it."""

    def __init__(
        self, connection: Connection, person: Person, row: AnyRow, now: int, *, known: bool
    ) -> None:
        self.row = row
        self.place = access.place_of(connection, row)
        self.events = REQUEST_EVENTS.of(connection, row.community_id, row.id)
        self.state = rules.fold(self.events)
        self.answers = access.answers(person, row, self.place, self.state, now)
        self.asks = access.asks(connection, person, row, now)
        if not (known or self.answers or self.asks):
            raise NotThere(row.id)
        self.may_take = person.id in self.state.asked or routing.may_take(
            KINDS[row.kind], person.roles, self.place, now
        )
        self.main: _Found | None = None
        if self.state.joined_to:
            [main] = parts.rows_of(connection, row.community_id, [self.state.joined_to])
            # How the other stands is what those hear who asked this one; its words are not.
            self.main = _Found(connection, person, main, now, known=True)

    @classmethod
    def find(cls, connection: Connection, person: Person, request_id: str, now: int) -> _Found:
        """The request. Raises `NotThere`, also for who may not see it."""
        rows = parts.rows_of(connection, person.community_id, [request_id])
        if not rows:
            raise NotThere(request_id)
        return cls(connection, person, rows[0], now, known=False)


class _Names:
    """What the people who said something of a request are called."""

    def __init__(self, connection: Connection, community_id: int, events: Sequence[Event]) -> None:
        ids = {one.actor for one in events}
        ids |= {one.key for one in events if one.what == "pass_on" and one.key}
        ids |= {one for event in events for one in event.said.get("asked", ())}
        self._known = people.accounts_by_id(connection, community_id, ids)

    def of(self, account_id: str) -> str:
        """A name, or nothing."""
        return self._known[account_id].name if account_id in self._known else ""

    def all(self, account_ids: Iterable[str]) -> str:
        """Several names; beyond a few only how many."""
        names = [name for name in map(self.of, account_ids) if name]
        return "、".join(names) if len(names) <= MOST_NAMES else str(len(names))


MOST_NAMES = 4


def _story(named: _Names, found: _Found) -> Iterable[StoryLine]:
    """Everything said that the reader may read, the newest first."""
    for event in reversed(in_order(found.events)):
        if not found.answers and (event.for_team or event.what not in TO_THE_ASKER):
            continue
        by_itself = bool(event.said.get("clock"))
        about = named.of(event.key) if event.what == "pass_on" else ""
        if found.answers and event.said.get("asked"):
            about = about or named.all(event.said["asked"])
        yield StoryLine(
            event,
            rules.STATES[event.key] if event.what == "step" else SAID[event.what],
            "" if by_itself else named.of(event.actor),
            about,
            str(event.said.get("words") or event.said.get("why") or ""),
            emergency.STEPS[event.key].label if event.what in OF_A_STEP else "",
        )


def _others(
    connection: Connection,
    community_id: int,
    held: routing.Held,
    state: State,
    place: Household | Place,
    now: int,
) -> Iterable[tuple[str, str]]:
    """To whom it may be passed on: who takes such things there first, then all who answer there."""
    able = routing.ranked(state.kind, place, held, {}, now)
    rest = sorted(one for one in held if may(held[one], May.ANSWER, place, now))
    known = people.accounts_by_id(connection, community_id, {*able, *rest})
    for one in dict.fromkeys([*able, *rest]):
        if one != state.owner:
            yield one, known[one].name


def _alike(
    connection: Connection, person: Person, language: str, row: AnyRow, now: int
) -> tuple[RequestLine, ...]:
    """Open requests that may be the same: of the same kind, for the same home or place."""
    if row.closed_at is not None:
        return ()
    rows = connection.execute(
        select(requests)
        .where(
            requests.c.community_id == row.community_id,
            requests.c.closed_at.is_(None),
            requests.c.kind == row.kind,
            requests.c.household_id == row.household_id
            if row.household_id is not None
            else (requests.c.building_id == row.building_id) & requests.c.household_id.is_(None),
            requests.c.id != row.id,
            parts.visible(connection, person, now),
        )
        .order_by(requests.c.opened_at)
        .limit(5)
    ).all()
    return parts.lines(connection, person, language, rows)


def _joined(
    connection: Connection, person: Person, language: str, row: AnyRow
) -> tuple[RequestLine, ...]:
    """Requests that were joined to this one."""
    rows = connection.execute(
        select(requests)
        .where(requests.c.community_id == row.community_id, requests.c.joined_to == row.id)
        .order_by(requests.c.opened_at)
    ).all()
    return parts.lines(connection, person, language, rows)


def _has_phone(connection: Connection, row: AnyRow) -> bool:
    """True where somebody there gave a number."""
    there = exists().where(
        residents.c.community_id == row.community_id,
        residents.c.household_id == row.household_id,
        residents.c.phone != "",
    )
    return bool(connection.execute(select(there)).scalar())


OF_A_STEP = ("do", "did", "drop")
"""Events that say something of one step of an emergency."""

SAID = {
    "do": mark("Takes a step"),
    "did": mark("Step done"),
    "drop": mark("Step given back"),
    "call": mark("Others were called"),
    "ask": mark("Asked for help"),
    "take": mark("Taken"),
    "pass_on": mark("Passed on"),
    "add": mark("Said"),
    "offer": mark("Comes too"),
    "withdraw": mark("Withdrawn"),
    "reopen": mark("Opened again"),
    "thank": mark("Thank you"),
    "join": mark("Joined to another"),
    "part": mark("Parted again"),
    "escalate": mark("Nobody had taken it: the next were asked"),
    "nudge": mark("Asked how it stands"),
}
