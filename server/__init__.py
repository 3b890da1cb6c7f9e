"""Stairwell 楼道: a locked-down neighbourhood, run door by door."""

__version__ = "0.1.0"
