"""Named queries for pages about people who are shut in. Each takes a connection."""

from server.features.stranded.reads.lists import away, desk, mine, pack

__all__ = ["away", "desk", "mine", "pack"]
