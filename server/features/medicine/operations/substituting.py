"""Something else instead: proposed by the buyer, and bought with the patient's yes only."""

from __future__ import annotations

from typing import ClassVar

from server.features.medicine import rules, telling
from server.features.medicine.file import NO_NEED, NeedFile, path_of
from server.features.medicine.operations.saying import OfNeed, short
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, Stale, operation


@operation("need.offer", label=mark("Propose a substitute"))
class Offer(OfNeed):
    """The buyer proposes something else; the household is asked and nobody else says yes."""

    retention: ClassVar = {"need": HEALTH, "instead": HEALTH}
    instead: str

    def say(self, file: NeedFile, asked: Asked) -> None:
        """See the class."""
        if not file.buys:
            raise Refused(NO_NEED)
        file.must_be_open()
        instead = short(self.instead)
        if not instead:
            raise Refused(SAY_INSTEAD)
        if file.state.substitute == "no":
            raise Refused(ONLY_THIS)
        again = file.state.offer is not None and rules.same_name(file.state.offered, instead)
        told: list[str] = []
        if not again:
            controlled = bool(file.row.controlled)
            told = telling.household_or_door(file.at, asked, file.door, controlled, telling.NEWS)
        event = Event.of(asked, "offer", instead=instead, notices=told)
        file.enter(asked, event._replace(again=again))
        assert file.batch is not None
        asked.subject = path_of(file.batch.id)


@operation("need.substitute", label=mark("Answer about a substitute"))
class Substitute(OfNeed):
    """Yes or no to what was proposed: by the household, or by who asked them and says who."""

    retention: ClassVar = {"need": HEALTH, "instead": HEALTH, "yes": HEALTH, "said_by": HEALTH}
    instead: str
    yes: bool
    said_by: str = ""

    def say(self, file: NeedFile, asked: Asked) -> None:
        """See the class."""
        file.must_speak()
        said_by, offer = short(self.said_by, 40), file.state.offer
        if offer is None:
            raise Refused(NOTHING_OFFERED)
        if not rules.same_name(file.state.offered, self.instead):
            raise Stale(ANOTHER)
        if not file.whose and not said_by:
            raise Refused(SAY_WHO)
        again = file.state.agreed is self.yes
        told: list[str] = []
        if file.batch is not None and not again:
            people = {file.batch.buyer} if self.yes else {file.batch.buyer, *file.batch.checkers}
            opens = path_of(file.batch.id)
            told = telling.staff(
                file.at, asked, "buyer", telling.ANSWERED, people, opens, urgent=True
            )
        said = {"instead": file.state.offered, "yes": self.yes, "said_by": said_by}
        event = Event.of(asked, "substitute", **said, notices=told)
        file.enter(asked, event._replace(again=again))


SAY_INSTEAD = mark("Write what would be bought instead, as it stands on the box.")
ONLY_THIS = mark("They want only this one. Say that it could not be bought.")
NOTHING_OFFERED = mark("Nothing else has been proposed for this.")
ANOTHER = mark("Something else was proposed meanwhile. Look at it before you answer.")
SAY_WHO = mark("Say who of the household said so.")
