"""quietfeed: a feed client for the terminal that shows only the people you actually know."""

__version__ = "0.1.0"
