"""A batch: made with its buyer and those who check, bought, looked at by two, and closed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, ClassVar

from msgspec import Meta
from sqlalchemy import insert, select

from server import clock
from server.db.base import AnyRow
from server.features.custody import access as hands
from server.features.custody import reads as custody
from server.features.custody.kinds import MOST_FEN, in_fen
from server.features.estates import reads as estates
from server.features.medicine import access, rules, telling
from server.features.medicine.file import (
    NO_NEED,
    BatchFile,
    need_rows,
    open_batches_of,
    path_of,
)
from server.features.medicine.operations.saying import Key, OfBatch, short
from server.features.medicine.tables import BATCH_EVENTS, batch_needs, batches, needs
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import MEDICAL, is_a
from server.i18n import mark
from server.oplog.envelope import Number, Numbers, Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, Stale, operation

MOST = 200
"""Needs of one batch."""

Needs = Annotated[list[Uuid], Meta(max_length=MOST)]
People = Annotated[list[Uuid], Meta(max_length=50)]
LEAST_WITHIN, MOST_WITHIN = 30, 7 * 24 * 60
"""Minutes until everything is to be back."""


@operation("batch.make", label=mark("Make a batch of medicine"))
class Make(Op):
    """What is bought together, at which pharmacy, by whom; two others check, one of them medical.

    The needs are named, or all those of some buildings that are wanted and in no batch. The batch
    takes the id of this operation.
    """

    retention: ClassVar = dict.fromkeys(("needs", "title", "pharmacy"), HEALTH)
    title: str
    buyer: Uuid
    checkers: People
    within: Number  # minutes until everything is back
    pharmacy: str = ""
    carriers: People = []
    needs: Needs = []
    buildings: Numbers = []

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        title = short(self.title, rules.LONGEST_PLACE)
        if not title:
            raise Refused(SAY_TITLE)
        if not LEAST_WITHIN <= self.within <= MOST_WITHIN:
            raise Refused(WRONG_WITHIN)
        pharmacy = short(self.pharmacy, rules.LONGEST_PLACE)
        people = named(at, asked, self.buyer, self.checkers, self.carriers)
        chosen = self._chosen(at, asked, pharmacy)
        at.connection.execute(
            insert(batches),
            {
                "community_id": at.community_id,
                "id": asked.id,
                "title": title,
                "pharmacy": pharmacy,
                **people,
                "due_at": asked.corrected_at + self.within * clock.MINUTE,
                "made_by": asked.actor,
                "made_at": asked.corrected_at,
                "version": asked.seq,
            },
        )
        here = {"community_id": at.community_id, "batch_id": asked.id}
        at.connection.execute(
            insert(batch_needs),
            [{**here, "need_id": one.id, "household_id": one.household_id} for one in chosen],
        )
        due_at = asked.corrected_at + self.within * clock.MINUTE
        at.react("medicine.late", asked.id, due_at)
        told = tell_named(at, asked, asked.id, people)
        BATCH_EVENTS.add(at, asked.id, Event.of(asked, "make", **people, notices=told))
        at.tell("medicine")
        asked.subject = path_of(asked.id)

    def _chosen(self, at: Moment, asked: Asked, pharmacy: str) -> list[AnyRow]:
        """The needs of the batch. Raises `Refused` for one that the asker may not know of."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        by_id = dict.fromkeys(self.needs)
        rows = need_rows(at.connection, at.community_id, by_id) if by_id else self._of(at, pharmacy)
        doors = estates.households_by_id(
            at.connection, at.community_id, {one.household_id for one in rows}
        )
        mine = [
            one
            for one in rows
            if access.minds(person, doors[one.household_id], one.controlled, asked.corrected_at)
        ]
        if by_id and len(mine) < len(by_id):
            raise Refused(NO_NEED)
        if any(one.ended_at is not None for one in mine):
            raise Refused(ENDED_ONE)
        taken = open_batches_of(at.connection, at.community_id, [one.id for one in mine])
        if by_id and taken:
            raise Refused(IN_ANOTHER)
        found = [one for one in mine if one.id not in taken]
        if not found or len(found) > MOST:
            raise Refused(CHOOSE, most=MOST)
        return found

    def _of(self, at: Moment, pharmacy: str) -> list[AnyRow]:
        """What is wanted in some buildings, from this pharmacy or from wherever it is to be had."""
        if not self.buildings:
            return []
        within = estates.stairwells_within(at.connection, at.community_id, (), self.buildings)
        by_stairwell = estates.households_by_stairwell(at.connection, at.community_id)
        doors = [door for one in within for door in by_stairwell.get(one, ())]
        query = select(needs).where(
            needs.c.community_id == at.community_id,
            needs.c.household_id.in_(doors),
            needs.c.ended_at.is_(None),
            needs.c.wanted,
        )
        rows = at.connection.execute(query.order_by(needs.c.id)).all()
        return [one for one in rows if not pharmacy or one.pharmacy in ("", pharmacy)]


@operation("batch.name", label=mark("Name others for a batch"))
class Name(OfBatch):
    """Others buy, check or go to the doors from now on, so that nobody's illness stops a batch.

    What was checked counts while all who check have looked; whoever buys, or has bought something
    of it, does not check.
    """

    buyer: Uuid
    checkers: People
    carriers: People = []

    def say(self, file: BatchFile, asked: Asked) -> None:
        """See the class."""
        if not file.leads:
            raise Refused(LEAD_ONLY)
        file.must_be_open()
        people = named(file.at, asked, self.buyer, self.checkers, self.carriers)
        if {one.actor for one in file.state.bought.values()} & {*self.checkers}:
            raise Refused(HAS_BOUGHT)
        before = access.named(file.row)
        told = tell_named(file.at, asked, file.row.id, people, before)
        file.enter(asked, Event.of(asked, "name", **people, notices=told))


@operation("batch.bought", label=mark("Say what was bought"))
class Bought(OfBatch):
    """The buyer says of each need what came of it; something else only with the patient's yes."""

    retention: ClassVar = dict.fromkeys(("need", "what", "instead", "why", "yuan"), HEALTH)
    need: Uuid
    what: Key = rules.AS_ASKED
    instead: str = ""
    why: str = ""
    yuan: Annotated[str, Meta(max_length=12)] = ""

    def say(self, file: BatchFile, asked: Asked) -> None:
        """See the class."""
        if file.person.id != file.row.buyer:
            raise Refused(BUYER_ONLY)
        if self.need not in file.needs:
            raise Refused(NO_NEED)
        file.must_be_open()
        if self.what not in rules.WHAT:
            raise Refused(SAY_WHAT)
        row = file.needs[self.need]
        why, instead = short(self.why, rules.LONGEST_WHY), short(self.instead)
        fen = in_fen(self.yuan) if self.yuan.strip() else 0
        if fen is None or fen > MOST_FEN:
            raise Refused(SAY_YUAN, most=MOST_FEN // 100)
        if self.what == rules.NONE and not why:
            raise Refused(SAY_WHY)
        if self.what == rules.SUBSTITUTE:
            instead = instead or row.offered
            if not allows(row, instead):
                raise Refused(ASK_FIRST)
        if row.household_id in file.state.bags:
            raise Refused(IS_PACKED)
        said = {
            "need": self.need,
            "instead": instead if self.what == rules.SUBSTITUTE else "",
            "why": why,
            "fen": 0 if self.what == rules.NONE else fen,
        }
        before = file.state.bought.get(self.need)
        again = (
            before is not None
            and before.key == self.what
            and all(before.said[name] == value for name, value in said.items())
            and self.need not in file.state.wrong
        )
        told: list[str] = []
        others = [one for one in file.needs if one != self.need]
        last = all(file.state.came_of(one) for one in others) and before is None
        if last:
            told = telling.staff(
                file.at, asked, "check", telling.TO_CHECK, file.row.checkers, path_of(file.row.id)
            )
        event = Event.of(asked, "bought", self.what, **said, notices=told)
        file.enter(asked, event._replace(again=again))


@operation("batch.check", label=mark("Say that a bag is right"))
class Check(OfBatch):
    """One of the two who check has looked at what was bought for a door, or says what is wrong.

    `version` is what the buyer had said when they looked; what was bought anew is looked at anew.
    """

    retention: ClassVar = {"needs": HEALTH, "wrong": HEALTH}
    needs: Needs
    version: Number = 0
    wrong: str = ""

    def say(self, file: BatchFile, asked: Asked) -> None:
        """See the class."""
        if file.person.id not in file.row.checkers:
            raise Refused(CHECKERS_ONLY)
        file.must_be_open()
        if not self.needs or not set(self.needs) <= set(file.needs):
            raise Refused(NO_NEED)
        looked = file.state.to_pack(self.needs)
        if not looked:
            raise Refused(NOT_BOUGHT)
        if self.version and self.version != file.state.version(self.needs):
            raise Stale(BOUGHT_ANEW)
        for one in looked:
            bought = file.state.bought[one]
            instead = str(bought.said["instead"])
            if instead and not self.wrong and not allows(file.needs[one], instead):
                raise Refused(NO_YES)
        wrong = short(self.wrong, rules.LONGEST_WHY)
        of = {one: file.state.bought[one].seq for one in looked}
        mine = [file.person.id in file.state.checks.get(one, ()) for one in looked]
        told: list[str] = []
        if wrong:
            told = telling.staff(
                file.at,
                asked,
                "wrong",
                telling.WRONG,
                [file.row.buyer],
                path_of(file.row.id),
                urgent=True,
            )
        event = Event.of(asked, "check", of=of, wrong=wrong, notices=told)
        file.enter(asked, event._replace(again=all(mine) and not wrong))


@operation("batch.remind", label=mark("Say that a batch is late"))
class Remind(OfBatch):
    """Everything should be back by now: its buyer and who made it hear. It goes by itself, once."""

    def say(self, file: BatchFile, asked: Asked) -> None:
        """See the class."""
        file.must_be_open()
        if file.now < file.row.due_at:
            raise Refused(NOT_LATE)
        told: list[str] = []
        if not file.state.reminded:
            meant = {file.row.buyer, file.row.made_by}
            told = telling.staff(
                file.at, asked, "late", telling.LATE, meant, path_of(file.row.id), urgent=True
            )
        event = Event.of(asked, "remind", notices=told)
        file.enter(asked, event._replace(again=file.state.reminded))


@operation("batch.close", label=mark("Close a batch of medicine"))
class Close(OfBatch):
    """Everything that was taken along is back at its door, or somebody has said that it is missing.

    Refused while a card, money or a bag is still with somebody, or a need has no answer.
    """

    def say(self, file: BatchFile, asked: Asked) -> None:
        """See the class."""
        file.must_run()
        if file.state.closed is not None:
            file.enter(asked, Event.of(asked, "close")._replace(again=True))
            return
        lines = custody.of_about(file.at.connection, file.at.community_id, path_of(file.row.id))
        still = [one for one in lines if one.closed_at is None and not one.missing]
        if still:
            first = still[0]
            raise Refused(STILL_OUT, count=len(still), name=first.holder.params.get("name", ""))
        without = [one for one in file.needs if not file.state.came_of(one)]
        if without:
            raise Refused(NO_ANSWER, count=len(without))
        packed = {file.needs[one].household_id for one in file.state.to_pack(file.needs)}
        if packed - file.state.bags.keys():
            raise Refused(NOT_PACKED)
        file.enter(asked, Event.of(asked, "close"))
        file.at.react("medicine.closed", f"{file.row.id} {asked.actor}")


def named(
    at: Moment, asked: Asked, buyer: str, checkers: Collection[str], carriers: Collection[str]
) -> dict[str, Any]:
    """Who buys, checks and goes to the doors, as events and the table keep it.

    Raises `Refused` unless three different people on duty buy and check, one of them medical.
    """
    both, now = sorted({*checkers}), asked.corrected_at
    if buyer in both:
        raise Refused(NOT_THE_BUYER)
    if len(both) != rules.CHECKERS:
        raise Refused(TWO_OTHERS)
    for one in (buyer, *both, *carriers):
        if not hands.on_duty(at.connection, at.community_id, one, now):
            raise Refused(NOT_ON_DUTY)
    held = people.roles_by_account(at.connection, at.community_id, both)
    if not any(is_a(held.get(one, ()), MEDICAL, now) for one in both):
        raise Refused(ONE_MEDICAL)
    return {"buyer": buyer, "checkers": both, "carriers": sorted({*carriers})}


def tell_named(
    at: Moment, asked: Asked, batch: str, who: dict[str, Any], before: Collection[str] = ()
) -> list[str]:
    """Have those know who were not named before."""
    new = {who["buyer"], *who["checkers"], *who["carriers"]} - {*before}
    return telling.staff(at, asked, "named", telling.NAMED, new, path_of(batch))


def allows(row: AnyRow, instead: str) -> bool:
    """True where the patient has said yes to this being bought instead."""
    if row.offered and rules.same_name(row.offered, instead):
        return bool(row.agreed)
    return bool(instead) and row.substitute == "yes"


SAY_TITLE = mark("Give the batch a name, such as the day and the pharmacy.")
WRONG_WITHIN = mark("Say by when everything is back: in half an hour at least, in a week at most.")
NOT_THE_BUYER = mark("Whoever buys does not check. Choose two others to check.")
TWO_OTHERS = mark("Two different people check each bag. Choose two.")
ONE_MEDICAL = mark(
    "One of those who check has to be medical. Choose a doctor, nurse or pharmacist."
)
NOT_ON_DUTY = mark("Choose people who are on duty here: one of these is not.")
ENDED_ONE = mark("One of these was taken off the list meanwhile. Choose again.")
IN_ANOTHER = mark("One of these is in another batch already. Choose again.")
CHOOSE = mark("Choose what is to be bought, from 1 to %(most)s medicines that are in no batch.")
HAS_BOUGHT = mark("Whoever has bought something of this batch does not check it. Choose others.")
LEAD_ONLY = mark("Only those who answer for every medicine in this batch name others for it.")
BUYER_ONLY = mark("Only the buyer of this batch says what was bought.")
SAY_WHAT = mark("Say what came of it: bought as asked, a substitute, or not bought.")
SAY_YUAN = mark("Write how much it cost, such as 36.50, and no more than %(most)s yuan.")
SAY_WHY = mark("Say why it was not bought, so that they know what to do.")
ASK_FIRST = mark("The patient has not said yes to this. Propose it to them first, and wait.")
IS_PACKED = mark(
    "The bag for this door is packed already. Say to those who check what is different."
)
CHECKERS_ONLY = mark("Only the two who were named for it check this batch.")
NOT_BOUGHT = mark("The buyer has not said yet what was bought for this door.")
BOUGHT_ANEW = mark("The buyer has changed what was bought meanwhile. Look into the bag again.")
NO_YES = mark("The patient's yes to this substitute is missing. Say that it is wrong.")
NOT_LATE = mark("Its time is not over.")
STILL_OUT = mark(
    "%(count)s things of this batch are not back yet, one of them with %(name)s. Bring them back, "
    "or say on their page that they are missing."
)
NO_ANSWER = mark("The buyer has not said of %(count)s medicines what came of them.")
NOT_PACKED = mark("Something was bought whose bag was never packed. Have it checked and packed.")
