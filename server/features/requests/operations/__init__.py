"""What may be asked of requests: ask, answer, run them, hand a shift over, take steps in need."""

from server.features.requests.operations import answering, asking, emergency, running, shift

__all__ = ["answering", "asking", "emergency", "running", "shift"]
