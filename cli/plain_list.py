"""The post lists of --plain: the timeline and the lists opened over it, each with a position."""

from collections.abc import Callable, Collection, Sequence

import msgspec

from ..models.verdict import is_unlike
from ..models.view import HIDE_CAUSES, Gap, HideCause, JudgedPost, PostKey, hide_cause
from ..phrases.people import shares
from ..session import Session


class PostList(msgspec.Struct):
    """A list of posts with a position. `find` returns its current posts; `opened_by` is the action that opened it.

    A post that no longer belongs to it stays while it is being read. With `grows`, stored posts that are not loaded yet
    may belong to it too.
    """

    name: str
    opened_by: str
    find: Callable[[], Sequence[PostKey]]
    keys: list[PostKey] = msgspec.field(default_factory=list)
    at: int = 0
    grows: bool = False
    folds: dict[PostKey, tuple[PostKey, ...]] = msgspec.field(default_factory=dict)
    """Posts that represent several posts of an account that may have been taken over, with all of these."""

    def update(self, *, stay: bool = True) -> None:
        """Update the list. The position stays on its post; without `stay` it may move to the nearest one below."""
        here, before = self.here, self.keys
        self.keys = list(self.find())
        if here is None:
            self.at = 0
            return
        places = {key: number for number, key in enumerate(self.keys)}
        after = next((places[key] for key in before[self.at :] if key in places), len(self.keys))
        if here not in places and stay:
            self.keys.insert(after, here)
        self.at = min(after, max(len(self.keys) - 1, 0))

    @property
    def here(self) -> PostKey | None:
        """The post being read."""
        if self.keys:
            return self.keys[self.at]
        return None

    def go(self, key: PostKey) -> None:
        """Move to a post, which is added if it is missing."""
        if key not in self.keys:
            self.keys.insert(self.at, key)
        self.at = self.keys.index(key)


def feed(session: Session, opened: Collection[PostKey] = ()) -> PostList:
    """The posts that the level shows. The newest copy represents a post on several networks.

    Several posts unlike their author's others are one entry, until one of them is among the `opened` posts.
    """

    def shown() -> list[PostKey]:
        same = session.crossposts.same()
        first: dict[PostKey | str, PostKey] = {}
        keys = []
        for judged in session.timeline.posts:
            if not judged.verdict.shown_at(session.timeline.level):
                continue
            identity = same.identities.get(judged.post.identity)
            if identity is None or first.setdefault(identity, judged.key) == judged.key:
                keys.append(judged.key)
        fold = _folds(session, keys, opened)
        walk.folds = {group[0]: group for group in fold}
        gone = {key for group in fold for key in group[1:]}
        return [key for key in keys if key not in gone]

    walk = PostList("the timeline", "", shown, grows=True)
    return walk


def _folds(session: Session, keys: Sequence[PostKey], opened: Collection[PostKey]) -> list[tuple[PostKey, ...]]:
    """The posts of each account that may have been taken over, newest first, if there are several."""
    groups: dict[PostKey, list[PostKey]] = {}
    for key in keys:
        judged = session.timeline.get(key)
        if judged is not None and is_unlike(judged.verdict):
            groups.setdefault(judged.post.author_key, []).append(key)
    return [tuple(group) for group in groups.values() if len(group) > 1 and not any(key in opened for key in group)]


def hidden(session: Session) -> PostList:
    """The posts that the level hides. Posts that become shown stay in the list."""
    listed: set[PostKey] = set()

    def find() -> list[PostKey]:
        listed.update(
            judged.key for judged in session.timeline.posts if not judged.verdict.shown_at(session.timeline.level)
        )
        return [judged.key for judged in session.timeline.posts if judged.key in listed]

    return PostList("the hidden posts", "hidden", find, grows=True)


def training(session: Session) -> PostList:
    """The most instructive posts; once all are marked, the next ones follow."""
    queue: list[PostKey] = []

    def those() -> list[PostKey]:
        judged = (session.timeline.get(key) for key in queue)
        if all(each is None or each.mark is not None for each in judged):
            queue.extend(key for key in session.timeline.training_queue() if key not in queue)
        return list(queue)

    return PostList("training, the posts whose marks teach the filter most", "train", those)


def by_author(session: Session, judged: JudgedPost) -> PostList:
    """The loaded posts of one author, shown or hidden."""

    def theirs() -> list[PostKey]:
        handles = session.links.handles_of(judged.post.author_key)
        return [each.key for each in session.timeline.posts if each.post.author_key in handles]

    return PostList(f"the posts of {judged.post.author.shown_name}", "author", theirs)


def fixed(name: str, opened_by: str, keys: Sequence[PostKey]) -> PostList:
    """These posts, in this order."""
    return PostList(name, opened_by, lambda: keys)


def between(session: Session, newer: PostKey | None, older: PostKey | None) -> tuple[str, Gap | None]:
    """A text about the hidden posts between two posts of the timeline, and the gap there if any."""
    counts: dict[HideCause, int] = {}
    began = newer is None
    above = below = None
    for judged in session.timeline.posts:
        if judged.key == newer:
            began, above = True, judged.post.at
            continue
        if judged.key == older:
            below = judged.post.at
            break
        if began and not judged.verdict.shown_at(session.timeline.level):
            kind = hide_cause(judged.verdict)
            counts[kind] = counts.get(kind, 0) + 1
    gap = next(
        (
            each
            for each in session.timeline.gaps
            if each.older_at is not None and above and below and below < each.at <= above
        ),
        None,
    )
    if not counts:
        return "", gap
    ordered = {kind: counts[kind] for kind in HIDE_CAUSES if kind in counts}
    return f"{sum(counts.values())} hidden between: {shares(ordered)}.", gap
