"""Whoever is still to be told: by telephone, or by knocking at the door."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from server import clock
from server.features.estates import reads as estates
from server.features.notices import rules, wording
from server.features.notices.reads import parts
from server.features.notices.views import Call, CallList, Door, NotReached
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.rounds.reads import parts as round_parts
from server.i18n import say


def calls(connection: Connection, person: Person, language: str, notice_id: str) -> CallList:
    """The telephone list: who is still to be told, those never tried first.

    A volunteer sees the doors of their stairwells. Raises `NotThere`, `NotAllowed`.
    """
    now = clock.now()
    community_id = person.community_id
    row = parts.row_of(connection, community_id, notice_id)
    others = row.kind not in rules.PRIVATE and (
        person.is_a("volunteer", now) or parts.sends(person, now)
    )
    if not (parts.may_lead(connection, person, row, now) or others):
        raise NotAllowed(notice_id)
    lines = parts.ledger(connection, community_id, notice_id)
    left = [line for line in lines if line.queued_at and not rules.reached(line)]
    doors = estates.households_by_id(
        connection, community_id, [line.household_id for line in left if line.household_id]
    )
    mine = {one: door for one, door in doors.items() if person.may(May.TELL, now, door)}
    numbers = _phones(connection, community_id, list(mine))
    names = people.accounts_by_id(
        connection, community_id, [line.account_id for line in left if line.household_id is None]
    )
    found = [
        Call(
            line.recipient, line.household_id,
            say(language, mine[line.household_id].words), mine[line.household_id].name,
            line.household_id in numbers, line.outcome or "", line.tried,
        )
        for line in left
        if line.household_id in mine
    ] + [
        Call(line.recipient, None, names[line.account_id].name, "", False,
             line.outcome or "", line.tried)
        for line in left
        if line.household_id is None and person.leads(now)
    ]  # fmt: skip
    order = {rules.CALL_BACK: 1, rules.NO_ANSWER: 2}
    return CallList(
        parts.line_of(row, language, now),
        tuple(sorted(found, key=lambda call: (order.get(call.outcome, 0), call.tried))),
        sum(line.told_at is not None for line in lines),
        round_parts.newest(connection, community_id),
    )


def _phones(
    connection: Connection, community_id: int, household_ids: Collection[int]
) -> dict[int, str]:
    """A telephone number of each household that gave one."""
    rows = connection.execute(
        select(residents.c.household_id, residents.c.phone)
        .where(
            residents.c.community_id == community_id,
            residents.c.household_id.in_(list(household_ids)),
            residents.c.phone != "",
        )
        .order_by(residents.c.id.desc())
    )
    return {row.household_id: row.phone for row in rows}


def doors_not_reached(
    connection: Connection, community_id: int, notice_id: str, language: str
) -> NotReached:
    """The doors behind which nobody knows yet; none for an announcement there is not.

    Nor for one that is private: a round would show its doors to all who carry it.
    """
    try:
        row = parts.row_of(connection, community_id, notice_id)
    except NotThere:
        return NotReached("", ())
    if row.kind in rules.PRIVATE:
        return NotReached("", ())
    lines = parts.ledger(connection, community_id, notice_id)
    return NotReached(
        wording.said(row.content, language).title,
        tuple(
            Door(line.household_id, line.stairwell_id, line.level)
            for line in lines
            if line.household_id is not None and line.queued_at and not rules.reached(line)
        ),
    )
