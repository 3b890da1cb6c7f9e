"""One mediation with everything said in it: for its officer, its sides, and nobody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.mediation import rules
from server.features.mediation.rules import State
from server.features.mediation.tables import MEDIATION_EVENTS, mediation_parties, mediations
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import Words, mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "mediation"
"""What pages about mediations listen to. It names none: everybody may hear which topics change."""


class File:
    """One mediation, for somebody who speaks in it."""

    def __init__(
        self, at: Moment, asked: Asked, row: AnyRow, sides: dict[int, int], events: list[Event]
    ) -> None:
        self.at = at
        self.row = row
        self.sides = sides  # households by side
        self.events = events
        self.state = rules.fold(events)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at

    @classmethod
    def find(cls, at: Moment, asked: Asked, mediation_id: str) -> File:
        """The mediation. Raises `Refused` with the same words where there is none."""
        row = row_of(at.connection, at.community_id, mediation_id)
        if row is None:
            raise Refused(NO_MEDIATION)
        sides = sides_of(at.connection, at.community_id, mediation_id)
        events = MEDIATION_EVENTS.of(at.connection, at.community_id, mediation_id)
        file = cls(at, asked, row, sides, events)
        if not (file.leads or file.stands_by or file.side):
            raise Refused(NO_MEDIATION)
        asked.subject = f"/mediation/{row.id}"
        return file

    @property
    def leads(self) -> bool:
        """True for its officer, while that is their duty."""
        return self.state.officer == self.person.id and self._mediates

    @property
    def stands_by(self) -> bool:
        """True for the officer's deputy, who may take over and reads nothing before."""
        return self.state.deputy == self.person.id and self._mediates

    @property
    def _mediates(self) -> bool:
        return self.person.may_somewhere(May.MEDIATE, self.now)

    @property
    def side(self) -> int:
        """For which side somebody speaks; 0 for none."""
        return side_of(self.sides, self.person)

    def must_lead(self) -> None:
        """Raises `Refused` for everybody but its officer, as where there is none."""
        if not self.leads:
            raise Refused(NO_MEDIATION)

    def must_be_open(self) -> None:
        """Raises `Refused` where it was closed when this was made."""
        closed = self.state.closed
        if closed is not None and closed.at <= self.now:
            raise Refused(IS_CLOSED, how=Words(rules.OUTCOMES[closed.key]))

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said and write what it comes to now."""
        MEDIATION_EVENTS.add(self.at, str(self.row.id), event)
        self.events.append(event)
        self.state = rules.fold(self.events)
        self.at.connection.execute(
            update(mediations)
            .where(
                mediations.c.community_id == self.at.community_id, mediations.c.id == self.row.id
            )
            .values(version=asked.seq, **kept(self.state))
        )
        self.at.tell(TOPIC)
        asked.subject = f"/mediation/{self.row.id}"

    def tell(
        self, asked: Asked, whom: str, title: str, meant: Audience, *, opens: str = ""
    ) -> list[str]:
        """Say to some of those in it that there is a word for them, and never what."""
        return announce.tell(
            self.at,
            asked,
            whom,
            Words(title),
            Words(OPEN_IT),
            meant,
            kind=notices.MEDIATION,
            opens=opens or f"/mediation/{self.row.id}",
        )

    def tell_sides(self, asked: Asked, sides: list[int]) -> list[str]:
        """A word for these sides, all of them with none named."""
        homes = [self.sides[one] for one in sides or self.sides]
        return self.tell(asked, "sides", A_WORD, Audience(households=sorted(homes)))

    def tell_officer(self, asked: Asked, title: str, *, opens: str = "") -> list[str]:
        """A word for its officer."""
        meant = Audience(accounts=[self.state.officer])
        return self.tell(asked, "officer", title, meant, opens=opens)


def kept(state: State) -> dict[str, Any]:
    """What the table keeps of what a mediation comes to."""
    return {
        "officer": state.officer,
        "deputy": state.deputy or None,
        "follow_at": state.follow_at,
        "closed_at": state.closed.at if state.closed else None,
        "outcome": state.closed.key if state.closed else None,
    }


def begin(at: Moment, asked: Asked, sides: list[int], request: str | None) -> File:
    """A mediation in which nothing is said yet."""
    made = {"community_id": at.community_id, "id": asked.id, "officer": asked.actor}
    at.connection.execute(
        insert(mediations),
        made | {"opened_at": asked.corrected_at, "request_id": request, "version": asked.seq},
    )
    parties = [
        {
            "community_id": at.community_id,
            "mediation_id": asked.id,
            "side": side,
            "household_id": home,
        }
        for side, home in enumerate(sides, 1)
    ]
    at.connection.execute(insert(mediation_parties), parties)
    row = row_of(at.connection, at.community_id, asked.id)
    assert row is not None
    return File(at, asked, row, dict(enumerate(sides, 1)), [])


def row_of(connection: Connection, community_id: int, mediation_id: str) -> AnyRow | None:
    """A mediation by id."""
    return connection.execute(
        select(mediations).where(
            mediations.c.community_id == community_id, mediations.c.id == mediation_id
        )
    ).first()


def sides_of(connection: Connection, community_id: int, mediation_id: str) -> dict[int, int]:
    """The households of a mediation by side."""
    table = mediation_parties.c
    rows = connection.execute(
        select(table.side, table.household_id).where(
            table.community_id == community_id, table.mediation_id == mediation_id
        )
    )
    return {row.side: row.household_id for row in rows}


def side_of(sides: dict[int, int], person: Person) -> int:
    """For which side somebody speaks by their own household; 0 for none.

    Whoever acts for a neighbour's household does not for its quarrels.
    """
    return next((one for one, home in sides.items() if home == person.household_id), 0)


NO_MEDIATION = mark("There is no such mediation, or it is not yours.")
IS_CLOSED = mark("This mediation is closed: %(how)s.")
A_WORD = mark("There is a word for you")
OPEN_IT = mark("Open it: only you and the officer read it.")
