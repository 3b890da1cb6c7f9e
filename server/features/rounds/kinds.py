"""What kinds of round there are. A kind is data: adding one takes an entry here and its words.

An answer says what happened at a door. `stands` is what it means for accounting, and all that the
rules look at; `tone` and `glyph` are how it looks; a board offers the answers in this order and one
tap gives the first.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.i18n import mark

DONE = "done"
"""Everything due was given, or what was to be done is done."""
SHORT = "short"
"""Given in part: the answer carries how many are owed."""
AGAIN = "again"
"""Nothing given; somebody should come again."""
DECLINED = "declined"
"""Nothing given and nothing owed: the household does not want it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that can be said of a door."""

    key: str
    label: str
    glyph: str
    tone: str
    stands: str

    @property
    def counted(self) -> bool:
        """True where the answer carries a number."""
        return self.stands == SHORT


@dataclass(frozen=True, slots=True)
class Question:
    """Something asked at each door besides the answer."""

    key: str
    label: str
    input: str = "number"  # number, text, or choice
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RoundKind:
    """One kind of round: its name, its answers in order, its questions."""

    key: str
    label: str
    answers: tuple[Answer, ...]
    questions: tuple[Question, ...] = ()
    per: tuple[str, ...] = ("household", "person", "floor")
    unit: str = mark("items")
    called: bool = False
    """True where people come to a site instead of somebody to their door."""

    def answer(self, key: str) -> Answer | None:
        """The answer of that key, if the kind has it."""
        for answer in self.answers:
            if answer.key == key:
                return answer
        return None


DELIVERED = Answer("delivered", mark("Delivered"), "✓", "go", DONE)
AT_DOOR = Answer("at_door", mark("At the door"), "↧", "go-soft", DONE)
NOBODY = Answer("nobody", mark("Nobody home"), "○", "wait", AGAIN)
REFUSED = Answer("refused", mark("Refused"), "✕", "mute", DECLINED)
OWED = Answer("owed", mark("Owed"), "−", "owed", SHORT)
SPOKEN = Answer("spoken", mark("Told"), "✓", "go", DONE)
LETTER = Answer("letter", mark("Letter left"), "↧", "go-soft", AGAIN)
COLLECTED = Answer("collected", mark("Collected"), "✓", "go", DONE)
NOTHING = Answer("nothing", mark("Nothing to collect"), "–", "mute", DECLINED)
WELL = Answer("well", mark("Well"), "✓", "go", DONE)
NEEDS_HELP = Answer("needs_help", mark("Needs help"), "!", "stop", AGAIN)

CAME = Answer("came", mark("Swabbed"), "✓", "go", DONE)
HERE = Answer("here", mark("In the queue"), "…", "go-soft", AGAIN)
PART = Answer("part", mark("Some missing"), "−", "owed", SHORT)
ABSENT = Answer("nobody", mark("Did not come"), "○", "wait", AGAIN)
EXCUSED = Answer("excused", mark("Not expected"), "✕", "mute", DECLINED)

KINDS = {
    kind.key: kind
    for kind in (
        RoundKind("delivery", mark("Delivery"), (DELIVERED, AT_DOOR, NOBODY, REFUSED, OWED)),
        RoundKind("kits", mark("Antigen kits"), (DELIVERED, AT_DOOR, NOBODY, REFUSED, OWED)),
        RoundKind("knock", mark("Knocking"), (SPOKEN, LETTER, NOBODY, REFUSED)),
        RoundKind("collect", mark("Collecting"), (COLLECTED, NOTHING, NOBODY, REFUSED)),
        RoundKind(
            "visit",
            mark("Visit"),
            (WELL, NEEDS_HELP, NOBODY, REFUSED),
            (Question("days_left", mark("Days of medicine left")),),
        ),
        RoundKind(
            "nucleic",
            mark("Nucleic test"),
            (CAME, HERE, PART, ABSENT, EXCUSED),
            per=("person", "household"),
            unit=mark("people"),
            called=True,
        ),
    )
}
