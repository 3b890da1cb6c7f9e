"""What may be asked of requests: ask, answer, run them, and hand a shift over."""

from server.features.requests.operations import answering, asking, running, shift

__all__ = ["answering", "asking", "running", "shift"]
