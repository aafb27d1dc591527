"""The extent of the soak tests: environment variables (listed in docs/checking.md) and their defaults."""

import os


def count(name: str, default: int) -> int:
    """The number in QUIETFEED_`name`."""
    return int(os.environ.get(f"QUIETFEED_{name}", default))
