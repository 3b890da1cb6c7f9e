"""What may be said of standing trips."""

from server.features.trips.operations import driving, planning, saying, watching

__all__ = ["driving", "planning", "saying", "watching"]
