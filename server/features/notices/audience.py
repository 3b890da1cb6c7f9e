"""Whom an announcement is meant for: places, floors and duties become households and people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Select, select

from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.estates.tables import floors, households
from server.features.people import reads as people
from server.features.people.rules import EVERYWHERE, STAFF, May, Role, Where, covers, is_a
from server.features.people.staff import LABELS as DUTIES
from server.features.people.tables import accounts
from server.i18n import Words, mark
from server.oplog.envelope import Number, Numbers, Uuid
from server.oplog.kinds import Refused


class Audience(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom an announcement is meant for; what is said together is all meant."""

    compounds: Numbers = []
    buildings: Numbers = []
    stairwells: Numbers = []
    low: Number | None = None  # levels, of every stairwell picked
    high: Number | None = None
    households: Numbers = []
    roles: Annotated[list[str], Meta(max_length=len(STAFF))] = []
    accounts: Annotated[list[Uuid], Meta(max_length=500)] = []

    @property
    def places(self) -> bool:
        """True where stairwells are meant, by whatever holds them."""
        return bool(self.compounds or self.buildings or self.stairwells)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of the reach ledger: a household, or somebody of the staff."""

    key: str
    account: str | None
    household: int | None = None
    stairwell: int | None = None
    level: int | None = None
    stage: int = 0

    @classmethod
    def staff(cls, account_id: str, stage: int) -> Recipient:
        """Somebody of the staff."""
        return cls(account_id, account_id, stage=stage)


def key_of(household_id: int) -> str:
    """What stands for a household in the ledger."""
    return f"h{household_id}"


def resolve(
    connection: Connection,
    community_id: int,
    audience: Audience,
    stages: Sequence[str],
    sender: str,
    at: int,
) -> list[Recipient]:
    """Everybody meant, each once, by the first stage that names them; the sender is left out.

    Raises `Refused` where a floor does not exist, nobody has a duty that is named, or nobody at
    all is meant.
    """
    unknown = {*audience.roles, *stages} - set(STAFF)
    if unknown:
        raise Refused(NO_SUCH_DUTY)
    picked = _stairwells(connection, community_id, audience)
    found: dict[str, Recipient] = {}
    for stage, role in enumerate(stages):
        held = _holders(connection, community_id, [role], picked, at)
        if not held - {sender}:
            raise Refused(NOBODY_ON_DUTY, duty=Words(DUTIES[role]))
        for account_id in sorted(held):
            found.setdefault(account_id, Recipient.staff(account_id, stage))
    last = len(stages)
    others = _holders(connection, community_id, audience.roles, picked, at)
    for account_id in sorted(others | _known(connection, community_id, audience.accounts)):
        found.setdefault(account_id, Recipient.staff(account_id, last))
    for one in _homes(connection, community_id, audience, picked, last):
        found.setdefault(one.key, one)
    if sender not in audience.accounts:
        found.pop(sender, None)
    if not found:
        raise Refused(NOBODY_MEANT)
    return list(found.values())


def may_send(
    connection: Connection,
    community_id: int,
    person: Any,
    audience: Audience,
    stages: Sequence[str],
    at: int,
) -> bool:
    """True where the person may speak to all of these places; to the staff only where they lead.

    Whoever is named works in one of the places where the person may speak.
    """
    if audience.roles or stages or audience.accounts:
        if not person.leads(at):
            return False
    elif not (audience.places or audience.households):
        return bool(person.may(May.ANNOUNCE, at))
    if not _work_there(connection, community_id, person, audience.accounts, at):
        return False
    return all(
        person.may(May.ANNOUNCE, at, one) for one in _places(connection, community_id, audience)
    )


def _work_there(
    connection: Connection, community_id: int, person: Any, accounts: Collection[str], at: int
) -> bool:
    """True where each of these works, in part at least, where the person may announce."""
    if not accounts or person.may(May.ANNOUNCE, at):
        return True
    places = estates.places(connection, community_id).values()
    mine = [place for place in places if person.may(May.ANNOUNCE, at, place)]
    held = people.staff_roles(connection, community_id, at)
    return all(
        any(covers(role, place) for role in held.get(one, ()) for place in mine) for one in accounts
    )


def _places(
    connection: Connection, community_id: int, audience: Audience
) -> Iterable[Place | Where]:
    """Every place that is spoken to."""
    yield from estates.places(
        connection, community_id, _stairwells(connection, community_id, audience)
    ).values()
    doors = estates.households_by_id(connection, community_id, audience.households)
    yield from (
        Where(door.compound, door.building, door.stairwell, door.household)
        for door in doors.values()
    )
    if audience.roles and not audience.places:
        yield EVERYWHERE


def _stairwells(connection: Connection, community_id: int, audience: Audience) -> list[int]:
    if not audience.places:
        return []
    found = estates.stairwells_within(
        connection, community_id, audience.compounds, audience.buildings, audience.stairwells
    )
    if not found:
        raise Refused(NO_SUCH_PLACE)
    if audience.low is not None or audience.high is not None:
        _must_have_floors(connection, community_id, audience, found)
    return found


def _must_have_floors(
    connection: Connection, community_id: int, audience: Audience, picked: Collection[int]
) -> None:
    levels = list(
        connection.execute(
            select(floors.c.level).where(
                floors.c.community_id == community_id, floors.c.stairwell_id.in_(list(picked))
            )
        ).scalars()
    )
    if not any(_within(audience, level) for level in levels):
        lowest, highest = min(levels, default=0), max(levels, default=0)
        raise Refused(NO_SUCH_FLOOR, low=lowest, high=highest)


def _within(audience: Audience, level: int) -> bool:
    low, high = audience.low, audience.high
    return (low is None or level >= low) and (high is None or level <= high)


def _homes(
    connection: Connection,
    community_id: int,
    audience: Audience,
    picked: Collection[int],
    stage: int,
) -> Iterable[Recipient]:
    """Homes that are lived in, in walking order, each with its account where it has one."""
    if not picked and not audience.households:
        return
    for row in connection.execute(_lived_in(community_id, picked, audience.households)):
        if row.household_id in audience.households or _within(audience, row.level):
            yield Recipient(
                key_of(row.household_id),
                row.account_id,
                row.household_id,
                row.stairwell_id,
                row.level,
                stage,
            )


def _lived_in(community_id: int, picked: Collection[int], ids: Collection[int]) -> Select:
    table = households.c
    return (
        select(
            table.id.label("household_id"),
            table.stairwell_id,
            table.level,
            accounts.c.id.label("account_id"),
        )
        .outerjoin(
            accounts,
            (accounts.c.community_id == table.community_id)
            & (accounts.c.household_id == table.id)
            & accounts.c.revoked_at.is_(None),
        )
        .where(
            table.community_id == community_id,
            table.stairwell_id.in_(list(picked)) | table.id.in_(list(ids)),
            ~table.vacant,
            table.use == "home",
        )
        .order_by(table.stairwell_id, table.level.desc(), table.position)
    )


def _holders(
    connection: Connection,
    community_id: int,
    names: Collection[str],
    picked: Collection[int],
    at: int,
) -> set[str]:
    """Who has one of these duties in one of these places; anywhere where none are picked."""
    if not names:
        return set()
    places = list(estates.places(connection, community_id, picked).values()) if picked else []
    return {
        account_id
        for account_id, held in people.staff_roles(connection, community_id, at).items()
        if any(is_a([role], name, at) for name in names for role in held if _touches(role, places))
    }


def _touches(role: Role, places: Collection[Place]) -> bool:
    return not places or any(covers(role, place) for place in places)


def _known(connection: Connection, community_id: int, ids: Collection[str]) -> set[str]:
    found = people.accounts_by_id(connection, community_id, ids) if ids else {}
    return {one.id for one in found.values() if one.revoked_at is None}


NO_SUCH_DUTY = mark("There is no such duty.")
NO_SUCH_PLACE = mark("There is no such place here.")
NO_SUCH_FLOOR = mark("There is no such floor there: its floors go from %(low)s to %(high)s.")
NOBODY_ON_DUTY = mark("Nobody has this duty there: %(duty)s. Give it to somebody or leave it out.")
NOBODY_MEANT = mark("Nobody is meant by this: choose places where people live, or a duty.")
