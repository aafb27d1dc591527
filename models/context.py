"""A PostContext: all inputs for judging a post."""

from typing import Literal

import msgspec

from .person import Person
from .post import Post
from .tie import NO_TIE, Tie

WrittenText = tuple[str, str | None, tuple[str, ...] | None, tuple[str, ...] | None]
"""The text of a post, its warning, links and hashtags."""


class Burst(msgspec.Struct, frozen=True):
    """Posts of an author within a few minutes, with links to one host that the author never linked to before."""

    host: str
    minutes: int
    posts: tuple[str, ...]


class Habits(msgspec.Struct, frozen=True, gc=False):
    """How an author posts, computed from loaded posts without any request.

    All counts cover the author's newest few dozen posts, without boosts. `days` is the time they span.
    """

    seen: int
    answers: int = 0
    """How many posts reply to others."""
    with_link: int = 0
    repeated: int = 0
    """How many posts nearly repeat another one by the author, ignoring links and handles."""
    days: float = 0.0
    words: tuple[float, float, float, float] | None = None
    """The average text score of their posts: a logit per category in the order of CATEGORIES."""

    bursts: tuple[Burst, ...] = ()
    """Posts unlike the others, as after somebody took over the account."""

    voice: tuple[float, float, float, float] | None = None
    """The average score of `texts` by the personal model of the last count: a logit per category."""

    same_form: int = 0
    """How many of the first posts that are read have the same form: the same signs between words and numbers."""

    texts: tuple[WrittenText, ...] = ()
    """A few of their texts, to be read with each new personal model. They are not stored."""


class FollowedBy(msgspec.Struct, frozen=True, gc=False):
    """The people the user follows and who follow an author.

    `count` is their number, `weight` the summed weight of their follows (at most `count`), `name` the name of one.
    """

    count: int
    weight: float
    name: str


class PostContext(msgspec.Struct, frozen=True, gc=False):
    """One post before judging: the ties to its author and its booster (None: no boost), and the author's habits.

    `habits` is None if too few posts are known; it then has no effect. `relationship_known` is False until the
    server has returned the relationship between the user and the author. Until then the author may be a friend,
    even if the tie contains nothing. `own` is set if the user wrote or boosted the post.
    """

    post: Post
    tie: Tie = NO_TIE
    booster_tie: Tie | None = None
    habits: Habits | None = None
    relationship_known: bool = True
    own: Literal["author", "booster"] | None = None
    counts_known: bool = True
    """False if the author's number of followers is unknown; this never hides a post."""

    subscribed: bool = False
    """Whether the user subscribed to the feed that the post is from."""

    answerable: bool = True
    """False for a feed of a site, which has no replies, so that missing replies prove nothing."""

    imitates: Person | None = None
    """The known person that the author's name or handle imitates. It changes no score, and is always shown."""

    followed_by: FollowedBy | None = None
    """None if the network does not report it."""
