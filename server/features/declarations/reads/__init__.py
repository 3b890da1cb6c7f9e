"""Named queries for pages about declarations. Each takes a connection; pages get `views`."""

from server.features.declarations.reads.differing import differences, ill
from server.features.declarations.reads.door import door, own, pack
from server.features.declarations.reads.picture import picture, shares

__all__ = ["differences", "door", "ill", "own", "pack", "picture", "shares"]
