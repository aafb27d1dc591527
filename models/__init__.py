"""Immutable data: no I/O, and no sentences for users."""
