"""A PostContext: all inputs for judging a post."""

from typing import Literal

import msgspec

from .post import Post
from .tie import NO_TIE, Tie


class Habits(msgspec.Struct, frozen=True):
    """How an author has been seen to post, from the posts at hand; nothing is asked of a network for it.

    All counts are of the author's own posts (boosts left out), newest few dozen. `days` is the time they span.
    """

    seen: int
    answers: int = 0
    """Posts that reply to others."""
    with_link: int = 0
    repeated: int = 0
    """Posts that nearly repeat another one by the author, ignoring links and handles."""
    days: float = 0.0
    words: tuple[float, float, float, float] | None = None
    """What the words of their posts say on average, as a logit per category in the order of CATEGORIES."""


class PostContext(msgspec.Struct, frozen=True):
    """One post before the judgement: its tie to the author, to the booster (None: no boost), and the author's habits.

    `habits` is None where too little was seen; that counts for nothing. `relationship_known` is False while the
    server has not yet said what is between the user and the author: the author may be a friend, whatever the tie holds
    so far. `own` tells that the user wrote or boosted the post.
    """

    post: Post
    tie: Tie = NO_TIE
    booster_tie: Tie | None = None
    habits: Habits | None = None
    relationship_known: bool = True
    own: Literal["author", "booster"] | None = None
    counts_known: bool = True
    """False where the server did not say how many follow the author: that hides nobody."""
