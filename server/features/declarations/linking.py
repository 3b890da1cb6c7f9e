"""Declaring by a building's link: who is not signed in, and shown nothing that is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from server import clock
from server.features.declarations import rules
from server.features.estates.records import Household
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.posters import reads as posters
from server.features.posters.views import Poster
from server.features.rounds import rules as rounds
from server.features.rounds.reads import parts
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class LinkForm:
    """A flat that may be declared for. It says nothing of who lives there."""

    door: Household
    place: Words


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, as they typed it."""

    here: tuple[str, ...]
    away: tuple[str, ...]
    ill: tuple[str, ...]
    tenure: str
    since: str
    where: str
    symptoms: str


@dataclass(frozen=True, slots=True)
class Made:
    """An operation that is to be applied, and in whose name."""

    actor: str
    data: Mapping[str, Any]


def is_open(connection: Connection, poster: Poster) -> bool:
    """True while the poster's screening takes declarations."""
    if poster.round is None:
        return False
    return parts.find(connection, poster.community, poster.round).status == rounds.OPEN


def form(
    connection: Connection, poster: Poster, door: Household | None, proof: str
) -> LinkForm | None:
    """The form of a flat, for whoever proves that they belong there; None for everything else."""
    if door is None or not posters.belongs(connection, door, poster.community, proof):
        return None
    return LinkForm(door, door.short_words)


def asked(connection: Connection, poster: Poster, door: Household, said: Typed) -> Made:
    """The declaration as an operation: in the household's name, else in that of a lead."""
    own = people.household_accounts(connection, poster.community, [door.household])
    account = own.get(door.household)
    if account is not None:
        actor = account.id
    else:
        made_by = posters.made_by(connection, poster)
        actor = people.in_whose_name(
            connection, poster.community, made_by, May.LEAD, [door], clock.now()
        )
    known = {
        one.name: str(one.id)
        for one in people.residents_of(connection, poster.community, door.household)
    }
    return Made(actor, _data(poster, door, said, known))


def _data(
    poster: Poster, door: Household, said: Typed, known: Mapping[str, str]
) -> Mapping[str, Any]:
    """Names that the register has become its people; the others are told as they were typed."""
    where = dict.fromkeys(said.away, rules.AWAY) | dict.fromkeys(said.here, rules.HERE)
    return {
        "round": poster.round,
        "door": door.household,
        "people": {known[name]: place for name, place in where.items() if name in known},
        "others": _unknown(said.here, known),
        "tenure": said.tenure,
        "since": said.since,
        "away": "; ".join(one for one in (said.where, *_unknown(said.away, known)) if one)[:80],
        "ill": list(said.ill),
        "symptoms": said.symptoms,
        "poster": poster.id,
    }


def _unknown(names: Sequence[str], known: Mapping[str, str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name not in known]
