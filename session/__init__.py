"""The application layer: services behind one facade. Only this package knows sources, store and filters together.

The names below are imported on first use, so that `quietfeed --help` can import `session.networks` without loading
the store.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..store.outbox import Entry as OutboxEntry
    from ..store.tokens import TokenFileNeeded
    from .opening import Openers, open_demo, open_public, open_session, own_settings
    from .session import Session

__all__ = [
    "Openers",
    "OutboxEntry",
    "Session",
    "TokenFileNeeded",
    "open_demo",
    "open_public",
    "open_session",
    "own_settings",
]

_MODULES = {
    "Openers": (".opening", "Openers"),
    "OutboxEntry": ("..store.outbox", "Entry"),
    "Session": (".session", "Session"),
    "TokenFileNeeded": ("..store.tokens", "TokenFileNeeded"),
    "open_demo": (".opening", "open_demo"),
    "open_public": (".opening", "open_public"),
    "open_session": (".opening", "open_session"),
    "own_settings": (".opening", "own_settings"),
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _MODULES[name]
    value = getattr(import_module(module, __name__), attribute)
    globals()[name] = value
    return value
