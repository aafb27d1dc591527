"""The application layer: services behind one facade. Only this package knows sources, store and filters together."""

from ..store.tokens import TokenFileNeeded
from .opening import open_demo, open_public, open_session, own_settings
from .session import Session

__all__ = ["Session", "TokenFileNeeded", "open_demo", "open_public", "open_session", "own_settings"]
