"""Named queries for pages about passes and gates. Each takes a connection; pages get `views`."""

from server.features.passes.reads.gates import gate, gates
from server.features.passes.reads.heard import crossed_since
from server.features.passes.reads.lists import desk, ended_by, made_for, mine, of_about, pack
from server.features.passes.reads.one import pass_page

__all__ = [
    "crossed_since",
    "desk",
    "ended_by",
    "gate",
    "gates",
    "made_for",
    "mine",
    "of_about",
    "pack",
    "pass_page",
]
