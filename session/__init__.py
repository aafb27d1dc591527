"""The spine: the one room that knows sources, store and filters. `Session` is its public face."""

from .session import Session, open_demo, open_public, open_session, own_settings

__all__ = ["Session", "open_demo", "open_public", "open_session", "own_settings"]
