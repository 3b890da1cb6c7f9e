"""One batch: for its buyer by pharmacy, for those who check by door, and who has what of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.custody import reads as custody
from server.features.custody.kinds import CASH
from server.features.custody.reads import ThingLine
from server.features.estates.records import Household
from server.features.medicine import access, rules
from server.features.medicine.file import batch_row, needs_in, path_of
from server.features.medicine.reactions import round_of
from server.features.medicine.reads import parts
from server.features.medicine.reads.lists import on_duty, visible
from server.features.medicine.views import BatchPage, Bought, DoorOf, NeedLine, Pharmacy
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.rounds.reads import parts as round_parts
from server.features.rounds.tables import rounds
from server.ids import derived


def batch(connection: Connection, person: Person, batch_id: str) -> BatchPage:
    """A batch as far as somebody may know of it. Raises `NotThere`, also where they may not."""
    now, community_id = clock.now(), person.community_id
    row = batch_row(connection, community_id, batch_id)
    if row is None:
        raise NotThere(batch_id)
    inside = needs_in(connection, community_id, batch_id)
    doors = parts.doors_of(connection, inside)
    seen = visible(person, row, inside, doors, now)
    named = person.id in access.named(row)
    if not (seen or named):
        raise NotThere(batch_id)
    state = parts.states(connection, community_id, [batch_id])[batch_id]
    known = people.accounts_by_id(connection, community_id, access.named(row))
    names = {key: one.name for key, one in known.items()}
    bought = _bought(connection, seen, doors, state, names, now)
    led = bool(inside) and len(seen) == len(inside) and _minds_all(person, inside, doors, now)
    open_ = row.closed_at is None
    shown = inside if named and open_ else seen
    return BatchPage(
        line=parts.batch_line(row, state, [one.id for one in seen], names),
        buyer=names.get(row.buyer, ""),
        checkers=tuple(names.get(one, "") for one in row.checkers),
        carriers=tuple(names.get(one, "") for one in row.carriers),
        doors=tuple(_doors(connection, person, row, shown, doors, bought, state, names)),
        pharmacies=_by_pharmacy(row, bought.values()),
        reads=bool(seen),
        buys=open_ and person.id == row.buyer,
        checks=open_ and person.id in row.checkers,
        named=open_ and named,
        runs=open_ and (person.id == row.buyer or led),
        people=on_duty(connection, community_id, now) if open_ and led else (),
        who=(row.buyer, *row.checkers),
        collect_round=_round(connection, person, batch_id, "collect"),
        back_round=_round(connection, person, batch_id, "bring_back"),
        out=state.out is not None,
        collecting=state.collecting is not None,
        seq=round_parts.newest(connection, community_id),
    )


def _minds_all(
    person: Person, inside: Sequence[AnyRow], doors: Mapping[int, Household], now: int
) -> bool:
    return all(
        access.minds(person, doors[one.household_id], bool(one.controlled), now) for one in inside
    )


def _bought(
    connection: Connection,
    rows: Sequence[AnyRow],
    doors: Mapping[int, Household],
    state: rules.Batch,
    names: Mapping[str, str],
    now: int,
) -> dict[str, Bought]:
    """What came of the needs that may be read, by need."""
    return {
        line.id: _came_of(line, state, names) for line in parts.lines(connection, rows, doors, now)
    }


def _came_of(line: NeedLine, state: rules.Batch, names: Mapping[str, str]) -> Bought:
    event = state.bought.get(line.id)
    wrong = state.wrong.get(line.id)
    said = event.said if event else {}
    return Bought(
        line,
        state.came_of(line.id),
        str(said.get("instead", "")),
        str(said.get("why", "")),
        int(said.get("fen", 0)),
        tuple(names.get(one, "") for one in state.checks.get(line.id, ())),
        str(wrong.said["wrong"]) if wrong else "",
    )


def _doors(
    connection: Connection,
    person: Person,
    row: AnyRow,
    shown: Sequence[AnyRow],
    doors: Mapping[int, Household],
    bought: Mapping[str, Bought],
    state: rules.Batch,
    names: Mapping[str, str],
) -> Iterable[DoorOf]:
    """The doors of a batch in the order of the estate, each with its things and its money."""
    things = custody.of_about(connection, row.community_id, path_of(row.id))
    homes = sorted(
        {one.household_id for one in shown},
        key=lambda one: (doors[one].building, doors[one].stairwell, doors[one].level, one),
    )
    for home in homes:
        here = [one for one in shown if one.household_id == home]
        controlled = any(one.controlled for one in here)
        lines = tuple(bought[one.id] for one in here if one.id in bought)
        packed = state.to_pack([one.id for one in here])
        looked = [set(state.checks.get(one, ())) for one in packed]
        whole = set.intersection(*looked) if looked else set()
        of_home = tuple(one for one in things if one.household == home)
        yield DoorOf(
            household=home,
            place=doors[home].short_words,
            lines=lines,
            things=of_home,
            only=tuple(sorted(access.named(row))) if controlled else (),
            version=state.version([one.id for one in here]),
            complete=bool(packed) and all(state.is_checked(one) for one in packed),
            checked=tuple(names.get(one, "") for one in sorted(whole)),
            mine=person.id in whole,
            packed=home in state.bags,
            collected=_collected(row, home, of_home),
            spent=sum(one.fen for one in lines),
        )


def _collected(row: AnyRow, home: int, things: Iterable[ThingLine]) -> int:
    """What was taken along in cash, in fen; the change on its way back is none of it."""
    change = derived(f"{row.id} {home}/change")
    return sum(one.amount or 0 for one in things if one.kind_key == CASH and one.id != change)


def _by_pharmacy(row: AnyRow, bought: Iterable[Bought]) -> tuple[Pharmacy, ...]:
    """What is bought, by the pharmacy where it is to be had."""
    found: dict[str, list[Bought]] = {}
    for one in bought:
        found.setdefault(one.need.pharmacy or row.pharmacy, []).append(one)
    return tuple(
        Pharmacy(name, tuple(sorted(lines, key=lambda one: (one.need.name, one.need.household))))
        for name, lines in sorted(found.items())
    )


def _round(connection: Connection, person: Person, batch_id: str, kind: str) -> str:
    """The id of the round of a kind, where it has been made and whoever looks leads somewhere."""
    if not person.leads(clock.now()):
        return ""
    found = connection.execute(
        select(rounds.c.id).where(
            rounds.c.community_id == person.community_id, rounds.c.id == round_of(batch_id, kind)
        )
    ).scalar()
    return str(found or "")
