"""The facts about each network that the command line's help states.

They are separate from the registry and import nothing, so that `--help` starts fast.
"""

from collections.abc import Iterable
from typing import NamedTuple


class NetworkFacts(NamedTuple):
    """A network in words.

    `name` identifies it in commands and in the store; `label` is its display name. `servers` describes which servers
    it covers. `example_handle` shows the form of a handle; `server_note` and `handle_note` explain `--server` and
    `--handle`. `priced` networks charge for reading.
    """

    name: str
    label: str
    servers: str
    example_handle: str
    server_note: str
    handle_note: str
    priced: bool = False

    @property
    def choice(self) -> str:
        """The network in a list to choose from."""
        if self.priced:
            return f"{self.label}: {self.servers}"
        return f"{self.label}, or {self.servers}"


MASTODON = NetworkFacts(
    "mastodon",
    "Mastodon",
    "any server with its client API",
    "ada@mastodon.example",
    "the server's address",
    "only to check that the token is yours",
)
BLUESKY = NetworkFacts(
    "bluesky",
    "Bluesky",
    "any server of the AT Protocol",
    "ada.bsky.social",
    "found by the handle",
    "needed with an app password",
)
BLOGS = NetworkFacts(
    "blogs", "blogs", "any site with an RSS, Atom or JSON feed", "blog.example", "not used", "not used"
)
X = NetworkFacts(
    "x",
    "X",
    "read-only; it charges for every post, see docs/x.md",
    "ada",
    "not used",
    "only to check that the sign-in is yours",
    priced=True,
)

FREE = (MASTODON, BLUESKY)
"""The free networks that the user can sign in to, in display order."""

SIGN_IN = (*FREE, X)
"""All networks that the user can sign in to. Only the palette and the command line offer the paid one."""


def example_handles() -> str:
    """One example handle per network, for prompts: "ada@mastodon.example or ada.bsky.social"."""
    return " or ".join(each.example_handle for each in FREE)


def another_network(names: Iterable[str]) -> str:
    """The name of a network that is not in `names`; the last network if all are."""
    known = {*names}
    return next((each.name for each in FREE if each.name not in known), FREE[-1].name)


def sign_in_commands() -> str:
    """The sign-in commands, for error sentences: "`quietfeed account add mastodon` (or bluesky)"."""
    first, *others = (each.name for each in FREE)
    return f"`quietfeed account add {first}` (or {', '.join(others)})"
