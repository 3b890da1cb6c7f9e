"""Named queries for pages about testing days. Each takes a connection; pages get `views`."""

from server.features.testing.reads.day import day, making, site, sites_of
from server.features.testing.reads.door import door, door_by_card, spared
from server.features.testing.reads.household import last_tested, last_tests, positive_at, turns
from server.features.testing.reads.tubes import tubes

__all__ = [
    "day",
    "door",
    "door_by_card",
    "last_tested",
    "last_tests",
    "making",
    "positive_at",
    "site",
    "sites_of",
    "spared",
    "tubes",
    "turns",
]
