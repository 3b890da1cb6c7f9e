"""What posters are for, and what proves that somebody belongs to a flat. No session or clock."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from server.features.people.rules import May
from server.i18n import mark

SCREENING, ARRIVALS = "screening", "arrivals"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a poster leads to."""

    key: str
    label: str  # marked words
    asks: str  # what stands on the paper in large letters
    steps: tuple[str, ...]  # and below it
    right: May  # what it takes, over the building, to hang one and to take it down
    of_round: bool = False


PURPOSES: Mapping[str, Purpose] = {
    one.key: one
    for one in (
        Purpose(
            SCREENING,
            mark("Declaring in a screening"),
            mark("Say who lives with you"),
            (
                mark("Scan this code with your telephone's camera."),
                mark("Type your flat and the number on your card, or the end of your number."),
                mark("Say who is here. Nobody but the committee reads it."),
            ),
            May.KEEP_REGISTER,
            of_round=True,
        ),
        Purpose(
            ARRIVALS,
            mark("Moving in and leaving"),
            mark("Moved in? Leaving? Say so here"),
            (
                mark("Scan this code with your telephone's camera."),
                mark("Type your flat, who you are, and since when or from when."),
                mark("The property company confirms it. No identity card is asked for."),
            ),
            May.KEEP_VACANCIES,
        ),
    )
}

WRONG_PER_FLAT, FLAT_HOURS = 5, 1
"""Wrong proofs for one flat, and the hours in which nobody gets another try: ten thousand ends of
telephone numbers take ten weeks, and a card works at the door meanwhile."""

WRONG_PER_ADDRESS = 30
"""Wrong proofs a minute from one address: a whole street may sit behind one."""

ENDS_WITH = 4


def plain(typed: str) -> str:
    """What somebody typed, narrow, in capitals, without spaces and dashes."""
    narrow = unicodedata.normalize("NFKC", typed).upper()
    return re.sub(r"[\s\-_.·—–]", "", narrow)


def proves(typed: str, card_number: str, phones: Collection[str]) -> bool:
    """True where it is the card's number, or how a telephone number there ends."""
    said = plain(typed)
    if said and said == plain(card_number):
        return True
    ends = {phone[-ENDS_WITH:] for phone in phones if len(phone) > ENDS_WITH}
    return len(said) == ENDS_WITH and said.isascii() and said.isdigit() and said in ends
