"""What may be said of people who are shut in where they do not live."""

from server.features.stranded.operations import coming, going

__all__ = ["coming", "going"]
