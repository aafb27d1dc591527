"""Applies the server-side filters of accounts to every judged post."""

from collections.abc import Mapping
from datetime import datetime

from ..models.post import Post
from ..models.server_filter import ServerFilter, apply_filters
from ..store.archive import Archive
from ..store.server_filters import read_filters

_Filters = tuple[ServerFilter, ...] | None


class AccountFilters:
    """Caches the stored filters of each account. Call `reload` after a sync."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._stored: dict[str, _Filters] = {}
        self._active: dict[str, _Filters] = {}

    def apply(self, post: Post, now: datetime, *, followed: bool) -> Post:
        """Apply the current filters to a post. If none were ever read, the server's own result stays."""
        if post.account not in self._stored:
            self._stored[post.account] = read_filters(self._archive, post.account)
            self._active[post.account] = _active(self._stored[post.account], now)
        filters = self._stored[post.account]
        if filters is None:
            return post
        return apply_filters(post, filters, now, followed=followed)

    def reload(self, now: datetime) -> set[str]:
        """Reload the filters, and return the accounts whose filters changed."""
        before: Mapping[str, _Filters] = self._active
        self._stored = {account: read_filters(self._archive, account) for account in before}
        self._active = {account: _active(filters, now) for account, filters in self._stored.items()}
        return {account for account, filters in self._active.items() if filters != before[account]}

    def fingerprint(self) -> str:
        """A value that changes with the stored filters of any account."""
        return self._archive.facts_fingerprint("server_filters:")


def _active(filters: _Filters, now: datetime) -> _Filters:
    if filters is None:
        return None
    return tuple(each for each in filters if each.is_active(now))
