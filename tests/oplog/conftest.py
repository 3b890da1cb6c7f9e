"""Kinds for the tests of the one write path."""

from tests.oplog.kinds import adding

__all__ = ["adding"]
