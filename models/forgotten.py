"""What was forgotten on this machine, and what remains on servers."""

import msgspec


class Remains(msgspec.Struct, frozen=True):
    """What stays on the servers: the handles that the user follows, blocks or mutes there, and what the user did."""

    follows: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    mutes: tuple[str, ...] = ()
    interactions: int = 0
    """The user's known likes, boosts, replies and messages to them."""
    accounts: tuple[str, ...] = ()
    """The user's own accounts, with their posts and follows."""


class Forgotten(msgspec.Struct, frozen=True):
    """What was forgotten: names, deleted rows by table, what stays on servers, and whether every file is clean.

    `settings` are the settings files that name them, which only the user edits.
    """

    names: tuple[str, ...]
    counts: dict[str, int]
    remains: Remains
    clean: bool = True
    settings: tuple[str, ...] = ()
