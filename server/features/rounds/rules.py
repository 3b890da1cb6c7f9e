"""What may happen in a round, and what marks add up to. No session, request or clock.

A door holds a set of marks that may have been made by people who could not see each other. A mark
replaces another where its maker had seen it, or was the same person and made it later; what is left
is the *frontier*. The latest of the frontier stands; if the frontier says different things, or the
household says otherwise, the door is disputed until a lead settles it. Because that is a function
of the set, the order of arrival does not matter: replaying the history gives the same board.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.features.rounds.kinds import DECLINED, DONE, SHORT, Answer, RoundKind
from server.i18n import mark
from server.oplog.kinds import Refused

LONGEST_NOTE = 500
"""Characters; a note at a door is a sentence, and 80 phones send them through one stairwell."""

REPORT = "report"
"""The source of marks that come of what people reported or declared themselves.

Each of a round of reports counts all that had until then."""

NOT_RECEIVED = "not_received"
"""What a household says against a mark; never an answer a volunteer can give."""

PLANNED, OPEN, PAUSED, CLOSED = "planned", "open", "paused", "closed"


class Mark(NamedTuple):
    """What somebody said of a door."""

    op_id: str
    seq: int
    at: int
    actor: str
    source: str  # door, paper, lead or resident
    answer: str
    given: int
    owed: int
    seen: int
    noted: bool = False
    undone: bool = False


class Standing(NamedTuple):
    """What a door has come to."""

    head: Mark | None
    disputed: bool


def fold(marks: Iterable[Mark]) -> Standing:
    """What a set of marks comes to, whatever the order in which they arrived."""
    live = list({said.op_id: said for said in marks if not said.undone}.values())
    if len(live) == 1 and live[0].source != "resident":
        return Standing(live[0], False)
    reports = [said for said in live if said.source == REPORT]
    if reports:
        # Who reported has reported, whatever was found at the door.
        newest = max(reports, key=lambda said: said.seq)
        return Standing(newest, any(_unsettled(claim, live) for claim in live))
    said_at_door = [said for said in live if said.source != "resident"]
    times = _in_order(said_at_door)
    frontier = [
        said
        for said in said_at_door
        if not any(_replaces(other, said, times) for other in said_at_door)
    ]
    head = max(frontier, key=lambda said: times[said.op_id], default=None)
    if head is None:
        return Standing(None, any(_unsettled(claim, live) for claim in live))
    disputed = any((said.answer, said.owed) != (head.answer, head.owed) for said in frontier)
    return Standing(head, disputed or any(_unsettled(claim, live) for claim in live))


def _in_order(marks: Sequence[Mark]) -> dict[str, tuple[int, int]]:
    """When each mark counts as made: never before what its maker had seen, whatever a clock says.

    Without that, a clock set back between marks lets three of them replace each other in a circle.
    """
    times: dict[str, tuple[int, int]] = {}
    for said in sorted(marks, key=lambda said: said.seq):
        known = (times[other.op_id][0] for other in marks if other.seq <= said.seen)
        times[said.op_id] = (max(said.at, max(known, default=said.at)), said.seq)
    return times


def _replaces(other: Mark, said: Mark, times: Mapping[str, tuple[int, int]]) -> bool:
    if other is said:
        return False
    if other.seen >= said.seq:
        return True
    return other.actor == said.actor and times[other.op_id] > times[said.op_id]


def _unsettled(claim: Mark, marks: Sequence[Mark]) -> bool:
    """True for a household's claim that no lead has answered, having seen it."""
    return claim.source == "resident" and not any(
        said.source == "lead" and said.seen >= claim.seq for said in marks
    )


def items(answer: Answer, due: int, count: int | None) -> tuple[int, int]:
    """Items given and owed by an answer at a door that is due so many. Raises `Refused`."""
    if answer.stands == SHORT:
        if count is None:
            raise Refused(HOW_MANY)
        if not 0 < count <= due:
            raise Refused(WRONG_COUNT, count=count, due=due)
        return due - count, count
    if count is not None and not 0 <= count <= due:
        raise Refused(WRONG_COUNT, count=count, due=due)
    return (due, 0) if answer.stands == DONE else (0, 0)


def finished(answer: Answer | None) -> bool:
    """True where nothing is left to do at the door."""
    return answer is not None and answer.stands in {DONE, DECLINED}


def known_answer(kind: RoundKind, key: str) -> Answer:
    """The kind's answer of that key. Raises `Refused`."""
    answer = kind.answer(key)
    if answer is None:
        raise Refused(NO_SUCH_ANSWER, answer=key)
    return answer


def short_enough(note: str) -> None:
    """Raises `Refused` for a note that is too long."""
    if len(note) > LONGEST_NOTE:
        raise Refused(LONG_NOTE, most=LONGEST_NOTE, length=len(note))


class Change(NamedTuple):
    """A round's status from a moment on."""

    at: int
    seq: int
    status: str


def status_at(changes: Sequence[Change], moment: int) -> str:
    """A round's status as it was at a moment; planned before the first change."""
    past = [change for change in changes if change.at <= moment]
    if len(past) == 1:
        return past[0].status
    return max(past, key=lambda change: (change.at, change.seq)).status if past else PLANNED


def must_be_open(status: str) -> None:
    """Raises `Refused` with the words for a round that takes no marks."""
    if status != OPEN:
        raise Refused(_NOT_OPEN[status])


MAY_BECOME: Mapping[str, frozenset[str]] = {
    PLANNED: frozenset({OPEN}),
    OPEN: frozenset({PAUSED, CLOSED}),
    PAUSED: frozenset({OPEN, CLOSED}),
    CLOSED: frozenset({OPEN}),
}


def must_be_able_to_become(status: str, wanted: str) -> None:
    """Raises `Refused` where a round cannot go from one status to the other."""
    if wanted not in MAY_BECOME[status]:
        raise Refused(_ALREADY.get(status, _NOT_OPEN.get(status, NOT_YET)))


class Assigned(NamedTuple):
    """Somebody's stairwell, or a part of it, from a moment on."""

    account: str
    stairwell: int
    low: int | None
    high: int | None
    since: int
    until: int | None

    def covers(self, level: int, moment: int) -> bool:
        """True where the floor was theirs at the moment."""
        return (
            (self.low is None or self.low <= level)
            and (self.high is None or level <= self.high)
            and self.since <= moment
            and (self.until is None or moment < self.until)
        )


def without(
    mine: Sequence[tuple[int | None, int | None]], given: tuple[int | None, int | None]
) -> list[tuple[int | None, int | None]]:
    """What is left of parts of a stairwell once some floors of it are given away."""
    low = -UNBOUNDED if given[0] is None else given[0]
    high = UNBOUNDED if given[1] is None else given[1]
    left = []
    for start, end in mine:
        bottom = -UNBOUNDED if start is None else start
        top = UNBOUNDED if end is None else end
        for first, last in ((bottom, min(top, low - 1)), (max(bottom, high + 1), top)):
            if first <= last:
                left.append(
                    (None if first == -UNBOUNDED else first, None if last == UNBOUNDED else last)
                )
    return left


UNBOUNDED = 10_000
"""Stands for no limit; no stairwell has so many floors."""


def share_evenly(
    doors: Mapping[int, int], people: Sequence[str], carried: Mapping[str, int] | None = None
) -> dict[int, str]:
    """Give stairwells (in walking order, with their doors) to people so that loads are even.

    Neighbouring stairwells go to the same person where that costs nothing: nobody crosses the
    block twice. `carried` is what each already has.
    """
    if not people:
        return {}
    loads = {person: (carried or {}).get(person, 0) for person in people}
    left, shared = sum(doors.values()), {}
    waiting = sorted(people, key=lambda person: (loads[person], people.index(person)))
    person = waiting.pop(0)
    level = _level(left, [loads[one] for one in (person, *waiting)])
    for stairwell, count in doors.items():
        enough = loads[person] + count / 2 > level
        if enough and waiting and loads[waiting[0]] < loads[person]:
            person = waiting.pop(0)
            level = _level(left, [loads[one] for one in (person, *waiting)])
        shared[stairwell] = person
        loads[person] += count
        left -= count
    return shared


def _level(left: int, loads: Sequence[int]) -> float:
    """What each would come to, were it exact; whoever has more already is given nothing.

    `loads` ascend. It is asked anew for those who remain, so that roundings do not add up.
    """
    for sharing in range(len(loads), 1, -1):
        level = (left + sum(loads[:sharing])) / sharing
        if level >= loads[sharing - 1]:
            return level
    return left + loads[0]


NO_SUCH_ANSWER = mark("This round has no answer “%(answer)s”.")
HOW_MANY = mark("Say how many are owed.")
WRONG_COUNT = mark("%(count)s cannot be: this door is due %(due)s.")
LONG_NOTE = mark("The note has %(length)s characters; %(most)s are enough for a sentence.")
NOT_YET = mark("This round has not been opened yet.")
_NOT_OPEN = {
    PLANNED: NOT_YET,
    PAUSED: mark("This round was paused when this was made. The lead can let it count."),
    CLOSED: mark("This round was closed when this was made. The lead can let it count."),
}
_ALREADY = {
    OPEN: mark("This round is already open."),
    PAUSED: mark("This round is already paused."),
    CLOSED: mark("This round is already closed."),
}


@dataclass(frozen=True, slots=True)
class Sums:
    """What a round adds up to, in items except where it says doors."""

    came_in: int
    carried: int
    back: int
    due: int
    given: int
    owed: int
    again: int  # due at doors nobody opened
    declined: int  # due at doors that did not want it
    unmarked: int  # due at doors nobody marked
    disputed_doors: int = 0
    unmarked_doors: int = 0


DIFFERENCES = (
    "not_given",
    "not_counted_in",
    "carried_not_in",
    "carried_not_given",
    "given_not_carried",
    "disputed_doors",
)
"""What may not add up at the end of a round; each is explained by itself."""


def differences(sums: Sums) -> dict[str, int]:
    """Each number that does not add up, by what it means; empty where everything does.

    What was never counted in or out at all cannot differ: small rounds count only at doors.
    """
    found = {"not_given": sums.due - sums.given - sums.declined}
    if sums.came_in:
        found["not_counted_in"] = sums.due - sums.came_in
        found["carried_not_in"] = sums.carried - sums.came_in
    if sums.carried or sums.back:
        found["carried_not_given"] = sums.carried - sums.back - sums.given
        found["given_not_carried"] = sums.given - sums.carried + sums.back
    found["disputed_doors"] = sums.disputed_doors
    return {what: found[what] for what in DIFFERENCES if found.get(what, 0) > 0}
