"""What several pages about things read: lines, and what was said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from server.db.base import AnyRow
from server.features.custody.rules import ACCOUNT, HOUSEHOLD, Holder
from server.features.custody.tables import THING_EVENTS, things
from server.features.custody.views import ThingLine
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import Words
from server.oplog.events import Event


def of_about(connection: Connection, community_id: int, about: str) -> tuple[ThingLine, ...]:
    """The things that were taken along for something, such as a batch of medicine, by its path.

    Whoever asks has settled who may know of it.
    """
    rows = connection.execute(
        select(things)
        .where(things.c.community_id == community_id, things.c.about == about)
        .order_by(things.c.closed_at.is_not(None), things.c.id)
    ).all()
    return lines(connection, community_id, rows)


def of_door(
    connection: Connection, community_id: int, about: str, household: int
) -> tuple[ThingLine, ...]:
    """Those of them that belong to one door."""
    rows = connection.execute(
        select(things)
        .where(
            things.c.community_id == community_id,
            things.c.about == about,
            things.c.household_id == household,
        )
        .order_by(things.c.closed_at.is_not(None), things.c.id)
    ).all()
    return lines(connection, community_id, rows)


def newest_of(connection: Connection, community_id: int, abouts: Collection[str]) -> dict[str, int]:
    """The newest number of what was taken along for each of these, by path."""
    query = (
        select(things.c.about, func.max(things.c.version))
        .where(things.c.community_id == community_id, things.c.about.in_(list(abouts)))
        .group_by(things.c.about)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def holding(connection: Connection, person: Person, now: int) -> tuple[ThingLine, ...]:
    """What somebody has in their hands: what is late first, then as it is due."""
    found = lines(connection, person.community_id, rows_of(connection, person, held_by(person)))
    return tuple(sorted(found, key=lambda one: (one.due_at or NEVER, one.since)))


def history(connection: Connection, community_id: int, thing_id: str) -> tuple[Event, ...]:
    """Everything said of a thing, in the order in which it was counted."""
    return tuple(THING_EVENTS.of(connection, community_id, thing_id))


NEVER = 2**53


def held_by(person: Person) -> ColumnElement[bool]:
    """What somebody has."""
    return and_(
        things.c.holder_kind == ACCOUNT, things.c.holder == person.id, things.c.closed_at.is_(None)
    )


def offered_to(person: Person) -> ColumnElement[bool]:
    """What is handed to somebody who has not said yet that they have it."""
    return and_(things.c.offered_to == person.id, things.c.closed_at.is_(None))


def minded_by(connection: Connection, person: Person, now: int) -> ColumnElement[bool]:
    """What belongs to people for whose things somebody answers."""
    places = estates.places(connection, person.community_id)
    mine = [one for one, place in places.items() if person.may(May.SEE_THINGS, now, place)]
    if not mine:
        return things.c.id.is_(None)
    if len(mine) == len(places) and person.may(May.SEE_THINGS, now):
        return things.c.id.is_not(None)
    by_stairwell = estates.households_by_stairwell(connection, person.community_id)
    doors = [door for stairwell in mine for door in by_stairwell.get(stairwell, ())]
    return things.c.household_id.in_(doors)


def rows_of(
    connection: Connection, person: Person, *wanted: ColumnElement[bool]
) -> Sequence[AnyRow]:
    """Things of somebody's community that are any of these."""
    return connection.execute(
        select(things).where(things.c.community_id == person.community_id, or_(*wanted))
    ).all()


def lines(
    connection: Connection, community_id: int, rows: Sequence[AnyRow]
) -> tuple[ThingLine, ...]:
    """Rows as pages list them."""
    holders = [Holder(row.holder_kind, row.holder) for row in rows]
    named = Names(
        connection, community_id, holders, {row.offered_to for row in rows if row.offered_to},
        {row.household_id for row in rows if row.household_id is not None},
    )  # fmt: skip
    return tuple(
        ThingLine(
            row.id,
            row.kind,
            row.label,
            row.amount,
            row.household_id,
            None if row.household_id is None else named.door(row.household_id),
            row.holder_kind,
            named.of(holder),
            row.holder,
            row.since,
            row.offered_to or "",
            named.account(row.offered_to) if row.offered_to else "",
            bool(row.disinfect) and row.cleaned_at is None and row.closed_at is None,
            bool(row.missing),
            row.due_at,
            row.closed_at,
            row.version,
        )
        for row, holder in zip(rows, holders, strict=True)
    )


class Names:
    """What people and doors are called, looked up together."""

    def __init__(
        self,
        connection: Connection,
        community_id: int,
        holders: Iterable[Holder],
        accounts: Iterable[str] = (),
        households: Iterable[int] = (),
    ) -> None:
        ends = [*holders]
        ids = {*accounts, *(one.who for one in ends if one.kind == ACCOUNT)}
        doors = {*households, *(int(one.who) for one in ends if one.kind == HOUSEHOLD)}
        self._accounts = people.accounts_by_id(connection, community_id, ids) if ids else {}
        self._doors = estates.households_by_id(connection, community_id, doors) if doors else {}

    def account(self, account_id: str) -> str:
        """A name, or nothing."""
        return self._accounts[account_id].name if account_id in self._accounts else ""

    def door(self, household_id: int) -> Words:
        """12号楼 3单元 1102."""
        return self._doors[household_id].short_words

    def of(self, holder: Holder) -> Words:
        """A name, a door, or a place as people call it."""
        if holder.kind == HOUSEHOLD:
            return self.door(int(holder.who))
        name = self.account(holder.who) if holder.kind == ACCOUNT else holder.who
        return Words(AS_CALLED, {"name": name})


AS_CALLED = "%(name)s"
"""A name or a place, the same in every language."""
