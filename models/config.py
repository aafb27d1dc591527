"""Config: what the user may set in config.toml, each with its default."""

from collections.abc import Mapping

import msgspec

from .verdict import Level


class Config(msgspec.Struct, frozen=True):
    """The user's settings; docs/config.md shows the file."""

    level: Level = Level.quiet
    """How quiet the timeline is at start."""

    theme: str = "quiet-dark"
    """The name of the colours: quiet-dark, quiet-light, or any of Textual's own."""

    keys: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Rebound keys: the id of an action -> the keys, separated by commas."""

    keyset: str = "vim"
    """"vim", "arrows" or "emacs": which set of keys stands before the rebound ones."""

    refresh_minutes: float = 5.0
    """How often the timeline asks for news while it is open; 0 asks only when told to."""

    first_sync_posts: int = 400
    """How many posts the first sync of an account fetches at most."""

    pictures: str = "auto"
    """How pictures are drawn: "auto" (by what the terminal can), "kitty", "sixel", "blocks", or "off"."""

    data_saving: bool = False
    """Whether a picture is only fetched when it is asked for."""

    strip_tracking: bool = False
    """Whether links are opened and copied without the parameters that only tell where the reader came from."""
