"""One thing with everything said of it: read once, moved, written back, its alarm set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from server.db.base import AnyRow
from server.features.custody import access, rules
from server.features.custody.kinds import KINDS, ThingKind
from server.features.custody.rules import ACCOUNT, HOUSEHOLD, Holder, State
from server.features.custody.tables import THING_EVENTS, things
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import May, Somewhere
from server.i18n import Words, mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "things"
"""What pages about things listen to. It names none: everybody may hear which topics change."""


class Thing:
    """One thing, for somebody who says something of it."""

    def __init__(
        self, at: Moment, asked: Asked, row: AnyRow, place: Somewhere, events: list[Event]
    ) -> None:
        self.at = at
        self.row = row
        self.place = place
        self.events = events
        self.state = rules.fold(events)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.op_id = asked.id
        self.now = asked.corrected_at
        self.speaker = asked.actor  # nobody, where it goes by itself in somebody's name

    @classmethod
    def find(cls, at: Moment, asked: Asked, thing_id: str, *, in_hand: bool = False) -> Thing:
        """The thing. Raises `Refused` with the same words where there is none and where there is.

        Whoever had it once may say late what they did with it; `in_hand` lets also those in who
        have it now and of whom nobody has said so yet.
        """
        row = at.connection.execute(
            select(things).where(things.c.community_id == at.community_id, things.c.id == thing_id)
        ).first()
        if row is None:
            raise Refused(NO_THING)
        events = THING_EVENTS.of(at.connection, at.community_id, thing_id)
        thing = cls(at, asked, row, access.place_of(at.connection, row), events)
        if not (thing.knows or (in_hand and thing.may_claim)):
            raise Refused(NO_THING)
        asked.subject = f"/things/{row.id}"
        return thing

    @classmethod
    def begin(cls, at: Moment, asked: Asked, taker: Holder, **made: Any) -> Thing:
        """A thing that somebody takes along, of which nothing is said yet."""
        at.connection.execute(
            insert(things),
            {
                "community_id": at.community_id,
                "id": asked.id,
                "holder_kind": taker.kind,
                "holder": taker.who,
                "since": asked.corrected_at,
                "version": asked.seq,
                **made,
            },
        )
        row = at.connection.execute(
            select(things).where(things.c.community_id == at.community_id, things.c.id == asked.id)
        ).one()
        return cls(at, asked, row, access.place_of(at.connection, row), [])

    # What it is, and who speaks

    @property
    def id(self) -> str:
        """The thing's."""
        return str(self.row.id)

    @property
    def kind(self) -> ThingKind:
        """What it is."""
        return KINDS[self.row.kind]

    @property
    def knows(self) -> bool:
        """True where whoever speaks may know of it, or had it once."""
        known = access.knows(self.person, self.row, self.place, self.state, self.now)
        return known or self.person.id in self.state.held

    @property
    def may_claim(self) -> bool:
        """True where whoever speaks may say that they have it in their hands."""
        return access.may_claim(self.person, self.row.only, self.now)

    @property
    def answers(self) -> bool:
        """True where whoever speaks answers there for things that belong to people."""
        return access.answers(self.person, self.place, self.now)

    @property
    def holds(self) -> bool:
        """True where whoever speaks has it."""
        return self.state.holder == Holder.account(self.person.id)

    def leads(self) -> list[str]:
        """Those who lead where it belongs."""
        return people.who_may(
            self.at.connection, self.at.community_id, May.LEAD, [self.place], self.now
        )

    def name(self, holder: Holder) -> str | Words:
        """What whoever has it is called: by name, by door, or as the place it is at."""
        if holder.kind == ACCOUNT:
            found = people.account(self.at.connection, self.at.community_id, holder.who)
            return found.name if found else ""
        if holder.kind == HOUSEHOLD:
            door = estates.household(self.at.connection, self.at.community_id, int(holder.who))
            return door.short_words if door else ""
        return holder.who

    def whose(self) -> dict[str, Any]:
        """Who has it and since when, as words of a refusal."""
        zone = estates.zone(self.at.connection, self.at.community_id)
        since = f"{datetime.fromtimestamp(self.state.since / 1000, zone):%H:%M}"
        return {"name": self.name(self.state.holder), "since": since}

    # What must be so

    def must_be_open(self) -> None:
        """Raises `Refused` where it is back at its door."""
        if self.state.closed_at is not None:
            raise Refused(IS_BACK, **self.whose())

    def must_hold(self) -> None:
        """Raises `Refused` for those who do not have it; everybody concerned hears of that.

        Two phones without a signal may both have given it on: the first to count wins.
        """
        if self.holds and self.state.closed_at is None:
            return
        if self.person.id in self.state.held:
            self.clash()
        self.must_be_open()
        raise Refused(NOT_WITH_YOU, **self.whose())

    def must_be_clean(self) -> None:
        """Raises `Refused` where it is to be disinfected before it passes on, and was not."""
        if self.row.disinfect and self.state.cleaned is None:
            raise Refused(CLEAN_IT)

    def clash(self) -> None:
        """Have everybody concerned hear of a word that does not count.

        It outlives the refusal, which undoes only what was written.
        """
        self.at.react("custody.clash", f"{self.id} {self.op_id} {self.person.id}")

    # What is said

    def move(
        self, asked: Asked, event: Event, taker: Holder, *, giver: Holder | None = None
    ) -> None:
        """Have it change hands, no earlier than whoever has it got it; `giver` had it at first."""
        moved = {"from": list(giver or self.state.holder), "to": list(taker)}
        at = self.now if giver else max(self.now, self.state.since)
        self.enter(asked, event._replace(at=at, said={**event.said, **moved}))

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said and write what it comes to now."""
        THING_EVENTS.add(self.at, self.id, event)
        self.events.append(event)
        self.state = rules.fold(self.events)
        self.at.connection.execute(
            update(things)
            .where(things.c.community_id == self.at.community_id, things.c.id == self.row.id)
            .values(version=asked.seq, **kept(self.state))
        )
        self.at.tell(TOPIC)
        asked.subject = f"/things/{self.row.id}"


def kept(state: State) -> dict[str, Any]:
    """What the table of things keeps of what one comes to."""
    return {
        "holder_kind": state.holder.kind,
        "holder": state.holder.who,
        "since": state.since,
        "offered_to": state.offered_to or None,
        "cleaned_at": state.cleaned.at if state.cleaned else None,
        "missing": state.missing is not None,
        "closed_at": state.closed_at,
    }


NO_THING = mark("There is no such thing, or it is not yours to know of.")
CLEAN_IT = mark("Disinfect it first and say so. Then it may pass on.")
NOT_WITH_YOU = mark("%(name)s has it since %(since)s. Ask them, or say that it is missing.")
IS_BACK = mark("It is back with %(name)s since %(since)s: nothing more can be done with it.")
