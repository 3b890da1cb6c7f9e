"""Asking to have something erased from the register, and deciding on it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from sqlalchemy import insert, select, update

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.record import erasing, rules
from server.features.record.tables import ASK_EVENTS, erase_asks
from server.i18n import Words, mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation

Reason = Annotated[str, Meta(max_length=rules.LONGEST)]


@operation("record.erase_ask", label=mark("Ask to have something erased"))
class EraseAsk(Op):
    """A household asks that what it need not have given is kept no longer."""

    retention: ClassVar = {"words": NOTES}
    household: Number
    what: str
    words: Reason = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class. Those who keep the register there are told."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        door = estates.household(at.connection, at.community_id, self.household)
        if door is None or self.household not in person.homes(asked.corrected_at):
            raise Refused(NOT_YOURS)
        if self.what not in rules.WHAT:
            raise Refused(NO_WHAT)
        if _waiting(at, self.household):
            raise Refused(ASKED_ALREADY)
        able = people.who_may(
            at.connection, at.community_id, May.KEEP_REGISTER, [door], at.received_at
        )
        told = announce.tell(
            at, asked, "keepers",
            Words(ASKS, {"place": door.words}), Words(DECIDE),
            Audience(accounts=able[:MOST]), kind=notices.REQUEST, opens="/record/asked",
        ) if able else []  # fmt: skip
        said = {"words": self.words.strip(), "notices": told}
        event = Event.of(asked, rules.ASK, self.what, **said)
        at.connection.execute(
            insert(erase_asks).values(
                community_id=at.community_id,
                id=asked.id,
                household_id=self.household,
                version=asked.seq,
                **rules.kept(rules.fold([event])),
            )
        )
        ASK_EVENTS.add(at, asked.id, event)
        _tell(at, asked)


@operation("record.erase", label=mark("Erase what was asked"))
class Erase(Op):
    """Whoever keeps the register erases what a household asked for; it cannot be had back."""

    ask: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        row, door = _open(at, asked, self.ask)
        erasing.forget(at, asked, door.household, rules.FIELDS[row.what])
        _decide(at, asked, row, rules.ERASE, "", Words(IS_ERASED))
        at.tell(f"household:{door.household}", f"stairwell:{door.stairwell}", "register")


@operation("record.decline", label=mark("Do not erase what was asked"))
class Decline(Op):
    """Whoever keeps the register says why something has to stay."""

    retention: ClassVar = {"why": NOTES}
    ask: Uuid
    why: Reason

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        row, _ = _open(at, asked, self.ask)
        why = self.why.strip()
        if not why:
            raise Refused(NO_WHY)
        _decide(at, asked, row, rules.DECLINE, why, Words(IS_DECLINED, {"why": why}))


def _open(at: Moment, asked: Asked, ask: str) -> tuple[AnyRow, Household]:
    """An ask that waits, for whoever keeps the register there; else the same words for all."""
    row = at.connection.execute(
        select(erase_asks).where(
            erase_asks.c.community_id == at.community_id, erase_asks.c.id == ask
        )
    ).first()
    door = estates.household(at.connection, at.community_id, row.household_id) if row else None
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    if row is None or door is None or not person.may(May.KEEP_REGISTER, asked.corrected_at, door):
        raise Refused(NOT_YOURS)
    if row.state != rules.ASKED:
        raise Refused(DECIDED)
    return row, door


def _decide(at: Moment, asked: Asked, row: AnyRow, what: str, why: str, words: Words) -> None:
    told = announce.tell(
        at, asked, "household", Words(YOU_ASKED), words,
        Audience(households=[row.household_id]), kind=notices.REQUEST, opens="/record",
    )  # fmt: skip
    event = Event.of(asked, what, **({"why": why} if why else {}), notices=told)
    ASK_EVENTS.add(at, row.id, event)
    folded = rules.fold(ASK_EVENTS.of(at.connection, at.community_id, row.id))
    at.connection.execute(
        update(erase_asks)
        .where(erase_asks.c.community_id == at.community_id, erase_asks.c.id == row.id)
        .values(version=asked.seq, **rules.kept(folded))
    )
    _tell(at, asked)


def _waiting(at: Moment, household: int) -> bool:
    table = erase_asks.c
    query = select(table.id).where(
        table.community_id == at.community_id,
        table.household_id == household,
        table.state == rules.ASKED,
    )
    return at.connection.execute(query).first() is not None


def _tell(at: Moment, asked: Asked) -> None:
    asked.subject = "/record/asked"
    at.tell("record")


MOST = 500

NOT_YOURS = mark("Nothing was asked here on which you decide.")
NO_WHAT = mark("Choose what is to be erased.")
NO_WHY = mark("Say why it has to stay.")
ASKED_ALREADY = mark("You have asked already. The committee will decide on it first.")
DECIDED = mark("That was decided already.")
ASKS = mark("%(place)s asks to have something erased")
DECIDE = mark("Open it to erase it, or to say why it has to stay.")
YOU_ASKED = mark("You asked to have something erased")
IS_ERASED = mark("It is erased.")
IS_DECLINED = mark("It was not erased: %(why)s")
