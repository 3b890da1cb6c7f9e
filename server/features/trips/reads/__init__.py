"""Named queries for pages about standing trips. Each takes a connection; pages get `views`."""

from server.features.trips.reads.lists import index, mine, pack
from server.features.trips.reads.one import plan, trip, writing

__all__ = ["index", "mine", "pack", "plan", "trip", "writing"]
