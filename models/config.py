"""The settings of config.toml with their defaults."""

from collections.abc import Mapping

import msgspec

from .verdict import Level


class Config(msgspec.Struct, frozen=True):
    """The user's settings; docs/config.md shows the file."""

    level: Level = Level.quiet
    """How quiet the timeline is at start."""

    theme: str = "quiet-dark"
    """The colour theme: quiet-dark, quiet-light, or any theme of Textual."""

    keys: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Rebound keys: the id of an action -> the keys, separated by commas."""

    keyset: str = "vim"
    """"vim", "arrows" or "emacs": the key set that `keys` modifies."""

    refresh_minutes: float = 5.0
    """The refresh interval of the open timeline; 0 turns automatic refreshes off."""

    compose_delay: float = 10.0
    """How many seconds a new post waits before it is sent, so that it can be undone; 0 sends at once."""

    viewer: str = ""
    """The command that plays videos and audio, such as "mpv --"; "" opens them in the browser."""

    first_sync_posts: int = 400
    """The maximum number of posts that the first sync of an account fetches."""

    keep_days: int = 730
    """Posts older than this many days are removed, except those that matter to the user; 0 sets no limit."""

    keep_posts: int = 500_000
    """The oldest posts beyond this number are removed, with the same exceptions; 0 sets no limit."""

    pictures: str = "auto"
    """How pictures are drawn: "auto" (the best method of the terminal), "kitty", "sixel", "blocks", or "off"."""

    data_saving: bool = False
    """Whether pictures are fetched only on request."""

    strip_tracking: bool = False
    """Whether tracking parameters are removed from links that are opened or copied."""

    monthly_budget: float = 5.0
    """How many dollars quietfeed may spend in a month on a network that charges for reading; 0 reads nothing there."""

    monthly_posts: int = 0
    """How many posts it may read there in a month; 0 sets no limit other than the budget."""

    hide_above: int = 0
    """How sure a guess must be to hide a post, in percent; 0: training chooses it."""

    owned_reads: bool = True
    """Whether the developer app belongs to the account that reads: its own lists then have a lower price."""
