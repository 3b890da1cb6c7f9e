"""Named queries for pages about rounds. Each takes a connection and gives a record of `views`."""

from server.features.rounds.reads.board import board
from server.features.rounds.reads.brought import brought_since, spoken_to_since
from server.features.rounds.reads.caring import still_open, visits_at
from server.features.rounds.reads.desk import (
    assigning,
    closing,
    counting,
    handing_on,
    making,
    needs,
)
from server.features.rounds.reads.door import door_history
from server.features.rounds.reads.hours import progress
from server.features.rounds.reads.lists import household_home, pack, round_cards, takes_photos, work
from server.features.rounds.reads.picture import picture, pressing, public
from server.features.rounds.reads.screening import (
    SPOKEN_FOR,
    VACANT,
    open_screenings,
    screened,
)
from server.features.rounds.rules import DIFFERENCES

__all__ = [
    "DIFFERENCES",
    "SPOKEN_FOR",
    "VACANT",
    "assigning",
    "board",
    "brought_since",
    "closing",
    "counting",
    "door_history",
    "handing_on",
    "household_home",
    "making",
    "needs",
    "open_screenings",
    "pack",
    "picture",
    "pressing",
    "progress",
    "public",
    "round_cards",
    "screened",
    "spoken_to_since",
    "still_open",
    "takes_photos",
    "visits_at",
    "work",
]
