"""Labels of subscribed labelers: which are requested, their names, and their effects by the user's settings."""

from collections.abc import Callable
from typing import Any

import pytest
from bluesky_feeds import FAIR, GARDEN, HOUSE
from bluesky_world import did

from quietfeed.codec.records import post_from_record, post_to_record
from quietfeed.models.post import Label, LabelEffect
from quietfeed.phrases.posts import warning_text
from quietfeed.sources.bluesky.labels import Policy, choices_of, labeler_of, subscriptions_of
from quietfeed.sources.bluesky.parse import post_of
from quietfeed.tests.signed_in import bluesky_source as source_of

Serve = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("closes_sources")
ADA = did(2)
URI = f"at://{ADA}/app.bsky.feed.post/3k"
PREFERENCE = "app.bsky.actor.defs#"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


def label(value: str, source: str = FAIR, uri: str = URI, **parts: Any) -> dict[str, Any]:
    return {"val": value, "src": source, "uri": uri, "cts": "2026-11-01T00:00:00Z", **parts}


def wants(value: str, visibility: str, labeler: str = "") -> dict[str, Any]:
    about = {"labelerDid": labeler} if labeler else {}
    return {"$type": f"{PREFERENCE}contentLabelPref", "label": value, "visibility": visibility, **about}


def subscribed(*dids: str) -> dict[str, Any]:
    return {"$type": f"{PREFERENCE}labelersPref", "labelers": [{"did": each} for each in dids]}


ADULT = {"$type": f"{PREFERENCE}adultContentPref", "enabled": True}


async def test_labels_of_subscribed_and_default_labelers_are_requested(bluesky: Serve) -> None:
    server = bluesky(posts=5)
    server.world.preferences = [subscribed(FAIR, "no did", HOUSE)]
    # One post is in the timeline three times.
    server.world.home[1:3] = [{"post": server.world.post(n)} for n in (1, 2)]
    for place, value in zip(server.world.home, ("nonsense", "loud", "quiet", "scam", "rude"), strict=True):
        place["post"]["labels"] = [label(value, HOUSE if value == "rude" else FAIR)]
    source = source_of(server)
    posts = (await source.timeline(None)).posts
    asked = server.asked("app.bsky.feed.getTimeline")[0]
    assert asked.headers["atproto-accept-labelers"] == f"{HOUSE};redact,{FAIR}"
    assert [post.labels for post in posts] == [
        (Label("Nonsense", "Fair Labels", "warn"),),
        (Label("Loud", "Fair Labels", "inform"),),
        (),
        (Label("Scam", "Fair Labels", "hide"),),
        (Label("Rude", "House Rules", "warn"),),
    ]
    assert warning_text(posts[0]) == 'labelled "Nonsense" by Fair Labels'
    assert not any(post.server_hides or post.server_filters for post in posts)
    await source.timeline(None)
    await source.feed(GARDEN, None)
    assert len(server.asked("app.bsky.labeler.getServices")) == 1
    assert server.asked("app.bsky.feed.getFeed")[0].headers["atproto-accept-labelers"] == f"{HOUSE};redact,{FAIR}"


async def test_without_subscriptions_the_appview_chooses_and_posts_come_when_labelers_do_not(bluesky: Serve) -> None:
    server = bluesky(posts=5)
    await source_of(server).timeline(None)
    assert not any("atproto-accept-labelers" in request.headers for request in server.requests)
    server = bluesky(posts=5, lacking=("app.bsky.labeler.getServices",))
    server.world.preferences = [subscribed(FAIR)]
    server.world.home[0]["post"]["labels"] = [label("nonsense")]
    posts = (await source_of(server).timeline(None)).posts
    assert len(posts) == 5
    assert warning_text(posts[0]) == 'labelled "nonsense" by the moderators'


DEFINED = labeler_of(
    {
        "creator": {"did": FAIR, "handle": "fair.example", "displayName": "Fair Labels"},
        "policies": {
            "labelValueDefinitions": [
                {"identifier": "rude", "severity": "alert", "blurs": "content", "defaultSetting": "warn"},
                {"identifier": "loud", "severity": "inform", "blurs": "none", "defaultSetting": "warn"},
                {"identifier": "mute", "severity": "none", "blurs": "none", "defaultSetting": "warn"},
                {"identifier": "scam", "severity": "alert", "blurs": "content", "defaultSetting": "hide"},
                {"identifier": "saucy", "severity": "none", "blurs": "media", "defaultSetting": "ignore",
                 "adultOnly": True},
                {"identifier": "!hide", "severity": "alert", "blurs": "content", "defaultSetting": "ignore"},
            ]
        },
    }
)  # fmt: skip


def effects(labels: list[Any], *preferences: Any, of_author: Any = ()) -> list[tuple[str, LabelEffect, bool]]:
    choices, adult = choices_of({"preferences": list(preferences)})
    policy = Policy(dict([DEFINED]), choices, adult)
    found = policy.labels_of({"uri": URI, "labels": labels}, {}, {"did": ADA, "labels": list(of_author)})
    return [(each.name, each.effect, each.chosen) for each in found]


@pytest.mark.parametrize(
    ("value", "source", "preferences", "expected"),
    [
        # A labeler's own label: its default, unless the user chose a setting.
        ("rude", FAIR, [], [("rude", "warn", False)]),
        ("rude", FAIR, [wants("rude", "hide", FAIR)], [("rude", "hide", True)]),
        ("rude", FAIR, [wants("rude", "ignore", FAIR)], []),
        ("rude", FAIR, [wants("rude", "hide", HOUSE)], [("rude", "warn", False)]),
        ("scam", FAIR, [], [("scam", "hide", False)]),
        ("scam", FAIR, [wants("scam", "warn", FAIR)], [("scam", "warn", True)]),
        ("loud", FAIR, [], [("loud", "inform", False)]),
        ("loud", FAIR, [wants("loud", "hide", FAIR)], [("loud", "hide", True)]),
        ("mute", FAIR, [], []),
        ("mute", FAIR, [wants("mute", "hide", FAIR)], [("mute", "hide", True)]),
        ("rude", FAIR, [wants("rude", "sideways", FAIR)], [("rude", "warn", False)]),
        # Global labels of any labeler; adult ones cause at least a warning until adult content is switched on.
        ("porn", HOUSE, [], [("adult content", "warn", False)]),
        ("porn", HOUSE, [wants("porn", "ignore")], [("adult content", "warn", False)]),
        ("porn", HOUSE, [ADULT, wants("porn", "ignore")], []),
        ("porn", HOUSE, [ADULT, wants("nsfw", "show")], []),
        ("porn", ADA, [wants("porn", "hide")], [("adult content", "hide", True)]),
        ("gore", ADA, [wants("graphic-media", "hide")], [("graphic media", "hide", True)]),
        ("nudity", ADA, [wants("nudity", "ignore")], []),
        ("saucy", FAIR, [], [("saucy", "warn", False)]),
        ("saucy", FAIR, [ADULT], []),
        # Moderators' commands cannot be disabled or redefined, and have no effect as self-labels.
        ("!hide", FAIR, [wants("!hide", "ignore", FAIR)], [("hide this", "hide", False)]),
        ("!warn", HOUSE, [], [("be careful", "warn", False)]),
        ("!hide", ADA, [], []),
        # An undefined label is shown with its value.
        ("odd-one", HOUSE, [], [("odd one", "warn", False)]),
        ("bot", FAIR, [], []),
    ],
)
def test_the_effect_of_each_label(
    value: str, source: str, preferences: list[Any], expected: list[tuple[str, LabelEffect, bool]]
) -> None:
    assert effects([label(value, source)], *preferences) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([label("rude"), label("rude", neg=True, cts="2026-11-02T00:00:00Z")], []),
        ([label("rude", neg=True, cts="2026-11-02T00:00:00Z"), label("rude")], []),
        ([label("rude", neg=True), label("rude", cts="2026-11-02T00:00:00Z")], ["rude"]),
        ([label("rude"), label("rude", HOUSE, neg=True, cts="2026-11-02T00:00:00Z")], ["rude"]),
        ([label("rude", exp="2026-11-01T00:00:01Z")], []),
        ([label("rude", exp="2999-01-01T00:00:00Z")], ["rude"]),
        ([label("rude", exp="some day")], ["rude"]),
        ([{"val": 7}, None, {"src": FAIR}, {"val": "rude", "src": FAIR, "cts": 5}], ["7", "rude"]),
    ],
)
def test_labels_are_removed_and_expire(labels: list[Any], expected: list[str]) -> None:
    assert [name for name, _, _ in effects(labels)] == expected


def test_an_account_is_hidden_by_a_label_and_its_profile_alone_hides_nothing() -> None:
    profile = f"at://{ADA}/app.bsky.actor.profile/self"
    assert effects([], of_author=[label("scam", uri=ADA)]) == [("scam", "hide", False)]
    assert effects([], of_author=[label("scam", uri=profile)]) == [("scam", "warn", False)]
    assert effects([], of_author=[label("odd-one", uri=ADA)]) == [("odd one", "inform", False)]
    assert effects([label("rude")], of_author=[label("rude", uri=ADA)]) == [("rude", "warn", False)]


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("de_AT.UTF-8", "Unhöflich"),
        ("pt_BR.UTF-8", "Mal-educado"),
        ("pt_PT.UTF-8", "Mal-educado"),
        ("C.UTF-8", "Rude"),
        ("ja_JP.UTF-8", "Rude"),
        ("", "Rude"),
    ],
)
def test_a_label_has_its_name_in_the_users_language(monkeypatch: pytest.MonkeyPatch, lang: str, expected: str) -> None:
    monkeypatch.setenv("LANG", lang)
    names = {"de": "Unhöflich", "en": "Rude", "pt-BR": "Mal-educado"}
    locales = [{"lang": tag, "name": f"{name}\x1b[31m"[: len(name)], "description": ""} for tag, name in names.items()]
    definition = {"identifier": "rude", "severity": "alert", "blurs": "content", "locales": locales}
    _, labeler = labeler_of({"creator": {"did": FAIR}, "policies": {"labelValueDefinitions": [definition]}})
    assert labeler.definitions["rude"].name == expected
    only = [{"lang": "fi", "name": "Töykeä", "description": ""}]
    _, labeler = labeler_of({"policies": {"labelValueDefinitions": [definition | {"locales": only}]}})
    assert labeler.definitions["rude"].name == "Töykeä"


def test_malformed_labels_are_ignored() -> None:
    assert subscriptions_of({"preferences": [{"$type": f"{PREFERENCE}labelersPref", "labelers": [{}, "x"]}]}) == []
    assert labeler_of({}) == ("", labeler_of({})[1])
    assert choices_of({"preferences": "x"}) == ({}, False)


@pytest.mark.parametrize("beside", [False, True], ids=["record", "recordWithMedia"])
def test_a_label_of_a_quoted_post_covers_the_post_that_quotes_it_and_never_hides_it(beside: bool) -> None:
    quoted = {
        "$type": "app.bsky.embed.record#viewRecord",
        "uri": URI,
        "author": {"did": ADA, "handle": "ada.example"},
        "value": {"$type": "app.bsky.feed.post", "text": "a quoted text", "labels": {"values": [{"val": "nudity"}]}},
        "labels": [label("scam"), label("loud")],
    }
    embed = {"$type": "app.bsky.embed.record#view", "record": quoted}
    if beside:
        embed = {"$type": "app.bsky.embed.recordWithMedia#view", "record": embed, "media": {"$type": "x.y#z"}}
    view = {"uri": URI, "author": {"did": did(3), "handle": "bo.example"}, "record": {"text": "look"}, "embed": embed}
    post = post_of(view, policy=Policy(dict([DEFINED])))
    assert {(each.name, each.effect, each.quoted) for each in post.labels} == {
        ("scam", "warn", True),
        ("nudity", "warn", True),
    }
    assert post.warning == ""
    assert 'quotes a post labelled "scam" by Fair Labels' in warning_text(post)
    assert 'quotes a post labelled "nudity" by its author' in warning_text(post)
    assert post.quote is not None
    assert post.quote.text.startswith("a quoted text")
    assert post_from_record(post_to_record(post)) == post
