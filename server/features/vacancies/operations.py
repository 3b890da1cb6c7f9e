"""A flat is found vacant, is looked at again, and is lived in once more."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.typed import one_door
from server.features.people import reads as people
from server.features.rounds import reads as rounds
from server.features.vacancies import rules, suggesting, telling
from server.features.vacancies.file import File
from server.i18n import mark
from server.oplog.envelope import Number
from server.oplog.events import Event
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation

Key = Annotated[str, Meta(max_length=12)]
Line = Annotated[str, Meta(max_length=120)]
Hint = Annotated[str, Meta(max_length=rules.LONGEST_WORDS)]
Seal = Annotated[str, Meta(max_length=rules.LONGEST_SEAL)]
Round = Annotated[str, Meta(max_length=36)]
"""A round's id, or empty for none."""


@operation("vacancy.find", label=mark("Enter a vacant flat"))
class Find(Op):
    """Nobody lives there, and this is how it shows. Two who find the same flat join.

    With a screening that is open, the door is marked vacant there as well. Where the household has
    spoken for itself the mark stands, and those who lead hear of it.
    """

    retention: ClassVar = {"words": NOTES}
    evidence: Key
    household: Number | None = None
    door: Line = ""  # typed as it stands on the plate; it holds where both are said
    seal: Seal = ""
    words: Hint = ""
    round: Round = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file = File.of(at, asked, self._door(at))
        seal = self.seal.strip()
        if self.evidence not in rules.EVIDENCE:
            raise Refused(SAY_HOW)
        if self.evidence == rules.SEAL and not seal:
            raise Refused(SAY_SEAL)
        if file.door.use != "home":
            raise Refused(A_SHOP)
        living = people.residents_of(at.connection, at.community_id, file.door.household)
        if any(one.present for one in living):
            raise Refused(LIVED_IN)
        told = self._screenings(file, asked)
        said = {"seal": seal, "words": self.words.strip(), "round": self.round, "notices": told}
        file.enter(asked, Event.of(asked, "find", self.evidence, **said))

    def _door(self, at: Moment) -> Household | None:
        if self.household is None or self.door.strip():
            return one_door(at, self.door)
        return estates.household(at.connection, at.community_id, self.household)

    def _screenings(self, file: File, asked: Asked) -> list[str]:
        """Have the door marked where that was asked for; tell of marks that say otherwise."""
        at, told = file.at, []
        found = rounds.screened(at.connection, at.community_id, file.door.household)
        for one, answer in found.items():
            if answer in rounds.SPOKEN_FOR:
                told += telling.leads(file, asked, telling.MARKED_LIVED_IN, one)
            elif one == self.round:
                at.react("vacancies.screened", asked.id)
        return told


class OfFlat(Op, kw_only=True):
    """What is said of a flat that was found vacant."""

    household: Number

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file = File.of(
            at, asked, estates.household(at.connection, at.community_id, self.household)
        )  # fmt: skip
        if not file.then.vacant:
            raise Refused(NOT_VACANT)
        self.say(file, asked)

    def say(self, file: File, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


@operation("vacancy.recheck", label=mark("Say how a vacant flat was found again"))
class Recheck(OfFlat, kw_only=True):
    """Somebody looked again. A broken seal, or somebody there, ends it: the committee hears."""

    retention: ClassVar = {"words": NOTES}
    found: Key
    words: Hint = ""

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.found not in rules.FOUND:
            raise Refused(SAY_FOUND)
        told: list[str] = []
        if self.found != rules.INTACT and file.state.vacant:
            told = telling.committee(file, asked, TITLES[self.found])
            told += _tell_screenings(file, asked)
        said = {"words": self.words.strip(), "notices": told}
        file.enter(asked, Event.of(asked, "recheck", self.found, **said))


@operation("vacancy.end", label=mark("Say that a flat is vacant no more"))
class End(OfFlat, kw_only=True):
    """Somebody moved in, or it was a mistake."""

    why: Key

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        if self.why not in rules.ENDS:
            raise Refused(SAY_WHY)
        told = _tell_screenings(file, asked) if file.state.vacant else []
        file.enter(asked, Event.of(asked, "end", self.why, notices=told))


@operation("vacancy.remind", label=mark("Ask for a vacant flat to be looked at again"))
class Remind(OfFlat, kw_only=True):
    """Nobody has looked for three days: those who keep it are told.

    By itself that goes once until somebody looks; whoever keeps it may tell them again.
    """

    def say(self, file: File, asked: Asked) -> None:
        """See the class."""
        due = file.state.due_at
        if due is None or not rules.is_due(due, file.now):
            raise Refused(NOT_DUE)
        told = telling.keepers(file, asked)
        file.enter(asked, Event.of(asked, "remind", notices=told))


@operation("vacancy.doubt", label=mark("Put a suggestion of the door system aside"))
class Doubt(Op):
    """What was counted at a door does not mean that. It is suggested no more for two weeks."""

    household: Number
    suggested: Key
    days: Annotated[int, Meta(ge=0, le=suggesting.RECENT_DAYS)]
    """On how many of the last days people had been counted: if on more, it is suggested again."""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        door = estates.household(at.connection, at.community_id, self.household)
        file = File.of(at, asked, door)
        if self.suggested not in suggesting.SUGGESTIONS:
            raise Refused(NOT_SUGGESTED)
        file.enter(asked, Event.of(asked, "doubt", self.suggested, days=self.days))


def _tell_screenings(file: File, asked: Asked) -> list[str]:
    """Tell of screenings that are open and in which the door is marked vacant."""
    at = file.at
    found = rounds.screened(at.connection, at.community_id, file.door.household)
    return [
        told
        for one, answer in found.items()
        if answer == rounds.VACANT
        for told in telling.leads(file, asked, telling.MARKED_VACANT, one)
    ]


TITLES = {rules.BROKEN: telling.SEAL_BROKEN, rules.LIVED_IN: telling.SOMEBODY_THERE}

SAY_HOW = mark("Say how it shows that nobody lives there.")
SAY_SEAL = mark("Write down the number on the seal.")
SAY_FOUND = mark("Say what you found: whole, broken, or somebody there.")
SAY_WHY = mark("Say why it is vacant no more.")
A_SHOP = mark("This is a shop. Only flats are kept as vacant.")
LIVED_IN = mark(
    "People are registered as being here. Have the committee enter that they left, then try again."
)
NOT_VACANT = mark("This flat is not kept as vacant. Enter it anew if nobody lives there.")
NOT_SUGGESTED = mark("This is not suggested of any flat. Look again.")
NOT_DUE = mark("This flat is not due yet: somebody has looked.")
