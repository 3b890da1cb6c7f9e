"""What may be asked of a testing day; importing this registers the kinds."""

from server.features.testing.operations import calls, people, setup, tubes

__all__ = ["calls", "people", "setup", "tubes"]
