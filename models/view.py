"""Values for user interfaces: judged posts, gaps, counts, progress, and changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from .account import Account
from .action import PostAction
from .errors import PermissionMissing, SignInNeeded
from .post import Post
from .tie import NO_TIE, Tie, TieName
from .verdict import Category, Level, Verdict

PostKey = tuple[str, str]

HideCause = Literal["celebrity", "sales", "spam", "stranger", "filtered", "muted"]
HIDE_CAUSES: tuple[HideCause, ...] = ("celebrity", "sales", "spam", "stranger", "filtered", "muted")


class JudgedPost(msgspec.Struct, frozen=True, gc=False):
    """A post with its verdict, the tie to its author, and the user's own mark and actions on it, if any."""

    post: Post
    verdict: Verdict
    tie: Tie = NO_TIE
    tie_name: TieName = "stranger"
    mark: Category | None = None
    actions: tuple[PostAction, ...] = ()
    """The newest action of each topic on the post, newest first."""

    @property
    def liked(self) -> bool:
        """Whether the user likes it, as far as is known. A pending action counts as done."""
        return self._state("like", "unlike", self.post.viewer.liked)

    @property
    def boosted(self) -> bool:
        """Whether the user boosted it."""
        return self._state("boost", "unboost", self.post.viewer.boosted)

    @property
    def bookmarked(self) -> bool:
        """Whether the user bookmarked it."""
        return self._state("bookmark", "unbookmark", self.post.viewer.bookmarked)

    @property
    def pinned(self) -> bool:
        """Whether it is pinned to the user's profile."""
        return self._state("pin", "unpin", self.post.viewer.pinned)

    @property
    def voted(self) -> bool:
        """Whether the user voted in its poll."""
        return self._state("vote", "", self.post.viewer.voted)

    def action(self, *kinds: str) -> PostAction | None:
        """The newest action of these kinds on the post; of any kind without one."""
        return next((each for each in self.actions if not kinds or each.kind in kinds), None)

    def _state(self, there: str, back: str, known: bool | None) -> bool:
        newest = self.action(there, back)
        if newest is not None and newest.state != "failed":
            return newest.kind == there
        return known is True

    @property
    def key(self) -> PostKey:
        """The post's key."""
        return self.post.key


def hide_cause(verdict: Verdict) -> HideCause:
    """How a hidden post is counted: its category, "muted", "filtered" by a filter or label, or "stranger"."""
    if verdict.cause in ("mute", "server_mute", "server_block"):
        return "muted"
    if verdict.cause in ("server_filter", "user_rule", "label"):
        return "filtered"
    # The classifier alone would show it. Level `known` hides it, because its author is a stranger.
    if verdict.category == "person" or verdict.strictest_level == Level.quiet:
        return "stranger"
    return verdict.category


class SamePosts(msgspec.Struct, frozen=True):
    """Which posts are copies of one post on several networks.

    `identities` maps the identity of each copy to one that they share, `places` the name of a network to its place in a
    sentence ("on Bluesky").
    """

    identities: Mapping[PostKey | str, PostKey | str] = msgspec.field(default_factory=dict)
    places: Mapping[str, str] = msgspec.field(default_factory=dict)

    def identity(self, post: Post) -> PostKey | str:
        """The identity that all copies and entries of a post share."""
        own = post.identity
        return self.identities.get(own, own)


Side = Literal["newer", "older"]
"""A side of the loaded range of posts."""

GapKind = Literal["open", "forgotten", "unreachable"]


class Gap(msgspec.Struct, frozen=True):
    """Posts of `account` older than `at` that were not fetched.

    `older_at` is the time of the next stored post below the gap; None if there is none (the end of the fetched
    timeline). `cursor` belongs to the source. Only an open gap can be filled: the posts of a "forgotten" one are no
    longer on the server, and the server returns no page with those of an "unreachable" one.
    """

    id: int
    account: str
    cursor: str
    at: datetime
    older_at: datetime | None
    kind: GapKind = "open"

    @property
    def fillable(self) -> bool:
        """Whether the posts can be fetched."""
        return self.kind == "open"


class Counts(msgspec.Struct, frozen=True):
    """How many posts a level shows, and how many it hides by cause; estimated unless `exact`."""

    shown: int
    hidden: Mapping[HideCause, int]
    exact: bool = True

    @property
    def hidden_total(self) -> int:
        """The number of all hidden posts."""
        return sum(self.hidden.values())


ProgressKind = Literal["refresh", "posts", "posts_done", "older_posts", "gap", "contacts", "subscriptions"]


class Progress(msgspec.Struct, frozen=True):
    """The progress of a fetch; `total` is None if unknown."""

    account: str
    kind: ProgressKind
    done: int = 0
    total: int | None = None


class Refusal(msgspec.Struct, frozen=True):
    """An account that needs a new sign-in, and the error of its request."""

    account: Account
    error: SignInNeeded | PermissionMissing


class RefreshResult(msgspec.Struct, frozen=True):
    """The result of a refresh. `errors` are sentences about accounts that could not be read, or not completely.

    `new` are the posts that were stored for the first time, loaded or not. The level shows `shown` of them and hides
    `hidden`.
    """

    new: tuple[PostKey, ...] = ()
    shown: int = 0
    hidden: int = 0
    errors: tuple[str, ...] = ()
    older: bool = False
    """Whether the posts are from the end of the timeline or were stored before, so that they are not new."""
    refusals: tuple[Refusal, ...] = ()
    """The accounts that have to sign in again; `errors` has their sentences too, for the command line."""
    retry_at: datetime | None = None
    """When the rate limit of a server ends."""


ChangeKind = Literal[
    "mark", "unmark", "marks", "marks_removed", "marks_restored", "checked",
    "vouched", "not_known", "person", "not_marked",
    "mute", "unmute", "not_muted", "mutes_expired", "takeover_over",
    "link", "unlink", "distinct", "links_restored", "already_linked", "not_linked",
    "level", "read", "unread", "already_read", "learned",
    "action", "action_withdrawn", "already_done", "done_before", "posted", "post_withdrawn",
    "subscribed", "unsubscribed", "already_subscribed", "own_blog", "not_own_blog", "forgotten",
    "imported", "import_undone", "already_imported", "handle_confirmed", "handle_denied",
]  # fmt: skip
"""The kinds of changes. "marks" covers several posts; "checked" is an answer of the safety check; "person" removes the
user's mark on a person; "handle_confirmed" and "handle_denied" say whether an account is the person the user
vouched for; an "action" is one on a server, named by `action`; a "withdrawn" one had not been sent yet, and nothing
undoes one that was "done_before".
"""

UNCHANGED: frozenset[ChangeKind] = frozenset(
    {
        "not_muted",
        "not_marked",
        "already_linked",
        "not_linked",
        "already_read",
        "already_done",
        "done_before",
        "already_subscribed",
        "already_imported",
        "handle_confirmed",
        "handle_denied",
    }
)
"""Kinds after which there is nothing to undo."""


class Change(msgspec.Struct, frozen=True):
    """The effect of a change, for reporting and redrawing it; phrases/changes.py builds the sentence.

    `key` is the post that was acted on. `hid` and `showed` are the other posts that the current level hides or shows
    as a result; `accounts` is the number of their authors.
    """

    kind: ChangeKind
    key: PostKey | None = None
    hid: tuple[PostKey, ...] = ()
    showed: tuple[PostKey, ...] = ()
    accounts: int = 0
    names: tuple[str, ...] = ()
    """The handles of the people concerned."""
    action: str = ""
    """The kind of an action on a server."""
    category: Category | None = None
    """The category that posts were marked with."""
    guess: Category | None = None
    """The category that the filter had guessed before a post was marked."""
    level: Level | None = None
    """The new level; for a mark, the level that still shows the post, or None if the post is hidden now."""
    was_hidden: bool = False
    """Whether a marked post was hidden before."""
    contradicts: bool = False
    """Whether the marks on this author contradict each other since this mark."""
    count: int = 0
    """How many posts were marked or read."""
    marks_missing: int = 0
    """How many more marks as noise a known author needs before the classifier may hide their posts; 0: not reported."""
    copies: int = 0
    """How many near-copies of a marked post were marked with it."""
    decided: int = 0
    """How many other posts of a marked post's author are hidden now (or shown, for person); 0: not reported."""
    marks_more: int = 0
    """How many more marks of this kind hide (or show) the author's other posts, `left` in number; 0: not reported."""
    left: int = 0
    marked: tuple[PostKey, ...] = ()
    """The posts that were acted on, if there are several."""
    until: datetime | None = None
    """When a mute ends (aware, UTC)."""
    undone: bool = False
    """Whether the change was undone."""


class TieView(msgspec.Struct, frozen=True):
    """A tie with the values to describe it.

    `own`: it is one of the user's own accounts. `relationship_known`: the server has returned the follows between the
    user and the person.
    """

    handle: str
    tie: Tie
    name: TieName = "stranger"
    own: bool = False
    relationship_known: bool = True


class Why(msgspec.Struct, frozen=True):
    """The full explanation of a verdict, for the why panel and the command line."""

    verdict: Verdict
    level: Level
    """The level of the timeline."""
    tie: TieView
    """The tie to the author."""
    booster_tie: TieView | None = None
