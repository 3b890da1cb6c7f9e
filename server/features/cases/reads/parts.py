"""What several pages about cases read: people, contacts, care, and what is open where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.features.cases import rules
from server.features.cases.rules import State
from server.features.cases.tables import CASE_EVENTS, cases
from server.features.cases.views import CareLine, ContactLine, Found, Line
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.people.tables import residents
from server.i18n import say
from server.oplog.events import Event


def open_where(
    connection: Connection, person: Person, what: May, now: int
) -> tuple[dict[int, Household], list[AnyRow]]:
    """Open cases of places where this person has a right, and their doors."""
    rows = connection.execute(
        select(cases)
        .where(cases.c.community_id == person.community_id, cases.c.closed_at.is_(None))
        .order_by(cases.c.opened_at)
    ).all()
    doors = estates.households_by_id(
        connection, person.community_id, {row.household_id for row in rows}
    )
    mine = {one: door for one, door in doors.items() if person.may(what, now, door)}
    return mine, [row for row in rows if row.household_id in mine]


def states_of(connection: Connection, community_id: int, ids: Collection[str]) -> dict[str, State]:
    """What some cases have come to."""
    said: dict[str, list[Event]] = {one: [] for one in ids}
    for case_id, event in CASE_EVENTS.by_thing(connection, community_id, list(ids)):
        said[case_id].append(event)
    return {one: rules.fold(events) for one, events in said.items()}


def residents_by_id(
    connection: Connection, community_id: int, ids: Iterable[int | None]
) -> dict[int, AnyRow]:
    """Who some people are, by their numbers."""
    wanted = [one for one in ids if one is not None]
    rows = connection.execute(
        select(residents).where(
            residents.c.community_id == community_id, residents.c.id.in_(wanted)
        )
    )
    return {row.id: row for row in rows}


class Names:
    """What the people who said something of a case are called."""

    def __init__(self, connection: Connection, community_id: int, events: Sequence[Event]) -> None:
        ids = {one.actor for one in events} | {one.key for one in events if one.what == "own"}
        self._known = people.accounts_by_id(connection, community_id, ids)
        contacts = [one.said["resident"] for one in events if one.what == "contact"]
        found = residents_by_id(connection, community_id, contacts) if contacts else {}
        self._contacts: dict[int | None, str] = {one: row.name for one, row in found.items()}

    def of(self, account_id: str) -> str:
        """A name, or nothing."""
        return self._known[account_id].name if account_id in self._known else ""

    def line(self, event: Event, *, undoable: bool = False) -> Line:
        """An event with its words and who said it."""
        return Line(event, label_of(event), self._about(event), self.of(event.actor), undoable)

    def _about(self, event: Event) -> str:
        """Whom an event is about: who follows up, a contact, who looks after something."""
        if event.what == "own":
            return self.of(event.key)
        if event.what == "contact":
            return self._contacts.get(event.said["resident"], event.key)
        return str(event.said.get("who", ""))


def label_of(event: Event) -> str:
    """What an event is called, in marked words."""
    labels: Mapping[str, Mapping[str, str]] = {
        "step": rules.STEPS,
        "close": rules.ENDS,
        "call": rules.CALLS,
        "disinfect": rules.DISINFECTING,
        "open": rules.WHYS,
    }
    return labels.get(event.what, {}).get(event.key) or rules.SAID[event.what]


def contacts_of(
    connection: Connection, community_id: int, language: str, state: State, own: int
) -> tuple[ContactLine, ...]:
    """Close contacts; those of another household than `own` with where they live."""
    known = residents_by_id(
        connection, community_id, [one.said["resident"] for one in state.contacts.values()]
    )
    doors = estates.households_by_id(
        connection, community_id, {one.household_id for one in known.values()} - {own}
    )
    found = []
    for key, event in state.contacts.items():
        who = known.get(event.said["resident"])
        door = doors.get(who.household_id) if who else None
        found.append(
            ContactLine(
                who.id if who else None,
                who.household_id if who else None,
                who.name if who else key,
                say(language, door.short_words) if door else "",
                bool(event.said.get("round")),
                event.said.get("until"),
                tuple(event.said.get("notices") or ()),
            )
        )
    return tuple(found)


def doors_typed(
    connection: Connection, person: Person, language: str, typed: str, now: int
) -> tuple[Found, ...]:
    """The doors that what was typed may mean, of those where the person may run cases."""
    if not typed.strip():
        return ()
    return tuple(
        Found(
            door.household,
            say(language, door.words),
            people.residents_of(connection, person.community_id, door.household),
        )
        for door in estates.find_doors(connection, person.community_id, typed)
        if person.may(May.RUN_CASES, now, door)
    )


def cares_of(state: State) -> tuple[CareLine, ...]:
    """Whom and what somebody looks after, or should."""
    return tuple(
        CareLine(
            key,
            rules.LEFT_BEHIND[event.said["whom"]],
            event.said.get("who", ""),
            event.said.get("until"),
            bool(event.said.get("done")),
        )
        for key, event in state.cares.items()
    )
