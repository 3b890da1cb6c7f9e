"""The picture of a round: 169 stairwells at a glance, for stewards and for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from server import clock
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.estates.tables import communities
from server.features.people.actors import Person
from server.features.rounds import rules
from server.features.rounds.reads import matters, parts
from server.features.rounds.reads.goods import goods, statement
from server.features.rounds.views import CompoundPicture, Need, RoundPicture, Square, Tally
from server.features.rounds.views_more import PublicRound, RoundCard
from server.i18n import say


def picture(connection: Connection, person: Person, language: str, round_id: str) -> RoundPicture:
    """The steward's page of a round. Raises `NotFound` and `NotYours`."""
    found, places, sums = parts.places_led(connection, person, round_id)
    people = {
        one: tuple(dict.fromkeys(row.name for row in rows))
        for one, rows in parts.assigned(connection, person.community_id, round_id).items()
    }
    return RoundPicture(
        round=found,
        compounds=_compounds(language, places, sums, people),
        tally=parts.total(sums.values()),
        needs=matters.rows(connection, person, language, found, places, sums, people),
        seq=parts.newest(connection, person.community_id),
    )


def public(connection: Connection, language: str, community_id: int, round_id: str) -> PublicRound:
    """A round as everybody may see it: counts by stairwell, no doors, no names.

    Raises `NotFound`, also for a round that has not been opened, and for one that is made for
    something else, which is nobody's business.
    """
    found = parts.find(connection, community_id, round_id)
    if found.status == rules.PLANNED or found.private:
        raise parts.NotFound(round_id)
    sums = parts.tallies(connection, community_id, round_id)
    places = estates.places(connection, community_id, sums)
    return PublicRound(
        community=connection.execute(
            select(communities.c.name).where(communities.c.id == community_id)
        ).scalar_one(),
        round=found,
        compounds=_compounds(language, places, sums, {}),
        tally=parts.total(sums.values()),
        goods=goods(connection, community_id, round_id),
        statement=statement(connection, language, community_id, round_id),
        at=clock.now(),
    )


def _compounds(
    language: str,
    places: Mapping[int, Place],
    sums: Mapping[int, Tally],
    people: Mapping[int, tuple[str, ...]],
) -> tuple[CompoundPicture, ...]:
    """Stairwells as squares under their compounds, in the order of the estate."""
    squares: dict[int, list[Square]] = {}
    names: dict[int, str] = {}
    for one, place in places.items():
        names[place.compound] = place.address.compound
        squares.setdefault(place.compound, []).append(
            Square(one, place.short, say(language, place.words), sums[one], people.get(one, ()))
        )
    return tuple(
        CompoundPicture(
            compound, names[compound], tuple(of), parts.total(square.tally for square in of)
        )
        for compound, of in squares.items()
    )


def pressing(
    connection: Connection, person: Person, language: str, cards: Sequence[RoundCard]
) -> tuple[Need, ...]:
    """What waits for a person in the rounds that are open, each row naming its round."""
    found = []
    for card in cards:
        if card.round.status not in {rules.OPEN, rules.PAUSED}:
            continue
        for need in picture(connection, person, language, card.round.id).needs:
            detail = f"{card.round.title} · {need.detail}"
            found.append(Need(need.kind, need.count, detail, need.href))
    return tuple(found)
