"""Newcomers and those who leave say so themselves; whoever keeps the flats confirms it."""
