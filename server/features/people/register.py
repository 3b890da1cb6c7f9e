"""The register as pages show it: the estate with its figures, a stairwell's cards, a household."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from server import clock
from server.features.estates import reads as estates
from server.features.estates.records import CompoundNode, Household, StairwellNode
from server.features.estates.views import (
    BuildingEntry,
    CompoundEntry,
    PhoneEntry,
    StairwellEntry,
)
from server.features.people import history, reads, signing
from server.features.people.actors import Person
from server.features.people.rules import May, Where
from server.features.people.views import Card as CardView
from server.features.people.views import CardSheet, HouseholdPage
from server.i18n import say


class NotThere(LookupError):
    """There is no such stairwell or household in this community."""


class NotAllowed(PermissionError):
    """It is there, but this person's roles do not reach it."""


def estate(connection: Connection, person: Person, language: str) -> tuple[CompoundEntry, ...]:
    """Compounds, buildings and stairwells whose cards the person manages, with their figures."""
    now = clock.now()
    people = reads.present_by_stairwell(connection, person.community_id)
    entries = []
    for compound in estates.tree(connection, person.community_id):
        kept = [
            node for node in compound.stairwells if person.may(May.MANAGE_CARDS, now, node.place)
        ]
        if kept:
            entries.append(_compound(compound, kept, people, language))
    return tuple(entries)


def phones(connection: Connection, person: Person) -> tuple[PhoneEntry, ...]:
    """The service telephones that the person sets, the community's first, there or not."""
    now, community_id = clock.now(), person.community_id
    known = estates.phones(connection, community_id)
    found = [PhoneEntry(None, "", known.community)] if person.may(May.LEAD, now) else []
    return (
        *found,
        *(
            PhoneEntry(one, phone.compound, phone.number)
            for one, phone in known.compounds.items()
            if person.may(May.LEAD, now, Where(compound=one))
        ),
    )


def _compound(
    compound: CompoundNode, kept: list[StairwellNode], people: dict[int, int], language: str
) -> CompoundEntry:
    return CompoundEntry(
        compound.id,
        compound.name,
        households=sum(node.doors.homes for node in kept),
        people=sum(people.get(node.id, 0) for node in kept),
        vacant=sum(node.doors.vacant for node in kept),
        buildings=tuple(
            BuildingEntry(
                building.id,
                building.number,
                tuple(
                    StairwellEntry(
                        node.id,
                        node.short,
                        say(language, node.place.short_words),
                        node.floors,
                        node.doors.homes,
                    )
                    for node in building.stairwells
                    if node in kept
                ),
            )
            for building in compound.buildings
        ),
    )


def cards(connection: Connection, person: Person, language: str, stairwell_id: int) -> CardSheet:
    """A stairwell's cards as they are, their secrets unknown. Raises `NotThere`, `NotAllowed`."""
    place, homes = _homes(connection, person, stairwell_id)
    return CardSheet(
        stairwell_id,
        say(language, place.words),
        tuple(
            CardView(home.household, say(language, place.words), home.label, home.card_number)
            for home in homes
        ),
    )


def new_cards(
    connection: Connection,
    person: Person,
    stairwell_id: int,
    household_ids: Iterable[int],
    now: int,
) -> dict[int, str]:
    """New secrets for these households of a stairwell, or for all of it; older cards stop working.

    Raises `NotThere` and `NotAllowed`.
    """
    _, homes = _homes(connection, person, stairwell_id)
    wanted = set(household_ids)
    ids = [home.household for home in homes if not wanted or home.household in wanted]
    accounts = reads.household_accounts(connection, person.community_id, ids)
    holders = {account.id: household for household, account in accounts.items()}
    signing.revoke_cards(connection, person.community_id, holders, now)
    made = signing.make(connection, person.community_id, holders, "card", now)
    return {holders[account]: secret for account, secret in made.items()}


def _homes(
    connection: Connection, person: Person, stairwell_id: int
) -> tuple[estates.Place, list[Household]]:
    found = estates.stairwell(connection, person.community_id, stairwell_id)
    if found is None:
        raise NotThere(stairwell_id)
    if not person.may(May.MANAGE_CARDS, clock.now(), found.place):
        raise NotAllowed(stairwell_id)
    doors = [door.id for door in found.doors if door.use == "home" and not door.vacant]
    homes = estates.households_by_id(connection, person.community_id, doors)
    return found.place, list(homes.values())


def household(
    connection: Connection, person: Person, language: str, household_id: int
) -> HouseholdPage:
    """Who lives behind a door, for those who may know. Raises `NotThere`, `NotAllowed`."""
    door = estates.household(connection, person.community_id, household_id)
    if door is None:
        raise NotThere(household_id)
    now = clock.now()
    if not person.may(May.SEE_PEOPLE, now, door):
        raise NotAllowed(household_id)
    return HouseholdPage(
        household_id,
        door.stairwell,
        say(language, door.words),
        door.name,
        tuple(reads.residents_of(connection, person.community_id, household_id)),
        may_set_presence=person.may(May.SET_PRESENCE, now, door),
        may_manage_cards=person.may(May.MANAGE_CARDS, now, door),
        acting=reads.acting_for(connection, person.community_id, household_id, now),
        may_keep=person.may(May.KEEP_REGISTER, now, door),
        tails=reads.phone_tails(connection, person.community_id, household_id),
        gone=reads.moved_away(connection, person.community_id, household_id),
        history=history.of_household(connection, person.community_id, household_id),
    )
