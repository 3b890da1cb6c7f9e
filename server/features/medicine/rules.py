"""What is said of a need and of a batch, and what it comes to. No session, request or clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from server import clock
from server.i18n import mark
from server.oplog.events import Event, in_order

SUBSTITUTES = {
    "ask": mark("Ask me first"),
    "yes": mark("The same substance from another maker is fine"),
    "no": mark("Only this one"),
}
"""Whether something else may be bought instead, as the patient said."""

LONGEST_NAME, LONGEST_PLACE, LONGEST_WHY = 80, 60, 200
MOST_LEFT, MOST_BOXES, MOST_LASTS = 90, 50, 180
"""Days left, boxes at once, and days that they last."""

ASK_BEFORE = 5 * clock.DAY
"""How long before it runs out people are asked whether they need more."""

PRESSING_DAYS = 3
"""What lasts no longer than this comes first."""

ANSWER_WITHIN = 2 * clock.DAY
"""After this a household that was asked on its telephone is asked at its door."""

AS_ASKED, SUBSTITUTE, NONE = "as_asked", "substitute", "none"
WHAT = {
    AS_ASKED: mark("Bought as asked"),
    SUBSTITUTE: mark("Bought a substitute"),
    NONE: mark("Not bought"),
}
"""What may come of a need at the pharmacy."""

OPEN, COLLECTING, BOUGHT, CHECKED, OUT, CLOSED = (
    "open", "collecting", "bought", "checked", "out", "closed",
)  # fmt: skip
STEPS = {
    OPEN: mark("Made"),
    COLLECTING: mark("Being collected"),
    BOUGHT: mark("Bought, to be checked"),
    CHECKED: mark("Checked, to be packed"),
    OUT: mark("On its way back"),
    CLOSED: mark("Everything is back"),
}

CHECKERS = 2
"""How many look at a bag before it goes out; one of them is medical."""


# A need


@dataclass(slots=True)
class Need:
    """What a need has come to."""

    name: str = ""
    dose: str = ""
    boxes: int = 1
    lasts: int = 28
    substitute: str = "ask"
    pharmacy: str = ""
    controlled: bool = False
    wanted: bool = True
    runs_out_at: int = 0
    said_by: str = ""
    asked: Event | None = None
    offer: Event | None = None
    answer: Event | None = None  # to the offer
    ended: Event | None = None

    @property
    def agreed(self) -> bool | None:
        """What the patient says to the substitute that was offered; None until they have."""
        return None if self.answer is None else bool(self.answer.said["yes"])

    @property
    def offered(self) -> str:
        """The substitute that was offered."""
        return str(self.offer.said["instead"]) if self.offer else ""

    def allows(self, instead: str) -> bool:
        """True where the patient has said yes to this being bought instead."""
        if self.offer is not None and same_name(self.offered, instead):
            return self.agreed is True
        return self.substitute == "yes"

    def ask_at(self, now: int) -> int | None:
        """When to ask whether more is needed; None where that time is over."""
        due = self.runs_out_at - ASK_BEFORE
        return due if due > now else None


WORDS = ("name", "dose", "boxes", "lasts", "substitute", "pharmacy")
"""What is said of a need and may be said anew."""


def fold_need(events: Iterable[Event]) -> Need:
    """What the events come to, whatever the order in which they arrived."""
    need = Need()
    for event in (one for one in in_order(events) if not one.again):
        if event.what in ("say", "change"):
            _said(need, event)
        elif event.what == "ask":
            need.asked = event
        elif event.what == "offer":
            need.offer, need.answer = event, None
        elif event.what == "substitute":
            if need.offer is not None and same_name(need.offered, event.said["instead"]):
                need.answer = event
        elif event.what == "met":
            need.wanted, need.asked, need.offer, need.answer = False, None, None, None
            need.runs_out_at = max(need.runs_out_at, event.at) + need.lasts * clock.DAY
        elif event.what == "end":
            need.ended, need.asked, need.wanted = event, None, False
    return need


def _said(need: Need, event: Event) -> None:
    """Words about a need: only what was said changes; a controlled one stays so until unsaid."""
    for name in WORDS:
        if event.said.get(name) is not None:
            setattr(need, name, event.said[name])
    if event.said.get("left") is not None:
        need.runs_out_at = event.at + event.said["left"] * clock.DAY
    if event.what == "say":
        need.controlled = need.controlled or bool(event.said.get("controlled"))
    elif event.said.get("controlled") is not None:
        need.controlled = bool(event.said["controlled"])
    need.asked, need.ended, need.wanted = None, None, True
    need.said_by = event.actor


def same_name(one: str, other: str) -> bool:
    """True for two ways to write one medicine."""
    return "".join(one.casefold().split()) == "".join(other.casefold().split())


# A batch


@dataclass(slots=True)
class Batch:
    """What a batch has come to."""

    buyer: str = ""
    checkers: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    bought: dict[str, Event] = field(default_factory=dict)  # by need
    checks: dict[str, dict[str, Event]] = field(default_factory=dict)  # by need and account
    wrong: dict[str, Event] = field(default_factory=dict)  # by need
    bags: dict[int, Event] = field(default_factory=dict)  # by household
    collecting: Event | None = None
    out: Event | None = None
    reminded: bool = False
    closed: Event | None = None

    def came_of(self, need: str) -> str:
        """What was bought of a need; empty until the buyer has said."""
        return self.bought[need].key if need in self.bought else ""

    def is_checked(self, need: str) -> bool:
        """True where all who check it have looked at what was bought, and none says it is wrong."""
        return bool(self.checkers) and {*self.checkers} <= self.checks.get(need, {}).keys()

    def to_pack(self, needs: Iterable[str]) -> list[str]:
        """Those of which something was bought."""
        return [one for one in needs if self.came_of(one) not in ("", NONE)]

    def version(self, needs: Iterable[str]) -> int:
        """Which words of the buyer stand: the number of the last of them."""
        return max((self.bought[one].seq for one in needs if one in self.bought), default=0)


def fold_batch(events: Iterable[Event]) -> Batch:
    """What the events come to. A check counts for what was bought when the checker looked at it."""
    batch = Batch()
    told = [one for one in in_order(events) if not one.again]
    for event in told:
        if event.what in ("make", "name"):
            batch.buyer = event.said["buyer"]
            batch.checkers = tuple(event.said["checkers"])
            batch.carriers = tuple(event.said["carriers"])
        elif event.what == "bought":
            batch.bought[event.said["need"]] = event
        elif event.what == "bag":
            batch.bags.setdefault(int(event.key), event)
        elif event.what == "collect":
            batch.collecting = batch.collecting or event
        elif event.what == "out":
            batch.out = batch.out or event
        elif event.what == "remind":
            batch.reminded = True
        elif event.what == "close":
            batch.closed = batch.closed or event
    for event in told:
        if event.what == "check":
            _looked(batch, event)
    return batch


def _looked(batch: Batch, event: Event) -> None:
    """Somebody looked at what was bought for a door; a word that something is wrong takes all."""
    looked: Mapping[str, int] = event.said["of"]
    for need, seen in looked.items():
        if need not in batch.bought or batch.bought[need].seq != seen:
            continue  # it was bought anew since
        if event.said.get("wrong"):
            batch.wrong[need] = event
            batch.checks.pop(need, None)
        else:
            if need in batch.wrong and batch.wrong[need].actor == event.actor:
                del batch.wrong[need]
            if need not in batch.wrong:
                batch.checks.setdefault(need, {}).setdefault(event.actor, event)


def step(batch: Batch, needs: Collection[str]) -> str:
    """How far a batch is, as far as these needs say."""
    if batch.closed is not None:
        return CLOSED
    if batch.out is not None:
        return OUT
    packed = batch.to_pack(needs)
    if needs and all(batch.came_of(one) for one in needs):
        return CHECKED if all(batch.is_checked(one) for one in packed) else BOUGHT
    return COLLECTING if batch.collecting is not None else OPEN
