"""An Account: one of the user's own sign-ins."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """Where the user is signed in. `server` is the base URL without a trailing slash; `id` the user's own Person id."""

    network: str
    server: str
    handle: str
    id: str

    @property
    def key(self) -> str:
        """The name of the account in the store and on the command line, e.g. "mastodon:ada@example.social"."""
        return f"{self.network}:{self.handle}"
