"""Keeping the register true: households are asked now and then whether it is still so."""
