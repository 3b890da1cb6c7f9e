"""Which gates there are, when they are open, and what guards say to each other."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from sqlalchemy import select

from server.features.estates.tables import compounds
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.passes.gate import KINDS, NO_GATE, Gate, find, where
from server.features.passes.operations.minding import must_set
from server.features.passes.operations.saying import Key, Line, Name, must_be_known
from server.features.people import reads as people
from server.features.people.rules import May
from server.i18n import Words, mark
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import NOTES, WORK, Asked, Moment, Op, Refused, operation

Hour = Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")]
Telephone = Annotated[str, Meta(max_length=24)]


class AtGate(Op):
    """What is said at a gate by those who stand there."""

    gate: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(Gate.find(at, asked, self.gate), asked)

    def say(self, gate: Gate, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


@operation("gate.set", label=mark("Set up a gate"))
class Set(Op):
    """A gate that is new, or stands otherwise now; `removed` where there is none any more.

    With a time to open and one to close it is closed at night; with none it is open day and night.
    """

    name: Name
    kind: Key = "post"
    gate: Uuid | None = None
    compound: Number | None = None
    phone: Telephone = ""
    opens: Hour = ""
    closes: Hour = ""
    removed: bool = False

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        must_set(at, asked)
        must_be_known(KINDS, self.kind)
        if not self.name.strip():
            raise Refused(SAY_NAME)
        if bool(self.opens) != bool(self.closes):
            raise Refused(BOTH_HOURS)
        said = {
            "name": self.name.strip(),
            "kind": self.kind,
            "compound_id": self._compound(at),
            "phone": self.phone.strip(),
            "opens": self.opens,
            "closes": self.closes,
            "removed_at": asked.corrected_at if self.removed else None,
        }
        if self.gate is None:
            gate = Gate.begin(at, asked, **said)
        else:
            row = find(at.connection, at.community_id, self.gate)
            if row is None:
                raise Refused(NO_GATE)
            gate = Gate(at, asked, row)
        gate.enter(asked, Event.of(asked, "set"), **said)

    def _compound(self, at: Moment) -> int | None:
        if self.compound is None:
            return None
        here = select(compounds.c.id).where(
            compounds.c.community_id == at.community_id, compounds.c.id == self.compound
        )
        if at.connection.execute(here).first() is None:
            raise Refused(NO_GATE)
        return self.compound


@operation("gate.take", label=mark("Take a gate over"))
class Take(AtGate):
    """Whoever stands there from now on says so; they have read what the last one left."""

    def say(self, gate: Gate, asked: Asked) -> None:
        """See the class."""
        gate.enter(asked, Event.of(asked, "take"))


@operation("gate.note", label=mark("Leave word at a gate"))
class Note(AtGate):
    """What whoever stands there next should know."""

    retention: ClassVar = {"words": NOTES}
    words: Line

    def say(self, gate: Gate, asked: Asked) -> None:
        """See the class."""
        if not self.words.strip():
            raise Refused(SAY_WHAT)
        gate.enter(asked, Event.of(asked, "note", words=self.words.strip()))


@operation("gate.open", label=mark("Open a gate in an emergency"))
class Open(AtGate):
    """A locked gate, or one that is closed at night, stands open until it is shut again."""

    retention: ClassVar = {"why": WORK}
    why: Line

    def say(self, gate: Gate, asked: Asked) -> None:
        """See the class."""
        if not self.why.strip():
            raise Refused(SAY_WHY)
        told = _tell(gate, asked, Words(IS_OPEN, {"gate": gate.row.name, "why": self.why.strip()}))
        gate.enter(asked, Event.of(asked, "open", why=self.why.strip(), notices=told))


@operation("gate.shut", label=mark("Shut a gate again"))
class Shut(AtGate):
    """The emergency is over."""

    def say(self, gate: Gate, asked: Asked) -> None:
        """See the class."""
        gate.enter(asked, Event.of(asked, "shut"))


def _tell(gate: Gate, asked: Asked, title: Words) -> list[str]:
    """Everybody who stands at a gate there hears of it, and who leads."""
    at = gate.at
    able = people.who_may(at.connection, at.community_id, May.GUARD, [where(gate.row)], gate.now)
    return announce.tell(
        at, asked, "guards", title, Words(SHUT_IT),
        Audience(accounts=sorted(set(able) - {asked.actor})),
        kind=notices.LEAVE, urgency=notices.URGENT, opens=f"/gates/{gate.row.id}",
    )  # fmt: skip


SAY_NAME = mark("Say how people call this gate.")
BOTH_HOURS = mark("Say both when it opens and when it closes, or neither.")
SAY_WHAT = mark("Write down what the next one should know.")
SAY_WHY = mark("Say why it is opened.")
IS_OPEN = mark("%(gate)s stands open: %(why)s")
SHUT_IT = mark("Somebody stays there until it is shut again.")
