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


class JudgedPost(msgspec.Struct, frozen=True):
    """A post with its verdict, the tie to its author, and the user's own mark and newest action on it, if any."""

    post: Post
    verdict: Verdict
    tie: Tie = NO_TIE
    tie_name: TieName = "stranger"
    mark: Category | None = None
    action: PostAction | None = None

    @property
    def liked(self) -> bool:
        """Whether the user likes it, as far as is known. What was just asked for counts before the server has it."""
        if self.action is not None and self.action.state != "failed":
            return self.action.kind == "like"
        return self.post.viewer.liked is True

    @property
    def key(self) -> PostKey:
        """The post's key."""
        return self.post.key


def hide_cause(verdict: Verdict) -> HideCause:
    """What a hidden post is counted as: its category, "muted", "filtered" by a filter or label, or a "stranger"."""
    if verdict.cause in ("mute", "server_mute", "server_block"):
        return "muted"
    if verdict.cause in ("server_filter", "user_rule", "label"):
        return "filtered"
    # What a guess alone would have shown is hidden at level known because nobody knows its author.
    if verdict.category == "person" or verdict.strictest_level == Level.quiet:
        return "stranger"
    return verdict.category


GapKind = Literal["open", "forgotten", "unreachable"]


class Gap(msgspec.Struct, frozen=True):
    """A hole in what is kept: posts of `account` older than `at` that were not fetched.

    `older_at` is where the kept posts go on below it; None means that nothing is kept below (the end of what was
    fetched so far). `cursor` is the source's own. Nothing fills a gap that is not open: the server has "forgotten" the
    posts, or they are "unreachable" because it gives no way to older pages.
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
    """How many posts a level shows, and hides, and as what; estimated unless `exact`."""

    shown: int
    hidden: Mapping[HideCause, int]
    exact: bool = True

    @property
    def hidden_total(self) -> int:
        """All hidden posts together."""
        return sum(self.hidden.values())


ProgressKind = Literal["refresh", "posts", "posts_done", "older_posts", "gap", "contacts"]


class Progress(msgspec.Struct, frozen=True):
    """What is being fetched, with a count; `total` is None where it is not known."""

    account: str
    kind: ProgressKind
    done: int = 0
    total: int | None = None


class Refusal(msgspec.Struct, frozen=True):
    """An account whose server answers again after a new sign-in, and the error that says so."""

    account: Account
    error: SignInNeeded | PermissionMissing


class RefreshResult(msgspec.Struct, frozen=True):
    """What a refresh brought. `troubles` are sentences about accounts that could not be asked, or not fully.

    `new` are the posts that were kept for the first time, loaded or not; the level shows and hides so many of them.
    """

    new: tuple[PostKey, ...] = ()
    shown: int = 0
    hidden: int = 0
    troubles: tuple[str, ...] = ()
    older: bool = False
    """Whether the posts are from the end of the timeline, or were kept before: these are no news."""
    refusals: tuple[Refusal, ...] = ()
    """The accounts that have to sign in again; `troubles` has their sentences too, for the command line."""
    retry_at: datetime | None = None
    """When a server that limits requests may be asked again."""


ChangeKind = Literal[
    "mark", "unmark", "marks", "marks_restored",
    "vouched", "not_known", "person",
    "mute", "unmute", "not_muted", "mutes_expired",
    "link", "unlink", "distinct", "links_restored", "already_linked", "not_linked",
    "level", "read", "unread", "already_read", "learned",
    "like", "unlike", "like_withdrawn", "unlike_withdrawn", "already_liked", "already_not_liked",
]  # fmt: skip
"""What was changed. "marks" are those on several posts; "person" takes the user's word on a person back;
a like that was "withdrawn" was not sent yet.
"""

UNCHANGED: frozenset[ChangeKind] = frozenset(
    {"not_muted", "already_linked", "not_linked", "already_read", "already_liked", "already_not_liked"}
)
"""Kinds after which there is nothing to undo."""


class Change(msgspec.Struct, frozen=True):
    """What an action changed, for the screen to say and to redraw; phrases/changes.py makes its sentence.

    `key` is the post that was acted on. `hid` and `showed` are the other posts that the current level hides or shows
    by it, `accounts` how many authors they are from.
    """

    kind: ChangeKind
    key: PostKey | None = None
    hid: tuple[PostKey, ...] = ()
    showed: tuple[PostKey, ...] = ()
    accounts: int = 0
    names: tuple[str, ...] = ()
    """The handles of the people it is about."""
    category: Category | None = None
    """What posts were marked as."""
    guess: Category | None = None
    """What one post was taken for before it was marked."""
    level: Level | None = None
    """The new level; for a mark the level that still shows the post, None where the post is hidden now."""
    count: int = 0
    """How many posts were acted on: marked, or read."""
    marks_missing: int = 0
    """How many more marks as noise a known author needs before a guess may hide their posts; 0 tells nothing."""
    marked: tuple[PostKey, ...] = ()
    """The posts that were acted on, where there are several."""
    until: datetime | None = None
    """When a mute ends (aware, UTC)."""
    undone: bool = False
    """Whether this is the undoing of such a change."""


class TieView(msgspec.Struct, frozen=True):
    """A tie as the user is told of it.

    `own`: it is an account of the user's own. `relationship_known`: the server has said who follows whom.
    """

    handle: str
    tie: Tie
    name: TieName = "stranger"
    own: bool = False
    relationship_known: bool = True


class Why(msgspec.Struct, frozen=True):
    """Everything that decided about a post, for the why panel and the command line."""

    verdict: Verdict
    level: Level
    """The level of the timeline."""
    tie: TieView
    """The tie to the author."""
    booster_tie: TieView | None = None
