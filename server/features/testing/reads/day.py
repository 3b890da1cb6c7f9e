"""A testing day and its sites: whom each expects, what it has seen, whom to call next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from server import clock
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.estates.tables import floors as floors_table
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.people.scopes import scopes
from server.features.rounds import rules as round_rules
from server.features.rounds.reads import parts as round_parts
from server.features.rounds.tables import assignments, round_stairwells, rounds
from server.features.testing import pacing, rules
from server.features.testing.day import Day, SiteDay
from server.features.testing.reads import parts
from server.features.testing.tables import sites, test_stairwells
from server.features.testing.views import (
    DayPage,
    FloorCell,
    NewDay,
    Next,
    SitePage,
    SiteView,
    StairwellRow,
    Workplace,
)
from server.i18n import say


def making(connection: Connection, person: Person, language: str) -> NewDay:
    """What a new testing day can be about. Raises `NotAllowed`."""
    now = clock.now()
    if not person.leads(now):
        raise NotAllowed("testing")
    mine = round_parts.led(person, estates.places(connection, person.community_id))
    return NewDay(scopes(connection, person.community_id, language, mine))


def day(connection: Connection, person: Person, language: str, round_id: str) -> DayPage:
    """A testing day with every site. Raises `NotThere`, `NotAllowed`."""
    found = parts.load(connection, person.community_id, round_id)
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
        round=round_parts.head(found.round),
        tube=found.test.tube,
        pace=found.test.pace,
        most=found.test.most,
        sites=tuple(_site_view(found, site, words, now) for site in found.sites),
        tally=round_parts.total(round_parts.tally(row) for row in sums),
        missing=sum(floor.open for floor in found.floors.values()),
        may_lead=all(person.may(May.LEAD, now, place) for place in places.values()),
        may_see_results=person.may(May.SEE_RESULTS, now),
        seq=round_parts.newest(connection, person.community_id),
    )


def site(
    connection: Connection, person: Person, language: str, round_id: str, site_id: str
) -> SitePage:
    """One site, for those who call or work there. Raises `NotThere`, `NotAllowed`."""
    found = parts.load(connection, person.community_id, round_id)
    now = clock.now()
    here = next((one for one in found.sites if one.site.id == site_id), None)
    if here is None:
        raise NotThere(site_id)
    places = estates.places(connection, person.community_id, here.stairwells)
    works = parts.works(connection, person, round_id, here.stairwells)
    if not works and not any(person.may(May.CALL, now, place) for place in places.values()):
        raise NotAllowed(site_id)
    everywhere = estates.places(connection, person.community_id, found.stairwells)
    words = _words(connection, person.community_id, found, everywhere, language)
    names = {one.site.id: one.site.name for one in found.sites}
    return SitePage(
        round=round_parts.head(found.round),
        pace=found.test.pace,
        site=_site_view(found, here, words, now),
        others=tuple(
            (one, words.place(one), names.get(row.site_id, ""))
            for one, row in found.stairwells.items()
            if row.site_id != site_id and one in everywhere
        ),
        may_lead=all(person.may(May.LEAD, now, place) for place in places.values()),
        may_mark=works or all(person.may(May.LEAD, now, place) for place in places.values()),
        seq=round_parts.newest(connection, person.community_id),
    )


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


def sites_of(connection: Connection, person: Person) -> tuple[Workplace, ...]:
    """The sites of open days at which somebody works."""
    table, site = assignments.c, sites.c
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
            sites,
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
