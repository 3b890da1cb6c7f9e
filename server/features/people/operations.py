"""What may be asked about people: who is here, and cards that must stop working."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from sqlalchemy import insert, select, update

from server.features.estates import reads as estates
from server.features.estates.tables import buildings, compounds, stairwells
from server.features.people.actors import Person
from server.features.people.reads import household_accounts
from server.features.people.rules import HOUSEHOLD, STAFF, May
from server.features.people.signing import end_sessions, revoke_cards
from server.features.people.tables import accounts, residents, roles
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation


@operation("resident.presence", label=mark("Say who is here"))
class Presence(Op):
    """Say whether a resident is here; what rounds are due by person follows it."""

    resident: Number
    present: bool

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        table = residents.c
        row = at.connection.execute(
            select(table.household_id).where(
                table.community_id == at.community_id, table.id == self.resident
            )
        ).first()
        if row is None:
            raise Refused(NOBODY)
        stairwell = _must(at, asked, May.SET_PRESENCE, row.household_id)
        at.connection.execute(
            update(residents)
            .where(table.community_id == at.community_id, table.id == self.resident)
            .values(present=self.present)
        )
        asked.subject = f"/households/{row.household_id}"
        at.tell(f"household:{row.household_id}", f"stairwell:{stairwell}")


@operation("card.revoke", label=mark("Revoke a card"))
class Revoke(Op):
    """Make a household's card worthless and sign its phones out."""

    household: Number

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        _must(at, asked, May.MANAGE_CARDS, self.household)
        holders = list(
            at.connection.execute(
                select(accounts.c.id).where(
                    accounts.c.community_id == at.community_id,
                    accounts.c.household_id == self.household,
                )
            ).scalars()
        )
        revoke_cards(at.connection, at.community_id, holders, at.received_at)
        end_sessions(at.connection, at.community_id, holders, at.received_at)
        for holder in holders:
            at.react("push.end", holder)
        asked.subject = f"/households/{self.household}"
        at.tell("sessions")


@operation("account.make", label=mark("Add somebody to the staff"))
class Make(Op):
    """Give somebody an account with one role over the community, a compound or a stairwell.

    The account takes the id of this operation.
    """

    name: Annotated[str, Meta(max_length=40)]
    role: str
    team: str = ""
    scope: str = "community"
    scope_id: Number = 0

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        _must_manage_staff(at, asked)
        if not self.name.strip():
            raise Refused(NO_NAME)
        if self.role not in STAFF or self.team not in {"", "A", "B"}:
            raise Refused(NO_ROLE)
        if not _exists(at, self.scope, self.scope_id):
            raise Refused(NO_PLACE)
        at.connection.execute(
            insert(accounts),
            {
                "community_id": at.community_id,
                "id": asked.id,
                "name": self.name.strip(),
                "team": self.team,
                "made_at": asked.corrected_at,
            },
        )
        at.connection.execute(
            insert(roles),
            {
                "community_id": at.community_id,
                "account_id": asked.id,
                "role": self.role,
                "scope": self.scope,
                "scope_id": self.scope_id or at.community_id,
                "since": asked.corrected_at,
            },
        )
        asked.subject = f"/people/{asked.id}"


@operation("account.revoke", label=mark("Sign somebody out for good"))
class RevokeAccount(Op):
    """End an account: links stop working, phones are signed out, late work is parked."""

    account: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        _must_manage_staff(at, asked)
        if self.account == asked.actor:
            raise Refused(NOT_ONESELF)
        ended = at.connection.execute(
            update(accounts)
            .where(
                accounts.c.community_id == at.community_id,
                accounts.c.id == self.account,
                accounts.c.household_id.is_(None),
                accounts.c.revoked_at.is_(None),
            )
            .values(revoked_at=asked.corrected_at)
        )
        if not ended.rowcount:
            raise Refused(NO_ACCOUNT)
        end_sessions(at.connection, at.community_id, [self.account], at.received_at)
        at.react("push.end", self.account)
        asked.subject = f"/people/{self.account}"
        at.tell("sessions")


@operation("household.entrust", label=mark("Let another household act for this one"))
class Entrust(Op):
    """A relative answers for a household that has no phone; without a card nobody does any more.

    Who acts is named by the number on their own household's card. What they do carries their name.
    """

    household: Number
    card: Annotated[str, Meta(max_length=16)] = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        stairwell = _must(at, asked, May.SET_PRESENCE, self.household)
        own = household_accounts(at.connection, at.community_id, [self.household])
        acting = None
        if self.card.strip():
            acting = self._account(at)
        table = roles.c
        at.connection.execute(
            update(roles)
            .where(
                table.community_id == at.community_id,
                table.role == HOUSEHOLD,
                table.scope == "household",
                table.scope_id == self.household,
                table.until.is_(None),
                table.account_id.not_in([one.id for one in own.values()]),
            )
            .values(until=asked.corrected_at)
        )
        if acting is not None:
            at.connection.execute(
                insert(roles),
                {
                    "community_id": at.community_id,
                    "account_id": acting,
                    "role": HOUSEHOLD,
                    "scope": "household",
                    "scope_id": self.household,
                    "since": asked.corrected_at,
                },
            )
        asked.subject = f"/households/{self.household}"
        at.tell(f"household:{self.household}", f"stairwell:{stairwell}", "sessions", "notices")

    def _account(self, at: Moment) -> str:
        """The account of the household whose card this is. Raises `Refused`."""
        found = estates.household_by_card(at.connection, at.community_id, self.card.strip().upper())
        accounts_ = found and household_accounts(at.connection, at.community_id, [found.household])
        if not found or not accounts_:
            raise Refused(NO_CARD)
        if found.household == self.household:
            raise Refused(OWN_CARD)
        return accounts_[found.household].id


def _must_manage_staff(at: Moment, asked: Asked) -> None:
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    if not person.may(May.MANAGE_STAFF, asked.corrected_at):
        raise Refused(NOT_STAFF)


def _exists(at: Moment, scope: str, scope_id: int) -> bool:
    """True for the community itself, or a place in it."""
    if scope == "community":
        return scope_id in {0, at.community_id}
    table = {"compound": compounds, "building": buildings, "stairwell": stairwells}.get(scope)
    if table is None:
        return False
    found = select(table.c.id).where(
        table.c.community_id == at.community_id, table.c.id == scope_id
    )
    return at.connection.execute(found).first() is not None


def _must(at: Moment, asked: Asked, what: May, household_id: int) -> int:
    """The household's stairwell, for somebody who may. Raises `Refused`."""
    door = estates.household(at.connection, at.community_id, household_id)
    if door is None:
        raise Refused(NO_DOOR)
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    if not person.may(what, asked.corrected_at, door):
        raise Refused(NOT_YOURS)
    return door.stairwell


NOBODY = mark("There is no such resident here.")
NO_DOOR = mark("There is no such household here.")
NOT_YOURS = mark("Your role does not include this household.")
NO_CARD = mark("No household that can sign in has this number on its card.")
OWN_CARD = mark("This is the number of the household itself.")
NO_NAME = mark("Give a name.")
NO_ROLE = mark("Choose a role, and team A, B or none.")
NO_PLACE = mark("There is no such place here.")
NO_ACCOUNT = mark("There is no such account in force here.")
NOT_ONESELF = mark("You cannot sign yourself out for good; another steward can.")
NOT_STAFF = mark("Only a steward of the whole community can do this.")
