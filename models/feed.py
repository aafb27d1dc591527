"""A Feed: another timeline that the user saved, created or follows on their network."""

from typing import Literal

import msgspec

FeedKind = Literal["feed", "list", "hashtag"]


class Feed(msgspec.Struct, frozen=True):
    """Posts chosen by a feed generator ("feed"), written by the members of a list ("list"), or with a hashtag.

    `id` is its id for the source; `account` is the key of the account that has it. `by` is the creator's handle,
    "" for the user's own feeds and for hashtags. `gone`: it is saved, but no longer exists.
    """

    account: str
    id: str
    kind: FeedKind
    name: str
    about: str = ""
    by: str = ""
    pinned: bool = False
    gone: bool = False
