"""Who may know of a thing: whoever has it or is given it, whose it is, and who answers there."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from server.db.base import AnyRow
from server.features.custody.rules import ACCOUNT, State, objects_to
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import EVERYWHERE, May, Somewhere, may_somewhere


def place_of(connection: Connection, row: AnyRow) -> Somewhere:
    """The door to which it belongs; the whole community where it belongs to none."""
    if row.household_id is None:
        return EVERYWHERE
    door = estates.household(connection, row.community_id, row.household_id)
    assert door is not None, "a household is never deleted"
    return door


def answers(person: Person, place: Somewhere, now: int) -> bool:
    """True for those who answer there for things that belong to people."""
    return person.may(May.SEE_THINGS, now, place)


def whose(person: Person, row: AnyRow, now: int) -> bool:
    """True for those to whose household it belongs."""
    return row.household_id is not None and row.household_id in person.homes(now)


def has(person: Person, state: State) -> bool:
    """True for whoever has it, or is said to have been given it."""
    holds = state.holder.kind == ACCOUNT and state.holder.who == person.id
    return holds or state.offered_to == person.id


def knows(person: Person, row: AnyRow, place: Somewhere, state: State, now: int) -> bool:
    """True for everybody who may read where it is."""
    return (
        has(person, state)
        or whose(person, row, now)
        or answers(person, place, now)
        or objects_to(state, person.id, (), now) is not None
    )


def may_claim(person: Person, only: Collection[str] | None, now: int) -> bool:
    """True for those who may say that they have a thing in their hands whose number they know.

    The number is random and stands on the thing alone; whoever reads it there has the thing.
    """
    return person.may_somewhere(May.HOLD, now) and (not only or person.id in only)


def on_duty(connection: Connection, community_id: int, account_id: str, at: int) -> bool:
    """True where an account was in force then, and may have things in its hands."""
    found = people.person(connection, community_id, account_id)
    if found is None or not (found.account.revoked_at is None or at < found.account.revoked_at):
        return False
    return may_somewhere(found.roles, May.HOLD, at)
