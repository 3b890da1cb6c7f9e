"""What may be said of things: take them, hand them on, bring them back, and say what is wrong."""

from server.features.custody.operations import handing, minding, taking

__all__ = ["handing", "minding", "taking"]
