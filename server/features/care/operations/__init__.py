"""What may be said of people in care."""

from server.features.care.operations import deciding, hearing, suggesting

__all__ = ["deciding", "hearing", "suggesting"]
