"""One post of one person on several networks: one row, marks on all copies, and nothing is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.cli.parser import build_parser
from quietfeed.cli.posts import write_timeline
from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.person import Person
from quietfeed.models.post import Post, Span
from quietfeed.models.tie import Relationship
from quietfeed.models.verdict import Level
from quietfeed.models.view import PostKey
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.sources.registry import local_account
from quietfeed.store.archive import Archive
from quietfeed.tui.widgets.rows import HiddenRow, PostRow, build_rows

NOW = datetime.now(UTC) - timedelta(hours=1)
HERE = Account("mastodon", "https://here.example", "me@here.example", "1")
SKY = Account("bluesky", "https://pds.example", "me.example", "did:plc:me")
BLOGS = local_account()
ADA = Person("7", "ada@here.example", "Ada", network="mastodon")
ADA_SKY = Person("did:plc:ada", "ada.example", "Ada", network="bluesky", followers=90_000, following=3)
ADA_BLOG = Person("ada.example", "ada.example", "Ada's garden", network="blogs", links=("https://here.example/@ada",))
BRIDGED = Person("9", "ada.example@bsky.brid.gy", "Ada", network="mastodon")
EVE = Person("did:plc:eve", "eve.example", "Ada", network="bluesky")
TEXT = "The roof is tight again, and the garden survived the night of frost."
URI = "at://did:plc:ada/app.bsky.feed.post/3k"


def a_post(account: Account, author: Person, text: str = TEXT, minutes: float = 0, **parts: Any) -> Post:
    name = parts.pop("id", f"{author.id}-{minutes}")
    at = NOW - timedelta(minutes=minutes)
    url = f"https://{account.network}.example/{name}"
    return Post(name, author, text, account.key, account.network, at, url, parts.pop("uri", url), **parts)


@pytest.fixture
def archive() -> Archive:
    archive = Archive(None)
    for account in (HERE, SKY, BLOGS):
        archive.add_account(account)
    archive.ties.save_relationships(HERE.key, [Relationship("7", True, True), Relationship("9", True, True)], NOW)
    archive.ties.save_relationships(SKY.key, [Relationship(ADA_SKY.id, False, False)], NOW)
    archive.ties.save_relationships(SKY.key, [Relationship(EVE.id, True, True)], NOW)
    return archive


@pytest.fixture
def opening(archive: Archive) -> Callable[..., Session]:
    def opened(*posts: Post) -> Session:
        for account in (HERE, SKY, BLOGS):
            archive.posts.save(account.key, [each for each in posts if each.account == account.key], NOW)
        session = Session(archive, Config(), Accounts(archive, None), None)
        session.timeline.load()
        return session

    return opened


def link(session: Session) -> None:
    session.links.link((HERE.key, ADA.id), [(SKY.key, ADA_SKY.id)])


def rows(session: Session, level: Level = Level.quiet) -> list[Any]:
    return build_rows(session.timeline.posts, [], level, same=session.crossposts.same())


def marks(session: Session) -> dict[PostKey, str | None]:
    return {judged.key: judged.mark for judged in session.timeline.posts}


def test_a_cross_post_of_a_linked_person_is_one_row_with_its_other_places(opening: Callable[..., Session]) -> None:
    session = opening(
        a_post(HERE, ADA), a_post(SKY, ADA_SKY, f"{TEXT} https://x.example", 3), a_post(SKY, EVE, TEXT, 5)
    )
    assert len([row for row in rows(session) if isinstance(row, PostRow) and row.also]) == 0
    link(session)
    first, *others = [row for row in rows(session) if isinstance(row, PostRow)]
    assert (first.also, len(first.copies)) == ("also on Bluesky", 1)
    # Eve's text is the same, but she is not joined with Ada.
    assert [row.judged.post.author.handle for row in others] == ["eve.example"]
    assert session.crossposts.others(first.key) == (first.copies[0].key,)
    assert session.crossposts.others(first.copies[0].key) == (first.key,)
    session.history.undo()
    assert not any(row.also for row in rows(session) if isinstance(row, PostRow))


def test_no_post_is_lost_and_the_counts_are_those_of_posts(opening: Callable[..., Session]) -> None:
    session = opening(a_post(HERE, ADA), a_post(SKY, ADA_SKY, minutes=3), a_post(SKY, EVE, "Tea", 5))
    link(session)
    for level in Level:
        session.timeline.set_level(level)
        keys: list[PostKey] = []
        for row in rows(session, level):
            if isinstance(row, PostRow):
                keys += [row.key, *(copy.key for copy in row.copies)]
            elif isinstance(row, HiddenRow):
                keys += row.keys
        assert sorted(keys) == sorted(judged.key for judged in session.timeline.posts)
        counts = session.timeline.counts()
        assert counts.shown + counts.hidden_total == len(keys)


def test_a_mark_acts_on_all_copies_and_undo_restores_each(opening: Callable[..., Session]) -> None:
    session = opening(a_post(HERE, ADA), a_post(SKY, ADA_SKY, minutes=3))
    link(session)
    here, sky = (HERE.key, "7-0"), (SKY.key, "did:plc:ada-3")
    session.marks.set(here, "person")
    assert marks(session) == {here: "person", sky: "person"}
    session.history.undo()
    assert marks(session) == {here: None, sky: None}
    session.marks.set(here, "spam")
    session.marks.set(sky, "sales")
    assert marks(session) == {here: "sales", sky: "sales"}
    session.history.undo()
    assert marks(session) == {here: "spam", sky: "spam"}
    session.marks.set(sky, "spam")
    assert marks(session) == {here: None, sky: None}
    session.history.undo()
    assert marks(session) == {here: "spam", sky: "spam"}
    session.marks.set_all([here], "person")
    assert marks(session) == {here: "person", sky: "person"}


def test_a_mark_on_a_post_with_copies_counts_once_for_its_author(opening: Callable[..., Session]) -> None:
    session = opening(
        a_post(HERE, ADA), a_post(SKY, ADA_SKY, minutes=3), a_post(HERE, ADA, "Tea", 50), a_post(SKY, ADA_SKY, "So", 90)
    )
    link(session)
    change = session.marks.set((HERE.key, "7-0"), "spam")
    assert change.marks_missing == 2
    assert session.marks.set((HERE.key, "7-50"), "spam").marks_missing == 1
    assert session.marks.set((SKY.key, "did:plc:ada-90"), "spam").marks_missing == 0
    session.history.undo()
    session.history.undo()
    session.marks.remove((SKY.key, "did:plc:ada-3"))
    assert session.marks.set((HERE.key, "7-50"), "spam").marks_missing == 2


@pytest.mark.parametrize("linked", [True, False], ids=["linked", "by the handle alone"])
def test_a_bridged_and_a_native_post_are_one_row(opening: Callable[..., Session], linked: bool) -> None:
    native = a_post(SKY, ADA_SKY, "short", uri=URI, id="native")
    bridged = a_post(HERE, BRIDGED, "other words", 2, uri=f"https://bsky.brid.gy/convert/ap/{URI}")
    session = opening(native, bridged)
    if linked:
        session.links.link((HERE.key, BRIDGED.id), [(SKY.key, ADA_SKY.id)])
    assert session.crossposts.others(native.key) == (bridged.key,)


def test_only_a_bridge_can_name_the_original_on_the_fediverse(
    opening: Callable[..., Session],
) -> None:
    original = a_post(HERE, ADA, "short")
    copy = replace(ADA_SKY, handle="ada.here.example.ap.brid.gy")
    bridged = a_post(SKY, copy, "other", 2, same_as=(original.url,))
    liar = a_post(SKY, EVE, "other", 2, same_as=(original.url,))
    session = opening(original, bridged, liar)
    assert session.crossposts.others(original.key) == (bridged.key,)
    assert session.crossposts.others(liar.key) == ()


def test_an_article_and_the_post_that_announces_it_are_one_row(opening: Callable[..., Session]) -> None:
    article = a_post(BLOGS, ADA_BLOG, "Frost\n\nThe roof.", 30, id="frost", spans=(Span(0, 5, "heading"),))
    said = a_post(HERE, ADA, "New: Frost", 5, links=(article.url,))
    session = opening(article, said)
    assert session.crossposts.others(said.key) == ()
    session.links.link((HERE.key, ADA.id), [(BLOGS.key, ADA_BLOG.id)])
    [row] = [row for row in rows(session) if isinstance(row, PostRow)]
    assert (row.key, row.also) == (said.key, "also on their blog")


def test_a_hidden_copy_that_was_unfolded_does_not_replace_the_shown_one(opening: Callable[..., Session]) -> None:
    article = a_post(BLOGS, ADA_BLOG, "Frost\n\nThe roof.", 30, id="frost", spans=(Span(0, 5, "heading"),))
    said = a_post(HERE, ADA, "New: Frost", 5, links=(article.url,))
    session = opening(article, said)
    session.links.link((HERE.key, ADA.id), [(BLOGS.key, ADA_BLOG.id)])
    hidden = session.timeline.posts[0]
    assert hidden.key == said.key
    verdict = replace(hidden.verdict, strictest_level=Level.everything)
    posts = [replace(hidden, verdict=verdict), *session.timeline.posts[1:]]
    same = session.crossposts.same()
    unfolded = build_rows(posts, [], Level.quiet, unfolded={said.key}, keep={said.key}, same=same)
    found = [row for row in unfolded if isinstance(row, PostRow)]
    assert [(row.key, row.fading, row.also) for row in found] == [(said.key, True, ""), (article.key, False, "")]


def test_the_text_of_the_timeline_has_one_entry_and_its_records_have_all(
    opening: Callable[..., Session], capsys: pytest.CaptureFixture[str]
) -> None:
    session = opening(a_post(HERE, ADA), a_post(SKY, ADA_SKY, minutes=3), a_post(SKY, EVE, "Tea", 5))
    link(session)

    def printed(*options: str) -> str:
        write_timeline(session, build_parser("0").parse_args(["timeline", *options]))
        return capsys.readouterr().out

    assert printed().count(TEXT) == 1
    assert "(also on Bluesky)" in printed()
    assert "Tea" in printed()
    for options in (["--json"], ["--all"]):
        assert printed(*options).count(TEXT) == 2
