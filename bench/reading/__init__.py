"""The reading aid, measured on generated photos: what it sees, and how it orders a queue."""
