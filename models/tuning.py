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

    step_pause: float = 0.02
    """Seconds between two steps of reading ahead and of counting, in which the interface handles keys."""

    count_after: float = 0.2
    """Seconds without a key before posts are counted, because the steps would delay a held key."""

    load_batch: int = 16
    """Stored posts that a screen loads or judges again at once: less than a frame of work."""

    prefetch: int = 128
    """Posts that are loaded below the cursor. Each takes some 8 KB: its words, its features, and its verdict."""

    keep_margin: int = 200
    """Posts that stay in memory on either side of the cursor."""

    tray_ahead: int = 20
    """Hidden posts that the tray has loaded beyond the cursor."""

    tray_scan: int = 1000
    """Stored posts that the tray reads for one key in search of hidden ones."""

    news_each: float = 0.15
    """Seconds between two updates of the screen during a sync."""

    pane_delay: float = 0.12
    """Seconds that the cursor rests before the second pane shows its post."""

    collect_after: float = 0.3
    """Seconds without a key before garbage is collected."""

    young_collections: int = 4
    """A full garbage collection is worthwhile after this many of the middle generation."""

    first_retry: float = 2.0
    """The approximate delay in seconds before the first retry of an action; it grows with each retry."""

    action_wait: float = 20.0
    """Seconds that a command sends and retries an action before it ends."""

    post_wait: float = 60.0
    """The same for a post or a list: uploads take long, and a list may need many requests."""

    trainer_idle: float = 60.0
    """Seconds without training after which the trainer process ends."""

    unread_tracked: int = 20_000
    """How many of the newest unread posts are tracked; older ones count as read."""
