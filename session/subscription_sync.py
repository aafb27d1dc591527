"""Syncs the subscribed feeds of an account: stores each when its response arrives, a few posts at a time.

A feed's posts are stored before its validators. If the sync ends in between, the next request returns the posts again.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from ..models.pages import Page
from ..models.post import Post
from ..models.source import SubscriptionSource
from ..models.subscription import FeedNews
from ..models.view import Progress
from ..store.archive import Archive
from .ingest import store_blog_ties, store_feed_state, store_page
from .paging import Arrived, Changed
from .relationships import Report
from .sync import SyncOutcome

_STEP_POSTS, _STEP_CHARACTERS = 6, 20_000
"""How many letters are stored between two pauses, which takes less than a frame."""
_TOLD_ALONE = 3
"""If more feeds than this failed, they are reported in one sentence."""


async def sync_subscriptions(
    source: SubscriptionSource, archive: Archive, *, now: datetime, report: Report, arrived: Arrived, changed: Changed
) -> SyncOutcome:
    """Request the due feeds and store what is new. A failing feed is reported once. Raises StoreError."""
    account = source.account.key
    subscriptions = archive.subscriptions.all(account)
    source.use(subscriptions)
    due = sum(each.is_due(now) for each in subscriptions)
    troubles: list[str] = []
    done = 0
    async for news in source.news(now):
        done += 1
        report(Progress(account, "subscriptions", done, due))
        if not archive.subscriptions.has(account, news.subscription.id):
            # The user unsubscribed meanwhile.
            continue
        await _store(news, archive, now, arrived, changed)
        store_feed_state(archive, account, news.subscription)
        store_blog_ties(archive, account, news.interactions)
        if news.trouble:
            troubles.append(news.trouble)
    if len(troubles) > _TOLD_ALONE:
        troubles = [f"{len(troubles)} of {due} subscriptions failed; `quietfeed subscriptions` lists them."]
    return SyncOutcome(troubles)


async def _store(news: FeedNews, archive: Archive, now: datetime, arrived: Arrived, changed: Changed) -> None:
    account = news.posts[0].account if news.posts else ""
    for posts in _steps(_dated(news.posts, archive, now)):
        page = store_page(archive, account, Page(posts, None), now, below=None, filled=None)
        if page.new:
            arrived(page.new)
        if page.changed:
            changed(page.changed, [])
        await asyncio.sleep(0)


def _dated(posts: Sequence[Post], archive: Archive, now: datetime) -> Sequence[Post]:
    """The posts, those without a date with the time when they were first seen."""
    undated = [post.key for post in posts if post.created_at is None]
    if not undated:
        return posts
    seen = {post.key: post.created_at for _, post in archive.posts.get(undated)}
    return [post if post.created_at else replace(post, created_at=seen.get(post.key) or now) for post in posts]


def _steps(posts: Sequence[Post]) -> Iterator[tuple[Post, ...]]:
    step: list[Post] = []
    size = 0
    for post in posts:
        step.append(post)
        size += len(post.text)
        if len(step) >= _STEP_POSTS or size >= _STEP_CHARACTERS:
            yield tuple(step)
            step, size = [], 0
    if step:
        yield tuple(step)
