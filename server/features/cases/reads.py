"""Named queries about cases: the desk, one case, a household's own, and counts for bulletins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.cases import rules
from server.features.cases.file import event_of, events_by_case, events_of
from server.features.cases.rules import Event, State
from server.features.cases.tables import case_events, cases
from server.features.cases.views import (
    BuildingCases,
    BuildingProgress,
    CareLine,
    CaseLine,
    CasePage,
    ContactLine,
    Desk,
    Found,
    Line,
    Look,
    OwnCase,
    OwnCases,
    Told,
)
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.notices import rules as notice_rules
from server.features.notices.tables import reach
from server.features.people import looks
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import HOUSEHOLD, May, may, scope_of
from server.features.people.tables import residents, views
from server.features.rounds.reads import parts
from server.features.rounds.tables import rounds
from server.i18n import say

SHOWN_AFTER = 14 * clock.DAY
"""How long a household sees a case that is closed."""

LOOKED_ONCE = clock.HOUR
"""Drawing the desk again within this time is one look at the doors it shows."""

MOST_LOOKS = 30


# The desk


def desk(connection: Connection, person: Person, language: str, typed: str = "") -> Desk:
    """What needs a person now, and every open case by building. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.SEE_CASES, now):
        raise NotAllowed("cases")
    doors, rows = _open_where(connection, person, May.SEE_CASES, now)
    states = _states(connection, community_id, [row.id for row in rows])
    homes = _homes(connection, community_id, [row.resident_id for row in rows])
    names = people.accounts_by_id(
        connection, community_id, {one.owner for one in states.values() if one.owner}
    )
    lines = [
        CaseLine(
            id=row.id,
            household=row.household_id,
            building=row.building_id,
            place=say(language, doors[row.household_id].short_words),
            step=rules.STEPS.get(row.step, ""),
            since=states[row.id].since,
            owner=names[row.owner].name if row.owner in names else "",
            dangers=tuple(
                rules.dangers(
                    states[row.id], now, moved=homes.get(row.resident_id) != row.household_id
                )
            ),
        )
        for row in rows
    ]
    pressing = sorted((one for one in lines if one.dangers), key=lambda one: one.dangers[0].since)
    found = _found(connection, person, language, typed, now) if typed.strip() else ()
    return Desk(
        pressing=tuple(pressing),
        buildings=tuple(_by_building(connection, community_id, language, lines)),
        typed=typed.strip(),
        found=found,
        may_run=person.may_somewhere(May.RUN_CASES, now),
        seq=parts.newest(connection, community_id),
    )


def _open_where(
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


def _states(connection: Connection, community_id: int, ids: Collection[str]) -> dict[str, State]:
    said: dict[str, list[Event]] = {one: [] for one in ids}
    for case_id, event in events_by_case(connection, community_id, list(ids)):
        said[case_id].append(event)
    return {one: rules.fold(events) for one, events in said.items()}


def _homes(connection: Connection, community_id: int, ids: Collection[int]) -> dict[int, int]:
    """Where people live now."""
    rows = connection.execute(
        select(residents.c.id, residents.c.household_id).where(
            residents.c.community_id == community_id, residents.c.id.in_(list(ids))
        )
    )
    return {row.id: row.household_id for row in rows}


def _by_building(
    connection: Connection, community_id: int, language: str, lines: Sequence[CaseLine]
) -> Iterable[BuildingCases]:
    """Open cases by building, in the order of the estate."""
    held = {line.building for line in lines}
    places: dict[int, str] = {}
    for place in estates.places(connection, community_id).values():
        if place.building in held:
            places.setdefault(place.building, say(language, place.building_words))
    for building, words in places.items():
        yield BuildingCases(words, tuple(one for one in lines if one.building == building))


def _found(
    connection: Connection, person: Person, language: str, typed: str, now: int
) -> tuple[Found, ...]:
    """The doors that what was typed may mean, of those where the person may open a case."""
    return tuple(
        Found(
            door.household,
            say(language, door.words),
            people.residents_of(connection, person.community_id, door.household),
        )
        for door in estates.find_doors(connection, person.community_id, typed)
        if person.may(May.RUN_CASES, now, door)
    )


# One case


def case(connection: Connection, person: Person, language: str, case_id: str) -> CasePage:
    """One case with everything said of it. Raises `NotThere`, also for who may not see it."""
    now, community_id = clock.now(), person.community_id
    row = connection.execute(
        select(cases).where(cases.c.community_id == community_id, cases.c.id == case_id)
    ).first()
    if not person.may_somewhere(May.SEE_CASES, now):
        raise NotAllowed(case_id)  # said before anything is looked up
    if row is None:
        raise NotThere(case_id)
    door = estates.household(connection, community_id, row.household_id)
    if door is None or not person.may(May.SEE_CASES, now, door):
        raise NotThere(case_id)
    events = events_of(connection, community_id, [case_id])
    state = rules.fold(events)
    who = _residents(connection, community_id, [row.resident_id])[row.resident_id]
    named = _Names(connection, community_id, events)
    held = people.staff_roles(connection, community_id, now)
    able = [one for one, roles in held.items() if may(roles, May.SEE_CASES, door, now)]
    accounts = people.accounts_by_id(connection, community_id, able)
    step = state.step_key
    return CasePage(
        id=row.id,
        household=row.household_id,
        place=say(language, door.words),
        name=who.name,
        born=who.born,
        positives=tuple(named.line(one) for one in state.positives if not one.again),
        step=state.step,
        next=rules.may_follow(step),
        dangers=tuple(
            rules.dangers(state, now, moved=who.household_id != row.household_id)
            if not state.closed
            else ()
        ),
        owner=named.of(state.owner),
        owner_phone=state.phone,
        mine=state.owner == person.id,
        may_own=tuple((one.id, one.name) for one in accounts.values()),
        booked=state.booked,
        confirmed=state.confirmed.key if state.confirmed else "",
        doubted=state.doubted,
        waiting=step in rules.WAITING,
        called=state.tried,
        disinfecting=state.disinfecting,
        building_told=state.step.said.get("building", "") if state.step else "",
        contacts=_contacts(connection, community_id, language, state, row.household_id),
        others=tuple(
            one
            for one in people.residents_of(connection, community_id, row.household_id)
            if one.id != row.resident_id and f"r{one.id}" not in state.contacts
        ),
        rounds=_isolating(connection, community_id),
        cares=_cares(state),
        story=tuple(_story(named, events, state)),
        closed=state.closed,
        told=_told(connection, community_id, events, row.household_id),
        may_run=person.may(May.RUN_CASES, now, door),
        seq=parts.newest(connection, community_id),
    )


class _Names:
    """What the people who said something of a case are called."""

    def __init__(self, connection: Connection, community_id: int, events: Sequence[Event]) -> None:
        ids = {one.actor for one in events} | {one.key for one in events if one.what == "own"}
        self._known = people.accounts_by_id(connection, community_id, ids)
        contacts = [one.said["resident"] for one in events if one.what == "contact"]
        found = _residents(connection, community_id, contacts) if contacts else {}
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


def _story(named: _Names, events: Sequence[Event], state: State) -> Iterable[Line]:
    """Everything said, the newest first; the last step and a closing can be taken back."""
    told = (one for one in events if not one.repeats)
    for event in sorted(told, key=lambda one: (one.at, one.seq), reverse=True):
        last = event.what == "close" or (
            event.what == "step" and event.key == state.step_key and state.closed is None
        )
        yield named.line(event, undoable=last and not event.undone)


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


def _contacts(
    connection: Connection, community_id: int, language: str, state: State, own: int
) -> tuple[ContactLine, ...]:
    known = _residents(
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
                who.name if who else key,
                say(language, door.short_words) if door else "",
                bool(event.said.get("round")),
            )
        )
    return tuple(found)


def _residents(
    connection: Connection, community_id: int, ids: Iterable[int | None]
) -> dict[int, AnyRow]:
    wanted = [one for one in ids if one is not None]
    rows = connection.execute(
        select(residents).where(
            residents.c.community_id == community_id, residents.c.id.in_(wanted)
        )
    )
    return {row.id: row for row in rows}


def _cares(state: State) -> tuple[CareLine, ...]:
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


def _isolating(connection: Connection, community_id: int) -> tuple[tuple[str, str], ...]:
    """Rounds of home isolation that are open."""
    rows = connection.execute(
        select(rounds.c.id, rounds.c.title)
        .where(
            rounds.c.community_id == community_id,
            rounds.c.kind == "isolation",
            rounds.c.status == "open",
        )
        .order_by(rounds.c.made_at.desc())
        .limit(10)
    )
    return tuple((row.id, row.title) for row in rows)


def _told(
    connection: Connection, community_id: int, events: Sequence[Event], household_id: int
) -> Told | None:
    """Whether the household has heard of the last that it was told."""
    for event in sorted(events, key=lambda one: one.seq, reverse=True):
        line = connection.execute(
            select(reach).where(
                reach.c.community_id == community_id,
                reach.c.notice_id.in_(list(event.said.get("notices") or ())),
                reach.c.household_id == household_id,
            )
        ).first()
        if line is not None:
            return Told(line.notice_id, event.at, notice_rules.reached(line))
    return None


def open_cases_of(
    connection: Connection, person: Person, resident_ids: Collection[int]
) -> dict[int, str]:
    """The open cases of some people, of those that this person may see."""
    _, rows = _open_where(connection, person, May.SEE_CASES, clock.now())
    return {row.resident_id: row.id for row in rows if row.resident_id in resident_ids}


def contacts_on(
    connection: Connection, community_id: int, round_id: str, household_id: int
) -> set[int]:
    """The residents of a household who are close contacts in open cases and on this round."""
    table = case_events.c
    rows = connection.execute(
        select(case_events)
        .join(cases, (cases.c.community_id == table.community_id) & (cases.c.id == table.case_id))
        .where(
            table.community_id == community_id,
            table.what == "contact",
            cases.c.closed_at.is_(None),
        )
        .order_by(table.seq)
    )
    latest: dict[tuple[str, str], Event] = {}
    for row in rows:
        event = event_of(row)
        latest[row.case_id, event.key] = event
    return {
        one.said["resident"]
        for one in latest.values()
        if one.said.get("is_contact", True)
        and (one.said.get("round"), one.said.get("household")) == (round_id, household_id)
    }


# Who looked


def looked(
    connection: Connection, person: Person, household_ids: Collection[int], now: int, once: int = 0
) -> None:
    """Write down that somebody looked at cases of these households; within `once` ms only once."""
    looks.looked(connection, person, "case", household_ids, now, once)


# A household's own


def mine(connection: Connection, person: Person, language: str) -> OwnCases:
    """The cases of one's household and of those one acts for, and who of the staff has looked."""
    now, community_id = clock.now(), person.community_id
    homes = {*scope_of(person.roles, HOUSEHOLD, now).get("household", ())}
    homes |= {person.household_id} - {None}
    rows = connection.execute(
        select(cases)
        .where(
            cases.c.community_id == community_id,
            cases.c.household_id.in_(list(homes)),
            cases.c.closed_at.is_(None) | (cases.c.closed_at > now - SHOWN_AFTER),
        )
        .order_by(cases.c.opened_at.desc())
    ).all()
    who = _residents(connection, community_id, [row.resident_id for row in rows])
    doors = estates.households_by_id(connection, community_id, {row.household_id for row in rows})
    return OwnCases(
        tuple(
            _own(
                connection, language, row, who[row.resident_id].name,
                doors[row.household_id] if row.household_id != person.household_id else None,
            )
            for row in rows
        ),
        tuple(_looks(connection, community_id, homes)) if rows else (),
        parts.newest(connection, community_id),
    )  # fmt: skip


def _own(
    connection: Connection, language: str, row: AnyRow, name: str, other: Household | None
) -> OwnCase:
    events = events_of(connection, row.community_id, [row.id])
    state = rules.fold(events)
    named = _Names(connection, row.community_id, events)
    contacts = _contacts(connection, row.community_id, language, state, row.household_id)
    clean = state.disinfecting
    first = state.positives[0]
    return OwnCase(
        id=row.id,
        name=name,
        whose=say(language, other.short_words) if other else "",
        why=rules.WHYS[first.key],
        opened_at=first.at,
        step=state.step,
        booked=state.booked if state.confirmed is None else None,
        confirmed=state.confirmed.key if state.confirmed else "",
        doubted=state.doubted is not None,
        owner=named.of(state.owner),
        owner_phone=state.phone,
        cares=tuple(one for one in _cares(state) if not one.done),
        isolated=tuple(one.name for one in contacts if not one.place and one.resident),
        clean=clean,
        closed=row.closed_why or "",
        story=tuple(
            named.line(one)
            for one in reversed(rules.in_order(events))
            if one.what in _TO_THE_HOUSEHOLD and not one.again
        ),
    )


_TO_THE_HOUSEHOLD = ("open", "book", "confirm", "step", "disinfect", "close")
"""What a household reads of the story; the rest is how the staff go about it."""


def _looks(connection: Connection, community_id: int, homes: Collection[int]) -> Iterable[Look]:
    rows = connection.execute(
        select(views.c.account_id, views.c.at)
        .where(
            views.c.community_id == community_id,
            views.c.what == "case",
            views.c.household_id.in_(list(homes)),
        )
        .order_by(views.c.at.desc())
        .limit(MOST_LOOKS)
    ).all()
    names = people.accounts_by_id(connection, community_id, {row.account_id for row in rows})
    seen: set[str] = set()
    for row in rows:
        if row.account_id in names and row.account_id not in seen:
            seen.add(row.account_id)
            yield Look(names[row.account_id].name, row.at)


# Counts


def progress(
    connection: Connection, community_id: int, since: int, until: int
) -> tuple[BuildingProgress, ...]:
    """Each building's cases in figures, for those that had any before `until`.

    `new` counts what was opened from `since` up to, not including, `until`; how far transfers have
    got is as of `until`. A case that was a mistake was none. Counts only: no person and no flat;
    whoever publishes them leaves out buildings with fewer than `rules.SMALLEST` households.
    """
    rows = connection.execute(
        select(cases.c.id, cases.c.building_id).where(cases.c.community_id == community_id)
    ).all()
    said: dict[str, list[Event]] = {row.id: [] for row in rows}
    for case_id, event in events_by_case(connection, community_id, list(said)):
        if event.at < until:
            said[case_id].append(event)
    by_building: dict[int, list[State]] = {}
    for row in rows:
        state = rules.fold(said[row.id])
        mistake = state.closed is not None and state.closed.key == rules.MISTAKE
        if state.opened is not None and not mistake:
            by_building.setdefault(row.building_id, []).append(state)
    return tuple(
        _figures(building, states, since) for building, states in sorted(by_building.items())
    )


def _figures(building: int, states: Sequence[State], since: int) -> BuildingProgress:
    """The figures of one building's cases as they stood; one closed at home waits no longer."""
    new = [one for one in states if one.opened and one.opened.at >= since]
    steps = Counter(
        one.step_key for one in states if one.closed is None or one.step_key not in rules.WAITING
    )
    return BuildingProgress(
        building=building,
        new=len(new),
        tested_at=max((one.tested_at for one in new if one.tested_at), default=None),
        awaiting=steps[rules.ASKED],
        coming=steps[rules.COMING],
        picked_up=steps[rules.PICKED_UP],
        arrived=steps[rules.ARRIVED],
        returned=steps[rules.RETURNED],
        last_case_at=max((one.opened.at for one in states if one.opened), default=None),
    )
