"""A round's life: made, opened, paused, closed, followed up."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from msgspec import Meta
from sqlalchemy import func, insert, select, update

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.rounds import rules, scope, statement
from server.features.rounds.kinds import AGAIN, KINDS
from server.features.rounds.tables import round_doors, round_states, rounds
from server.i18n import mark, translate
from server.oplog.envelope import Number, Numbers, Uuid
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation

Short = Annotated[str, Meta(max_length=80)]

Difference = Annotated[str, Meta(max_length=24)]
"""One of `rules.DIFFERENCES`."""

Explanation = Annotated[str, Meta(max_length=500)]


Hints = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=10_000)]


@operation("round.make", label=mark("Make a round"))
class Make(Op):
    """State a round before it starts: what, to whom, how many, where, until when.

    The round takes the id of this operation, so that a device can name it before it is sent.
    """

    retention: ClassVar = {"hints": NOTES}
    title: Short
    kind: str
    item: Annotated[str, Meta(max_length=40)] = ""
    per: str = "household"
    quantity: Number = 1
    compounds: Numbers = []
    buildings: Numbers = []
    stairwells: Numbers = []
    deadline: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    repeats: str = ""
    follows: Uuid | None = None
    doors: Numbers = []  # of these alone, wherever they are
    dues: Numbers = []  # how much each of these is due, in the same order; else all the quantity
    hints: Hints = []  # what helps at each of these, in the same order, for who goes there
    about: Annotated[str, Meta(max_length=80)] = ""
    """The page of what it is made for, as a path: what is taken along at its doors is about it."""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        kind = KINDS.get(self.kind)
        if kind is None:
            raise Refused(NO_SUCH_KIND)
        if not self.title.strip():
            raise Refused(NO_TITLE)
        per = kind.per[0] if len(kind.per) == 1 else self.per  # a form asks it of every kind
        if per not in kind.per or not 0 < self.quantity <= 1000:
            raise Refused(WRONG_QUANTITY)
        if self.repeats not in {"", "daily"}:
            raise Refused(WRONG_REPEAT)
        if self.about and not self.about.startswith("/"):
            raise Refused(NO_SUCH_PAGE)
        picked: dict[str, Any] = {
            "compounds": self.compounds,
            "buildings": self.buildings,
            "stairwells": self.stairwells,
        }
        if self.follows is not None:
            scope.find(at, self.follows)
        doors = self._named(at) if self.doors else []
        if doors:
            picked = {"doors": sorted(one["household_id"] for one in doors)}
            if self.hints:
                picked["hints"] = dict(zip(map(str, self.doors), self.hints, strict=True))
        ids = sorted({one["stairwell_id"] for one in doors}) or scope.chosen(at, picked)
        quantity = 1 if kind.reported else self.quantity  # each person reports once
        scope.must_lead(at, _person(at, asked), ids, asked.corrected_at)
        zone = estates.zone(at.connection, at.community_id)
        at.connection.execute(
            insert(rounds),
            {
                "community_id": at.community_id,
                "id": asked.id,
                "title": self.title.strip(),
                "kind": self.kind,
                "item": self.item.strip(),
                "per": per,
                "quantity": quantity,
                "scope": picked | ({"about": self.about} if self.about else {}),
                "deadline": _moment(self.deadline, zone),
                "quiet_from": _minutes(self.quiet_from),
                "quiet_until": _minutes(self.quiet_until),
                "repeats": self.repeats,
                "status": rules.PLANNED,
                "made_by": asked.actor,
                "made_at": asked.corrected_at,
                "follows": self.follows,
                "version": asked.seq,
            },
        )
        if doors:
            scope.replace_doors(at, asked.id, ids, doors, asked.seq)
        else:
            scope.entitle(at, asked.id, ids, kind, per, quantity, asked.seq)
        asked.subject = f"/rounds/{asked.id}"
        at.tell("rounds", f"round:{asked.id}")

    def _named(self, at: Moment) -> list[dict[str, int]]:
        """The doors that are named, each with what it is due. Raises `Refused`."""
        for said in (self.dues, self.hints):
            if said and len(said) != len(self.doors):
                raise Refused(NOT_EACH)
        if not all(0 < one <= 1000 for one in self.dues):
            raise Refused(WRONG_QUANTITY)
        doors = scope.named(at, self.doors, self.quantity)
        due = dict(zip(self.doors, self.dues, strict=True)) if self.dues else {}
        return [{**one, "due": due.get(one["household_id"], one["due"])} for one in doors]


class _Change(Op):
    """Something that changes a round's status."""

    round: Uuid

    def change(self, at: Moment, asked: Asked, status: str) -> AnyRow:
        """Go from the present status to another. Raises `Refused`."""
        found = scope.find_led(at, self.round, _person(at, asked), asked.corrected_at)
        rules.must_be_able_to_become(found.status, status)
        at.connection.execute(
            insert(round_states),
            {
                "community_id": at.community_id,
                "round_id": found.id,
                "seq": asked.seq,
                "status": status,
                "at": max(asked.corrected_at, _last_change(at, found.id)),
                "actor": asked.actor,
            },
        )
        at.connection.execute(
            update(rounds)
            .where(rounds.c.community_id == at.community_id, rounds.c.id == found.id)
            .values(status=status, version=asked.seq)
        )
        asked.subject = f"/rounds/{found.id}"
        at.tell("rounds", f"round:{found.id}", f"status:{found.id}")
        return found


@operation("round.open", label=mark("Open a round"))
class Open(_Change):
    """Let marks count from now on. The first time, what is due is counted as of now."""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = self.change(at, asked, rules.OPEN)
        if found.status == rules.PLANNED:
            if found.scope.keys().isdisjoint(("owed_of", "doors")):
                ids = scope.stairwells_of(at.connection, at.community_id, found.id)
                kind = KINDS[found.kind]
                scope.entitle(at, found.id, ids, kind, found.per, found.quantity, asked.seq)
            if KINDS[found.kind].called:
                at.react("cases.spare_day", found.id)
            if found.repeats == "daily":
                at.react("rounds.repeat", found.id, asked.corrected_at + clock.DAY)
            if found.deadline is not None and KINDS[found.kind].reported:
                at.react("reports.due", found.id, found.deadline)


@operation("round.pause", label=mark("Pause a round"))
class Pause(_Change):
    """Stop marks from counting until it is opened again."""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.change(at, asked, rules.PAUSED)


@operation("round.close", label=mark("Close a round"))
class Close(_Change):
    """End a round and state what came of it, with every difference explained by its name."""

    explanations: Annotated[dict[Difference, Explanation], Meta(max_length=20)] = {}

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        found = self.change(at, asked, rules.CLOSED)
        sums = statement.add_up(at.connection, at.community_id, found.id)
        said = {what: self.explanations.get(what, "").strip() for what in rules.differences(sums)}
        if not all(said.values()):
            raise Refused(EXPLAIN)
        statement.issue(at.connection, at.community_id, found.id, asked.seq, at.received_at, said)
        asked.subject = f"/rounds/{found.id}/close"


@operation("round.repeat", label=mark("Say whether a round repeats"))
class Repeat(Op):
    """Have a round made anew every day, or not any more; the newest of its days decides."""

    round: Uuid
    repeats: str = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.repeats not in {"", "daily"}:
            raise Refused(WRONG_REPEAT)
        found = scope.find_led(at, self.round, _person(at, asked), asked.corrected_at)
        at.connection.execute(
            update(rounds)
            .where(rounds.c.community_id == at.community_id, rounds.c.id == found.id)
            .values(repeats=self.repeats, version=asked.seq)
        )
        if self.repeats and not found.repeats and found.status != rules.PLANNED:
            at.react("rounds.repeat", found.id, asked.corrected_at + clock.DAY)
        asked.subject = f"/rounds/{found.id}"
        at.tell(f"round:{found.id}")


@operation("round.follow_up", label=mark("Open a follow-up round"))
class FollowUp(Op):
    """Make a round for what an earlier one still owes: short counts and doors nobody opened."""

    round: Uuid
    title: Annotated[str, Meta(max_length=80)] = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        person = _person(at, asked)
        found = scope.find_led(at, self.round, person, asked.corrected_at)
        doors = self._still_due(at, found)
        ids = sorted({door["stairwell_id"] for door in doors if door["due"]})
        if not ids:
            raise Refused(NOTHING_OWED)
        language = person.language or "zh-Hans"
        title = self.title.strip() or translate(language, FOLLOW_UP, title=found.title)
        at.connection.execute(
            insert(rounds),
            {
                **{
                    name: getattr(found, name)
                    for name in ("community_id", "kind", "item", "per", "quantity")
                },
                "id": asked.id,
                "title": title[:80],
                "scope": {"owed_of": found.id, **_about(found)},
                "status": rules.PLANNED,
                "made_by": asked.actor,
                "made_at": asked.corrected_at,
                "follows": found.id,
                "version": asked.seq,
            },
        )
        kept = [door for door in doors if door["stairwell_id"] in ids]
        scope.replace_doors(at, asked.id, ids, kept, asked.seq)
        asked.subject = f"/rounds/{asked.id}"
        at.tell("rounds", f"round:{asked.id}")

    @staticmethod
    def _still_due(at: Moment, found: AnyRow) -> list[dict[str, int]]:
        again = {answer.key for answer in KINDS[found.kind].answers if answer.stands == AGAIN}
        table = round_doors.c
        rows = at.connection.execute(
            select(
                table.household_id, table.stairwell_id, table.level, table.due, table.owed,
                table.answer,
            ).where(table.community_id == at.community_id, table.round_id == found.id)
        )  # fmt: skip
        return [
            {
                "household_id": row.household_id,
                "stairwell_id": row.stairwell_id,
                "level": row.level,
                "due": row.due if row.answer in again else row.owed,
            }
            for row in rows
        ]


def _last_change(at: Moment, round_id: str) -> int:
    """When the round last changed. Clocks jump, yet what was done last must be what holds."""
    last = select(func.max(round_states.c.at)).where(
        round_states.c.community_id == at.community_id, round_states.c.round_id == round_id
    )
    return at.connection.execute(last).scalar() or 0


def _about(found: AnyRow) -> dict[str, str]:
    """What a round is made for, as its scope keeps it."""
    return {"about": found.scope["about"]} if "about" in found.scope else {}


def _person(at: Moment, asked: Asked) -> Person:
    return at.actors[asked.actor]  # type: ignore[return-value]


def _moment(text: str, zone: ZoneInfo) -> int | None:
    """A deadline as typed: RFC 3339, or the community's date and time. Raises `Refused`."""
    if not text:
        return None
    try:
        return clock.typed(text, zone)
    except ValueError:
        raise Refused(NO_MOMENT, text=text[:40]) from None


def _minutes(text: str) -> int | None:
    """A time of day such as 22:00 as minutes after midnight. Raises `Refused`."""
    if not text:
        return None
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise Refused(NO_MOMENT, text=text[:40])
    return int(hours) * 60 + int(minutes)


NO_SUCH_PAGE = mark("Say what the round is for as a page of this app, such as /requests.")
NO_SUCH_KIND = mark("There is no such kind of round.")
NO_TITLE = mark("Give the round a title.")
WRONG_QUANTITY = mark("Say how many each is due, from 1 to 1000, per household, person or floor.")
NOT_EACH = mark("Say it of each of the doors, or of none.")
WRONG_REPEAT = mark("A round repeats daily or not at all.")
NO_MOMENT = mark("“%(text)s” is not a time.")
EXPLAIN = mark("The numbers differ. Say of each difference why before closing.")
NOTHING_OWED = mark("Nothing is owed in this round.")
FOLLOW_UP = mark("%(title)s · follow-up")
