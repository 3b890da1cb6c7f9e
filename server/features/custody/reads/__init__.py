"""Named queries for pages about things. Each takes a connection; pages get `views`."""

from server.features.custody.reads.lists import carries, mine, ours, out, pack, waiting
from server.features.custody.reads.parts import history, holding, newest_of, of_about, of_door
from server.features.custody.reads.thing import story, thing
from server.features.custody.views import ThingLine, ThingStory

__all__ = [
    "ThingLine",
    "ThingStory",
    "carries",
    "history",
    "holding",
    "mine",
    "newest_of",
    "of_about",
    "of_door",
    "ours",
    "out",
    "pack",
    "story",
    "thing",
    "waiting",
]
