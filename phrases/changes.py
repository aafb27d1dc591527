"""Sentences about changes. Status lines begin in lower case and end without a full stop."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ..models.view import Change, ChangeKind
from .actions import already_sentence, queued_sentence, withdrawn_sentence
from .mutes import format_expiry

NOTHING_TO_UNDO = "nothing to undo"
NOTHING_TO_REPEAT = "no mark to repeat yet"
NO_OTHERS_CHANGED = "no change has hidden or brought back another post yet"

_ABOUT_POSTS: frozenset[ChangeKind] = frozenset(
    {"mark", "unmark", "marks", "marks_removed", "marks_restored", "vouched", "not_known", "person", "learned"}
)
"""After these changes the other posts are described as "more like this"."""
_SILENT: frozenset[ChangeKind] = frozenset(
    {
        *("checked", "level", "read", "unread", "mutes_expired", "takeover_over"),
        *("subscribed", "unsubscribed", "own_blog", "not_own_blog", "forgotten"),
    }
)
"""Changes without a count of posts: none changed, or the counts of the level show it."""
_NUMBERS = {2: "two", 3: "three", 4: "four"}


def change_parts(change: Change, now: datetime, author: str = "") -> list[str]:
    """What was changed, and which posts that hid and brought back, one phrase each.

    `now` is aware. `author` names the author of a marked post.
    """
    words = _WORDS[change.kind](change, now)
    if change.undone and change.kind != "done_before":
        words = f"undone: {words}"
    parts = [words]
    if change.copies:
        parts[0] += f", and {count(change.copies, 'near-copy')}".replace("copys", "copies")
    if change.marks_missing:
        parts.append(_marks_missing(change.marks_missing))
    of_author = author_text(change)
    if of_author:
        parts.append(of_author)
    # If only the author's posts changed, `of_author` has already counted them.
    if (also := others(change)) and not (change.decided and change.accounts == 1):
        parts.append(also)
    if author and change.kind in ("mark", "unmark") and not change.decided:
        parts.append(f"post by {author}")
    return parts


def change_text(change: Change, now: datetime, author: str = "") -> str:
    """The same in one line: "marked sales: hidden · hid 14 more like this, from 6 accounts"."""
    return " · ".join(change_parts(change, now, author))


def learned_text(cause: Change | None, learned: Change) -> str:
    """What the filter learned from the last change: "marked sales: hid 14 more like this, from 6 accounts"."""
    also = others(learned)
    if not also:
        return "learned"
    if cause is None:
        return f"learned: {also}"
    return f"{short_text(cause)}: {also}"


def author_text(change: Change) -> str:
    """What a mark does to the other posts of its author: "hidden from now on: 12 posts of @eve@shop.example"."""
    if change.kind != "mark" or change.undone:
        return ""
    verb, done = "hide", "hidden"
    if change.category == "person":
        verb, done = "show", "shown"
    handle = f"@{next(iter(change.names), '')}"
    if change.decided and not (change.hid or change.showed):
        return (
            f"{count(change.decided, 'other post')} of {handle} {'is' if change.decided == 1 else 'are'} already {done}"
        )
    if change.decided:
        return f"{done} from now on: {count(change.decided, 'post')} of {handle}"
    if not change.marks_more:
        return ""
    posts = f"other {change.left:,} posts"
    if change.left <= change.marks_more:
        # These marks would cover all of them, so only later posts are left.
        posts = "next posts"
    if change.marks_more == 1:
        return f"one more mark of this kind {verb}s their {posts}"
    return f"{_NUMBERS.get(change.marks_more, change.marks_more)} more marks of this kind {verb} their {posts}"


def short_text(change: Change) -> str:
    """The change in two or three words."""
    if change.undone:
        return "undone"
    name = next(iter(change.names), "")
    if change.kind == "vouched":
        return f"vouched for {name}"
    if change.kind == "not_known":
        return f"{name} is not known"
    if change.kind == "mute":
        return f"muted {name}"
    if change.kind == "mark":
        return f"marked {change.category}"
    if change.kind in ("marks", "unmark"):
        return _WORDS[change.kind](change, datetime.min)
    return "learned"


def others(change: Change) -> str:
    """ "hid 14 more like this, from 6 accounts", or "" if nothing else changed."""
    if change.kind in _SILENT:
        return ""
    hid = sum(key not in change.marked for key in change.hid)
    showed = sum(key not in change.marked for key in change.showed)
    like_this = ""
    if change.kind in _ABOUT_POSTS:
        like_this = " like this"
    parts = []
    if hid:
        parts.append(f"hid {hid} more{like_this}")
    if showed:
        parts.append(f"brought back {showed}")
    if not parts:
        return ""
    return f"{' and '.join(parts)}, from {count(change.accounts, 'account')}"


def count(number: int, noun: str) -> str:
    """ "1 post", "2 posts"."""
    if number == 1:
        return f"{number:,} {noun}"
    return f"{number:,} {noun}s"


def capital(words: str) -> str:
    """Words with a capital first letter, unless they begin with a handle or a host. All other letters stay."""
    first = words.partition(" ")[0].rstrip(".:;,")
    if "@" in first or "." in first:
        return words
    return f"{words[:1].upper()}{words[1:]}"


def as_sentence(words: str) -> str:
    """A status line as a sentence: "Added 1 post."."""
    return f"{capital(words).rstrip('.')}."


def listed(names: Sequence[str]) -> str:
    """ "ada, bob and eve"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _marks_missing(number: int) -> str:
    """How many more marks on a known person's posts let the filter hide their other posts."""
    if number == 1:
        return "1 more mark on their posts lets the filter hide others like it"
    return f"{count(number, 'more mark')} on their posts let the filter hide others like it"


def _mark(change: Change, _now: datetime) -> str:
    if not change.count:
        # The post is not loaded.
        return f"marked {change.category}"
    if change.level is None:
        return f"marked {change.category}: hidden"
    if change.category == "person":
        if change.was_hidden:
            return "marked person: shown again"
        return "marked person: it stays"
    return f"marked {change.category}: still shown at level {change.level.name}"


def _marks(change: Change, _now: datetime) -> str:
    return f"marked {count(change.count, 'post')} {change.category}"


def _marks_restored(change: Change, _now: datetime) -> str:
    return f"restored the marks of {count(change.count, 'post')}"


def _mute(change: Change, now: datetime) -> str:
    assert change.until is not None
    return f"{change.names[0]} is muted {format_expiry(change.until, now)}"


def _level(change: Change, _now: datetime) -> str:
    assert change.level is not None
    return f"level {change.level.name}"


def _about(words: str) -> Callable[[Change, datetime], str]:
    return lambda change, _now: words.format(names=listed(change.names), posts=count(change.count, "post"))


def _several(names: Sequence[str]) -> str:
    """ "ada, bob and 498 more"."""
    if len(names) > 3:
        return f"{names[0]}, {names[1]} and {len(names) - 2} more"
    return listed(names)


def _subscribed(change: Change, _now: datetime) -> str:
    back = ""
    if change.count:
        back = f": {count(change.count, 'post')} came back"
    return f"subscribed to {_several(change.names)}{back}"


def _unsubscribed(change: Change, _now: datetime) -> str:
    gone = ""
    if change.count:
        gone = f": {count(change.count, 'post')} removed"
    return f"unsubscribed from {_several(change.names)}{gone}"


def _already_subscribed(change: Change, _now: datetime) -> str:
    return f"you already subscribed to {_several(change.names)}"


def _posted(change: Change, _now: datetime) -> str:
    if change.count == 1:
        return "sending the post"
    return f"sending {change.count} posts"


_WORDS: Mapping[ChangeKind, Callable[[Change, datetime], str]] = {
    "mark": _mark,
    "unmark": _about("mark removed"),
    "marks": _marks,
    "marks_removed": _about("removed the marks of {posts}"),
    "marks_restored": _marks_restored,
    "checked": _about("right to hide: it stays hidden"),
    "vouched": _about("{names} is always shown from now on"),
    "not_known": _about("{names} no longer counts as somebody you know"),
    "person": _about("{names} is judged like everybody else again"),
    "not_marked": _about("{names} was already judged like everybody else"),
    "mute": _mute,
    "unmute": _about("{names} is no longer muted"),
    "not_muted": _about("{names} was not muted"),
    "mutes_expired": _about("a mute has ended"),
    "takeover_over": _about("{names} posts as usual again, and is no longer muted"),
    "link": _about("{names} are one person now"),
    "unlink": _about("{names} are separate people again"),
    "distinct": _about("{names} are separate people; quietfeed does not propose them again"),
    "links_restored": _about("{names} are as before"),
    "already_linked": _about("{names} are already joined"),
    "handle_confirmed": _about("{names} is the person you vouched for: the vouch stays"),
    "handle_denied": _about("{names} is somebody else: the vouch does not apply to this account"),
    "not_linked": _about("{names} is not joined with anybody"),
    "level": _level,
    "read": _about("marked {posts} read"),
    "unread": _about("marked {posts} unread"),
    "already_read": _about("everything here is already read"),
    "learned": _about("learned"),
    "post_withdrawn": _about("the post is not sent; its draft is saved"),
    "posted": _posted,
    "action": lambda change, _now: queued_sentence(change.action, *change.names),
    "action_withdrawn": lambda change, _now: withdrawn_sentence(change.action, *change.names),
    "done_before": lambda change, _now: f"nothing to undo: {already_sentence(change.action, *change.names)}",
    "already_done": lambda change, _now: already_sentence(change.action, *change.names),
    "subscribed": _subscribed,
    "unsubscribed": _unsubscribed,
    "already_subscribed": _already_subscribed,
    "own_blog": _about("{names} is your own blog: comments and links there count toward your ties"),
    "not_own_blog": _about("{names} is no longer your own blog"),
    "forgotten": _about("forgotten"),
    "imported": _about("imported {names}"),
    "import_undone": _about("the import of {names}"),
    "already_imported": _about("everything in {names} is already imported"),
}
"""One function per kind of change."""
