"""Finds conversations among the loaded posts, and folds them into single lines."""

from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from ...models.post import Post
from ...models.view import JudgedPost, PostKey
from .rows import PostRow, Row


class Threads:
    """Groups posts into conversations by their replies, also through posts that are not loaded."""

    def __init__(self, posts: Iterable[Post]) -> None:
        self._above: dict[PostKey, PostKey] = {}
        self._members: dict[PostKey, set[PostKey]] = {}
        own: dict[PostKey, PostKey] = {}
        for post in posts:
            node = _node(post)
            own[post.key] = node
            if post.reply_to_id:
                self._join(node, (post.account, post.reply_to_id))
        for key, node in own.items():
            self._members.setdefault(self._top(node), set()).add(key)
        self._own = own

    def around(self, key: PostKey) -> Collection[PostKey]:
        """All loaded posts of a post's conversation, including itself."""
        node = self._own.get(key)
        if node is None:
            return {key}
        return self._members[self._top(node)]

    def _top(self, node: PostKey) -> PostKey:
        path = []
        while (above := self._above.get(node, node)) != node:
            path.append(node)
            node = above
        for each in path:
            self._above[each] = node
        return node

    def _join(self, one: PostKey, other: PostKey) -> None:
        self._above[self._top(one)] = self._top(other)


def _node(post: Post) -> PostKey:
    """The post that answers refer to: for a boost, the original."""
    return (post.account, post.original_id or post.id)


class Folds:
    """The folded conversations of a screen. Each is one line in place of its newest post."""

    def __init__(self) -> None:
        self._folded: set[PostKey] = set()
        self._threads = Threads(())
        self._posts: tuple[PostKey | int, ...] = ()

    def apply(self, rows: list[Row], posts: Sequence[JudgedPost]) -> list[Row]:
        """The rows, with each folded conversation as one line. A conversation with one shown row stays as it is."""
        if not self._folded:
            return rows
        of: dict[PostKey, PostKey] = {}
        threads = self._of(posts)
        for key in self._folded:
            if key not in of:
                of |= dict.fromkeys(threads.around(key), key)
        groups: dict[PostKey, list[PostRow]] = {}
        for row in rows:
            if isinstance(row, PostRow) and row.key in of and not row.unlike:
                groups.setdefault(of[row.key], []).append(row)
        lines: list[Row] = []
        for row in rows:
            group = groups.get(of[row.key], []) if row.key in of else []
            if len(group) < 2 or not isinstance(row, PostRow) or row.unlike:
                lines.append(row)
            elif row is group[0]:
                lines.append(replace(row, folded=tuple(each.key for each in group[1:])))
        return lines

    def toggle(self, row: PostRow, rows: Sequence[Row], posts: Sequence[JudgedPost]) -> tuple[str, PostKey | None]:
        """Fold or unfold the conversation of a post. Returns the message, and the post to select or None."""
        if row.folded:
            self.unfold(row.key, posts)
            return f"unfolded {len(row.folded) + 1} posts", row.key
        around = self._of(posts).around(row.key)
        shown = [each for each in rows if isinstance(each, PostRow) and each.key in around and not each.unlike]
        if len(shown) < 2:
            return "nothing else of this conversation is shown here", None
        self._folded.add(row.key)
        return f"folded {len(shown)} posts of this conversation", shown[0].key

    def unfold(self, key: PostKey, posts: Sequence[JudgedPost]) -> None:
        """Unfold the conversation of a post, if it is folded."""
        if self._folded:
            self._folded.difference_update(self._of(posts).around(key))

    def _of(self, posts: Sequence[JudgedPost]) -> Threads:
        # Replies never change, so only added or removed posts change conversations.
        now: tuple[PostKey | int, ...] = ()
        if posts:
            now = (len(posts), posts[0].key, posts[-1].key)
        if now != self._posts:
            self._threads = Threads(judged.post for judged in posts)
            self._posts = now
        return self._threads
