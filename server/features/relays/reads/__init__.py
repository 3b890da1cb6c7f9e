"""Named queries for pages about relays. Each takes a connection; pages get `views`."""

from server.features.relays.reads.lists import listed, new, of_request, pack
from server.features.relays.reads.relay import relay

__all__ = ["listed", "new", "of_request", "pack", "relay"]
