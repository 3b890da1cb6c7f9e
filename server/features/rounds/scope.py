"""Which stairwells a round is about, who answers for them, and what each door is due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from server.db.base import AnyRow
from server.db.bulk import Query, among
from server.features.estates import reads as estates
from server.features.estates.tables import floors, households
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.rounds.kinds import RoundKind
from server.features.rounds.tables import round_doors, round_stairwells, rounds
from server.i18n import mark
from server.oplog.kinds import Moment, Refused


def find(at: Moment, round_id: str) -> AnyRow:
    """The round's row. Raises `Refused`."""
    row = at.connection.execute(
        select(rounds).where(rounds.c.community_id == at.community_id, rounds.c.id == round_id)
    ).first()
    if row is None:
        raise Refused(NO_SUCH_ROUND)
    return row


def find_led(at: Moment, round_id: str, person: Person, moment: int) -> AnyRow:
    """The round's row, for somebody who leads all of it. Raises `Refused`."""
    row = find(at, round_id)
    must_lead(at, person, stairwells_of(at.connection, at.community_id, round_id), moment)
    return row


def must_lead(at: Moment, person: Person, ids: Collection[int], moment: int) -> None:
    """Raises `Refused` unless the person is steward over every one of these stairwells."""
    if not person.leads(moment):
        raise Refused(NOT_LEAD)
    if person.may(May.LEAD, moment):
        return
    places = estates.places(at.connection, at.community_id, ids)
    if not places or not all(person.may(May.LEAD, moment, one) for one in places.values()):
        raise Refused(NOT_LEAD)


def stairwells_of(connection: Connection, community_id: int, round_id: str) -> list[int]:
    """The stairwells of a round."""
    return list(
        connection.execute(
            select(round_stairwells.c.stairwell_id).where(
                round_stairwells.c.community_id == community_id,
                round_stairwells.c.round_id == round_id,
            )
        ).scalars()
    )


def chosen(at: Moment, scope: Mapping[str, Collection[int]]) -> list[int]:
    """The stairwells of the compounds, buildings and stairwells picked. Raises `Refused`."""
    found = estates.stairwells_within(
        at.connection,
        at.community_id,
        list(scope["compounds"]),
        list(scope["buildings"]),
        list(scope["stairwells"]),
    )
    if not found:
        raise Refused(NOWHERE)
    return found


def entitle(
    at: Moment,
    round_id: str,
    ids: Collection[int],
    kind: RoundKind,
    per: str,
    quantity: int,
    version: int,
) -> None:
    """Write down what every door of these stairwells is due, in place of what was written before.

    Vacant flats are part of the picture and due nothing, and so are shops but where the kind has
    premises. For a round by person it counts who is present, not who is registered.
    """
    if per == "floor":
        doors = list(_landings(at, ids, quantity))
    else:
        doors = list(_doors(at, ids, kind, per, quantity))
    replace_doors(at, round_id, ids, doors, version)


def named(at: Moment, doors: Collection[int], quantity: int) -> list[dict[str, int]]:
    """Doors that were named, each due so much. Raises `Refused` where one is no door here."""
    found = estates.households_by_id(at.connection, at.community_id, doors)
    if len(found) < len({*doors}):
        raise Refused(NO_SUCH_DOOR)
    return [
        {
            "household_id": one.household,
            "stairwell_id": one.stairwell,
            "level": one.level,
            "due": quantity,
        }
        for one in found.values()
    ]


def landing(stairwell_id: int, level: int) -> int:
    """The number that stands for a floor in a round by floor; households are above 0."""
    return -(stairwell_id * 1000 + level)


def _landings(at: Moment, ids: Collection[int], quantity: int) -> Iterable[dict[str, int]]:
    found = at.connection.execute(
        select(floors.c.stairwell_id, floors.c.level).where(
            floors.c.community_id == at.community_id, floors.c.stairwell_id.in_(list(ids))
        )
    )
    for stairwell_id, level in found:
        yield {
            "household_id": landing(stairwell_id, level),
            "stairwell_id": stairwell_id,
            "level": level,
            "due": quantity,
        }


def _doors(
    at: Moment, ids: Collection[int], kind: RoundKind, per: str, quantity: int
) -> Iterable[dict[str, int]]:
    present = present_in(at.connection, at.community_id, ids) if per == "person" else {}
    found = at.connection.execute(
        select(
            households.c.id,
            households.c.stairwell_id,
            households.c.level,
            households.c.vacant,
            households.c.use,
        ).where(
            households.c.community_id == at.community_id,
            households.c.stairwell_id.in_(list(ids)),
        )
    )
    for household_id, stairwell_id, level, vacant, use in found:
        counted = present.get(household_id, 0) if per == "person" else 1
        yield {
            "household_id": household_id,
            "stairwell_id": stairwell_id,
            "level": level,
            "due": 0 if vacant or (use != "home" and not kind.premises) else quantity * counted,
        }


def present_in(connection: Connection, community_id: int, ids: Collection[int]) -> dict[int, int]:
    """How many people are present in each household of these stairwells."""
    return dict(_PRESENT.rows(connection, {"community": community_id, "stairwells": ids}))


_PRESENT = Query(
    select(residents.c.household_id, func.count().label("people"))
    .join(
        households,
        (households.c.community_id == residents.c.community_id)
        & (households.c.id == residents.c.household_id),
    )
    .where(
        residents.c.community_id == bindparam("community"),
        among(households.c.stairwell_id, "stairwells"),
        residents.c.present,
    )
    .group_by(residents.c.household_id)
)


def replace_doors(
    at: Moment,
    round_id: str,
    ids: Collection[int],
    doors: Collection[Mapping[str, int]],
    version: int,
) -> None:
    """Write a round's doors and the empty sums of its stairwells."""
    for table in (round_doors, round_stairwells):
        at.connection.execute(
            delete(table).where(
                table.c.community_id == at.community_id, table.c.round_id == round_id
            )
        )
    here = {"community_id": at.community_id, "round_id": round_id}
    due: dict[int, list[int]] = {stairwell_id: [0, 0] for stairwell_id in ids}
    for door in doors:
        due[door["stairwell_id"]][0] += door["due"] > 0
        due[door["stairwell_id"]][1] += door["due"]
    if doors:
        at.connection.execute(insert(round_doors), [{**here, **door} for door in doors])
    at.connection.execute(
        insert(round_stairwells),
        [
            {
                **here,
                "stairwell_id": stairwell_id,
                "doors": counted,
                "due": items,
                "tally": {},
                "version": version,
            }
            for stairwell_id, (counted, items) in due.items()
        ],
    )


def change_due(
    at: Moment, round_id: str, household_id: int, due: int, version: int, *, quiet: bool = False
) -> None:
    """Have another number of things due at one door of a round, and in its stairwell's sums.

    `quiet` says that something is due otherwise in this round, and not where.
    """
    table = round_doors.c
    this = (
        (table.community_id == at.community_id)
        & (table.round_id == round_id)
        & (table.household_id == household_id)
    )
    before = at.connection.execute(select(table.due, table.stairwell_id).where(this)).one()
    at.connection.execute(update(round_doors).where(this).values(due=due))
    sums = round_stairwells.c
    at.connection.execute(
        update(round_stairwells)
        .where(
            sums.community_id == at.community_id,
            sums.round_id == round_id,
            sums.stairwell_id == before.stairwell_id,
        )
        .values(
            doors=sums.doors + int(due > 0) - int(before.due > 0),
            due=sums.due + due - before.due,
            version=version,
        )
    )
    at.connection.execute(
        update(rounds)
        .where(rounds.c.community_id == at.community_id, rounds.c.id == round_id)
        .values(version=version)
    )
    where = f"due:{round_id}" if quiet else f"board:{round_id}:{before.stairwell_id}"
    at.tell(where, f"round:{round_id}")


NO_SUCH_DOOR = mark("One of these is no door here. Choose doors of this community.")
NO_SUCH_ROUND = mark("There is no such round here.")
NOT_IN_ROUND = mark("Choose stairwells of this round.")
NOT_LEAD = mark("Only a steward of all these stairwells can do this.")
NOWHERE = mark("Choose at least one compound, building or stairwell.")
