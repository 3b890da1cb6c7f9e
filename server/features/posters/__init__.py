"""Addresses on paper: what hangs in a lobby leads everybody there to a page, signed in or not."""
