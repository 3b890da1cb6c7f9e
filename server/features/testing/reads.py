"""Named queries for pages about testing days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.estates.tables import floors as floors_table
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.people.scopes import scopes
from server.features.people.tables import residents
from server.features.rounds import rules as round_rules
from server.features.rounds.reads import parts
from server.features.rounds.tables import assignments, round_doors, round_stairwells, rounds
from server.features.testing import day as days
from server.features.testing import pacing, rules
from server.features.testing.day import Day, SiteDay
from server.features.testing.tables import excuses, test_records, test_rounds, test_stairwells
from server.features.testing.tables import tubes as tubes_table
from server.features.testing.views import (
    AtHome,
    DayPage,
    DoorPage,
    Expected,
    FloorCell,
    LastTest,
    NewDay,
    Next,
    SitePage,
    SiteView,
    StairwellRow,
    Tube,
    TubesPage,
    Turn,
    Workplace,
)
from server.i18n import say


def making(connection: Connection, person: Person, language: str) -> NewDay:
    """What a new testing day can be about. Raises `NotAllowed`."""
    now = clock.now()
    if not person.leads(now):
        raise NotAllowed("testing")
    mine = parts.led(person, estates.places(connection, person.community_id))
    return NewDay(scopes(connection, person.community_id, language, mine))


def day(connection: Connection, person: Person, language: str, round_id: str) -> DayPage:
    """A testing day with every site. Raises `NotThere`, `NotAllowed`."""
    found = _load(connection, person.community_id, round_id)
    now = clock.now()
    places = estates.places(connection, person.community_id, found.stairwells)
    if not any(person.may(May.CALL, now, place) for place in places.values()):
        raise NotAllowed(round_id)
    words = _words(connection, person.community_id, found, places, language)
    sums = connection.execute(
        select(round_stairwells).where(
            round_stairwells.c.community_id == person.community_id,
            round_stairwells.c.round_id == round_id,
        )
    )
    return DayPage(
        round=parts.head(found.round),
        tube=found.test.tube,
        pace=found.test.pace,
        most=found.test.most,
        sites=tuple(_site_view(found, site, words, now) for site in found.sites),
        tally=parts.total(parts.tally(row) for row in sums),
        missing=sum(floor.open for floor in found.floors.values()),
        may_lead=all(person.may(May.LEAD, now, place) for place in places.values()),
        may_see_results=person.may(May.SEE_RESULTS, now),
        seq=parts.newest(connection, person.community_id),
    )


def site(
    connection: Connection, person: Person, language: str, round_id: str, site_id: str
) -> SitePage:
    """One site, for those who call or work there. Raises `NotThere`, `NotAllowed`."""
    found = _load(connection, person.community_id, round_id)
    now = clock.now()
    here = next((one for one in found.sites if one.site.id == site_id), None)
    if here is None:
        raise NotThere(site_id)
    places = estates.places(connection, person.community_id, here.stairwells)
    works = _works(connection, person, round_id, here.stairwells)
    if not works and not any(person.may(May.CALL, now, place) for place in places.values()):
        raise NotAllowed(site_id)
    everywhere = estates.places(connection, person.community_id, found.stairwells)
    words = _words(connection, person.community_id, found, everywhere, language)
    names = {one.site.id: one.site.name for one in found.sites}
    return SitePage(
        round=parts.head(found.round),
        pace=found.test.pace,
        site=_site_view(found, here, words, now),
        others=tuple(
            (one, words.place(one), names.get(row.site_id, ""))
            for one, row in found.stairwells.items()
            if row.site_id != site_id and one in everywhere
        ),
        may_lead=all(person.may(May.LEAD, now, place) for place in places.values()),
        may_mark=works or all(person.may(May.LEAD, now, place) for place in places.values()),
        seq=parts.newest(connection, person.community_id),
    )


def _load(connection: Connection, community_id: int, round_id: str) -> Day:
    found = days.load(connection, community_id, round_id)
    if found is None:
        raise NotThere(round_id)
    return found


def _works(
    connection: Connection, person: Person, round_id: str, stairwells: Iterable[int]
) -> bool:
    """True where the person was given one of these stairwells for the day."""
    table = assignments.c
    given = connection.execute(
        select(table.stairwell_id).where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.account_id == person.id,
            table.stairwell_id.in_(list(stairwells)),
            table.until.is_(None),
        )
    ).first()
    return given is not None


class _Words:
    """How stairwells and floors are called, in one language."""

    def __init__(
        self, language: str, places: Mapping[int, Place], labels: Mapping[int, dict[int, str]]
    ) -> None:
        self._language = language
        self.places = places
        self.labels = labels

    def place(self, stairwell: int) -> str:
        return say(self._language, self.places[stairwell].short_words)

    def floors(self, stairwell: int, levels: Iterable[int]) -> str:
        return rules.said(list(levels), self.labels.get(stairwell, {}))


def _words(
    connection: Connection,
    community_id: int,
    found: Day,
    places: Mapping[int, Place],
    language: str,
) -> _Words:
    rows = connection.execute(
        select(floors_table.c.stairwell_id, floors_table.c.level, floors_table.c.label).where(
            floors_table.c.community_id == community_id,
            floors_table.c.stairwell_id.in_(list(found.stairwells)),
        )
    )
    labels: dict[int, dict[int, str]] = {}
    for stairwell, level, label in rows:
        labels.setdefault(stairwell, {})[level] = label
    return _Words(language, places, labels)


def _site_view(found: Day, here: SiteDay, words: _Words, now: int) -> SiteView:
    expected = [one for one in found.floors.values() if one.stairwell in here.stairwells]
    left = sum(one.open for one in expected)
    return SiteView(
        id=here.site.id,
        name=here.site.name,
        place=here.site.place,
        hours=here.site.hours,
        medics=here.site.medics,
        people=sum(one.people for one in expected),
        swabbed=len(here.seen.swabbed),
        waiting=here.seen.waiting(),
        on_their_way=round(pacing.on_their_way(here.seen, now)),
        rate=round(pacing.service_rate(here.seen), 1),
        finish=pacing.finish(here.seen, here.queue, now) if left else None,
        most=here.limits.waiting,
        next=_next(here, words, now),
        still=pacing.stands_still(here.seen, now),
        stairwells=tuple(
            _stairwell(found, one, words) for one in here.stairwells if one in words.places
        ),
    )


def _next(here: SiteDay, words: _Words, now: int) -> Next | None:
    proposal = pacing.propose(here.seen, here.queue, now, here.limits)
    if proposal is None:
        return None
    if not proposal.floors:
        return Next(0, "", "", (), 0, 0, proposal.why)
    stairwell = proposal.floors[0].stairwell
    levels = sorted(level for floor in proposal.floors for level in floor.levels)
    return Next(
        stairwell,
        words.place(stairwell),
        words.floors(stairwell, levels),
        tuple(levels),
        sum(floor.people for floor in proposal.floors),
        max(0, -(-(proposal.at - now) // clock.MINUTE)),
        proposal.why,
    )


def _stairwell(found: Day, stairwell: int, words: _Words) -> StairwellRow:
    cells = []
    for (place, level), floor in sorted(found.floors.items(), key=lambda one: -one[0][1]):
        if place != stairwell:
            continue
        call = found.calls.get((place, level))
        state = "done" if not floor.open else call.state if call else "waiting"
        cells.append(
            FloorCell(
                level,
                words.labels.get(stairwell, {}).get(level, str(level)),
                floor.people,
                floor.open,
                sum(count for _, count in found.arrived.get((place, level), ())),
                state,
                call.times if call else 0,
                call.at if call and call.state == rules.CALLED else None,
                found.coming.get((place, level), 0),
            )
        )
    row = found.stairwells[stairwell]
    return StairwellRow(
        stairwell, words.place(stairwell), words.places[stairwell].short, row.held, tuple(cells)
    )


# One household


def door(
    connection: Connection, person: Person, language: str, round_id: str, household_id: int
) -> DoorPage:
    """One household on a testing day. Raises `NotThere`, `NotAllowed`."""
    community_id, now = person.community_id, clock.now()
    found = _load(connection, community_id, round_id)
    place = estates.household(connection, community_id, household_id)
    row = connection.execute(
        select(round_doors).where(
            round_doors.c.community_id == community_id,
            round_doors.c.round_id == round_id,
            round_doors.c.household_id == household_id,
        )
    ).first()
    if place is None or row is None:
        raise NotThere(household_id)
    works = _works(connection, person, round_id, [place.stairwell])
    may_mark = works or person.may(May.LEAD, now, place)
    if not (may_mark or person.may(May.CALL, now, place) or person.may(May.SEE_PEOPLE, now, place)):
        raise NotAllowed(household_id)
    here = found.site_of(place.stairwell)
    return DoorPage(
        round=parts.head(found.round),
        household=household_id,
        stairwell=place.stairwell,
        place=say(language, place.words),
        site=here.site.name if here else "",
        card=place.card_number,
        due=row.due,
        answer=row.answer or "",
        people=tuple(_expected(connection, community_id, round_id, household_id)),
        may_mark=may_mark,
        seq=parts.newest(connection, community_id),
    )


def _expected(
    connection: Connection, community_id: int, round_id: str, household_id: int
) -> Iterable[Expected]:
    said = dict(
        connection.execute(
            select(excuses.c.resident_id, excuses.c.reason).where(
                excuses.c.community_id == community_id,
                excuses.c.round_id == round_id,
                excuses.c.household_id == household_id,
            )
        ).all()
    )
    tube_of = {
        resident: row.code
        for row in connection.execute(
            select(tubes_table.c.code, tubes_table.c.residents).where(
                tubes_table.c.community_id == community_id, tubes_table.c.round_id == round_id
            )
        )
        for resident in row.residents
    }
    for one in people.residents_of(connection, community_id, household_id):
        if one.present:
            yield Expected(one.id, one.name, said.get(one.id, ""), tube_of.get(one.id, ""))


def door_by_card(connection: Connection, person: Person, card: str) -> tuple[str, int]:
    """The open testing day and the household that a card belongs to, for those who work there.

    Raises `NotThere`, to anybody else too: who guesses numbers learns nothing.
    """
    found = estates.household_by_card(connection, person.community_id, card)
    if found is None:
        raise NotThere(card)
    table = round_doors.c
    row = connection.execute(
        select(rounds.c.id)
        .join(
            test_rounds,
            (test_rounds.c.community_id == rounds.c.community_id)
            & (test_rounds.c.round_id == rounds.c.id),
        )
        .join(
            round_doors,
            (table.community_id == rounds.c.community_id) & (table.round_id == rounds.c.id),
        )
        .where(
            rounds.c.community_id == person.community_id,
            rounds.c.status == round_rules.OPEN,
            table.household_id == found.household,
        )
        .order_by(rounds.c.made_at.desc())
        .limit(1)
    ).first()
    if row is None or not (
        person.may(May.CALL, clock.now(), found)
        or _works(connection, person, row.id, [found.stairwell])
    ):
        raise NotThere(card)
    return row.id, found.household


# Tubes, and who is swabbed at home


def tubes(connection: Connection, person: Person, language: str, round_id: str) -> TubesPage:
    """The tubes of a day; results only for those who may know. Raises `NotThere`, `NotAllowed`."""
    community_id, now = person.community_id, clock.now()
    found = _load(connection, community_id, round_id)
    sees = person.may(May.SEE_RESULTS, now)
    if not sees and not _works(connection, person, round_id, found.stairwells):
        raise NotAllowed(round_id)
    rows = connection.execute(
        select(tubes_table)
        .where(tubes_table.c.community_id == community_id, tubes_table.c.round_id == round_id)
        .order_by(tubes_table.c.filled_at.desc())
    ).all()
    return TubesPage(
        round=parts.head(found.round),
        tube=found.test.tube,
        tubes=tuple(
            Tube(row.code, len(row.residents), row.filled_at, (row.result or "") if sees else "")
            for row in rows
        ),
        waiting=sum(row.result is None for row in rows),
        homes=tuple(_at_home(connection, community_id, language, round_id)),
        may_see_results=sees,
        may_lead=person.leads(now),
        seq=parts.newest(connection, community_id),
    )


def _at_home(
    connection: Connection, community_id: int, language: str, round_id: str
) -> Iterable[AtHome]:
    rows = connection.execute(
        select(excuses.c.household_id, residents.c.name, round_doors.c.answer)
        .join(
            residents,
            (residents.c.community_id == excuses.c.community_id)
            & (residents.c.id == excuses.c.resident_id),
        )
        .join(
            round_doors,
            (round_doors.c.community_id == excuses.c.community_id)
            & (round_doors.c.round_id == excuses.c.round_id)
            & (round_doors.c.household_id == excuses.c.household_id),
        )
        .where(
            excuses.c.community_id == community_id,
            excuses.c.round_id == round_id,
            excuses.c.reason == rules.HOME,
        )
        .order_by(round_doors.c.stairwell_id, round_doors.c.level.desc())
    ).all()
    places = estates.households_by_id(connection, community_id, [row.household_id for row in rows])
    for row in rows:
        place = say(language, places[row.household_id].words)
        yield AtHome(row.household_id, place, row.name, row.answer in days.FINAL)


# What a household is told


def turns(connection: Connection, person: Person, language: str) -> tuple[Turn, ...]:
    """What a household is told of testing days that are open or about to be."""
    place = estates.household(connection, person.community_id, person.household_id or 0)
    if place is None:
        return ()
    table, home = round_doors.c, place.household
    rows = connection.execute(
        select(rounds.c.id, table.answer, table.level, table.stairwell_id)
        .join(
            test_rounds,
            (test_rounds.c.community_id == rounds.c.community_id)
            & (test_rounds.c.round_id == rounds.c.id),
        )
        .join(
            round_doors,
            (table.community_id == rounds.c.community_id) & (table.round_id == rounds.c.id),
        )
        .where(
            rounds.c.community_id == person.community_id,
            rounds.c.status.in_([round_rules.OPEN, round_rules.PAUSED]),
            table.household_id == home,
            table.due > 0,
        )
        .order_by(rounds.c.made_at.desc())
        .limit(2)
    ).all()
    return tuple(
        _turn(_load(connection, person.community_id, row.id), row, clock.now()) for row in rows
    )


def _turn(found: Day, row: AnyRow, now: int) -> Turn:
    here = found.site_of(row.stairwell_id)
    call = found.calls.get((row.stairwell_id, row.level))
    waits = None
    if row.answer in days.FINAL:
        state = "done"
    elif row.answer == rules.HERE:
        state = "here"
    elif call is not None:
        state = call.state
    else:
        state = "wait"
        if here is not None:
            waits = pacing.turn(
                here.seen, here.queue, now, here.limits, row.stairwell_id, row.level
            )
    return Turn(
        parts.head(found.round),
        here.site.name if here else "",
        here.site.place if here else "",
        state if waits or state != "wait" else "unknown",
        waits.minutes if waits else 0,
        waits.floors_before if waits else 0,
        (call.notice_id or "") if call else "",
    )


def last_tests(connection: Connection, person: Person) -> tuple[LastTest, ...]:
    """When each of one's own household was last tested, and what came of it."""
    if person.household_id is None:
        return ()
    rows = connection.execute(
        select(residents.c.name, residents.c.id, test_records.c.tested_at, test_records.c.result)
        .join(
            test_records,
            (test_records.c.community_id == residents.c.community_id)
            & (test_records.c.resident_id == residents.c.id),
        )
        .where(
            residents.c.community_id == person.community_id,
            residents.c.household_id == person.household_id,
        )
        .order_by(test_records.c.tested_at)
    )
    newest = {row.id: LastTest(row.name, row.tested_at, row.result) for row in rows}
    return tuple(newest.values())


def tested_within(
    connection: Connection, community_id: int, resident_id: int, hours: int, now: int
) -> bool:
    """Whether somebody's last test was negative and no older: all that a pass may ask."""
    row = connection.execute(
        select(test_records.c.tested_at, test_records.c.result)
        .where(
            test_records.c.community_id == community_id,
            test_records.c.resident_id == resident_id,
        )
        .order_by(test_records.c.tested_at.desc())
        .limit(1)
    ).first()
    return (
        row is not None
        and row.result == rules.NEGATIVE
        and row.tested_at >= now - hours * clock.HOUR
    )


def sites_of(connection: Connection, person: Person) -> tuple[Workplace, ...]:
    """The sites of open days at which somebody works."""
    table, site = assignments.c, days.sites.c
    rows = connection.execute(
        select(rounds.c.id, rounds.c.title, site.id.label("site"), site.name, rounds.c.version)
        .join(
            assignments,
            (table.community_id == rounds.c.community_id) & (table.round_id == rounds.c.id),
        )
        .join(
            test_stairwells,
            (test_stairwells.c.community_id == table.community_id)
            & (test_stairwells.c.round_id == table.round_id)
            & (test_stairwells.c.stairwell_id == table.stairwell_id),
        )
        .join(
            days.sites,
            (site.community_id == rounds.c.community_id) & (site.id == test_stairwells.c.site_id),
        )
        .where(
            rounds.c.community_id == person.community_id,
            rounds.c.status.in_([round_rules.OPEN, round_rules.PAUSED]),
            table.account_id == person.id,
            table.until.is_(None),
        )
        .distinct()
    )
    return tuple(Workplace(*row) for row in rows)
