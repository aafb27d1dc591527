"""Tuning: numbers that balance speed against freshness. They are passed in, so that tests can choose their own."""

import msgspec


class Tuning(msgspec.Struct, frozen=True):
    """The defaults suit a person at a terminal; users do not set these."""

    posts_per_load: int = 200
    """Stored posts that one `load` reads."""

    pages_per_fill: int = 5
    """Pages that are fetched at most to fill a gap, or to find older posts."""

    learn_after: float = 0.7
    """Seconds after the last mark before training begins: a burst of marks is trained once."""

    rejudge_pause: float = 0.002
    """Seconds between two steps of judging again, in which the interface answers keys."""

    trainer_idle: float = 60.0
    """Seconds without training after which the trainer process ends."""

    unread_tracked: int = 20_000
    """The newest unread posts that are followed; older ones count as read."""
