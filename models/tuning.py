"""Tuning: numbers that balance speed against freshness. They are passed in, so that tests can choose their own."""

import msgspec


class Tuning(msgspec.Struct, frozen=True):
    """The defaults suit a person at a terminal; users do not set them."""

    posts_per_load: int = 200
    """How many stored posts one `load` reads."""

    pages_per_fill: int = 5
    """The maximum number of pages fetched to fill a gap or to find older posts."""

    learn_after: float = 0.7
    """Seconds after the last mark before training begins: a burst of marks is trained once."""

    rejudge_pause: float = 0.002
    """Seconds between two steps of rejudging, in which the interface handles keys."""

    trainer_idle: float = 60.0
    """Seconds without training after which the trainer process ends."""

    unread_tracked: int = 20_000
    """How many of the newest unread posts are tracked; older ones count as read."""
