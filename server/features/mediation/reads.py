"""Named queries for pages about mediations. Each takes a connection; pages get `views`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, false, func, or_, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.mediation import rules
from server.features.mediation.file import row_of, side_of, sides_of
from server.features.mediation.rules import State
from server.features.mediation.tables import MEDIATION_EVENTS, mediation_parties, mediations
from server.features.mediation.views import Index, Line, Page, Said, Side
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.people.rules import May, may_somewhere
from server.features.rounds.reads import parts as round_parts
from server.i18n import mark, translate
from server.oplog.events import Event, in_order

SHOWN = 100
OFFICER, DEPUTY, SIDE = "officer", "deputy", "side"


def index(connection: Connection, person: Person, language: str) -> Index:
    """Those that concern whoever asks: theirs to lead, to stand by, or of their household."""
    now, community_id = clock.now(), person.community_id
    table = mediations.c
    mine = []
    if person.may_somewhere(May.MEDIATE, now):
        mine += [table.officer == person.id, table.deputy == person.id]
    if person.household_id is not None:
        sides = select(mediation_parties.c.mediation_id).where(
            mediation_parties.c.community_id == community_id,
            mediation_parties.c.household_id == person.household_id,
        )
        mine.append(table.id.in_(sides))
    rows = connection.execute(
        select(mediations)
        .where(table.community_id == community_id, or_(false(), *mine))
        .order_by(table.closed_at.is_not(None), table.opened_at.desc())
        .limit(SHOWN)
    ).all()
    lines = tuple(_line(connection, person, row) for row in rows)
    may_open = person.may_somewhere(May.MEDIATE, now)
    return Index(
        lines,
        may_open,
        tuple(_others(connection, person, now)) if may_open else (),
        _counts(connection, community_id) if person.may(May.SEE_COUNTS, now) else None,
        round_parts.newest(connection, community_id),
    )


def mediation(connection: Connection, person: Person, language: str, mediation_id: str) -> Page:
    """One mediation as whoever asks may read it. Raises `NotThere`, also for everybody else."""
    row = row_of(connection, person.community_id, mediation_id)
    if row is None:
        raise NotThere(mediation_id)
    sides = sides_of(connection, person.community_id, mediation_id)
    side = side_of(sides, person)
    staff = person.may_somewhere(May.MEDIATE, clock.now()) and person.id in (
        row.officer,
        row.deputy,
    )
    if not (staff or side):
        raise NotThere(mediation_id)
    events = MEDIATION_EVENTS.of(connection, person.community_id, mediation_id)
    state = rules.fold(events)
    leads = staff and row.officer == person.id
    side = 0 if leads else side
    known = {one.actor for one in events} | {state.deputy} - {""}
    names = people.accounts_by_id(connection, person.community_id, known)
    doors = estates.households_by_id(connection, person.community_id, sides.values())
    deputy = names[state.deputy].name if state.deputy in names else ""
    now = clock.now()
    return Page(
        line=_line(connection, person, row),
        sides=tuple(
            Side(one, home, doors[home].short_words, one in state.accepted)
            for one, home in sorted(sides.items())
        )
        if leads
        else (),
        side=side,
        agreement=_agreement(state) if leads or side else "",
        version=state.version if leads or side else 0,
        accepted=side in state.accepted,
        deputy=state.deputy if leads else "",
        deputy_name=deputy if leads else "",
        others=tuple(_others(connection, person, now)) if leads else (),
        story=tuple(_story(language, events, side)) if leads or side else (),
        seq=round_parts.newest(connection, person.community_id),
    )


def of_request(connection: Connection, community_id: int, request_id: str) -> str:
    """The name of the officer who mediates a request; empty where nobody does."""
    officer = connection.execute(
        select(mediations.c.officer).where(
            mediations.c.community_id == community_id,
            mediations.c.request_id == request_id,
            mediations.c.closed_at.is_(None),
        )
    ).scalar()
    found = people.account(connection, community_id, officer) if officer else None
    return found.name if found else ""


def _line(connection: Connection, person: Person, row: AnyRow) -> Line:
    role = OFFICER if row.officer == person.id else DEPUTY if row.deputy == person.id else SIDE
    about = ""
    if role == OFFICER:
        first = MEDIATION_EVENTS.of(connection, row.community_id, row.id)[0]
        about = first.said["about"]
    officer = people.account(connection, row.community_id, row.officer)
    return Line(
        row.id,
        about,
        role,
        officer.name if officer else "",
        row.opened_at,
        row.follow_at if role == OFFICER else None,
        rules.OUTCOMES[row.outcome] if row.outcome else "",
    )


def _agreement(state: State) -> str:
    return str(state.agreement.said["words"]) if state.agreement else ""


def _others(connection: Connection, person: Person, now: int) -> Iterable[tuple[str, str]]:
    """Who may be deputy."""
    held = people.staff_roles(connection, person.community_id, now)
    able = [one for one in held if one != person.id and may_somewhere(held[one], May.MEDIATE, now)]
    known = people.accounts_by_id(connection, person.community_id, able)
    return sorted(((one, known[one].name) for one in able), key=lambda one: one[1])


def _counts(connection: Connection, community_id: int) -> tuple[int, int] | None:
    """How many are open and closed in the whole community; None where there are so few."""
    table = mediations.c
    every, closed = connection.execute(
        select(func.count(), func.count(table.closed_at)).where(table.community_id == community_id)
    ).one()
    return (every - closed, closed) if every >= rules.SHOWN_FROM else None


def _story(language: str, events: list[Event], side: int) -> Iterable[Said]:
    """What was said, the newest first; for a side only what it may read."""
    for event in reversed(in_order(events)):
        if side and not rules.reads(event, side):
            continue
        if not side and event.what not in LABELS:
            continue
        from_side = event.what in ("answer", "accept")
        whose = translate(language, SIDE_OF, n=event.key) if event.key.isdigit() else ""
        if side and from_side and event.key == str(side):
            whose = translate(language, YOU)
        words = event.said.get("words") or event.said.get("why") or event.said.get("about") or ""
        yield Said(
            event.at,
            whose if from_side else "",
            "" if from_side or side else whose,
            LABELS.get(event.what, ""),
            str(words),
            event.what == "note",
        )


LABELS = {
    "open": mark("Opened"),
    "note": mark("Note for yourself"),
    "say": mark("Said"),
    "answer": mark("Answered"),
    "agreement": mark("Agreement written"),
    "accept": mark("Agreement accepted"),
    "take_over": mark("Taken over by the deputy"),
    "close": mark("Closed"),
}
SIDE_OF = mark("side %(n)s")
YOU = mark("you")
