"""One request with everything said of it: read once, added to, written back, its clock wound."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household, Place
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import STEWARD, covers
from server.features.requests import access, emergency, routing, rules
from server.features.requests.kinds import KINDS, RequestKind
from server.features.requests.rules import State
from server.features.requests.tables import REQUEST_EVENTS, requests
from server.i18n import Words, mark
from server.oplog.events import Event, in_order
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "requests"
"""What pages about requests listen to. It names none: everybody may hear which topics change."""


class File:
    """One request, for somebody who answers it or asked it."""

    def __init__(
        self, at: Moment, asked: Asked, row: AnyRow, place: Household | Place, events: list[Event]
    ) -> None:
        self.at = at
        self.row = row
        self.place = place
        self.events = events
        self.state = rules.fold(events)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at
        self.speaker = asked.actor  # nobody, where it goes by itself in somebody's name

    @classmethod
    def find(cls, at: Moment, asked: Asked, request_id: str) -> File:
        """The request. Raises `Refused` with the same words where there is none and where there is.

        Whoever may not see it learns nothing by trying numbers.
        """
        file = cls.load(at, asked, request_id)
        if not (file.answers or file.asks):
            raise Refused(NO_REQUEST)
        asked.subject = f"/requests/{file.id}"
        return file

    @classmethod
    def load(cls, at: Moment, asked: Asked, request_id: str) -> File:
        """The request, whoever asks. Raises `Refused` where there is none."""
        row = at.connection.execute(
            select(requests).where(
                requests.c.community_id == at.community_id, requests.c.id == request_id
            )
        ).first()
        if row is None:
            raise Refused(NO_REQUEST)
        events = REQUEST_EVENTS.of(at.connection, at.community_id, request_id)
        return cls(at, asked, row, access.place_of(at.connection, row), events)

    @classmethod
    def begin(
        cls, at: Moment, asked: Asked, kind: RequestKind, place: Household | Place, breadth: str
    ) -> File:
        """A new request, of which nothing is said yet."""
        made = {
            "community_id": at.community_id,
            "id": asked.id,
            "kind": kind.key,
            "household_id": place.household if breadth == rules.HOME else None,
            "stairwell_id": place.stairwell,
            "building_id": place.building,
            "breadth": breadth,
            "asked_by": asked.actor,
            "opened_at": asked.corrected_at,
            "state": rules.ASKED,
            "since": asked.corrected_at,
            "version": asked.seq,
        }
        at.connection.execute(insert(requests), made)
        row = at.connection.execute(
            select(requests).where(
                requests.c.community_id == at.community_id, requests.c.id == asked.id
            )
        ).one()
        return cls(at, asked, row, access.place_of(at.connection, row), [])

    # What it is, and who asks

    @property
    def id(self) -> str:
        """The request's."""
        return str(self.row.id)

    @property
    def kind(self) -> RequestKind:
        """What was asked for."""
        return KINDS[self.row.kind]

    @property
    def answers(self) -> bool:
        """True where whoever asks is of those who answer it."""
        return access.answers(self.person, self.row, self.place, self.state, self.now)

    @property
    def asks(self) -> bool:
        """True where whoever asks is of those who asked it."""
        return access.asks(self.at.connection, self.person, self.row, self.now)

    @property
    def leads(self) -> bool:
        """True where whoever asks leads there."""
        return any(
            one.role == STEWARD and one.holds(self.now) and covers(one, self.place)
            for one in self.person.roles
        )

    @property
    def owns(self) -> bool:
        """True where whoever asks has it, or had it when they said so."""
        then = rules.as_of(self.events, self.now)
        return self.person.id in (self.state.owner, then.owner)

    def may_take(self) -> bool:
        """True where whoever asks is one who takes such requests there, or was asked to take it."""
        roles = self.person.roles
        return self.person.id in self.state.asked or routing.may_take(
            self.kind, roles, self.place, self.now
        )

    def held(self) -> routing.Held:
        """Who works here, and as what."""
        return people.staff_roles(self.at.connection, self.at.community_id, self.now)

    def name(self, account_id: str) -> str:
        """What somebody is called."""
        found = people.accounts_by_id(self.at.connection, self.at.community_id, [account_id])
        return found[account_id].name if account_id in found else ""

    # What must be so

    def must_answer(self) -> None:
        """Raises `Refused` for those who only asked."""
        if not self.answers:
            raise Refused(NOT_YOURS)

    def must_be_open(self) -> None:
        """Raises `Refused` where it was over when this was made.

        What was made before and comes in late is honest work and counts.
        """
        if not self.state.open and self.state.since <= self.now:
            raise Refused(OVER, how=Words(rules.STATES[self.state.state]))

    def when(self, *, by_arrival: bool = False) -> int:
        """When something counts as said.

        Taking goes by arrival: it counts from when the request was free at the earliest. So does
        what its owner says of the time before, when another phone's word had not come in yet.
        """
        then = rules.as_of(self.events, self.now)
        if self.person.id == then.owner and not by_arrival:
            return self.now
        return max(self.now, self.state.since)

    # What is said

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said, write what it comes to now, and wind the clock."""
        REQUEST_EVENTS.add(self.at, self.id, event)
        self.events.append(event)
        self._settle(asked)
        self.at.tell(TOPIC)

    def take_back(self, asked: Asked, what: str) -> None:
        """Have the last of a kind of event count no longer."""
        last = [one for one in in_order(self.events) if one.what == what][-1]
        self.events = REQUEST_EVENTS.take_back(self.at, self.events, last.op_id, asked.seq)

    def _settle(self, asked: Asked) -> None:
        zone = estates.zone(self.at.connection, self.at.community_id)
        before = None if len(self.events) == 1 else rules.due_at(self.state, zone)
        before_steps = None if len(self.events) == 1 else self._steps_due(self.events[:-1])
        self.state = rules.fold(self.events)
        due = rules.due_at(self.state, zone)
        self.at.connection.execute(
            update(requests)
            .where(requests.c.community_id == self.at.community_id, requests.c.id == self.row.id)
            .values(version=asked.seq, due_at=due, **kept(self.state))
        )
        if due is not None and due != before:
            self.at.react("requests.clock", f"{self.row.id} {due}", due)
        due = self._steps_due(self.events)
        if due is not None and due != before_steps:
            self.at.react("requests.steps", f"{self.row.id} {due}", due)
        asked.subject = f"/requests/{self.row.id}"

    def _steps_due(self, events: list[Event]) -> int | None:
        """When the next are called for a step of an emergency; None where nobody is."""
        if self.row.kind != emergency.KIND or not self.state.open:
            return None
        return emergency.next_due(emergency.fold(events))


def kept(state: State) -> dict[str, Any]:
    """What the table of requests keeps of what one comes to, besides its clock."""
    return {
        "state": state.state,
        "since": state.since,
        "owner": state.owner or None,
        "level": state.level,
        "joined_to": state.joined_to or None,
        "closed_at": None if state.open else state.since,
    }


def load(connection: Connection, community_id: int) -> dict[str, int]:
    """How many open requests everybody has."""
    rows = connection.execute(
        select(requests.c.owner, func.count())
        .where(
            requests.c.community_id == community_id,
            requests.c.closed_at.is_(None),
            requests.c.owner.is_not(None),
        )
        .group_by(requests.c.owner)
    )
    return {row[0]: row[1] for row in rows}


NO_REQUEST = mark("There is no such request, or it is not yours to see.")
NOT_YOURS = mark("Only those who answer requests there can say this.")
OVER = mark("This request is over: %(how)s. Open it again if it is still needed.")
