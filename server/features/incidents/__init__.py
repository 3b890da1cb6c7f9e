"""Closing the incident: what is kept of people becomes totals, and the report says so, signed."""
