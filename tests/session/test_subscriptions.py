"""Subscriptions: discovered, read, judged, marked, removed, undone."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quietfeed.codec.opml import read_opml
from quietfeed.models.errors import NotFound, SourceError, UsageError
from quietfeed.models.subscription import FoundFeed
from quietfeed.models.verdict import Level
from quietfeed.models.view import Change
from quietfeed.session import Session
from quietfeed.session.sync import ignore_progress
from quietfeed.tests.saying import says
from quietfeed.tests.session.times import StoppedTime

Serve = Callable[..., Any]
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADVERT = "<p>Buy now! Use code SAVE20 for 20% off everything in my shop, limited offer: https://shop.example</p>"


@pytest.fixture
def time() -> StoppedTime:
    return StoppedTime(START)


async def subscribed(session: Session, address: str) -> None:
    found = await session.subscriptions.find(address)
    session.subscriptions.subscribe(found.feeds[:1])


def texts(session: Session) -> list[str]:
    return [judged.post.text for judged in session.timeline.posts]


async def test_subscribing_and_fetching_is_one_call(session: Session, blogs: Serve) -> None:
    server = blogs(posts=3)
    found = await session.subscriptions.find(f"{server.url}/rss.xml")
    shown: list[tuple[str, int]] = []

    def show(change: Change) -> None:
        shown.append((change.kind, len(session.timeline.posts)))

    result = await session.subscriptions.subscribe_and_fetch(found.feeds, show)
    assert result is not None
    assert len(result.new) == len(session.timeline.posts) == 3
    assert await session.subscriptions.subscribe_and_fetch(found.feeds, show) is None
    # The user interface learns of the subscription before the posts arrive.
    assert shown == [("subscribed", 0), ("already_subscribed", 3)]


async def test_a_feed_that_was_typed_is_found_subscribed_and_read(session: Session, blogs: Serve) -> None:
    server = blogs(posts=3)
    found = await session.subscriptions.find(f"{server.url}/rss.xml")
    assert [(each.title, each.address) for each in found.feeds] == [("Ada's garden", f"{server.url}/rss.xml")]
    change = session.subscriptions.subscribe(found.feeds)
    assert (change.kind, change.names) == ("subscribed", ("Ada's garden",))
    assert [account.name for account in session.accounts] == ["blogs:subscriptions"]
    result = await session.fetching.refresh(ignore_progress)
    assert (len(result.new), result.errors) == (3, ())
    first = session.timeline.posts[0]
    assert first.post.text == "Garden notes 3\n\nRain on the roof, tea on the stove."
    assert [(span.kind, span.target) for span in first.post.spans] == [
        ("heading", ""),
        ("link", f"{server.url}/roof"),
    ]
    assert first.verdict.cause == "subscribed"
    assert first.verdict.shown_at(Level.known)
    assert session.subscriptions.subscribe(found.feeds).kind == "already_subscribed"


async def test_nothing_is_requested_before_it_is_due_and_then_only_changes(
    session: Session, blogs: Serve, time: StoppedTime
) -> None:
    server = blogs(posts=3)
    await subscribed(session, f"{server.url}/rss.xml")
    await session.fetching.refresh(ignore_progress)
    asked = server.paths().count("/rss.xml")
    await session.fetching.refresh(ignore_progress)
    assert server.paths().count("/rss.xml") == asked
    time.forward(days=1)
    result = await session.fetching.refresh(ignore_progress)
    assert "if-none-match" in server.asked[-1][1]
    assert result.new == ()
    server.entries.insert(0, sys.modules["servers_blogs"].Item(4, "Snow", at=time.now - timedelta(hours=1)))
    time.forward(days=1)
    result = await session.fetching.refresh(ignore_progress)
    assert len(result.new) == 1
    assert texts(session)[0].startswith("Snow\n")


async def test_an_advert_is_shown_until_one_like_it_is_marked(session: Session, blogs: Serve) -> None:
    server = blogs(posts=12)
    for entry in server.entries:
        entry.html = ADVERT
    await subscribed(session, f"{server.url}/rss.xml")
    await session.fetching.refresh(ignore_progress)
    posts = session.timeline.posts
    assert all(judged.verdict.shown_at(Level.known) for judged in posts)
    session.marks.set(posts[0].key, "sales")
    others = session.timeline.posts[1:]
    assert {judged.verdict.cause for judged in others} & {"subscribed"} == set()
    assert not any(judged.verdict.shown_at(Level.noise) for judged in others)
    session.history.undo()
    assert all(judged.verdict.cause == "subscribed" for judged in session.timeline.posts)


async def test_a_blog_without_replies_is_no_broadcaster(session: Session, blogs: Serve) -> None:
    server = blogs(posts=30)
    await subscribed(session, f"{server.url}/rss.xml")
    await session.fetching.refresh(ignore_progress)
    session.marks.set(session.timeline.posts[0].key, "celebrity")
    said = {reason.kind for judged in session.timeline.posts for reason in judged.verdict.reasons}
    assert not said & {"no_replies", "link_feed", "rhythm", "never_answered", "counts_pending", "pending"}


async def test_unsubscribing_removes_unmarked_posts_and_undo_restores_all(session: Session, blogs: Serve) -> None:
    server = blogs(posts=4)
    await subscribed(session, f"{server.url}/rss.xml")
    await session.fetching.refresh(ignore_progress)
    before = session.timeline.posts
    session.marks.set(before[2].key, "person")
    marked = session.timeline.posts
    change = session.subscriptions.unsubscribe([session.subscriptions.named(server.url)])
    assert (change.kind, change.count) == ("unsubscribed", 3)
    assert [judged.key for judged in session.timeline.posts] == [before[2].key]
    assert session.subscriptions.all() == []
    undone = session.history.undo()
    assert undone is not None
    assert undone.undone
    assert session.timeline.posts == marked
    assert [each.title for each in session.subscriptions.all()] == ["Ada's garden"]
    asked = len(server.asked)
    await session.fetching.refresh(ignore_progress)
    assert len(server.asked) == asked


async def test_a_failing_feed_is_reported_once_and_its_posts_stay(
    session: Session, blogs: Serve, time: StoppedTime
) -> None:
    server = blogs(posts=2)
    await subscribed(session, f"{server.url}/rss.xml")
    await session.fetching.refresh(ignore_progress)
    server.put("/rss.xml", "busy", status=503, Retry_After="90000")
    time.forward(days=1)
    result = await session.fetching.refresh(ignore_progress)
    assert result.errors == ("Ada's garden: 127.0.0.1 returned 503. Its posts stay; quietfeed tries again later.",)
    asked = len(server.asked)
    time.forward(hours=24)
    await session.fetching.refresh(ignore_progress)
    assert len(server.asked) == asked
    time.forward(hours=2)
    assert (await session.fetching.refresh(ignore_progress)).errors == ()
    assert len(server.asked) == asked + 1
    assert len(session.timeline.posts) == 2
    assert session.subscriptions.all()[0].failures == 2
    del server.answers["/rss.xml"]
    time.forward(days=8)
    await session.fetching.refresh(ignore_progress)
    assert (session.subscriptions.all()[0].failures, session.subscriptions.all()[0].failure) == (0, "")


async def test_a_moved_feed_has_a_new_address_and_one_that_is_gone_ends(
    session: Session, blogs: Serve, time: StoppedTime
) -> None:
    server = blogs(posts=2)
    session.subscriptions.subscribe([FoundFeed(f"{server.url}/moved/2", "Old", trusted=server.url)])
    await session.fetching.refresh(ignore_progress)
    [moved] = session.subscriptions.all()
    assert moved.address == f"{server.url}/rss.xml"
    server.put("/rss.xml", "", status=410)
    time.forward(days=1)
    result = await session.fetching.refresh(ignore_progress)
    assert "no longer has this feed (410)" in result.errors[0]
    assert session.subscriptions.all()[0].ended
    asked = len(server.asked)
    time.forward(days=400)
    await session.fetching.refresh(ignore_progress)
    assert len(server.asked) == asked
    assert len(session.timeline.posts) == 2


async def test_an_address_that_a_feed_or_list_names_is_not_on_this_machine(session: Session, blogs: Serve) -> None:
    server, other = blogs(posts=1), blogs(posts=1)
    server.put("/away", "", status=302, Location=f"{other.url}/rss.xml")
    listed = server.put("/list.opml", sys.modules["servers_blogs"].opml([f"{other.url}/rss.xml"]), "text/x-opml")
    with pytest.raises(SourceError, check=says("not public")):
        await session.subscriptions.find(f"{server.url}/away")
    page = server.page("/", f'<link rel="alternate" type="application/rss+xml" href="{other.url}/rss.xml">')
    guessed = await session.subscriptions.find(page)
    assert [each.address for each in guessed.feeds] == [f"{server.url}/atom.xml"]
    found = await session.subscriptions.find(listed)
    session.subscriptions.subscribe(found.recommended)
    result = await session.fetching.refresh(ignore_progress)
    assert "type that address yourself if you trust it" in result.errors[0]
    assert other.asked == []


async def test_an_entry_without_a_date_has_the_time_when_it_was_first_seen(
    session: Session, blogs: Serve, time: StoppedTime
) -> None:
    server = blogs(posts=1)
    server.entries[0].at = None
    server.etag = False
    await subscribed(session, f"{server.url}/rss.xml")
    await session.fetching.refresh(ignore_progress)
    time.forward(days=1)
    server.entries[0].html = "<p>Corrected.</p>"
    await session.fetching.refresh(ignore_progress)
    [judged] = session.timeline.posts
    assert judged.post.created_at == START
    assert judged.post.text.endswith("Corrected.")


async def test_lists_are_exported_and_imported(session: Session, blogs: Serve) -> None:
    feeds = [FoundFeed(f"https://{name}.example/feed", f"{name} & co", folder="Friends") for name in ("ada", "bo")]
    session.subscriptions.subscribe(feeds)
    written = session.subscriptions.as_list()
    read = session.subscriptions.read_list(written.encode())
    assert [(each.address, each.title, each.folder) for each in read] == [
        (each.address, each.title, each.folder) for each in feeds
    ]
    assert session.subscriptions.subscribe(read).kind == "already_subscribed"


async def test_a_subscription_is_named_by_what_people_type(session: Session) -> None:
    session.subscriptions.subscribe([FoundFeed("https://www.ada.example/feed/", "Ada's garden")])
    for name in ("ada.example", "https://www.ada.example/feed", "www.ada.example/feed/", "ada's garden"):
        assert session.subscriptions.named(name).id == "ada.example"
    with pytest.raises(NotFound, match="quietfeed subscriptions"):
        session.subscriptions.named("bo.example")


async def test_removing_the_account_removes_the_subscriptions_and_nobody_signs_in_to_it(
    session: Session, blogs: Serve
) -> None:
    server = blogs(posts=2)
    await subscribed(session, f"{server.url}/rss.xml")
    await session.fetching.refresh(ignore_progress)
    with pytest.raises(UsageError, match="quietfeed subscribe"):
        session.signing_in.flow.prompts(session.accounts[0].network)
    await session.signing_in.remove(session.accounts[0])
    session.signing_in.reload()
    assert session.accounts == ()
    assert session.subscriptions.all() == []


async def test_more_failures_than_three_are_one_sentence(session: Session, blogs: Serve) -> None:
    server = blogs(posts=1)
    feeds = [FoundFeed(f"{server.url}/none/{number}", f"Blog {number}", trusted=server.url) for number in range(5)]
    session.subscriptions.subscribe(feeds)
    result = await session.fetching.refresh(ignore_progress)
    assert result.errors == ("5 of 5 subscriptions failed; `quietfeed subscriptions` lists them.",)


async def test_a_password_in_an_address_is_neither_repeated_nor_stored(session: Session) -> None:
    with pytest.raises(SourceError) as caught:
        await session.subscriptions.find("https://ada:open-sesame@blog.example/feed")
    assert says("leave out the part before the @")(caught.value)
    assert "open-sesame" not in str(caught.value)
    outlines = "".join(
        f'<outline xmlUrl="https://{where}/feed"/>' for where in ("ada:open-sesame@one.example", "two.example")
    )
    found = read_opml(f"<opml><body>{outlines}</body></opml>".encode())
    assert [each.address for each in found] == ["https://two.example/feed"]
