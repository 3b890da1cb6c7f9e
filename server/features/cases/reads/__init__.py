"""Named queries about cases. Each takes a connection; pages get `views`."""

from server.features.cases.reads.case import case, contacts_on
from server.features.cases.reads.counts import progress
from server.features.cases.reads.desk import desk, open_cases_of
from server.features.cases.reads.looks import LOOKED_ONCE, looked
from server.features.cases.reads.own import mine
from server.features.cases.reads.parts import label_of

__all__ = [
    "LOOKED_ONCE",
    "case",
    "contacts_on",
    "desk",
    "label_of",
    "looked",
    "mine",
    "open_cases_of",
    "progress",
]
