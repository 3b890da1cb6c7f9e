"""Who asks: a person with the roles they hold, over which places, and since when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from server.db.bulk import Query, Values, among
from server.features.people import rules
from server.features.people.rules import EVERYWHERE, May, Role, Somewhere
from server.features.people.tables import accounts, roles


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    id: str
    community_id: int
    name: str
    team: str
    household_id: int | None
    language: str
    display: Mapping[str, bool]
    revoked_at: int | None
    roles: tuple[Role, ...]

    def may(self, what: May, moment: int, place: Somewhere = EVERYWHERE) -> bool:
        """True where a role allowed it there and then. Denied by default."""
        return rules.may(self.roles, what, place, moment)

    def may_somewhere(self, what: May, moment: int) -> bool:
        """True where a role allowed it then in some place."""
        return rules.may_somewhere(self.roles, what, moment)

    def is_a(self, role: str, moment: int) -> bool:
        """True where the person held the role then, wherever it reached."""
        return rules.is_a(self.roles, role, moment)

    def homes(self, moment: int) -> frozenset[int]:
        """The households they speak for: their own, and those they were entrusted with then."""
        acting = rules.scope_of(self.roles, rules.HOUSEHOLD, moment).get("household", frozenset())
        return acting if self.household_id is None else acting | {self.household_id}

    def leads(self, moment: int) -> bool:
        """True where the person led anything then."""
        return self.is_a(rules.STEWARD, moment)


_ACCOUNTS = Query(
    select(
        accounts.c.id,
        accounts.c.name,
        accounts.c.team,
        accounts.c.household_id,
        accounts.c.language,
        accounts.c.display,
        accounts.c.revoked_at,
    ).where(accounts.c.community_id == bindparam("community"), among(accounts.c.id, "ids"))
)
_ROLES = Query(
    select(
        roles.c.account_id,
        roles.c.role,
        roles.c.scope,
        roles.c.scope_id,
        roles.c.since,
        roles.c.until,
    ).where(roles.c.community_id == bindparam("community"), among(roles.c.account_id, "ids"))
)


def actors(connection: Connection, community_id: int, ids: Collection[str]) -> Mapping[str, Person]:
    """The people behind these account ids; ids of nobody are left out."""
    if not ids:
        return {}
    wanted = {"community": community_id, "ids": ids}
    held: dict[str, list[Role]] = {}
    for account_id, *role in _ROLES.rows(connection, wanted):
        held.setdefault(account_id, []).append(Role(*role))
    return {
        row[0]: _person(community_id, row, tuple(held.get(row[0], ())))
        for row in _ACCOUNTS.rows(connection, wanted)
    }


def _person(community_id: int, row: Values, roles: tuple[Role, ...]) -> Person:
    account_id, name, team, household_id, language, display, revoked_at = row
    return Person(
        account_id,
        community_id,
        name,
        team,
        household_id,
        language,
        display or {},
        revoked_at,
        roles,
    )
