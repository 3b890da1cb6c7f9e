"""Named queries for pages about requests. Each takes a connection; pages get `views`."""

from server.features.requests.reads.desk import desk, waiting
from server.features.requests.reads.emergency import pack as pack_of_emergencies
from server.features.requests.reads.emergency import steps
from server.features.requests.reads.heard import asked_since
from server.features.requests.reads.own import (
    asking,
    door_of,
    intake,
    mine,
    open_at,
    owner_of,
    pack,
)
from server.features.requests.reads.parts import answers_somewhere
from server.features.requests.reads.request import request, telephone

__all__ = [
    "answers_somewhere",
    "asked_since",
    "asking",
    "desk",
    "door_of",
    "intake",
    "mine",
    "open_at",
    "owner_of",
    "pack",
    "pack_of_emergencies",
    "request",
    "steps",
    "telephone",
    "waiting",
]
