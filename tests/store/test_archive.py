"""The store keeps data, merges it with known data, and reports errors in one sentence."""

import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from quietfeed.models.account import Account
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.errors import StoreError
from quietfeed.models.joined import Handle
from quietfeed.models.mark import Mark, Mute, PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Card, Label, Media, Poll, PollOption, Post, Quote, Span
from quietfeed.models.tie import (
    DIRECT_COUNTS,
    FOREVER,
    FROM_YOU_COUNTS,
    TO_YOU_COUNTS,
    Direction,
    Interaction,
    Relationship,
    Tie,
)
from quietfeed.models.view import Gap
from quietfeed.store.archive import Archive

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ME = "mastodon:me@here.example"
ADA = Person(id="1", handle="ada@here.example", name="Ada", followers=120, following=80, network="mastodon")
BO = Person(id="2", handle="bo@there.example", network="mastodon")


def a_post(post_id: str, at: datetime) -> Post:
    return Post(id=post_id, author=ADA, text=f"post {post_id}", account=ME, network="mastodon", created_at=at)


@pytest.fixture
def archive() -> Archive:
    return Archive(None)


def test_storing_a_page_returns_what_reading_it_back_would(archive: Archive) -> None:
    known = replace(BO, bio="tea", followers=7)
    archive.people.save(ME, [known])
    future, feed = a_post("4", NOW + timedelta(days=9)), a_post("5", NOW + timedelta(days=9))
    archive.posts.save_detached(ME, [feed], NOW - timedelta(hours=1))
    page = [
        a_post("1", NOW),
        replace(a_post("2", NOW - timedelta(hours=1)), author=BO, booster=ADA, boosted_at=NOW, original_id="1"),
        replace(a_post("3", NOW), media=(Media("image", "a cat"),), labels=(Label("porn", "did:plc:x", "warn"),)),
        future,
        feed,
        future,
        replace(a_post("6", NOW), created_at=None, account="elsewhere"),
    ]
    kept = archive.posts.save_page(ME, page, NOW, below=None, filled=None)
    assert [post.id for _, post in kept.new] == ["1", "2", "3", "4", "5", "6"]
    assert kept.new[1][1].author == known
    assert sorted(kept.new) == sorted(archive.posts.get(kept.new_keys))
    assert archive.posts.save_page(ME, page, NOW, below=None, filled=None).new == []


def test_a_post_comes_back_whole(archive: Archive) -> None:
    post = Post(
        id="9",
        author=ADA,
        text="look, a link: site.example",
        account=ME,
        network="mastodon",
        created_at=NOW - timedelta(days=1),
        url="https://here.example/9",
        uri="https://here.example/users/ada/9",
        lang="en",
        spans=(Span(14, 26, "link", "https://site.example/page"),),
        links=("https://site.example/page",),
        tags=(),
        media=(Media("image", "a cat", "https://here.example/cat.png"),),
        warning="cats",
        poll=Poll((PollOption("yes", 3), PollOption("no", None)), True, NOW, False, 3),
        card=Card("https://site.example/page", "A page", "about cats"),
        quote=Quote("bo@there.example", "what Bo said"),
        reply_to="",
        booster=BO,
        boosted_at=NOW,
        original_id="8",
        visibility="public",
        server_filters=("cats",),
        server_hides=True,
        labels=(Label("Rude", "House Rules", "hide", chosen=True), Label("nudity")),
    )
    archive.posts.save(ME, [post], NOW)
    assert [kept for _, kept in archive.posts.page(10)] == [post]


def test_keeping_a_post_twice_is_news_once(archive: Archive) -> None:
    post = a_post("1", NOW)
    assert archive.posts.save(ME, [post, post], NOW) == [(ME, "1")]
    assert archive.posts.save(ME, [post], NOW) == []
    assert archive.posts.count() == 1


def test_pages_follow_each_other_without_holes(archive: Archive) -> None:
    archive.posts.save(ME, [a_post(str(n), NOW - timedelta(minutes=n // 3)) for n in range(50)], NOW)
    seen: list[str] = []
    below = None
    while page := archive.posts.page(7, below):
        seen += [post.id for _, post in page]
        below = page[-1][0]
    assert len(seen) == 50
    assert len(set(seen)) == 50
    times = [archive.posts.get([(ME, post_id)])[0][0][0] for post_id in seen]
    assert times == sorted(times, reverse=True)


def test_a_post_from_the_future_is_placed_at_its_arrival(archive: Archive) -> None:
    archive.posts.save(ME, [a_post("1", NOW + timedelta(days=900)), a_post("2", NOW)], NOW)
    later = NOW + timedelta(hours=1)
    archive.posts.save(ME, [a_post("3", later)], later)
    assert [post.id for _, post in archive.posts.page(5)] == ["3", "1", "2"]


def test_a_later_response_does_not_erase_known_fields_of_a_person(archive: Archive) -> None:
    archive.people.save(ME, [ADA])
    archive.people.save(ME, [replace(ADA, followers=None, name="Ada L.", handle="")])
    assert archive.people.with_handle("ADA@here.example") == [(ME, replace(ADA, name="Ada L."))]


def test_a_gap_is_kept_with_its_page_and_replaced_by_the_next(archive: Archive) -> None:
    first = Gap(0, ME, "cursor-1", NOW, None)
    kept = archive.posts.save_page(ME, [a_post("1", NOW)], NOW, below=first, filled=None).gap
    assert kept is not None
    assert archive.posts.gaps() == [kept]
    second = Gap(0, ME, "cursor-2", NOW - timedelta(hours=1), None)
    after = archive.posts.save_page(ME, [a_post("2", NOW - timedelta(hours=1))], NOW, below=second, filled=kept).gap
    assert archive.posts.gaps() == [after]
    archive.posts.save_page(ME, [], NOW, below=None, filled=after)
    assert archive.posts.gaps() == []


def test_a_tie_is_read_from_all_its_evidence(archive: Archive) -> None:
    archive.ties.save_relationships(ME, [Relationship("1", True, False)], NOW)
    interactions = [
        Interaction("n1", ADA, "reply", "to_you", NOW - timedelta(days=900)),
        Interaction("n2", ADA, "like", "to_you", NOW - timedelta(days=3)),
        Interaction("s1", ADA, "reply", "from_you", NOW - timedelta(days=400)),
        Interaction("c1", ADA, "direct", "to_you", NOW - timedelta(days=500)),
    ]
    archive.ties.save_interactions(ME, interactions, "notifications", "n2", TO_YOU_COUNTS)
    archive.ties.save_interactions(ME, interactions, "notifications", "n2", TO_YOU_COUNTS)
    assert archive.ties.of(ME, {"1": "ada@here.example"})["1"] == Tie(
        you_follow=True,
        follows_you=False,
        replies_to_you=1,
        replies_from_you=1,
        mentions_to_you=0,
        likes_to_you=1,
        boosts_to_you=0,
        direct_to_you=1,
        first_contact=NOW - timedelta(days=900),
        last_contact=NOW - timedelta(days=3),
        last_to_you=NOW - timedelta(days=3),
        last_from_you=NOW - timedelta(days=400),
    )


def test_a_stream_never_read_leaves_counts_unknown(archive: Archive) -> None:
    assert archive.ties.of(ME, {"1": "ada@here.example"})["1"] == Tie()


def test_a_mark_on_a_person_is_set_and_removed(archive: Archive) -> None:
    archive.person_marks.set(PersonMark(ME, "1", "ada@here.example", "vouched", NOW))
    assert archive.ties.of(ME, {"1": "ada@here.example"})["1"].vouched
    archive.person_marks.replace([Handle(ME, "1", "ada@here.example")], [])
    assert not archive.ties.of(ME, {"1": "ada@here.example"})["1"].vouched


def test_a_conversation_that_goes_on_is_one_and_as_fresh_as_its_last_message(archive: Archive) -> None:
    messages: tuple[tuple[int, Direction], ...] = ((3, "to_you"), (1, "from_you"), (2, "to_you"))
    for days, direction in messages:
        talk = Interaction(f"c1:{direction}", ADA, "direct", direction, NOW - timedelta(days=days))
        archive.ties.save_interactions(ME, [talk], "conversations", "c1", DIRECT_COUNTS)
    tie = archive.ties.of(ME, {ADA.id: ADA.handle})[ADA.id]
    assert (tie.direct_to_you, tie.direct_from_you) == (1, 1)
    assert (tie.last_to_you, tie.last_from_you) == (NOW - timedelta(days=2), NOW - timedelta(days=1))


def test_a_mark_on_a_bare_handle_follows_the_handle(archive: Archive) -> None:
    archive.person_marks.set(PersonMark("", "", "Ada@Here.example", "vouched", NOW))
    assert archive.ties.of(ME, {"1": "ada@here.example"})["1"].vouched


def test_a_mark_on_one_name_does_not_apply_to_another(archive: Archive) -> None:
    for name in ("ada@here.example", "bo@there.example"):
        archive.person_marks.replace([Handle("", "", name)], [PersonMark("", "", name, "vouched", NOW)])
        archive.mutes.replace([Handle("", "", name)], [Mute("", "", name, FOREVER, NOW)])
    assert [word.handle for word in archive.person_marks.all()] == ["ada@here.example", "bo@there.example"]
    archive.person_marks.replace([Handle("", "", "ADA@here.example")], [])
    assert archive.mutes.replace([Handle("", "", "ADA@here.example")], [])
    assert [word.handle for word in archive.person_marks.all()] == ["bo@there.example"]
    assert [mute.handle for mute in archive.mutes.all()] == ["bo@there.example"]


def test_a_mark_that_cannot_be_stored_removes_none(archive: Archive) -> None:
    archive.person_marks.set(PersonMark(ME, "1", "ada@here.example", "vouched", NOW))
    archive.mutes.set(Mute(ME, "1", "ada@here.example", FOREVER, NOW))
    people = [Handle(ME, "1", "ada@here.example")]
    # A value that no column accepts simulates a disk that is full between the two.
    with pytest.raises(StoreError):
        archive.person_marks.replace(people, [PersonMark(ME, "1", "ada@here.example", None, NOW)])  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        archive.mutes.replace(people, [Mute(ME, "1", None, FOREVER, NOW)])  # type: ignore[arg-type]
    assert [word.word for word in archive.person_marks.all()] == ["vouched"]
    assert [mute.until for mute in archive.mutes.all()] == [FOREVER]


def test_an_imported_tie_never_counts_twice(archive: Archive) -> None:
    archive.ties.save_interactions(
        ME, [Interaction("s1", ADA, "reply", "from_you", NOW)], "statuses", "s1", FROM_YOU_COUNTS
    )
    archive.ties.save_imported(ME, "1", "ada@here.example", Tie(replies_from_you=1, replies_to_you=4, contact=True))
    tie = archive.ties.of(ME, {"1": "ada@here.example"})["1"]
    assert (tie.replies_from_you, tie.replies_to_you, tie.contact) == (1, 4, True)


def test_a_mark_comes_back_with_its_case(archive: Archive) -> None:
    context = PostContext(
        a_post("1", NOW), Tie(you_follow=True), Tie(direct=2), Habits(9, 1, 8, 4, 3.5, (1.0, 0.5, 0.0, -0.25))
    )
    mark = Mark(context, "sales", NOW, "person")
    archive.marks.add(mark)
    assert archive.marks.all() == [mark]
    archive.marks.add(Mark(context, "sales", NOW))
    assert archive.marks.all()[0].guess is None


def test_the_state_of_the_marks_changes_with_every_mark_and_comes_back_with_an_undo(archive: Archive) -> None:
    first = Mark(PostContext(a_post("1", NOW)), "sales", NOW)
    archive.marks.add(first)
    before = archive.marks.state()
    archive.marks.add(Mark(PostContext(a_post("2", NOW)), "spam", NOW + timedelta(seconds=1)))
    assert archive.marks.state() != before
    archive.marks.remove((ME, "2"))
    assert archive.marks.state() == before
    archive.marks.add(Mark(first.context, "spam", NOW))
    assert archive.marks.state() != before


def test_removing_an_account_keeps_the_marks(archive: Archive) -> None:
    archive.add_account(Account("mastodon", "https://here.example", "me@here.example", "7"))
    archive.posts.save(ME, [a_post("1", NOW)], NOW)
    archive.marks.add(Mark(PostContext(a_post("1", NOW)), "sales", NOW))
    assert archive.remove_account(ME)
    assert archive.posts.count() == 0
    assert len(archive.marks.all()) == 1


def test_the_file_is_private_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "data" / "quietfeed.db"
    archive = Archive(path)
    archive.posts.save(ME, [a_post("1", NOW)], NOW)
    archive.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Archive(path).posts.count() == 1


def test_a_database_of_a_newer_quietfeed_is_rejected_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    Archive(path).close()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 999")
    with pytest.raises(StoreError, match="newer quietfeed"):
        Archive(path)


def test_a_full_disk_loses_the_last_change_and_nothing_else(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "quietfeed.db")
    archive.marks.add(Mark(PostContext(a_post("1", NOW)), "sales", NOW))
    # SQLite answers "database or disk is full" at this many pages, exactly as it does on a full disk.
    archive._db.rows("pragma max_page_count = 1")
    big = replace(a_post("2", NOW), text="x" * 200_000)
    with pytest.raises(StoreError, match="disk is full"):
        archive.marks.add(Mark(PostContext(big), "spam", NOW))
    assert [mark.context.post.id for mark in archive.marks.all()] == ["1"]


def test_posts_of_feeds_are_outside_the_timeline_until_it_contains_them(archive: Archive) -> None:
    archive.posts.save(ME, [a_post("1", NOW - timedelta(hours=2))], NOW)
    archive.posts.save_detached(ME, [a_post("1", NOW - timedelta(hours=2)), a_post("2", NOW)], NOW)
    assert [post.id for _, post in archive.posts.page(10)] == ["1"]
    assert (archive.posts.count(), archive.posts.count(ME)) == (1, 1)
    assert archive.posts.newest(ME) == NOW - timedelta(hours=2)
    assert archive.posts.known(ME, ["1", "2"]) == {"1"}
    assert [place[1:] for place in archive.posts.unread_places(10)] == [(ME, "1")]
    assert archive.posts.with_id("2") == [(ME, "2")]
    assert archive.search.find("post", 10)[1] == 2
    assert archive.posts.save(ME, [a_post("2", NOW)], NOW) == [(ME, "2")]
    assert [post.id for _, post in archive.posts.page(10)] == ["2", "1"]
    assert [place[1:] for place in archive.posts.unread_places(10)] == [(ME, "2"), (ME, "1")]
    archive.posts.save_detached(ME, [a_post("2", NOW)], NOW)
    assert archive.posts.count() == 2


def test_people_without_counts_are_requested_once_a_day_after_the_others(archive: Archive) -> None:
    posts = [
        replace(a_post(str(n), NOW - timedelta(hours=n)), author=Person(str(n), f"p{n}.example")) for n in range(3)
    ]
    archive.posts.save(ME, posts, NOW)
    assert archive.people.profiles_to_refresh(ME, 2, NOW) == ["0", "1"]
    archive.people.save_profiles(ME, ["0", "1"], [Person("0", "p0.example", followers=7)], NOW)
    assert archive.people.profiles_to_refresh(ME, 2, NOW) == ["2"]
    assert archive.people.profiles_to_refresh(ME, 9, NOW + timedelta(days=2)) == ["1", "2"]
    person = archive.people.get((ME, "0"))
    assert person is not None
    assert person.followers == 7


def test_a_feed_alone_is_no_first_sync(archive: Archive) -> None:
    archive.posts.save_detached(ME, [a_post("2", NOW)], NOW)
    assert archive.posts.newest(ME) is None
    assert archive.people.profiles_to_refresh(ME, 10, NOW) == []


def test_posts_of_feeds_are_removed_after_a_month_and_marked_ones_stay(archive: Archive) -> None:
    later = NOW + timedelta(days=31)
    archive.posts.save_detached(ME, [a_post("1", NOW), a_post("2", NOW), a_post("3", NOW)], NOW)
    archive.posts.save(ME, [a_post("3", NOW)], NOW)
    archive.marks.add(Mark(PostContext(a_post("1", NOW)), "sales", NOW))
    archive.posts.save_detached(ME, [a_post("4", later)], later)
    assert [archive.posts.with_id(each) for each in "1234"] == [[(ME, "1")], [], [(ME, "3")], [(ME, "4")]]
    assert archive.search.find("post", 10)[1] == 3


@pytest.mark.parametrize(
    "damage",
    [
        "update person set data = '[1]' where id = '1'",
        "update post set data = 'null' where id = '1'",
        "update mark set data = '{' where post = '1'",
        "update mark set data = '{}' where post = '1'",
        "update mark set category = 'x' where post = '1'",
        "update mark set at = -99999999999999999 where post = '1'",
    ],
)
def test_one_damaged_record_is_left_out_and_counted(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "quietfeed.db"
    archive = Archive(path)
    post = a_post("1", NOW)
    other = replace(a_post("2", NOW), author=BO)
    archive.posts.save(ME, [post, other], NOW)
    archive.marks.add_all([Mark(PostContext(each), "sales", NOW) for each in (post, other)])
    archive.close()
    with sqlite3.connect(path) as database:
        database.execute(damage)
    archive = Archive(path)
    assert len(archive.posts.page(5)) + len(archive.marks.all()) >= 3
    assert sum(map(len, archive.damaged_rows().values())) == 1
    assert "2" in [post.id for post in archive.rechecks.due(ME, None, NOW + timedelta(days=1), 5)]
    # A post that the server sends again replaces the damaged one.
    archive.posts.save(ME, [post], NOW)
    archive.close()
