"""One case, for those who run it, and who is on a round as its close contact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.cases import rules
from server.features.cases.reads import parts
from server.features.cases.rules import State
from server.features.cases.tables import CASE_EVENTS, case_events, cases
from server.features.cases.views import CasePage, ContactLine, ContactTold, Line, Told
from server.features.estates import reads as estates
from server.features.notices import rules as notice_rules
from server.features.notices.tables import reach
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.rounds.reads import parts as round_parts
from server.features.rounds.tables import rounds
from server.i18n import say
from server.oplog.events import Event


def case(
    connection: Connection, person: Person, language: str, case_id: str, typed: str = ""
) -> CasePage:
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
    events = CASE_EVENTS.of(connection, community_id, case_id)
    state = rules.fold(events)
    who = parts.residents_by_id(connection, community_id, [row.resident_id])[row.resident_id]
    named = parts.Names(connection, community_id, events)
    able = people.who_may(connection, community_id, May.SEE_CASES, [door], now)
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
        contacts=tuple(
            ContactTold(line, _heard(connection, community_id, line, row.household_id))
            for line in parts.contacts_of(
                connection, community_id, language, state, row.household_id
            )
        ),
        typed=typed.strip(),
        found=parts.doors_typed(connection, person, language, typed, now),
        others=tuple(
            one
            for one in people.residents_of(connection, community_id, row.household_id)
            if one.id != row.resident_id and f"r{one.id}" not in state.contacts
        ),
        rounds=_isolating(connection, community_id),
        cares=parts.cares_of(state),
        story=tuple(_story(named, events, state)),
        closed=state.closed,
        told=_told(connection, community_id, events, row.household_id),
        may_run=person.may(May.RUN_CASES, now, door),
        seq=round_parts.newest(connection, community_id),
    )


def _story(named: parts.Names, events: Sequence[Event], state: State) -> Iterable[Line]:
    """Everything said, the newest first; the last step and a closing can be taken back."""
    told = (one for one in events if not rules.repeats(one))
    for event in sorted(told, key=lambda one: (one.at, one.seq), reverse=True):
        last = event.what == "close" or (
            event.what == "step" and event.key == state.step_key and state.closed is None
        )
        yield named.line(event, undoable=last and not event.undone)


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
        told = event.said.get("notices") or ()
        line = _line(connection, community_id, told, household_id)
        if line is not None:
            return Told(line.notice_id, event.at, notice_rules.reached(line))
    return None


def _heard(
    connection: Connection, community_id: int, contact: ContactLine, own: int
) -> Told | None:
    """Whether the household of a contact who lives elsewhere has heard."""
    if contact.household in (None, own):
        return None
    line = _line(connection, community_id, contact.notices, contact.household)
    if line is None:
        return None
    return Told(line.notice_id, line.queued_at, notice_rules.reached(line))


def _line(
    connection: Connection, community_id: int, told: Collection[str], household_id: int | None
) -> AnyRow | None:
    """What the ledger says of a household in one of some announcements."""
    return connection.execute(
        select(reach).where(
            reach.c.community_id == community_id,
            reach.c.notice_id.in_(list(told)),
            reach.c.household_id == household_id,
        )
    ).first()


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
        event = CASE_EVENTS.read(row)
        latest[row.case_id, event.key] = event
    return {
        one.said["resident"]
        for one in latest.values()
        if one.said.get("is_contact", True)
        and (one.said.get("round"), one.said.get("household")) == (round_id, household_id)
    }
