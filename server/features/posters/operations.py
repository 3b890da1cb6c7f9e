"""Hanging posters, and taking them down."""

from __future__ import annotations

import secrets
from typing import Annotated

from msgspec import Meta
from sqlalchemy import insert, select, update

from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.people import codes
from server.features.people.actors import Person
from server.features.posters import rules
from server.features.posters.tables import posters
from server.features.rounds import rules as rounds
from server.features.rounds.kinds import KINDS
from server.features.rounds.reads import parts
from server.i18n import mark
from server.ids import derived
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation

AT_ONCE = 500
"""Buildings that get their posters together."""


@operation("poster.make", label=mark("Make posters with a code"))
class Make(Op):
    """A poster for each of some buildings; those that have one for the same keep it."""

    purpose: Annotated[str, Meta(max_length=12)]
    buildings: Annotated[list[Number], Meta(max_length=AT_ONCE)]
    round: Uuid | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        purpose = rules.PURPOSES.get(self.purpose)
        if purpose is None:
            raise Refused(NO_PURPOSE)
        places = _buildings(at, asked, purpose)
        wanted = dict.fromkeys(self.buildings)
        if not wanted or not set(wanted) <= set(places):
            raise Refused(NOT_YOURS)
        self._must_be_so(at, purpose, places)
        hang = set(
            at.connection.execute(
                select(posters.c.building_id).where(
                    posters.c.community_id == at.community_id,
                    posters.c.purpose == self.purpose,
                    posters.c.round_id == self.round
                    if self.round
                    else posters.c.round_id.is_(None),
                    posters.c.ended_at.is_(None),
                )
            ).scalars()
        )
        rows = [
            {
                "community_id": at.community_id,
                "id": derived(f"{asked.id}/{building}"),
                "code": "".join(secrets.choice(codes.ALPHABET) for _ in range(codes.LENGTH)),
                "purpose": self.purpose,
                "building_id": building,
                "round_id": self.round,
                "made_by": asked.actor,
                "made_at": asked.corrected_at,
                "version": asked.seq,
            }
            for building in wanted
            if building not in hang
        ]
        if rows:
            at.connection.execute(insert(posters), rows)
        asked.subject = "/posters"
        at.tell("posters")

    def _must_be_so(
        self, at: Moment, purpose: rules.Purpose, places: dict[int, list[Place]]
    ) -> None:
        """Raises `Refused` for a round in which nobody declares, or not there."""
        if not purpose.of_round:
            if self.round is not None:
                raise Refused(NO_ROUND)
            return
        if self.round is None:
            raise Refused(NO_ROUND)
        try:
            head = parts.find(at.connection, at.community_id, self.round)
        except parts.NotFound:
            raise Refused(NO_ROUND) from None
        if head.kind is not KINDS[rules.SCREENING] or head.private:
            raise Refused(NO_ROUND)
        if head.status == rounds.CLOSED:
            raise Refused(ROUND_IS_CLOSED)
        within = parts.tallies(at.connection, at.community_id, self.round)
        for building in self.buildings:
            if not any(place.stairwell in within for place in places[building]):
                raise Refused(NOT_IN_ROUND)


@operation("poster.end", label=mark("Take a poster down"))
class End(Op):
    """Its address leads nowhere any more; another can be hung."""

    poster: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        this = (posters.c.community_id == at.community_id) & (posters.c.id == self.poster)
        row = at.connection.execute(select(posters).where(this)).first()
        purpose = rules.PURPOSES.get(row.purpose) if row is not None else None
        mine = _buildings(at, asked, purpose) if purpose is not None else {}
        if row is None or row.building_id not in mine:
            raise Refused(NOT_YOURS)
        if row.ended_at is None:
            ended = {"ended_by": asked.actor, "ended_at": asked.corrected_at}
            at.connection.execute(update(posters).where(this).values(version=asked.seq, **ended))
        asked.subject = "/posters"
        at.tell("posters")


def _buildings(at: Moment, asked: Asked, purpose: rules.Purpose) -> dict[int, list[Place]]:
    """The buildings for which the asker may hang such a poster, with their stairwells."""
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    found: dict[int, list[Place]] = {}
    for place in estates.places(at.connection, at.community_id).values():
        if person.may(purpose.right, asked.corrected_at, place):
            found.setdefault(place.building, []).append(place)
    return found


NO_PURPOSE = mark("Choose what the poster is for.")
NOT_YOURS = mark("You hang no posters there.")
NO_ROUND = mark("Choose a screening in which households declare.")
ROUND_IS_CLOSED = mark("That screening is closed.")
NOT_IN_ROUND = mark("That building is not in the screening.")
