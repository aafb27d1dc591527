"""A missing response is no evidence of a stranger: until the server responds, possible friends are shown."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.config import Config
from quietfeed.models.joined import Handle
from quietfeed.models.tie import FOREVER
from quietfeed.models.verdict import Level
from quietfeed.models.view import JudgedPost
from quietfeed.phrases.reasons import RELATIONSHIP_PENDING, reason_text
from quietfeed.phrases.ties import tie_line
from quietfeed.phrases.verdicts import reason_lines
from quietfeed.session import Session, open_session
from quietfeed.session.accounts import Accounts
from quietfeed.session.clock import system_time
from quietfeed.session.sync import ignore_progress
from quietfeed.sources.bluesky.network import open_source
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places
from quietfeed.store.tokens import TokenStore
from quietfeed.tests.session.times import Time
from quietfeed.tests.signed_in import account_on, secret_on

Serve = Callable[..., Any]

RELATIONSHIPS = "/api/v1/accounts/relationships"
SELLS = "Buy now! Use code SAVE20 for 20% off everything in my shop, limited offer, link in bio: https://shop.example"
# In the loopback world these two have no interactions with the user other than follows.
FRIEND, STRANGER, GONE = "7", "9", "11"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))


def selling(server: Any) -> Any:
    """A friend, a stranger and somebody whose account is gone, with the same words."""
    world = server.world
    world.follows[FRIEND] = (True, True)
    world.home = [world.status(n, author, SELLS) for n, author in enumerate((FRIEND, STRANGER, GONE))]
    return server


async def signed_in(server: Any, time: Time | None = None) -> Session:
    session = open_session(clock=None if time is None else time.clock)
    await session.signing_in.flow.with_token("mastodon", server.url, "good")
    session.signing_in.reload()
    return session


def by(session: Session, author: str) -> JudgedPost:
    return next(judged for judged in session.timeline.posts if judged.post.author.id == author)


def shown_to(session: Session, author: str) -> list[str]:
    """The levels that show the post of somebody."""
    return [level.name for level in Level if by(session, author).verdict.shown_at(level)]


def shown_to_everybody(judged: JudgedPost | None) -> bool:
    """Whether a post stays at every level."""
    return judged is not None and judged.verdict.strictest_level == Level.known


EVERYWHERE, NOWHERE = ["everything", "noise", "quiet", "known"], ["everything"]


@pytest.mark.parametrize("trouble", ["garbled", "lacking", "unwell"])
async def test_a_friend_who_sells_stays_until_the_server_has_answered_and_after(mastodon: Serve, trouble: str) -> None:
    server = selling(mastodon(posts=3, **{trouble: (RELATIONSHIPS,)}))
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    for author in (FRIEND, STRANGER):
        assert shown_to(session, author) == EVERYWHERE
        why = session.timeline.why(by(session, author).key)
        assert reason_lines(why.verdict)[0][0] == RELATIONSHIP_PENDING
        assert any("sales" in line for line, _ in reason_lines(why.verdict)[1:]), reason_lines(why.verdict)
        assert tie_line(why.tie).endswith(": your relationship is not known yet")
        assert by(session, author).verdict.category == "sales"
    server.quirks = replace(server.quirks, **{trouble: ()})
    await session.fetching.refresh(ignore_progress)
    assert (shown_to(session, FRIEND), shown_to(session, STRANGER)) == (EVERYWHERE, NOWHERE)
    assert reason_text(by(session, FRIEND).verdict.reasons[0]) == "you follow each other"
    assert by(session, STRANGER).verdict.category == "sales"
    assert tie_line(session.timeline.why(by(session, STRANGER).key).tie).endswith(": no contact between you so far")
    await session.close()


async def test_posts_arrive_from_a_server_without_relationships(mastodon: Serve, stored: Callable[[], Archive]) -> None:
    server = mastodon(posts=150, unwell=(RELATIONSHIPS,))
    session = await signed_in(server)
    arrival = await session.fetching.refresh(ignore_progress)
    assert len(arrival.new) == 150
    assert len(arrival.errors) == 1
    assert "try again later" in arrival.errors[0]
    # Requested with the first page and again at the end, each time with one retry.
    assert len(server.asked(RELATIONSHIPS)) == 4
    server.quirks.unwell = ()
    await session.fetching.refresh(ignore_progress)
    assert not stored().ties.never_requested(session.accounts[0].key, 500)
    await session.close()


async def test_an_offline_start_knows_pending_relationships(mastodon: Serve) -> None:
    server = selling(mastodon(posts=3, garbled=(RELATIONSHIPS,)))
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    await session.close()
    again = open_session()
    again.timeline.load()
    assert shown_to(again, FRIEND) == shown_to(again, STRANGER) == EVERYWHERE
    await again.close()


async def test_an_answer_without_somebody_is_an_answer(mastodon: Serve, stored: Callable[[], Archive]) -> None:
    session = await signed_in(selling(mastodon(posts=3, gone=(GONE,))))
    await session.fetching.refresh(ignore_progress)
    assert shown_to(session, GONE) == NOWHERE
    assert stored().ties.never_requested(session.accounts[0].key, 9) == []
    await session.close()


async def test_the_users_own_marks_hide_while_the_server_is_silent(mastodon: Serve) -> None:
    session = await signed_in(selling(mastodon(posts=3, garbled=(RELATIONSHIPS,))))
    await session.fetching.refresh(ignore_progress)
    session.marks.set(by(session, FRIEND).key, "sales")
    assert shown_to(session, FRIEND) == NOWHERE
    session.people.mute(by(session, GONE).key, FOREVER)
    assert shown_to(session, GONE) == NOWHERE
    session.people.not_known(by(session, STRANGER).key)
    assert shown_to(session, STRANGER) == NOWHERE
    while session.history.undo() is not None:
        pass
    assert [shown_to(session, author) for author in (FRIEND, STRANGER, GONE)] == [EVERYWHERE] * 3
    await session.close()


@pytest.mark.parametrize("trouble", ["garbled", "lacking", "unwell"])
async def test_a_server_without_relationships_is_waited_for_one_day(mastodon: Serve, trouble: str) -> None:
    server = selling(mastodon(posts=3, **{trouble: (RELATIONSHIPS,)}))
    time = Time()
    session = await signed_in(server, time)

    async def refreshed(after: timedelta) -> list[str]:
        time.ahead = after
        await session.fetching.refresh(ignore_progress)
        return shown_to(session, STRANGER)

    # Two failures prove nothing, however far apart they are.
    for hours in (0, 72, 78, 84, 89):
        assert await refreshed(timedelta(hours=hours)) == EVERYWHERE
    assert await refreshed(timedelta(hours=90)) == NOWHERE
    # After one response with a relationship the server counts as supporting the request.
    server.quirks = replace(server.quirks, **{trouble: ()})
    await refreshed(timedelta(hours=91))
    assert (shown_to(session, FRIEND), shown_to(session, STRANGER)) == (EVERYWHERE, NOWHERE)
    server.quirks = replace(server.quirks, **{trouble: (RELATIONSHIPS,)})
    server.world.home.insert(0, server.world.status(-1, "5", SELLS))
    for days in (5, 20):
        await refreshed(timedelta(days=days))
        assert shown_to(session, "5") == EVERYWHERE
    await session.close()


async def test_an_unreachable_server_does_not_count_as_one_without_relationships(
    mastodon: Serve,
) -> None:
    server = selling(mastodon(posts=3, garbled=(RELATIONSHIPS,)))
    time = Time()
    session = await signed_in(server, time)
    await session.fetching.refresh(ignore_progress)
    server.quirks.dropped = 10_000
    time.ahead = timedelta(days=3)
    assert (await session.fetching.refresh(ignore_progress)).errors
    assert shown_to(session, STRANGER) == EVERYWHERE
    await session.close()


ANSWERS = ("/api/v1/notifications", "/api/v1/accounts/1/statuses")
TALKS = "6"


def talking(server: Any) -> Any:
    """Somebody who does not follow the user, but with whom the user exchanged many posts; and the stranger."""
    world = selling(server).world
    world.follows[TALKS] = (True, False)
    world.home = [world.status(n, author, SELLS) for n, author in enumerate((TALKS, STRANGER))]
    answer = {"in_reply_to_account_id": "1"}
    world.notifications = [world._notification(f"n{n}", "mention", TALKS, answer) for n in range(6)]
    them = {"id": TALKS, "acct": "emil@there.example", "url": "https://there.example/@emil", "username": "emil"}
    said = {"in_reply_to_id": "x", "in_reply_to_account_id": TALKS, "mentions": [them]}
    world.statuses = [world.status(900 + n, "1") | {"id": f"own{n}"} | said for n in range(6)]
    return server


@pytest.mark.parametrize("path", ANSWERS)
async def test_nobody_is_a_stranger_before_interactions_were_read(mastodon: Serve, path: str) -> None:
    server = talking(mastodon(posts=3, unwell=(path,)))
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    assert shown_to(session, TALKS) == shown_to(session, STRANGER) == EVERYWHERE
    assert reason_lines(session.timeline.why(by(session, STRANGER).key).verdict)[0][0] == RELATIONSHIP_PENDING
    server.quirks.unwell = ()
    await session.fetching.refresh(ignore_progress)
    assert by(session, TALKS).tie_name == "known"
    assert (shown_to(session, TALKS), shown_to(session, STRANGER)) == (EVERYWHERE, NOWHERE)
    # Stored relationships stay known, even if later requests fail.
    server.quirks.unwell = (path,)
    await session.fetching.refresh(ignore_progress)
    assert (shown_to(session, TALKS), shown_to(session, STRANGER)) == (EVERYWHERE, NOWHERE)
    await session.close()


async def test_posts_without_interactions_stay_pending_for_a_day(
    mastodon: Serve,
) -> None:
    server = talking(mastodon(posts=3, unwell=ANSWERS))
    time = Time()
    session = await signed_in(server, time)
    await session.fetching.refresh(ignore_progress)

    async def refreshed(after: timedelta) -> list[str]:
        time.ahead = after
        await session.fetching.refresh(ignore_progress)
        return shown_to(session, STRANGER)

    server.quirks.dropped = 10_000
    assert await refreshed(timedelta(days=3)) == EVERYWHERE
    server.quirks.dropped = 0
    # Set back, and then ahead by two days: the clock proves nothing either.
    for hours in (72, 70, 118, 124, 129):
        assert await refreshed(timedelta(hours=hours)) == EVERYWHERE
    assert await refreshed(timedelta(hours=131)) == NOWHERE
    server.quirks.unwell = ()
    await refreshed(timedelta(hours=132))
    assert (shown_to(session, TALKS), shown_to(session, STRANGER)) == (EVERYWHERE, NOWHERE)
    await session.close()


async def test_a_server_without_notifications_is_not_waited_for(mastodon: Serve) -> None:
    session = await signed_in(selling(mastodon(posts=3, lacking=ANSWERS[:1])))
    await session.fetching.refresh(ignore_progress)
    assert (shown_to(session, FRIEND), shown_to(session, STRANGER)) == (EVERYWHERE, NOWHERE)
    await session.close()


async def test_of_a_boost_it_is_the_author_who_counts(mastodon: Serve) -> None:
    server = selling(mastodon(posts=3))
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    server.quirks.garbled = (RELATIONSHIPS,)
    world = server.world
    offer, other = world.status(50, "5", SELLS), world.status(51, STRANGER, SELLS)
    passed_on = [world.status(-1, FRIEND) | {"reblog": offer}, world.status(-2, "5") | {"reblog": other}]
    world.home[:0] = [boost | {"content": ""} for boost in passed_on]
    await session.fetching.refresh(ignore_progress)
    # The relationship with 5 is still unknown, and the stranger is one, regardless of who boosts them.
    assert shown_to(session, "5") == EVERYWHERE
    boosted = next(
        each for each in session.timeline.posts if each.post.booster is not None and each.post.booster.id == "5"
    )
    assert not boosted.verdict.shown_at(Level.noise)
    await session.close()


async def test_a_feed_page_shows_people_with_an_unknown_relationship(mastodon: Serve) -> None:
    server = mastodon(posts=3, garbled=(RELATIONSHIPS,))
    server.world.follows[FRIEND] = (True, True)
    server.world.timelines["list/7"] = [server.world.status(n, each, SELLS) for n, each in enumerate((FRIEND, "5"))]
    session = await signed_in(server)
    feed = await session.reading.find_feed("Close ones")
    friend, stranger = session.timeline.get_or_load((await session.reading.feed_page(feed, None)).keys)
    assert friend.verdict.strictest_level == stranger.verdict.strictest_level == Level.known
    server.quirks.garbled = ()
    friend, stranger = session.timeline.get_or_load((await session.reading.feed_page(feed, None)).keys)
    assert (friend.verdict.strictest_level, stranger.verdict.strictest_level) == (Level.known, Level.everything)
    await session.close()


async def test_a_page_of_a_feed_looks_up_its_own_people_alone(mastodon: Serve) -> None:
    server, places, looked_up = mastodon(posts=60), find_places(), set[str]()

    def returns_replies(handle: str) -> bool:
        """Called with the handle of each tie that is looked up."""
        looked_up.add(handle)
        return True

    archive = Archive(None, returns_replies)
    session = Session(archive, Config(), Accounts(archive, TokenStore(places)), places)
    await session.signing_in.flow.with_token("mastodon", server.url, "good")
    await session.fetching.refresh(ignore_progress)
    assert len({judged.post.author.id for judged in session.timeline.posts}) == len(looked_up) == 11
    feed = await session.reading.find_feed("Close ones")
    looked_up.clear()
    page = await session.reading.feed_page(feed, None)
    assert len(page.keys) == 40
    assert looked_up == {by(session, "2").post.author.handle}
    await session.close()


async def test_a_thread_requests_the_relationships_with_its_people(mastodon: Serve) -> None:
    server = selling(mastodon(posts=3))
    server.world.home[2] = server.world.status(2, "2", "good morning")
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    world = server.world
    world.follows["5"] = (True, True)
    world.home = [world.status(30, "6", SELLS), world.status(20), world.status(21, "5", SELLS)]
    before, after = await session.reading.thread(by(session, "2").key)
    assert [judged.post.author.id for judged in (*before, *after)] == ["11", "5", "6"]
    assert before[1].tie_name == "known"
    assert before[1].verdict.strictest_level == Level.known
    assert after[0].verdict.strictest_level == Level.everything
    assert session.timeline.stored(session.accounts[0].key) == 3
    session.marks.set(after[0].post.key, "person")
    assert shown_to_everybody(session.timeline.get(after[0].post.key))
    await session.close()


async def test_on_a_full_disk_a_conversation_can_be_read(mastodon: Serve) -> None:
    server = mastodon(posts=3)
    session = await signed_in(server)
    await session.fetching.refresh(ignore_progress)
    long = "word " * 40_000
    server.world.home = [server.world.status(number, "2", long) for number in (30, 20, 21)]
    # SQLite returns "database or disk is full" at this many pages, as it does on a full disk.
    session._archive._db.rows("pragma max_page_count = 1")
    before, after = await session.reading.thread(session.timeline.posts[0].key)
    assert (len(before), len(after)) == (2, 1)
    await session.close()


async def test_somebody_joined_waits_for_the_servers_of_all_handles(
    mastodon: Serve, stored: Callable[[], Archive]
) -> None:
    one, other = selling(mastodon(posts=3)), mastodon(posts=3, garbled=(RELATIONSHIPS,))
    other.world.me |= {"username": "june2", "acct": "june2"}
    # The friend is known on the account that has no fetched posts.
    other.world.follows["12"] = (True, True)
    session = await signed_in(one)
    await session.signing_in.flow.with_token("mastodon", other.url, "good")
    session.signing_in.reload()
    await session.fetching.refresh(ignore_progress)
    here, there = (account.key for account in session.accounts)
    stranger = (here, STRANGER)
    assert shown_to(session, STRANGER) == NOWHERE
    handles = [Handle(*stranger, "stranger"), Handle(there, "12", "kim")]
    stored().joins.link(handles, system_time())
    session.links.accounts_changed()
    assert shown_to(session, STRANGER) == EVERYWHERE
    other.quirks.garbled = ()
    await session.fetching.refresh(ignore_progress)
    assert by(session, STRANGER).tie_name == "known"
    assert shown_to(session, STRANGER) == EVERYWHERE
    await session.close()


async def test_a_silent_appview_makes_nobody_a_stranger(bluesky: Serve) -> None:
    server = bluesky(posts=3, garbled=("app.bsky.graph.getRelationships",), silent_viewer=True)
    world = server.world
    world.home = [{"post": world.post(n, author, SELLS)} for n, author in enumerate((7, 9))]
    friend, stranger = (place["post"]["author"]["did"] for place in world.home)
    world.follows[friend] = (True, True)
    account = account_on("bluesky", server)
    archive = Archive(None)
    archive.add_account(account)
    source = open_source(account, secret_on("bluesky", server))
    session = Session(archive, Config(), Accounts(archive, None, {account.key: source}), None)
    await session.fetching.refresh(ignore_progress)
    assert shown_to(session, friend) == shown_to(session, stranger) == EVERYWHERE
    server.quirks.garbled = ()
    await session.fetching.refresh(ignore_progress)
    assert (shown_to(session, friend), shown_to(session, stranger)) == (EVERYWHERE, NOWHERE)
    await session.close()
