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
class Finding:
    """What somebody reports of their own health: a health record, on no board and in no history."""

    key: str
    label: str
    glyph: str
    tone: str
    alarms: bool = False
    """True where somebody must look into it now."""
    why: bool = False
    """True where it takes a reason."""


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
    findings: tuple[Finding, ...] = ()
    """What each person reports; the answers then only say how many have: see `features/reports`."""
    details: tuple[Question, ...] = ()
    """What is asked of each person besides, as much a health record as the finding."""

    looks_after: bool = False
    """True where somebody goes to see that people are well: `care` hears of every mark."""

    photo: bool = False
    """True where a mark may say that there is a photo of what was done."""

    premises: bool = False
    """True where shops are doors of the round too: a screening asks who stays there overnight."""

    photo_first: bool = False
    """True where the usual answer is proved by one, so that the first tap on a door asks for it."""

    @property
    def reported(self) -> bool:
        """True where doors are marked by what their people report, one by one."""
        return bool(self.findings)

    @property
    def offered(self) -> tuple[Answer, ...]:
        """The answers that somebody at a door can give; those of reports come of the reports."""
        if not self.reported:
            return self.answers
        return tuple(one for one in self.answers if one.key not in REPORTING)

    def finding(self, key: str) -> Finding | None:
        """The finding of that key, if people report such a thing in rounds of this kind."""
        return next((one for one in self.findings if one.key == key), None)

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
BROUGHT = Answer("brought", mark("Given back"), "✓", "go", DONE)
NOTHING = Answer("nothing", mark("Nothing to collect"), "–", "mute", DECLINED)
WELL = Answer("well", mark("Well"), "✓", "go", DONE)
NEEDS_HELP = Answer("needs_help", mark("Needs help"), "!", "stop", AGAIN)

DISINFECTED = Answer("disinfected", mark("Disinfected"), "✓", "go", DONE)
NOT_NOW = Answer("not_now", mark("Not possible now"), "○", "wait", AGAIN)

ASKED = Answer("asked", mark("Asked at the door"), "✓", "go", DONE)
DECLARED = Answer("declared", mark("Declared"), "✓", "go-soft", DONE)
"""The household has said itself who lives there, in the building's group or on paper."""
VACANT = Answer("vacant", mark("Nobody lives here"), "□", "mute", DONE)

CAME = Answer("came", mark("Swabbed"), "✓", "go", DONE)
HERE = Answer("here", mark("In the queue"), "…", "go-soft", AGAIN)
PART = Answer("part", mark("Some missing"), "−", "owed", SHORT)
ABSENT = Answer("nobody", mark("Did not come"), "○", "wait", AGAIN)
EXCUSED = Answer("excused", mark("Not expected"), "✕", "mute", DECLINED)

REPORTED = Answer("reported", mark("Reported"), "✓", "go", DONE)
SOME = Answer("some", mark("Not yet reported"), "−", "owed", SHORT)
REPORTING = frozenset({REPORTED.key, SOME.key})
"""Answers that come of reports and that nobody gives by hand."""

NEGATIVE = Finding("negative", mark("Negative"), "−", "go")
POSITIVE = Finding("positive", mark("Positive"), "+", "stop", alarms=True)
INVALID = Finding("invalid", mark("Invalid"), "?", "wait")
NOT_DONE = Finding("not_done", mark("Not done"), "✕", "mute", why=True)
FEELS_WELL = Finding("feels_well", mark("Feels well"), "✓", "go")
FEELS_ILL = Finding("feels_ill", mark("Feels ill"), "!", "stop", alarms=True)

UNSPOKEN = frozenset(
    one.key for one in (AT_DOOR, NOBODY, LETTER, NOT_NOW, DISINFECTED, ABSENT, EXCUSED)
)
"""Answers after which nobody has been spoken to or seen."""

KINDS = {
    kind.key: kind
    for kind in (
        RoundKind("delivery", mark("Delivery"), (DELIVERED, AT_DOOR, NOBODY, REFUSED, OWED)),
        RoundKind("kits", mark("Antigen kits"), (DELIVERED, AT_DOOR, NOBODY, REFUSED, OWED)),
        RoundKind("knock", mark("Knocking"), (SPOKEN, LETTER, NOBODY, REFUSED)),
        RoundKind("collect", mark("Collecting"), (COLLECTED, NOTHING, NOBODY, REFUSED)),
        RoundKind("bring_back", mark("Bringing back"), (BROUGHT, NOBODY, REFUSED)),
        RoundKind(
            "visit",
            mark("Visit"),
            (WELL, NEEDS_HELP, NOBODY, REFUSED),
            (Question("days_left", mark("Days of medicine left")),),
            looks_after=True,
        ),
        RoundKind(
            "meal",
            mark("Meals"),
            (DELIVERED, AT_DOOR, NOBODY, REFUSED),
            per=("household",),
            unit=mark("meals"),
        ),
        RoundKind(
            "disinfect",
            mark("Disinfection"),
            (DISINFECTED, NOT_NOW),
            per=("floor",),
            unit=mark("floors"),
            photo=True,
            photo_first=True,
        ),
        RoundKind(
            "screening",
            mark("Screening"),
            (ASKED, DECLARED, VACANT, NOBODY, LETTER, REFUSED),
            (
                Question(
                    "evidence",
                    mark("How it shows that nobody lives here"),
                    "choice",
                    (
                        ("meter", mark("The meter stands still")),
                        ("letter", mark("The letter was not taken in")),
                        ("seal", mark("The seal is whole")),
                    ),
                ),
                Question("seal", mark("Number on the seal"), "text"),
                Question("overnight", mark("In a shop: people who stay overnight"), "number"),
            ),
            per=("household",),
            unit=mark("flats"),
            photo=True,
            premises=True,
        ),
        RoundKind(
            "nucleic",
            mark("Nucleic test"),
            (CAME, HERE, PART, ABSENT, EXCUSED),
            per=("person", "household"),
            unit=mark("people"),
            called=True,
        ),
        RoundKind(
            "antigen",
            mark("Antigen test"),
            (REPORTED, SOME, NOBODY, REFUSED),
            per=("person",),
            unit=mark("people"),
            findings=(NEGATIVE, POSITIVE, INVALID, NOT_DONE),
            details=(Question("kit", mark("Number on the kit"), "text"),),
            photo=True,
            photo_first=True,
        ),
        RoundKind(
            "isolation",
            mark("Home isolation"),
            (REPORTED, SOME, NOBODY, REFUSED),
            (
                Question(
                    "given",
                    mark("Given at the door"),
                    "choice",
                    (
                        ("mask", mark("Masks")),
                        ("bin", mark("Bin for medical waste")),
                        ("both", mark("Masks and bin")),
                    ),
                ),
            ),
            per=("person",),
            unit=mark("people"),
            findings=(FEELS_WELL, FEELS_ILL),
            details=(
                Question("temperature", mark("Temperature, °C"), "decimal"),
                Question("symptoms", mark("Symptoms"), "text"),
            ),
        ),
    )
}
