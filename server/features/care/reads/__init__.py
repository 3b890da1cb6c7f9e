"""Named queries for pages about special care. Each takes a connection; pages get `views`."""

from server.features.care.reads.board import board, mine, pack
from server.features.care.reads.one import ours, person_page, telephone, writing
from server.features.care.reads.parts import known, look
from server.features.care.reads.silent import look_at_silent, silent

__all__ = [
    "board",
    "known",
    "look",
    "look_at_silent",
    "mine",
    "ours",
    "pack",
    "person_page",
    "silent",
    "telephone",
    "writing",
]
