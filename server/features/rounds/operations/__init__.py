"""What may be asked of a round; importing this registers the kinds."""

from server.features.rounds.operations import assign, count, knock, life, mark

__all__ = ["assign", "count", "knock", "life", "mark"]
