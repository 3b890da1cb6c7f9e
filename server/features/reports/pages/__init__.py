"""Named queries for pages about reports. Results are read for those who may see them only."""

from server.features.reports.pages.chain import chain_page
from server.features.reports.pages.door import asked, door, own
from server.features.reports.pages.missing import chasing, missing
from server.features.reports.pages.results import making, results
from server.features.reports.pages.review import review

__all__ = [
    "asked",
    "chain_page",
    "chasing",
    "door",
    "making",
    "missing",
    "own",
    "results",
    "review",
]
