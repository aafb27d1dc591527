"""Checks the settings of the screens, for the app and for `quietfeed doctor`."""

from textual.theme import BUILTIN_THEMES

from ..models.config import Config
from ..models.errors import UsageError
from .keys import keys_of
from .themes import THEMES


def check_settings(config: Config) -> dict[str, str]:
    """The keys of all actions. Raises UsageError for an unknown theme, key set, action or key."""
    known = {*BUILTIN_THEMES, *(theme.name for theme in THEMES)}
    if config.theme not in known:
        raise UsageError(f"There is no theme {config.theme!r}: quiet-dark and quiet-light are quietfeed's own.")
    return keys_of(config.keyset, config.keys)
