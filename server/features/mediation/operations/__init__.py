"""What may be said in a mediation: by its officer, by its sides, and about who leads it."""

from server.features.mediation.operations import agreeing, leading, saying

__all__ = ["agreeing", "leading", "saying"]
