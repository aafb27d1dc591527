"""One module per network: its answers in, models out. `SOURCES` says where each is; none is imported before it is needed."""

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol

from ..models.account import Account
from ..models.errors import UsageError
from ..models.post import Post
from ..models.source import Source

SOURCES = {
    "mastodon": ".mastodon",
}


class Network(Protocol):
    """What the package of a network offers the session, beside the Source itself."""

    def open_source(self, account: Account, secret: Mapping[str, str]) -> Source:
        """The source of a signed-in account."""

    def read_input(self, value: object) -> tuple[list[Post], list[str]]:
        """The posts in an answer of the network's API, and a sentence for each thing in it that could not be read."""


def network(name: str) -> Network:
    """The package of a network by name; raises UsageError where there is none."""
    if name not in SOURCES:
        raise UsageError(f"There is no network {name!r}: quietfeed knows {', '.join(SOURCES)}.")
    module: Network = import_module(SOURCES[name], __name__)  # type: ignore[assignment]
    return module
