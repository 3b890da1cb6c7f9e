"""Whose stairwells: given by hand, evenly, in parts, and taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Annotated, NamedTuple

from msgspec import Meta
from sqlalchemy import insert, select, update

from server.features.estates.tables import floors
from server.features.estates.tables import stairwells as stairwell_table
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.tables import accounts, roles
from server.features.rounds import rules, scope
from server.features.rounds.tables import assignments, round_stairwells
from server.i18n import mark
from server.oplog.envelope import Number, Numbers, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation

FloorLabel = Annotated[str, Meta(max_length=8)]
"""A floor as it is painted on the wall; empty means no limit on that side."""

People = Annotated[list[Uuid], Meta(max_length=100)]

Part = tuple[int | None, int | None]
WHOLE: Part = (None, None)


class Share(NamedTuple):
    """A stairwell, or a part of it, and who carries it."""

    stairwell: int
    account: str
    part: Part = WHOLE


class _Assignment(Op):
    """What giving and taking back have in common."""

    round: Uuid

    def check(self, at: Moment, asked: Asked, ids: list[int]) -> None:
        """Raises `Refused` unless the asker leads these stairwells, and they are in the round."""
        scope.find(at, self.round)
        known = scope.stairwells_of(at.connection, at.community_id, self.round)
        if not ids or not set(ids) <= set(known):
            raise Refused(scope.NOT_IN_ROUND)
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        scope.must_lead(at, person, ids, asked.corrected_at)

    def give(self, at: Moment, asked: Asked, shares: Iterable[Share]) -> None:
        """Write assignments from the time of making on; somebody may carry two parts of one."""
        given = list(shares)
        before: Counter[tuple[int, str]] = Counter()
        rows = []
        for share in given:
            whose = (share.stairwell, share.account)
            rows.append(
                {
                    "community_id": at.community_id,
                    "round_id": self.round,
                    "stairwell_id": share.stairwell,
                    "account_id": share.account,
                    "seq": asked.seq,
                    "nth": before[whose],
                    "low": share.part[0],
                    "high": share.part[1],
                    "since": asked.corrected_at,
                }
            )
            before[whose] += 1
        if rows:
            at.connection.execute(insert(assignments), rows)
        self.tell(at, asked, {one.stairwell for one in given}, {one.account for one in given})

    def end(
        self, at: Moment, asked: Asked, ids: Collection[int], accounts: Collection[str]
    ) -> set[str]:
        """End assignments of these stairwells, of these people or of everybody; says whose.

        One made after this was, that the asker had not seen either, stays.
        """
        table = assignments.c
        ending = (
            update(assignments)
            .where(
                table.community_id == at.community_id,
                table.round_id == self.round,
                table.stairwell_id.in_(list(ids)),
                table.until.is_(None),
                (table.since <= asked.corrected_at) | (table.seq <= asked.seen),
            )
            .values(until=asked.corrected_at)
            .returning(table.account_id)
        )
        if accounts:
            ending = ending.where(table.account_id.in_(list(accounts)))
        return set(at.connection.execute(ending).scalars())

    def tell(self, at: Moment, asked: Asked, ids: Iterable[int], people: Iterable[str]) -> None:
        """Boards and the picture show who is assigned."""
        asked.subject = f"/rounds/{self.round}"
        at.tell(
            f"round:{self.round}",
            *(f"work:{one}" for one in people),
            *(f"board:{self.round}:{one}" for one in ids),
        )


@operation("round.assign", label=mark("Assign stairwells"))
class Assign(_Assignment):
    """Give stairwells, or some floors of them, to one person or a pair."""

    stairwells: Numbers
    accounts: People
    low: FloorLabel = ""
    high: FloorLabel = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.check(at, asked, self.stairwells)
        must_be_staff(at, self.accounts)
        parts = {one: part_of(at, one, self.low, self.high) for one in self.stairwells}
        shares = [
            Share(stairwell, account, part)
            for stairwell, part in parts.items()
            for account in dict.fromkeys(self.accounts)
        ]
        self.end(at, asked, self.stairwells, self.accounts)
        self.give(at, asked, shares)


@operation("round.unassign", label=mark("Take stairwells back"))
class Unassign(_Assignment):
    """End assignments; marks made before still count."""

    stairwells: Numbers
    accounts: People = []

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.check(at, asked, self.stairwells)
        ended = self.end(at, asked, self.stairwells, self.accounts)
        self.tell(at, asked, self.stairwells, ended)


@operation("round.hand_on", label=mark("Hand floors to somebody else"))
class HandOn(_Assignment):
    """Somebody who carries a stairwell gives floors of it to another; the rest stays theirs."""

    stairwell: Number
    account: Uuid
    low: FloorLabel = ""
    high: FloorLabel = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        must_be_staff(at, [self.account])
        if self.account == asked.actor:
            raise Refused(TO_ONESELF)
        given = part_of(at, self.stairwell, self.low, self.high)
        mine = self._mine(at, asked)
        if not mine:
            raise Refused(NOT_CARRIED)
        self.end(at, asked, [self.stairwell], [asked.actor])
        kept = [Share(self.stairwell, asked.actor, part) for part in rules.without(mine, given)]
        self.give(at, asked, [*kept, Share(self.stairwell, self.account, given)])
        self.tell(at, asked, [self.stairwell], [asked.actor])
        asked.subject = f"/rounds/{self.round}/stairwells/{self.stairwell}"

    def _mine(self, at: Moment, asked: Asked) -> list[Part]:
        table = assignments.c
        rows = at.connection.execute(
            select(table.low, table.high).where(
                table.community_id == at.community_id,
                table.round_id == self.round,
                table.stairwell_id == self.stairwell,
                table.account_id == asked.actor,
                table.until.is_(None),
            )
        )
        return [(low, high) for low, high in rows]


@operation("round.assign_evenly", label=mark("Share stairwells evenly"))
class AssignEvenly(_Assignment):
    """Give every stairwell that nobody has to the volunteers of a team, loads even."""

    team: str = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        loads = self._loads(at)
        self.check(at, asked, list(loads))
        volunteers = self._volunteers(at, asked.corrected_at)
        if not volunteers:
            raise Refused(NO_VOLUNTEERS)
        given = carried_in(at, self.round)
        carried: Counter[str] = Counter()
        for share in given:
            carried[share.account] += loads.get(share.stairwell, 0)
        taken = {share.stairwell for share in given}
        free = {one: doors for one, doors in loads.items() if one not in taken}
        if not free:
            raise Refused(ALL_TAKEN)
        shared = rules.share_evenly(free, volunteers, carried)
        self.give(at, asked, [Share(*one) for one in shared.items()])

    def _loads(self, at: Moment) -> dict[int, int]:
        """Doors of each stairwell of the round, in walking order."""
        rows = at.connection.execute(
            select(round_stairwells.c.stairwell_id, round_stairwells.c.doors)
            .join(
                stairwell_table,
                (stairwell_table.c.community_id == round_stairwells.c.community_id)
                & (stairwell_table.c.id == round_stairwells.c.stairwell_id),
            )
            .where(
                round_stairwells.c.community_id == at.community_id,
                round_stairwells.c.round_id == self.round,
            )
            .order_by(stairwell_table.c.position)
        )
        return dict(rows.all())

    def _volunteers(self, at: Moment, moment: int) -> list[str]:
        found = (
            select(accounts.c.id)
            .join(
                roles,
                (roles.c.community_id == accounts.c.community_id)
                & (roles.c.account_id == accounts.c.id),
            )
            .where(
                accounts.c.community_id == at.community_id,
                accounts.c.revoked_at.is_(None),
                roles.c.role == "volunteer",
                roles.c.since <= moment,
                (roles.c.until.is_(None)) | (roles.c.until > moment),
            )
            .distinct()
            .order_by(accounts.c.id)
        )
        if self.team:
            found = found.where(accounts.c.team == self.team)
        return list(at.connection.execute(found).scalars())


@operation("round.assign_as", label=mark("Assign as in an earlier round"))
class AssignAs(_Assignment):
    """Give every stairwell that nobody has to those who carry it in an earlier round.

    Parts stay parts. Whoever was taken off there, or does not work here any more, is left out.
    """

    earlier: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        scope.find(at, self.earlier)
        here = scope.stairwells_of(at.connection, at.community_id, self.round)
        self.check(at, asked, here)
        free = set(here) - {share.stairwell for share in carried_in(at, self.round)}
        able = people.staff_roles(at.connection, at.community_id, asked.corrected_at)
        shares = [
            share
            for share in carried_in(at, self.earlier)
            if share.stairwell in free and share.account in able
        ]
        if not shares:
            raise Refused(NONE_CARRIED)
        self.give(at, asked, shares)


def carried_in(at: Moment, round_id: str) -> list[Share]:
    """Who carries what in a round now."""
    table = assignments.c
    rows = at.connection.execute(
        select(table.stairwell_id, table.account_id, table.low, table.high)
        .where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.until.is_(None),
        )
        .order_by(table.stairwell_id, table.account_id, table.seq, table.nth)
    )
    return [Share(stairwell, account, (low, high)) for stairwell, account, low, high in rows]


def must_be_staff(at: Moment, ids: Collection[str]) -> None:
    """Raises `Refused` unless all of these are accounts in force."""
    known = at.connection.execute(
        select(accounts.c.id).where(
            accounts.c.community_id == at.community_id,
            accounts.c.id.in_(list(ids)),
            accounts.c.revoked_at.is_(None),
        )
    ).scalars()
    if not ids or set(known) != set(ids):
        raise Refused(NOBODY)


def part_of(at: Moment, stairwell_id: int, low: str, high: str) -> Part:
    """The floors between two labels as levels. Raises `Refused` for a floor there is not."""
    if not low and not high:
        return WHOLE
    levels = dict(
        at.connection.execute(
            select(floors.c.label, floors.c.level).where(
                floors.c.community_id == at.community_id, floors.c.stairwell_id == stairwell_id
            )
        ).all()
    )
    for label in (low, high):
        if label and label not in levels:
            raise Refused(NO_FLOOR, floor=label)
    part = (levels.get(low), levels.get(high))
    if part[0] is not None and part[1] is not None and part[0] > part[1]:
        raise Refused(UPSIDE_DOWN)
    return part


NOBODY = mark("Choose people who can sign in here.")
UPSIDE_DOWN = mark("The lower floor must not be above the upper one.")
NO_VOLUNTEERS = mark("There is no volunteer in this team.")
NO_FLOOR = mark("There is no floor %(floor)s here.")
TO_ONESELF = mark("These floors are yours already.")
NOT_CARRIED = mark("Only who carries this stairwell can hand floors of it on.")
ALL_TAKEN = mark("Every stairwell of this round already has somebody.")
NONE_CARRIED = mark("Nobody who can go now carried, in that round, a stairwell that is free here.")
