"""A chat group's chain, read against the doors that somebody reports for."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.reports import chain, reads
from server.features.reports.chain import Door as ChainDoor
from server.features.reports.pages import shared
from server.features.reports.views import (
    ChainPage,
)
from server.features.rounds.reads import parts
from server.i18n import say


def chain_page(
    connection: Connection, person: Person, language: str, round_id: str, text: str
) -> ChainPage:
    """What a chain says of the doors the person reports for. Raises `NotThere`, `NotAllowed`."""
    found = shared.round_of(connection, person.community_id, round_id)
    places = shared.places_of(connection, person, round_id, May.REPORT)
    read = chain.read(text, _chain_doors(connection, person, language, round_id, places))
    return ChainPage(
        found,
        text[: chain.LONGEST],
        read.proposals,
        read.unread,
        parts.newest(connection, person.community_id),
    )


def _chain_doors(
    connection: Connection,
    person: Person,
    language: str,
    round_id: str,
    places: Mapping[int, Place],
) -> list[ChainDoor]:
    community_id = person.community_id
    stairwells = estates.stairwells_by_id(connection, community_id, places)
    ids = [door.id for one in stairwells.values() for door in one.doors]
    behind: dict[int, list[reads.Behind]] = {}
    for one in reads.behind(connection, community_id, round_id, ids):
        behind.setdefault(one.door, []).append(one)
    return [
        ChainDoor(
            door.id,
            door.label,
            f"{say(language, places[number].short_words)} {door.label}",
            (places[number].address.building, places[number].address.stairwell),
            tuple((one.resident, one.name) for one in behind[door.id]),
            frozenset(one.resident for one in behind[door.id] if one.reported),
        )
        for number, stairwell in stairwells.items()
        for door in stairwell.doors
        if door.id in behind
    ]
