"""How much the soak tests do: environment variables, which docs/checking.md lists, and their defaults."""

import os


def count(name: str, default: int) -> int:
    """The number in QUIETFEED_`name`."""
    return int(os.environ.get(f"QUIETFEED_{name}", default))
