"""What may be said of medicine: what people need, what may be bought instead, and of a batch."""

from server.features.medicine.operations import carrying, needing, running, substituting

__all__ = ["carrying", "needing", "running", "substituting"]
