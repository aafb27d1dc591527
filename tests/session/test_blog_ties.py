"""Comments as the thread of an article, and the ties from comments, links and blogrolls."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest

from quietfeed.models.errors import SourceError
from quietfeed.models.subscription import FoundFeed
from quietfeed.models.verdict import Level
from quietfeed.models.view import JudgedPost
from quietfeed.phrases.ties import tie_line, tie_text
from quietfeed.session import Session
from quietfeed.session.sync import ignore_progress
from quietfeed.tests.saying import says
from quietfeed.tests.session.times import StoppedTime

Serve = Callable[..., Any]
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPACES = (
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
    ' xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


@pytest.fixture
def time() -> StoppedTime:
    return StoppedTime(START)


def feed(site: str, item: str, title: str = "Ada's garden") -> str:
    return f'<rss version="2.0" {SPACES}><channel><title>{title}</title><link>{site}</link>{item}</channel></rss>'


def entry(site: str, named: str, text: str = "Rain.") -> str:
    return (
        f"<item><title>Tea</title><guid>{site}?p=12</guid><link>{site}tea</link>"
        f"<pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate>{named}<description><![CDATA[{text}]]></description></item>"
    )


def comment(number: int, name: str, page: str, **parts: Any) -> dict[str, Any]:
    at = {"date_gmt": "2026-11-23T09:00:00", "parent": 0, "type": "comment", **parts}
    return {"id": number, "author_name": name, "author_url": page, "content": {"rendered": f"<p>So {number}</p>"}, **at}


async def subscribe(session: Session, server: Any, path: str, *, mine: bool = False) -> None:
    session.subscriptions.subscribe([FoundFeed(f"{server.url}{path}", trusted=server.url)], mine=mine)
    session.signing_in.reload()
    await session.fetching.refresh(ignore_progress)


async def opened(session: Session) -> list[JudgedPost]:
    before, after = await session.reading.thread(session.timeline.posts[0].key)
    assert before == []
    return after


async def test_comments_of_wordpress_are_the_thread_with_the_answered_comment(session: Session, blogs: Serve) -> None:
    server = blogs(posts=0)
    site = f"{server.url}/"
    named = "<wfw:commentRss>/tea/feed/</wfw:commentRss><slash:comments>3</slash:comments>"
    server.put("/feed", feed(site, entry(site, named)))
    found = [
        comment(7, "Bo", "https://bo.example/"),
        comment(8, "Cy", "", parent=7, date_gmt="2026-11-23T10:00:00"),
        comment(9, "Empty", "", content={"rendered": "<script>x()</script>"}),
    ]
    server.put("/wp-json/wp/v2/comments?post=12&order=asc&per_page=100", json.dumps(found), "application/json")
    await subscribe(session, server, "/feed")
    asked = len(server.asked)
    assert session.timeline.posts[0].post.counts.replies == 3
    first, second = await opened(session)
    assert len(server.asked) == asked + 1
    assert (first.post.text, first.post.author.name, first.post.reply_to_id) == (
        "So 7",
        "Bo",
        session.timeline.posts[0].post.id,
    )
    assert first.post.created_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert (second.post.reply_to_id, second.post.reply_to) == (first.post.id, first.post.author.handle)
    # A commenter may enter any page, so it does not identify them as somebody the user reads.
    assert first.verdict.cause != "subscribed"
    assert not first.verdict.shown_at(Level.known)


@pytest.mark.parametrize("how", ["wfw", "replies"])
async def test_a_feed_of_comments_is_the_thread_where_there_is_no_api(session: Session, blogs: Serve, how: str) -> None:
    server = blogs(posts=0)
    site = f"{server.url}/"
    named = {
        "wfw": "<wfw:commentRss>/tea/feed/</wfw:commentRss>",
        "replies": '<atom:link rel="replies" type="application/atom+xml" href="/tea/feed/"/>',
    }[how]
    server.put("/feed", feed(site, entry(site, named)))
    server.put(
        "/tea/feed/",
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><title>c</title>'
        "<entry><id>c2</id><author><name>Cy</name></author><thr:in-reply-to ref='c1'/><content>and so</content>"
        "<published>2026-11-23T10:00:00Z</published></entry>"
        "<entry><id>c1</id><author><name>Bo</name><uri>https://bo.example/</uri></author><content>first</content>"
        "<published>2026-11-23T09:00:00Z</published></entry></feed>",
    )
    await subscribe(session, server, "/feed")
    first, second = await opened(session)
    assert [each.post.text for each in (first, second)] == ["first", "and so"]
    assert second.post.reply_to_id == first.post.id
    assert first.post.author.url == "https://bo.example/"


async def test_comments_are_requested_only_where_they_may_be(session: Session, blogs: Serve) -> None:
    server, other = blogs(posts=0), blogs(posts=0)
    site = f"{server.url}/"
    named = f"<wfw:commentRss>{other.url}/tea/feed/</wfw:commentRss>"
    server.put("/feed", feed(site, f"<item><title>Tea</title><guid>1</guid>{named}</item>"))
    await subscribe(session, server, "/feed")
    with pytest.raises(SourceError, check=says("not public")):
        await opened(session)
    assert other.asked == []


async def test_an_article_without_named_comments_has_no_thread_and_sends_no_request(
    session: Session, blogs: Serve
) -> None:
    server = blogs(posts=1)
    await subscribe(session, server, "/rss.xml")
    asked = len(server.asked)
    assert await opened(session) == []
    assert len(server.asked) == asked


async def test_a_subscription_alone_is_a_reason_and_makes_no_tie(session: Session, blogs: Serve) -> None:
    server = blogs(posts=1)
    await subscribe(session, server, "/rss.xml")
    [judged] = session.timeline.posts
    view = session.timeline.why(judged.key).tie
    assert tie_line(view) == f"{judged.post.author.handle}: you subscribed to their blog"
    assert tie_text(session.people.tie_to(judged.post.author_key)) == "you subscribed to their blog"
    assert judged.tie_name == "stranger"
    session.subscriptions.unsubscribe(session.subscriptions.all())
    session.history.undo()
    assert session.timeline.posts == [judged]


async def two_blogs(session: Session, blogs: Serve, *, yours: int, theirs: int) -> tuple[Any, Any]:
    """The user's blog and Ada's. `theirs` comments on the user's name her page; `yours` on hers name the user's."""
    own, ada = blogs(posts=0), blogs(posts=0)
    named = "<wfw:commentRss>/tea/feed/</wfw:commentRss>"
    own.put("/feed", feed(f"{own.url}/", entry(f"{own.url}/", "", "mine"), "My blog"))
    ada.put("/feed", feed(f"{ada.url}/", entry(f"{ada.url}/", named)))
    on_mine = [comment(number, "Ada", f"{ada.url}/about") for number in range(theirs)]
    own.put("/wp-json/wp/v2/comments?order=desc&per_page=100", json.dumps(on_mine), "application/json")
    on_hers = [comment(number, "June", f"{own.url}/") for number in range(yours)]
    ada.put("/wp-json/wp/v2/comments?post=12&order=asc&per_page=100", json.dumps(on_hers), "application/json")
    await subscribe(session, ada, "/feed")
    await subscribe(session, own, "/feed", mine=True)
    return own, ada


def of_ada(session: Session) -> JudgedPost:
    return next(each for each in session.timeline.posts if each.post.author.name == "Ada's garden")


async def link_twice(session: Session, own: Any, ada: Any, time: StoppedTime) -> None:
    """Two posts of the user's own blog that link to Ada's."""
    linked = escape(f"<p>As <a href='{ada.url}/tea'>Ada</a> wrote</p>")
    mine = [f"<item><title>{n}</title><guid>{n}</guid><description>{linked}</description></item>" for n in range(2)]
    own.put("/feed", feed(f"{own.url}/", "".join(mine), "My blog"))
    time.now += timedelta(days=2)
    await session.fetching.refresh(ignore_progress)


async def test_comments_on_your_blog_and_your_links_make_a_known_person_with_dates(
    session: Session, blogs: Serve, time: StoppedTime
) -> None:
    own, ada = await two_blogs(session, blogs, yours=0, theirs=2)
    one_side = of_ada(session)
    assert (one_side.tie.replies_to_you, one_side.tie.mentions_from_you) == (2, None)
    assert one_side.tie_name in ("acquaintance", "stranger")
    await link_twice(session, own, ada, time)
    both = of_ada(session)
    assert (both.tie.replies_to_you, both.tie.mentions_from_you) == (2, 2)
    assert both.tie.last_to_you == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert both.tie_name == "known"
    # Reading the same comments again counts nothing twice.
    await session.reading.thread(both.key)
    time.now += timedelta(days=2)
    await session.fetching.refresh(ignore_progress)
    assert of_ada(session).tie == both.tie


@pytest.mark.parametrize(("yours", "theirs"), [(40, 0), (0, 40), (40, 40)])
async def test_comments_make_nobody_known_without_the_users_own_feed(
    session: Session, blogs: Serve, yours: int, theirs: int
) -> None:
    """Anybody can enter any page with a comment: Ada alone may have written all of these."""
    await two_blogs(session, blogs, yours=yours, theirs=theirs)
    await session.reading.thread(of_ada(session).key)
    tie = of_ada(session).tie
    assert of_ada(session).tie_name in ("acquaintance", "stranger")
    assert (tie.replies_from_you, tie.mentions_from_you, tie.last_from_you) == (None, None, None)


async def test_a_comment_with_the_users_page_is_not_shown_as_the_users(session: Session, blogs: Serve) -> None:
    await two_blogs(session, blogs, yours=1, theirs=0)
    [imitation] = (await session.reading.thread(of_ada(session).key))[1]
    assert imitation.post.author.name == "June"
    assert imitation.tie_name == "stranger"
    assert tie_text(session.timeline.why(imitation.key).tie) != "this is you"


async def test_a_blogroll_that_names_your_blog_counts_like_a_follow(
    session: Session, blogs: Serve, time: StoppedTime
) -> None:
    own, ada = await two_blogs(session, blogs, yours=0, theirs=0)
    roll = f'<opml version="2.0"><body><outline text="me" htmlUrl="{own.url}/" xmlUrl="{own.url}/feed"/></body></opml>'
    ada.put("/roll.opml", roll, "text/x-opml")
    ada.page("/", '<link rel="blogroll" href="/roll.opml">')
    assert of_ada(session).tie_name == "stranger"
    time.now += timedelta(days=31)
    await session.fetching.refresh(ignore_progress)
    judged = of_ada(session)
    assert judged.tie.lists_you
    assert judged.tie_name == "known"
    assert "their blogroll lists your blog" in tie_line(session.timeline.why(judged.key).tie)


async def test_links_between_two_blogs_are_mentions_and_a_pingback_is_one_too(
    session: Session, blogs: Serve, time: StoppedTime
) -> None:
    own, ada = await two_blogs(session, blogs, yours=0, theirs=0)
    ping = [comment(1, "Tea", f"{ada.url}/tea", type="pingback")]
    own.put("/wp-json/wp/v2/comments?order=desc&per_page=100", json.dumps(ping), "application/json")
    linked = f"<p>As <a href='{ada.url}/tea'>Ada</a> wrote</p>"
    own.put("/feed", feed(f"{own.url}/", entry(f"{own.url}/", "", linked), "My blog"))
    time.now += timedelta(days=2)
    await session.fetching.refresh(ignore_progress)
    tie = of_ada(session).tie
    assert (tie.mentions_to_you, tie.mentions_from_you) == (1, 1)


async def test_your_own_blog_is_you_and_undo_takes_that_back(session: Session, blogs: Serve) -> None:
    await two_blogs(session, blogs, yours=0, theirs=0)
    [blog] = [each for each in session.subscriptions.all() if each.mine]
    [mine] = [each for each in session.timeline.posts if each.post.author.id == blog.id]
    assert tie_text(session.timeline.why(mine.key).tie) == "this is you"
    change = session.subscriptions.set_mine(blog, mine=False)
    assert change.kind == "not_own_blog"
    assert tie_text(session.timeline.why(mine.key).tie) == "you subscribed to their blog"
    session.history.undo()
    assert tie_text(session.timeline.why(mine.key).tie) == "this is you"


async def test_a_blog_marked_as_not_yours_makes_no_ties(session: Session, blogs: Serve, time: StoppedTime) -> None:
    await link_twice(session, *await two_blogs(session, blogs, yours=0, theirs=2), time)
    assert of_ada(session).tie_name == "known"
    before = of_ada(session).tie
    [blog] = [each for each in session.subscriptions.all() if each.mine]
    session.subscriptions.set_mine(blog, mine=False)
    assert of_ada(session).tie_name == "stranger"
    session.history.undo()
    assert of_ada(session).tie == before
    session.subscriptions.unsubscribe([blog])
    assert of_ada(session).tie_name == "stranger"
    session.history.undo()
    assert of_ada(session).tie == before
