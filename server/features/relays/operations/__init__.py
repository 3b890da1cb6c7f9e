"""What may be said of relays: make one, meet at the gate, and see it through."""

from server.features.relays.operations import making, meeting, minding

__all__ = ["making", "meeting", "minding"]
