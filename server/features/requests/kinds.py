"""What people ask for: each kind with how soon it is wanted, who takes it and who may know of it.

A kind is data. Adding one is an entry here and its words in the catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from server.features.people.rules import (
    MEDICAL,
    OFFICER,
    POLICE,
    PROPERTY,
    STEWARD,
    VOLUNTEER,
    May,
)
from server.i18n import mark

NOW, SOON, TODAY = "now", "soon", "today"
URGENCIES = (NOW, SOON, TODAY)
"""How soon somebody has to come."""

OPEN, HEALTH, PRIVATE = May.SEE_REQUESTS, May.SEE_HEALTH_REQUESTS, May.SEE_PRIVATE_REQUESTS
"""Who may know of it: all who answer requests there, or those whom health or quarrels concern."""

AMBULANCE = "120"


@dataclass(frozen=True, slots=True)
class RequestKind:
    """One thing that is asked for."""

    key: str
    label: str  # marked words, as all that follows
    glyph: str
    urgency: str
    takers: tuple[str, ...]  # roles, whom to ask first first
    sees: May = OPEN
    ask: str = ""  # what a sentence about it should say
    quick: dict[str, str] = field(default_factory=dict)  # sentences that are one tap
    wide: bool = False  # it may be the matter of a whole stairwell or building
    ambulance: bool = False  # the ambulance is to be called first

    @property
    def health(self) -> bool:
        """True where that it was asked for at all says something of somebody's health."""
        return self.sees == HEALTH

    @property
    def private(self) -> bool:
        """True where the household need not hear of it from who asked for them."""
        return self.key in _BEHIND_THEIR_BACK


_BEHIND_THEIR_BACK = ("quarrel", "alone")
_NEAR = (VOLUNTEER, OFFICER, STEWARD)

KINDS = {
    kind.key: kind
    for kind in (
        RequestKind(
            "emergency",
            mark("Birth or emergency"),
            "✚",
            NOW,
            (MEDICAL, OFFICER, STEWARD),
            HEALTH,
            mark("Who, and what has happened?"),
            {
                "labour": mark("Labour has begun"),
                "chest": mark("Chest pain or no breath"),
                "fall": mark("Somebody fell"),
                "faint": mark("Somebody does not wake up"),
            },
            ambulance=True,
        ),
        RequestKind(
            "doctor",
            mark("A doctor now"),
            "☤",
            NOW,
            (MEDICAL, OFFICER, STEWARD),
            HEALTH,
            mark("Who is ill, since when, and how old are they?"),
            {
                "fever": mark("High fever"),
                "pain": mark("Strong pain"),
                "worse": mark("It gets worse quickly"),
            },
            ambulance=True,
        ),
        RequestKind(
            "medicine",
            mark("Medicine"),
            "℞",
            SOON,
            (OFFICER, MEDICAL, STEWARD),
            HEALTH,
            mark("Which medicine, how much, and for how many days is some left?"),
            {
                "today": mark("It runs out today"),
                "days": mark("It lasts for three days at most"),
            },
        ),
        RequestKind(
            "trip",
            mark("Dialysis or another hospital trip"),
            "⇄",
            SOON,
            (MEDICAL, OFFICER, STEWARD),
            HEALTH,
            mark("Which hospital, on which day, and at what time?"),
            {
                "dialysis": mark("Dialysis"),
                "chemo": mark("Chemotherapy"),
                "checkup": mark("Check-up in pregnancy"),
            },
        ),
        RequestKind(
            "food",
            mark("Food or water"),
            "◍",
            TODAY,
            _NEAR,
            ask=mark("What is missing, and for how many people?"),
            quick={
                "nothing": mark("Nothing is left for today"),
                "tomorrow": mark("It lasts until tomorrow"),
            },
        ),
        RequestKind(
            "baby",
            mark("Baby or pet"),
            "☺",
            SOON,
            _NEAR,
            ask=mark("What is needed, and which size or brand?"),
            quick={
                "formula": mark("Milk powder"),
                "nappies": mark("Nappies"),
                "pet": mark("Food for a pet"),
            },
        ),
        RequestKind(
            "locked",
            mark("Locked out or in"),
            "⌂",
            SOON,
            (PROPERTY, OFFICER, VOLUNTEER, STEWARD),
            ask=mark("Which door, and is somebody alone behind it?"),
            quick={
                "out": mark("We are outside the door"),
                "stove": mark("Something is on the stove"),
            },
        ),
        RequestKind(
            "power",
            mark("Power, water or lift"),
            "↯",
            SOON,
            (PROPERTY, OFFICER, STEWARD),
            ask=mark("What does not work, and since when?"),
            quick={
                "power": mark("No power"),
                "water": mark("No water"),
                "leak": mark("Water runs down"),
                "lift": mark("The lift does not work"),
            },
            wide=True,
        ),
        RequestKind(
            "delivery",
            mark("To or from a relative"),
            "▣",
            TODAY,
            _NEAR,
            ask=mark("What, from where, and to whom?"),
        ),
        RequestKind(
            "quarrel",
            mark("A quarrel"),
            "≠",
            SOON,
            (POLICE, OFFICER, STEWARD),
            PRIVATE,
            mark("What is it about, and with whom may we speak?"),
            {"noise": mark("Noise"), "threat": mark("Somebody is threatened")},
        ),
        RequestKind(
            "alone",
            mark("A child or an old person alone"),
            "◔",
            SOON,
            (OFFICER, STEWARD, POLICE),
            PRIVATE,
            mark("Who is alone, since when, and when were they last seen?"),
            {"child": mark("A child"), "old": mark("An old person")},
        ),
        RequestKind(
            "other",
            mark("Something else"),
            "…",
            TODAY,
            (OFFICER, STEWARD),
            PRIVATE,
            mark("What do you need?"),
            wide=True,
        ),
    )
}
