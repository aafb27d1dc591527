"""The demo world opens with its first page; when all is loaded, it is judged as if loaded at once."""

from datetime import UTC, datetime

from quietfeed.models.verdict import Level
from quietfeed.models.view import Progress
from quietfeed.session.opening import open_demo
from quietfeed.session.session import Session

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def opened(*, first_page: bool) -> Session:
    return open_demo(now=NOW, first_page=first_page)


async def test_the_first_page_comes_first_and_the_end_is_the_same() -> None:
    whole, paused = opened(first_page=False), opened(first_page=True)
    first = [judged.key for judged in paused.timeline.posts]
    assert 0 < len(first) < 30
    assert first == [judged.key for judged in whole.timeline.posts][: len(first)]
    assert paused.fetching.unfinished
    await paused.fetching.finish(lambda _: None)
    assert not paused.fetching.unfinished
    assert list(paused.timeline.posts) == list(whole.timeline.posts)
    assert [paused.timeline.counts(level) for level in Level] == [whole.timeline.counts(level) for level in Level]
    assert paused.unread.unread == whole.unread.unread


async def test_posts_that_were_judged_between_pages_are_judged_the_same_in_the_end() -> None:
    whole, paused = opened(first_page=False), opened(first_page=True)

    def judge(progress: Progress) -> None:
        paused.timeline.rejudge_stale()

    await paused.fetching.finish(judge)
    assert list(paused.timeline.posts) == list(whole.timeline.posts)


async def test_no_friend_is_hidden_on_the_first_page() -> None:
    paused = opened(first_page=True)
    before = {judged.key: judged.verdict.shown_at(Level.noise) for judged in paused.timeline.posts}
    await paused.fetching.finish(lambda _: None)
    for key, shown in before.items():
        judged = paused.timeline.get(key)
        assert judged is not None
        assert shown >= judged.verdict.shown_at(Level.noise), judged.post.text


async def test_a_refresh_finishes_first() -> None:
    whole, paused = opened(first_page=False), opened(first_page=True)
    for session in (whole, paused):
        await session.fetching.refresh(lambda _: None)
    assert [each.key for each in paused.timeline.posts] == [each.key for each in whole.timeline.posts]
