"""Relationships in the store, and when a missing response is evidence."""

from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.models.account import Account
from quietfeed.models.pages import Restrictions
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import LIKE_COUNTS, TO_YOU_COUNTS, Interaction, Relationship
from quietfeed.sources.bridges import returns_replies
from quietfeed.store.archive import Archive

NOW = datetime(2026, 11, 30, tzinfo=UTC)
KEY = "mastodon:june@here.example"


@pytest.fixture
def archive() -> Archive:
    archive = Archive(None, returns_replies)
    archive.add_account(Account("mastodon", "https://here.example", "june@here.example", "1"))
    return archive


def test_fields_missing_in_a_response_stay(archive: Archive) -> None:
    archive.ties.save_relationships(KEY, [Relationship("2", True, True, muting=True, list_title="Noise")], NOW)
    archive.ties.save_relationships(KEY, [Relationship("2", False, None, blocking=True)], NOW)
    tie = archive.ties.of(KEY, {"2": ""})["2"]
    assert (tie.you_follow, tie.follows_you, tie.muting, tie.blocking, tie.list_title) == (
        False,
        True,
        True,
        True,
        "Noise",
    )


def test_partial_relationships_are_no_response(archive: Archive) -> None:
    archive.relationships.save_partial(KEY, [Relationship("2", blocking=True)])
    assert archive.ties.pending_relationships(KEY, ["2"]) == {"2"}
    assert archive.ties.stale(KEY, ["2"], NOW - timedelta(days=1)) == ["2"]
    archive.ties.save_relationships(KEY, [Relationship("2", False, False)], NOW)
    assert archive.ties.pending_relationships(KEY, ["2"]) == set()
    assert archive.ties.of(KEY, {"2": ""})["2"].blocking is True


def test_the_order_of_repeated_requests(archive: Archive) -> None:
    old = NOW - timedelta(days=2)
    archive.ties.save_relationships(KEY, [Relationship("2", False, False), Relationship("3", True, True)], old)
    archive.ties.save_relationships(KEY, [Relationship("4", False, False), Relationship("5", False, True)], NOW)
    contact = Interaction("n1", Person("2", "ada@here.example"), "like", "to_you", NOW)
    archive.ties.save_interactions(KEY, [contact], "notifications", "n1", TO_YOU_COUNTS)
    assert archive.relationships.outdated(KEY, NOW - timedelta(days=1), 9) == ["3", "2"]
    archive.relationships.request_again(KEY, ["5"])
    # A relationship that is due for a new request counts until then.
    assert archive.ties.pending_relationships(KEY, ["5"]) == set()
    assert archive.relationships.outdated(KEY, NOW - timedelta(days=1), 9) == ["3", "5", "2"]


def test_new_interactions_are_separated_from_stored_ones(archive: Archive) -> None:
    first, second = (Interaction(f"n{n}", Person("2", "ada"), "follow", "to_you", NOW) for n in (1, 2))
    assert archive.ties.save_interactions(KEY, [first], "notifications", "n1", TO_YOU_COUNTS) == [first]
    assert archive.ties.save_interactions(KEY, [second, first], "notifications", "n2", TO_YOU_COUNTS) == [second]


def test_a_list_that_is_final_ends_what_it_no_longer_holds(archive: Archive) -> None:
    archive.ties.save_relationships(
        KEY,
        [
            Relationship("2", muting=True),
            Relationship("3", muting=True, list_title="Noise"),
            Relationship("4", boosts_muted=True),
            Relationship("5", blocking=True),
        ],
        NOW,
    )
    both = frozenset({"muting", "boosts_muted"})
    assert archive.relationships.save_restrictions(KEY, Restrictions(read=both, final=both)) == []
    ties = archive.ties.of(KEY, dict.fromkeys("2345", ""))
    assert [ties[each].muting for each in "23"] == [False, True]
    assert ties["4"].boosts_muted is False
    assert ties["5"].blocking is True
    missing = archive.relationships.save_restrictions(KEY, Restrictions(read=frozenset({"blocking"})))
    assert missing == ["5"]
    assert archive.ties.of(KEY, {"5": ""})["5"].blocking is True


@pytest.mark.parametrize(
    ("handle", "since", "likes_to_you", "likes_from_you"),
    [
        ("ada@there.example", "n1", 0, 0),
        ("ada@there.example", "none", None, None),
        ("ada@threads.net", "n1", None, 0),
        ("ada@Threads.net", "n1", None, 0),
        ("ada.bsky.social@bsky.brid.gy", "n1", None, 0),
        ("ada.there.example.ap.brid.gy", "n1", None, 0),
    ],
)
def test_a_missing_entry_is_evidence_only_in_complete_responses(
    archive: Archive, handle: str, since: str, likes_to_you: int | None, likes_from_you: int | None
) -> None:
    archive.ties.save_interactions(KEY, [], "notifications", since, TO_YOU_COUNTS)
    archive.ties.save_interactions(KEY, [], "favourites", since, LIKE_COUNTS)
    tie = archive.ties.of(KEY, {"2": handle})["2"]
    assert (tie.likes_to_you, tie.likes_from_you) == (likes_to_you, likes_from_you)


@pytest.mark.parametrize(
    ("name", "bio", "kept"),
    [("", "", ("", "")), (None, None, ("Ada", "writes")), ("", None, ("", "writes")), ("Ada L.", "", ("Ada L.", ""))],
)
def test_an_empty_name_or_bio_is_cleared_and_a_missing_one_stays(
    archive: Archive, name: str | None, bio: str | None, kept: tuple[str, str]
) -> None:
    archive.people.save(KEY, [Person("2", "ada@here.example", "Ada", "writes", avatar="https://a.example/1")])
    archive.people.save(KEY, [Person("2", "ada@here.example", name, bio)])
    person = archive.people.get((KEY, "2"))
    assert person is not None
    assert ((person.name, person.bio), person.avatar) == (kept, "https://a.example/1")


def test_a_tie_holds_how_many_accounts_a_follower_follows(archive: Archive) -> None:
    archive.posts.save(KEY, [Post("p", Person("2", "ada@here.example", following=8_000), "Hello", account=KEY)], NOW)
    archive.ties.save_relationships(KEY, [Relationship("2", True, True), Relationship("3", True, True)], NOW)
    ties = archive.ties.of(KEY, {"2": "ada@here.example", "3": ""})
    assert (ties["2"].they_follow, ties["3"].they_follow) == (8_000, None)
    archive.ties.save_relationships(KEY, [Relationship("2", True, False)], NOW)
    assert archive.ties.of(KEY, {"2": ""})["2"].they_follow is None
