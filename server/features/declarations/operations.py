"""A household declares in a screening, by itself or in its words to somebody at its door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from msgspec import Meta
from sqlalchemy import bindparam, insert, select

from server.db.bulk import Query, among
from server.features.declarations import rules
from server.features.declarations.tables import declarations, declared_symptoms
from server.features.estates import reads as estates
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.people import reads as people_reads
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.posters import reads as posters
from server.features.rounds import rules as rounds
from server.features.rounds.kinds import DECLARED
from server.features.rounds.ledger import Door, DoorKey, Ledger, Round, judge, keys_of
from server.i18n import Words, mark
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import HEALTH, REGISTER, Asked, Moment, Op, Refused, operation

Name = Annotated[str, Meta(max_length=40)]
Key = Annotated[str, Meta(max_length=9, pattern=r"^[0-9]+$")]
Where = Annotated[str, Meta(max_length=8)]
FAR_TOO_MANY = 200
"""People in one declaration beyond which it is not read at all."""


class Book:
    """A ledger, and who lives behind its doors."""

    def __init__(self, at: Moment, ledger: Ledger) -> None:
        self.at = at
        self.ledger = ledger
        self.living: dict[int, set[int]] = defaultdict(set)
        self.zone = estates.zone(at.connection, at.community_id)
        self._said: list[dict[str, Any]] = []
        self._ill: list[dict[str, Any]] = []

    @classmethod
    def load(cls, at: Moment, keys: Collection[DoorKey], ops: Collection[str]) -> Self:
        """Read what declarations with these ids about these doors need."""
        book = cls(at, Ledger.load(at, keys, ops))
        wanted = {"community": at.community_id, "doors": {door for _, door in keys}}
        for resident, household in _LIVING.rows(at.connection, wanted):
            book.living[household].add(resident)
        return book

    def today(self, asked: Asked) -> str:
        """The day on which it was made, where people live: 2022-04-21."""
        return datetime.fromtimestamp(asked.corrected_at / 1000, self.zone).date().isoformat()

    def enter(self, asked: Asked, found: Round, door: Door, op: Declare, source: str) -> None:
        """Write a declaration down, mark its door, and tell who must know of an illness."""
        whose = {
            "community_id": self.at.community_id,
            "op_id": asked.id,
            "round_id": found.id,
            "household_id": door.household,
            "stairwell_id": door.stairwell,
            "at": asked.corrected_at,
        }
        said = {
            "seq": asked.seq,
            "source": source,
            "people": op.people,
            "others": op.named,
            "tenure": op.tenure,
            "since": op.since,
            "away": op.away.strip(),
            "actor": asked.actor,
        }
        self._said.append(whose | said)
        if op.sick or op.symptoms.strip():
            self._ill.append(whose | {"names": op.sick, "words": op.symptoms.strip()})
            self._tell(asked, found, door)
        seen = min(asked.seen, asked.seq - 1)
        self.ledger.say(
            asked,
            found,
            door,
            rounds.Mark(
                asked.id, asked.seq, asked.corrected_at, asked.actor, rounds.REPORT, DECLARED.key,
                door.due, 0, seen,
            ),
        )  # fmt: skip
        asked.subject = f"/declarations/{found.id}/doors/{door.household}"
        self.at.tell(f"declarations:{found.id}", f"household:{door.household}")

    def _tell(self, asked: Asked, found: Round, door: Door) -> None:
        """Tell those who may see results there; neither a name nor a flat is said."""
        [place] = estates.places(
            self.at.connection, self.at.community_id, [door.stairwell]
        ).values()
        told = people_reads.who_may(
            self.at.connection,
            self.at.community_id,
            May.SEE_RESULTS,
            [place],
            asked.corrected_at,
        )
        if told:
            announce.tell(
                self.at,
                asked,
                "",
                Words(ALARM, {"place": place.building_words}),
                Words(ALARM_BODY),
                Audience(accounts=told),
                kind=notices.DECLARED,
                urgency=notices.URGENT,
                opens=f"/declarations/{found.id}/ill",
            )

    def write(self) -> None:
        """Write every change, a statement a table."""
        if self._said:
            self.at.connection.execute(insert(declarations), self._said)
        if self._ill:
            self.at.connection.execute(insert(declared_symptoms), self._ill)
        self.ledger.write()


@operation("screening.declare", label=mark("Declare who lives here"))
class Declare(Op):
    """Say who lives behind a door, since when and by what right, who is away, and who is ill."""

    retention: ClassVar = {
        "people": REGISTER, "others": REGISTER, "away": REGISTER, "ill": HEALTH, "symptoms": HEALTH,
    }  # fmt: skip
    round: Uuid
    door: Number
    people: Annotated[dict[Key, Where], Meta(max_length=FAR_TOO_MANY)] = {}
    """Here, away or gone, by the resident's number."""
    others: Annotated[list[Name], Meta(max_length=FAR_TOO_MANY)] = []
    """Who lives there besides."""
    tenure: Annotated[str, Meta(max_length=8)] = ""
    since: Annotated[str, Meta(max_length=40)] = ""
    away: Annotated[str, Meta(max_length=80)] = ""
    ill: Annotated[list[Name], Meta(max_length=FAR_TOO_MANY)] = []
    symptoms: Annotated[str, Meta(max_length=200)] = ""
    poster: Uuid | None = None
    """By which link, where nobody was signed in."""

    @property
    def named(self) -> list[str]:
        """Who lives there besides, each once."""
        return _plain(self.others)

    @property
    def sick(self) -> list[str]:
        """Who is ill, each once."""
        return _plain(self.ill)

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        """Set-wise: hundreds declare within the hour."""
        book = Book.load(at, keys_of(asked), [one.id for one in asked])
        judge(book, asked, cls._judge)

    @staticmethod
    def _judge(book: Book, asked: Asked, person: Person) -> None:
        op: Declare = asked.op  # type: ignore[assignment]
        found, door = book.ledger.find(op.round, op.door)
        own = op.door in person.homes(asked.corrected_at)
        if not own and not book.ledger.may_mark(person, found, door, asked.corrected_at):
            raise Refused(NOT_YOURS)
        rounds.must_be_open(rounds.status_at(found.changes, asked.corrected_at))
        op.enter(book, asked, found, door, op.source(book, own=own))

    def source(self, book: Book, *, own: bool) -> str:
        """Who declares. Raises `Refused` for a poster that does not hang there."""
        if self.poster is None:
            return rules.OWN if own else rules.DOOR
        at = book.at
        if not posters.hangs(at.connection, at.community_id, self.poster, self.round):
            raise Refused(NO_POSTER)
        return rules.LINK

    def may_decide(self, at: Moment, asked: Asked) -> bool:
        """True for a lead of the door: see `server.oplog.operations`."""
        ledger = Ledger.load(at, {(self.round, self.door)}, [])
        door = ledger.doors.get((self.round, self.door))
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        return door is not None and ledger.may_lead(person, door.stairwell, asked.corrected_at)

    def redo(self, at: Moment, original: Asked) -> None:
        """Let a declaration that came late count after all, on a lead's word."""
        book = Book.load(at, {(self.round, self.door)}, [original.id])
        found, door = book.ledger.find(self.round, self.door)
        self.enter(book, original, found, door, rules.DOOR)
        book.write()

    def enter(self, book: Book, asked: Asked, found: Round, door: Door, source: str) -> None:
        """Add this to what was declared, once the asker may. Raises `Refused`."""
        if found.kind.key != rules.SCREENING:
            raise Refused(NOT_SCREENING)
        people = {int(key): said for key, said in self.people.items()}
        rules.must_be_so(people, self.named, self.sick, book.living[door.household])
        rules.must_be_tenure(self.tenure)
        rules.must_be_since(self.since, book.today(asked))
        book.enter(asked, found, door, self, source)


def _plain(names: Sequence[str]) -> list[str]:
    """Names without what is empty or said twice."""
    return list(dict.fromkeys(" ".join(one.split()) for one in names if one.strip()))


_LIVING = Query(
    select(residents.c.id, residents.c.household_id).where(
        residents.c.community_id == bindparam("community"),
        among(residents.c.household_id, "doors"),
    )
)

NOT_YOURS = mark(
    "This door was not yours to declare for when this was made. The lead can allow it."
)
NO_POSTER = mark("The link by which this was declared leads nowhere any more.")
NOT_SCREENING = mark("Nobody declares anything in this round; it is no screening.")
ALARM = mark("A declaration needs you: %(place)s")
ALARM_BODY = mark("Open it, see what the household said and decide what is done.")
