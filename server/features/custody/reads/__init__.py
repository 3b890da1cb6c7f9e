"""Named queries for pages about things. Each takes a connection; pages get `views`."""

from server.features.custody.reads.lists import carries, mine, ours, out, pack, waiting
from server.features.custody.reads.parts import history, holding, of_about
from server.features.custody.reads.thing import thing

__all__ = [
    "carries",
    "history",
    "holding",
    "mine",
    "of_about",
    "ours",
    "out",
    "pack",
    "thing",
    "waiting",
]
