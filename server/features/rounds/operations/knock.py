"""A knocking round for those whom an announcement has not reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta
from sqlalchemy import insert

from server.features.notices import reads as notices
from server.features.people.actors import Person
from server.features.rounds import rules, scope
from server.features.rounds.tables import round_states, rounds
from server.i18n import DEFAULT, mark, translate
from server.oplog.envelope import Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation


@operation("round.knock", label=mark("Knock at the doors not reached"))
class Knock(Op):
    """Make and open a round of the doors that an announcement has not reached.

    Whoever is spoken to there counts as told in the announcement's ledger.
    """

    notice: Uuid
    title: Annotated[str, Meta(max_length=80)] = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        language = person.language or DEFAULT
        found = notices.doors_not_reached(at.connection, at.community_id, self.notice, language)
        if not found.doors:
            raise Refused(ALL_REACHED)
        title = self.title.strip() or translate(language, KNOCK_FOR, title=found.title)
        doors = [
            {
                "household_id": door.household,
                "stairwell_id": door.stairwell,
                "level": door.level,
                "due": 1,
            }
            for door in found.doors
        ]
        make_knocking(at, asked, title, doors, self.notice)


def make_knocking(
    at: Moment,
    asked: Asked,
    title: str,
    doors: Sequence[Mapping[str, int]],
    notice_id: str | None = None,
) -> None:
    """Make and open a knocking round of these doors, for somebody who leads there.

    Raises `Refused` for anybody else.
    """
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    ids = sorted({door["stairwell_id"] for door in doors})
    scope.must_lead(at, person, ids, asked.corrected_at)
    at.connection.execute(
        insert(rounds),
        {
            "community_id": at.community_id,
            "id": asked.id,
            "title": title[:80],
            "kind": "knock",
            "item": "",
            "per": "household",
            "quantity": 1,
            "scope": {"notice": notice_id},
            "status": rules.OPEN,
            "made_by": asked.actor,
            "made_at": asked.corrected_at,
            "notice_id": notice_id,
            "version": asked.seq,
        },
    )
    at.connection.execute(
        insert(round_states),
        {
            "community_id": at.community_id,
            "round_id": asked.id,
            "seq": asked.seq,
            "status": rules.OPEN,
            "at": asked.corrected_at,
            "actor": asked.actor,
        },
    )
    scope.replace_doors(at, asked.id, ids, doors, asked.seq)
    asked.subject = f"/rounds/{asked.id}/assign"
    at.tell("rounds", f"round:{asked.id}")


KNOCK_FOR = mark("Knock: %(title)s")
ALL_REACHED = mark("There is no door left to knock at: everybody was reached or has no door here.")
