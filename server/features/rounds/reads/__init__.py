"""Named queries for pages about rounds. Each takes a connection and gives a record of `views`."""

from server.features.rounds.reads.board import board
from server.features.rounds.reads.brought import brought_since
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

__all__ = [
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
    "pack",
    "picture",
    "pressing",
    "progress",
    "public",
    "round_cards",
    "takes_photos",
    "work",
]
