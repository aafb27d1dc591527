"""A Feed: a timeline beside the home timeline, that the user saved, made or follows on their network."""

from typing import Literal

import msgspec

FeedKind = Literal["feed", "list", "hashtag"]


class Feed(msgspec.Struct, frozen=True):
    """Posts that somebody's program chose ("feed"), that certain people wrote ("list"), or that carry a hashtag.

    `id` is what its source is asked with; `account` the key of the account that has it. `by` is the handle of whoever
    made it, "" where that is the user or nobody. `gone`: it is saved, but no longer there.
    """

    account: str
    id: str
    kind: FeedKind
    name: str
    about: str = ""
    by: str = ""
    pinned: bool = False
    gone: bool = False
