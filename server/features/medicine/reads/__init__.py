"""Named queries for pages about medicine. Each takes a connection; pages get `views`."""

from server.features.medicine.reads.batch import batch
from server.features.medicine.reads.lists import index, mine, writing

__all__ = ["batch", "index", "mine", "writing"]
