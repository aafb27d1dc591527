"""Relationships in every kind of response of each network."""

from collections.abc import Callable
from typing import Any

import pytest

from quietfeed.models.tie import Relationship
from quietfeed.sources.bluesky.network import open_source as open_bluesky
from quietfeed.sources.bluesky.people import person_of as bluesky_person
from quietfeed.sources.bluesky.restrictions import read_restrictions, relationships_in, viewer_relationship
from quietfeed.sources.bluesky.source import Bluesky
from quietfeed.sources.mastodon.network import open_source as open_mastodon
from quietfeed.sources.mastodon.people import person_of as mastodon_person
from quietfeed.sources.mastodon.people import relationship_of
from quietfeed.sources.mastodon.source import Mastodon
from quietfeed.tests.signed_in import account_on, secret_on

Serve = Callable[..., Any]
LIST = {"uri": "at://x/app.bsky.graph.list/1", "name": "Noise"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"following": True, "followed_by": False}, {"you_follow": True, "follows_you": False}),
        ({"blocking": True, "blocked_by": True}, {"blocking": True, "blocked_by": True}),
        ({"muting": False, "muting_notifications": True}, {"muting": False}),
        ({"domain_blocking": True}, {"domain_blocking": True}),
        ({"following": True, "showing_reblogs": False}, {"you_follow": True, "boosts_muted": True}),
        # Boosts of people who are not followed are never shown: that is no mute.
        ({"following": False, "showing_reblogs": False}, {"you_follow": False, "boosts_muted": False}),
        ({}, {}),
        ({"following": "yes", "blocking": 1}, {}),
    ],
)
def test_a_relationship_of_mastodon(said: dict[str, Any], expected: dict[str, Any]) -> None:
    assert relationship_of({"id": "2", **said}) == Relationship("2", **expected)


PLAIN = {
    "you_follow": False,
    "follows_you": False,
    "blocking": False,
    "blocked_by": False,
    "muting": False,
    "boosts_muted": False,
    "quotes_muted": False,
    "list_title": "",
}
BLOCKED = PLAIN | {"you_follow": None, "follows_you": None}


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        ({"muted": False}, PLAIN),
        (
            {"muted": False, "following": "at://f", "followedBy": "at://g"},
            PLAIN | {"you_follow": True, "follows_you": True},
        ),
        ({"muted": True}, PLAIN | {"muting": True}),
        ({"muted": True, "mutedByList": LIST}, PLAIN | {"muting": True, "list_title": "Noise"}),
        ({"muted": False, "mutedOnlyReposts": True}, PLAIN | {"boosts_muted": True}),
        ({"muted": False, "mutedOnlyQuoteposts": True}, PLAIN | {"quotes_muted": True}),
        ({"muted": False, "blocking": "at://b"}, BLOCKED | {"blocking": True}),
        ({"muted": False, "blockingByList": LIST}, BLOCKED | {"blocking": True, "list_title": "Noise"}),
        ({"blockedBy": True}, BLOCKED | {"blocked_by": True}),
    ],
)
def test_a_viewer_state(viewer: dict[str, Any], expected: dict[str, Any]) -> None:
    did = "did:plc:adaaaaaaaaaaaaaaaaaaaaaa"
    relationship = Relationship(did, **expected)
    profile = {"did": did, "viewer": viewer}
    assert viewer_relationship(profile) == relationship
    assert relationships_in({"feed": [{"post": {"author": profile}}]}) == (relationship,)


@pytest.mark.parametrize("profile", [{}, {"did": "did:x"}, {"did": "did:x", "viewer": {}}, {"viewer": {"muted": True}}])
def test_a_view_without_a_relationship(profile: dict[str, Any]) -> None:
    assert viewer_relationship(profile) is None


async def opened(server: Any, name: str) -> Mastodon | Bluesky:
    open_source = open_mastodon if name == "mastodon" else open_bluesky
    return open_source(account_on(name, server), secret_on(name, server))


async def test_people_whose_profiles_are_rejected_leave_the_others_known(bluesky: Serve) -> None:
    server = bluesky(posts=1)
    people = list(server.world.people)
    server.quirks.refused_profiles = (people[4], people[9])
    source = await opened(server, "bluesky")
    found = await source.people(people)
    assert {person.id for person in found} == set(people) - {people[4], people[9]}
    await source.close()


async def test_after_many_rejected_profiles_the_rest_is_not_requested(bluesky: Serve) -> None:
    server = bluesky(posts=1)
    people = list(server.world.people)
    server.quirks.refused_profiles = tuple(people)
    source = await opened(server, "bluesky")
    assert await source.people(people * 20) == []
    assert len(server.asked("app.bsky.actor.getProfiles")) < 50
    await source.close()


async def test_pages_contain_the_users_likes(mastodon: Serve) -> None:
    server = mastodon(posts=3, lists_empty=True)
    server.world.home[0]["favourited"] = True
    source = await opened(server, "mastodon")
    page = await source.timeline(None)
    liked = [(each.kind, each.direction, each.person.id) for each in page.interactions]
    assert liked == [("like", "from_you", server.world.home[0]["account"]["id"])]
    await source.close()


async def test_ended_follows_are_reported(mastodon: Serve) -> None:
    server = mastodon(posts=1)
    source = await opened(server, "mastodon")
    since = {page.stream: page.since async for page in source.interactions({}) if page.since}
    assert not any([page.relationships_lost async for page in source.interactions(since)])
    severed = {"id": "n9", "type": "severed_relationships", "created_at": "2026-11-20T12:00:00Z"}
    server.world.notifications.insert(0, severed)
    assert [page.stream async for page in source.interactions(since) if page.relationships_lost] == ["notifications"]
    await source.close()


@pytest.mark.parametrize(
    ("account", "name", "bio"),
    [
        ({"display_name": "Ada", "note": "<p>writes</p>"}, "Ada", "writes"),
        ({"display_name": "", "note": ""}, "", ""),
        ({}, None, None),
    ],
)
def test_a_cleared_name_on_mastodon(account: dict[str, Any], name: str | None, bio: str | None) -> None:
    person = mastodon_person({"id": "2", "acct": "ada", **account})
    assert (person.name, person.bio) == (name, bio)


COUNTS = {"followersCount": 1, "followsCount": 1, "postsCount": 1}


@pytest.mark.parametrize(
    ("profile", "name", "bio"),
    [
        ({"displayName": "Ada", "description": "writes"}, "Ada", "writes"),
        ({"displayName": "", "description": ""}, "", ""),
        ({}, None, None),
        # The AppView leaves out fields that the owner of a profile removed.
        (COUNTS, "", ""),
    ],
)
def test_a_cleared_name_on_bluesky(profile: dict[str, Any], name: str | None, bio: str | None) -> None:
    person = bluesky_person({"did": "did:plc:a", "handle": "a.example", **profile})
    assert (person.name, person.bio) == (name, bio)


async def test_rejected_preferences_end_no_filter(bluesky: Serve) -> None:
    server = bluesky(posts=1, lacking=("app.bsky.actor.getPreferences",))
    source = await opened(server, "bluesky")
    assert await source.filters() is None
    server.quirks.lacking = ()
    assert await source.filters() == ()
    await source.close()


async def test_a_list_of_mutes_leaves_hidden_boosts_unknown() -> None:
    """The reference AppView leaves mutes of boosts alone out of getMutes."""

    async def ask(nsid: str, params: object, cursor: str | None) -> dict[str, Any]:
        del params, cursor
        keys = {"getBlocks": "blocks", "getMutes": "mutes"}
        return {keys.get(nsid.rpartition(".")[2], "lists"): []}

    found = await read_restrictions(ask, 2)
    assert {"blocking", "muting"} <= found.final
    assert not {"boosts_muted", "quotes_muted"} & (found.final | found.read)
