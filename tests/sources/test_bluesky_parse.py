"""Views, records and embeds as models: by the lexicons, with unknown future parts, and damaged."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.errors import RecordError
from quietfeed.models.person import KnownFollowers
from quietfeed.models.post import Card, Media, Quote, ViewerState
from quietfeed.phrases.posts import warning_text
from quietfeed.sources.bluesky.interactions import (
    liked_interactions,
    notification_interactions,
    own_post_interactions,
    partner_of,
    tid_time,
)
from quietfeed.sources.bluesky.parse import post_of, timeline_post_of
from quietfeed.sources.bluesky.people import person_of, web_address_of
from quietfeed.sources.bluesky.reading import read_input

DID = "did:plc:adaaaaaaaaaaaaaaaaaaaaaa"
BO = "did:plc:boaaaaaaaaaaaaaaaaaaaaaaa"
URI = f"at://{DID}/app.bsky.feed.post/3lpk3nnns5u2b"
PARENT = f"at://{BO}/app.bsky.feed.post/3lpk3nnns5u2a"
ADA = {"did": DID, "handle": "ada.here.example", "displayName": "Ada", "labels": []}
BO_PROFILE = {"did": BO, "handle": "bo.here.example"}


def view(embed: Any = None, record: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    written = {"$type": "app.bsky.feed.post", "text": "hello", "createdAt": "2026-11-20T10:00:00.000Z"}
    return {"uri": URI, "author": ADA, "record": {**written, **(record or {})}, "embed": embed, **parts}


def label(value: str, **parts: Any) -> dict[str, Any]:
    return {"val": value, "src": "did:plc:moderators", "uri": URI, "cts": "2026-11-20T10:00:00Z", **parts}


def test_a_view_with_next_to_nothing_leaves_the_rest_unknown() -> None:
    post = post_of({"uri": URI})
    assert (post.id, post.author.id, post.author.handle, post.text) == (URI, DID, DID, "")
    assert (post.created_at, post.lang, post.card, post.quote, post.reply_to) == (None,) * 5
    assert (post.author.followers, post.author.bio, post.author.bot, post.author.verified) == (None,) * 4


def test_every_field_may_be_of_another_type() -> None:
    wrongs: tuple[Any, ...] = (None, 5, True, "x", [], [1, None], {}, {"a": 1}, {"$type": 5}, {"$type": "a.b.c"})
    for wrong in wrongs:
        for key in ("record", "value", "embed", "labels", "indexedAt", "viewer", "author"):
            assert post_of(view() | {key: wrong}).id == URI
        for key in ("text", "createdAt", "langs", "tags", "facets", "reply", "embed", "labels", "$type"):
            assert post_of(view(record={key: wrong})).id == URI
        for key in ("images", "items", "external", "record", "media", "video"):
            for kind in ("images", "gallery", "external", "record", "recordWithMedia", "video"):
                assert post_of(view({"$type": f"app.bsky.embed.{kind}#view", key: wrong})).id == URI
        assert timeline_post_of({"post": view(), "reply": wrong, "reason": wrong}).id == URI
        assert timeline_post_of({"post": view(), "reply": {"parent": wrong}}).id == URI


@pytest.mark.parametrize(
    "wrong", [{"uri": None}, {"uri": ""}, {"uri": "at://x/y/z", "author": None}, {"uri": "x", "author": {}}]
)
def test_without_an_address_or_an_author_it_is_no_post(wrong: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        post_of(view() | wrong)


def test_an_item_without_a_post_or_reposter_is_rejected() -> None:
    for wrong in ({}, {"post": None}, {"post": view(), "reason": {"by": {"handle": "bo"}}}):
        with pytest.raises(RecordError):
            timeline_post_of(wrong)
    for stub in ({"uri": URI, "notFound": True}, {"uri": URI, "blocked": True, "author": {"did": DID}}):
        with pytest.raises(RecordError, match="is not visible"):
            timeline_post_of({"post": stub})


def test_a_repost_is_the_original_with_its_reposter() -> None:
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": BO_PROFILE, "indexedAt": "2026-11-21T10:00:00Z"}
    post = timeline_post_of({"post": view(), "reason": reason}, "bluesky:june.here.example")
    assert (post.id, post.original_id, post.uri) == (f"{URI}#{BO}", URI, URI)
    assert post.booster is not None
    assert (post.author.handle, post.booster.handle) == ("ada.here.example", "bo.here.example")
    assert post.created_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert post.at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert post.url == "https://bsky.app/profile/ada.here.example/post/3lpk3nnns5u2b"


@pytest.mark.parametrize("kind", ["app.bsky.feed.defs#reasonPin", "app.bsky.feed.defs#reasonSomething"])
def test_another_reason_leaves_the_post_as_it_is(kind: str) -> None:
    post = timeline_post_of({"post": view(), "reason": {"$type": kind}})
    assert (post.id, post.booster, post.boosted_at) == (URI, None, None)


def test_a_handle_that_is_not_the_accounts_own_is_not_shown() -> None:
    post = post_of(view(author=ADA | {"handle": "handle.invalid"}))
    assert post.author.handle == DID
    assert post.url == f"https://bsky.app/profile/{DID}/post/3lpk3nnns5u2b"


@pytest.mark.parametrize(
    ("claimed", "seen", "at"),
    [
        ("2023-01-01T00:00:00Z", "2026-11-20T10:00:01Z", datetime(2023, 1, 1, tzinfo=UTC)),
        ("2099-01-01T00:00:00Z", "2026-11-20T10:00:01Z", datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)),
        ("2026-11-20T12:00:00+02:00", None, datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("someday", "2026-11-20T10:00:01Z", datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)),
        ("someday", None, None),
    ],
)
def test_no_post_is_later_than_its_index_time(claimed: str, seen: str | None, at: datetime | None) -> None:
    assert post_of(view(record={"createdAt": claimed}, indexedAt=seen)).created_at == at


def test_hostile_text_is_made_safe() -> None:
    post = post_of(view(record={"text": "\x1b[2Jred\u202e [b]x[/b]"}, author=ADA | {"displayName": "A\x1b[2Jda\n"}))
    assert (post.text, post.author.name) == ("[2Jred [b]x[/b]", "A[2Jda")


REPLY = {"parent": {"uri": PARENT, "cid": "x"}, "root": {"uri": PARENT, "cid": "x"}}


@pytest.mark.parametrize(
    ("parent", "handle"),
    [
        ({"uri": PARENT, "author": BO_PROFILE, "record": {}}, "bo.here.example"),
        ({"$type": "app.bsky.feed.defs#notFoundPost", "uri": PARENT, "notFound": True}, ""),
        ({"$type": "app.bsky.feed.defs#blockedPost", "uri": PARENT, "blocked": True, "author": {"did": BO}}, ""),
        ({"$type": "app.bsky.feed.defs#somethingElse"}, ""),
        (None, ""),
    ],
)
def test_a_reply_names_its_parents_author_even_if_the_parent_is_deleted(parent: Any, handle: str) -> None:
    post = timeline_post_of({"post": view(record={"reply": REPLY}), "reply": {"parent": parent, "root": parent}})
    assert (post.reply_to, post.reply_to_id, post.reply_to_person) == (handle, PARENT, BO)


def test_a_reply_to_oneself_and_to_somebody_mentioned() -> None:
    own = {"parent": {"uri": f"at://{DID}/app.bsky.feed.post/1"}}
    assert post_of(view(record={"reply": own})).reply_to == "ada.here.example"
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": BO}
    facets = [{"index": {"byteStart": 0, "byteEnd": 16}, "features": [feature]}]
    record = {"text": "@bo.here.example yes", "facets": facets, "reply": REPLY}
    assert post_of(view(record=record)).reply_to == "bo.here.example"


def test_pictures_videos_and_moving_pictures() -> None:
    image = {"thumb": "https://cdn.example/t", "fullsize": "https://cdn.example/f", "alt": "a heron\nat dusk"}
    seen = Media("image", "a heron\nat dusk", "https://cdn.example/f", "https://cdn.example/t")
    assert post_of(view({"$type": "app.bsky.embed.images#view", "images": [image, 5]})).media == (seen,)
    items = [image | {"$type": "app.bsky.embed.gallery#viewImage"}, {"$type": "app.bsky.embed.gallery#viewSound"}]
    assert post_of(view({"$type": "app.bsky.embed.gallery#view", "items": items})).media == (
        seen,
        Media("unknown", "[app.bsky.embed.gallery#viewSound]"),
    )
    video = {"$type": "app.bsky.embed.video#view", "playlist": "https://video.example/p.m3u8", "alt": "rain"}
    assert post_of(view(video)).media == (Media("video", "rain", "https://video.example/p.m3u8"),)
    still = "https://video.example/p.jpg"
    assert post_of(view(video | {"thumbnail": still})).media == (Media("video", "rain", video["playlist"], still),)
    assert post_of(view(video | {"presentation": "gif"})).media == (Media("gifv", "rain", video["playlist"]),)


def external(**parts: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.external#view", "external": parts}


def test_the_card_of_a_link_counts_as_a_link() -> None:
    post = post_of(view(external(uri="https://shop.example/x", title="A shop", description="of\nthings")))
    assert post.card == Card("https://shop.example/x", "A shop", "of things")
    assert post.links == ("https://shop.example/x",)


@pytest.mark.parametrize(
    "address", ["https://media.tenor.com/abc/cat.gif?hh=200&ww=300", "https://x.example/a.GIF", "https://i.giphy.com/1"]
)
def test_the_card_of_a_gif_is_a_moving_picture(address: str) -> None:
    post = post_of(view(external(uri=address, title="cat", description="Alt: a cat falls")))
    assert (post.media, post.card, post.links) == ((Media("gifv", "a cat falls", address),), None, ())


def test_a_card_with_an_invalid_address_is_named() -> None:
    post = post_of(view(external(uri="javascript:alert(1)", title="free")))
    assert (post.card, post.media) == (None, (Media("unknown", "[a link that cannot be opened: free]"),))


def quoting(record: Any) -> Quote | None:
    return post_of(view({"$type": "app.bsky.embed.record#view", "record": record})).quote


QUOTED = {
    "$type": "app.bsky.embed.record#viewRecord",
    "uri": PARENT,
    "author": BO_PROFILE,
    "value": {"$type": "app.bsky.feed.post", "text": "look"},
}
PAGE = "https://bsky.app/profile/bo.here.example"


def test_a_quoted_post_with_what_it_carries_in_words() -> None:
    embeds = [
        {"$type": "app.bsky.embed.images#view", "images": [{"alt": "a heron"}, {"alt": ""}]},
        external(uri="https://shop.example/x", title="A shop"),
        {"$type": "app.bsky.embed.record#view", "record": QUOTED},
        {"$type": "app.bsky.embed.something#view"},
    ]
    words = (
        "look\n[image: a heron]\n[image]\n[link: A shop]\n[quotes @bo.here.example]\n[app.bsky.embed.something#view]"
    )
    assert quoting(QUOTED | {"embeds": embeds}) == Quote("bo.here.example", words, f"{PAGE}/post/3lpk3nnns5u2a")


def test_a_quoted_post_beside_pictures() -> None:
    media = {"$type": "app.bsky.embed.images#view", "images": [{"alt": "a heron"}]}
    post = post_of(view({"$type": "app.bsky.embed.recordWithMedia#view", "record": {"record": QUOTED}, "media": media}))
    assert (post.media, post.quote and post.quote.text) == ((Media("image", "a heron"),), "look")


CREATOR = {"creator": BO_PROFILE}


@pytest.mark.parametrize(
    ("record", "quote"),
    [
        ({"$type": "app.bsky.embed.record#viewNotFound", "uri": PARENT}, Quote("", "a quoted post that was deleted")),
        (
            {"$type": "app.bsky.embed.record#viewBlocked", "uri": PARENT},
            Quote("", "a quoted post by somebody you block, or who blocks you"),
        ),
        (
            {"$type": "app.bsky.embed.record#viewDetached", "uri": PARENT},
            Quote("", "a quoted post whose author removed it from this one"),
        ),
        (
            {
                "$type": "app.bsky.feed.defs#generatorView",
                "uri": f"at://{BO}/app.bsky.feed.generator/birds",
                "displayName": "Birds",
                "description": "All\nof them",
                **CREATOR,
            },
            Quote("bo.here.example", "a feed: Birds\nAll\nof them", f"{PAGE}/feed/birds"),
        ),
        (
            {
                "$type": "app.bsky.graph.defs#listView",
                "uri": f"at://{BO}/app.bsky.graph.list/1",
                "name": "Birders",
                **CREATOR,
            },
            Quote("bo.here.example", "a list: Birders", f"{PAGE}/lists/1"),
        ),
        (
            {
                "$type": "app.bsky.labeler.defs#labelerView",
                "uri": f"at://{BO}/app.bsky.labeler.service/self",
                **CREATOR,
            },
            Quote("bo.here.example", "a labeler", PAGE),
        ),
        (
            {
                "$type": "app.bsky.graph.defs#starterPackViewBasic",
                "uri": f"at://{BO}/app.bsky.graph.starterpack/9",
                "record": {"name": "Begin here"},
                **CREATOR,
            },
            Quote("bo.here.example", "a starter pack: Begin here", "https://bsky.app/starter-pack/bo.here.example/9"),
        ),
        (
            {"$type": "com.other.defs#thingView", "uri": f"at://{BO}/com.other.thing/1"},
            Quote("", "[com.other.defs#thingView]"),
        ),
        (
            {"uri": PARENT, "cid": "x"},
            Quote(
                "",
                "a quoted post; only its address is known",
                f"https://bsky.app/profile/{BO}/post/3lpk3nnns5u2a",
            ),
        ),
    ],
)
def test_other_records_can_be_quoted(record: dict[str, Any], quote: Quote) -> None:
    assert quoting(record) == quote


def test_an_unknown_embed_is_shown_by_its_name() -> None:
    assert post_of(view({"$type": "app.bsky.embed.hologram#view"})).media == (
        Media("unknown", "[app.bsky.embed.hologram#view]"),
    )
    post = post_of(view(record={"$type": "com.other.article", "text": None}))
    assert (post.text, post.media) == ("", (Media("unknown", "[com.other.article]"),))
    assert quoting(QUOTED | {"value": {"$type": "com.other.article"}}) == Quote(
        "bo.here.example", "[com.other.article]", f"{PAGE}/post/3lpk3nnns5u2a"
    )


def test_quotes_in_quotes_have_an_end() -> None:
    nested: dict[str, Any] = QUOTED
    for _ in range(2000):
        nested = QUOTED | {"embeds": [{"$type": "app.bsky.embed.record#view", "record": nested}]}
    found = quoting(nested)
    assert found is not None
    assert found.text == "look\n[quotes @bo.here.example]"


@pytest.mark.parametrize(
    ("labels", "cover"),
    [
        ([label("porn")], 'labelled "adult content" by the moderators'),
        ([label("sexual"), label("sexual")], 'labelled "sexual content" by the moderators'),
        ([label("graphic-media"), label("gore")], 'labelled "graphic media" by the moderators'),
        (
            [label("!warn"), label("spider-pictures")],
            'labelled "be careful" by the moderators, labelled "spider pictures" by the moderators',
        ),
        ([label("porn", neg=True), label("gore", exp="2020-01-01T00:00:00Z")], ""),
        ([label("!no-unauthenticated"), label("!no-promote"), label("bot"), label("")], ""),
        ("porn", ""),
    ],
)
def test_labels_of_a_post_cause_a_warning(labels: Any, cover: str) -> None:
    post = post_of(view(labels=labels))
    assert (warning_text(post), post.warning, post.server_filters, post.server_hides) == (cover, "", (), False)


def test_authors_label_their_own_posts_in_the_record() -> None:
    own = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]}
    post = post_of(view(record={"labels": own}, labels=[label("nudity", src=DID)]))
    assert (post.warning, warning_text(post)) == ("nudity", "nudity")


def test_labels_of_an_account_warn_of_its_content() -> None:
    post = post_of(view(author=ADA | {"labels": [label("porn"), label("spam"), label("rude-words", src=DID)]}))
    assert [(each.name, each.by, each.effect) for each in post.labels] == [
        ("adult content", "the moderators", "warn"),
        ("spam", "the moderators", "inform"),
    ]


def test_moderation_labels_hide_posts_and_self_labels_do_not() -> None:
    for hidden in (view(labels=[label("!hide")]), view(author=ADA | {"labels": [label("!hide")]})):
        assert [(each.name, each.effect) for each in post_of(hidden).labels] == [("hide this", "hide")]
    assert post_of(view(labels=[label("!hide", src=DID), label("!warn", src=DID)])).labels == ()


@pytest.mark.parametrize(
    ("labels", "bot"),
    [
        ([label("bot", src=DID)], True),
        ([label("bot")], False),
        ([label("bot", src=DID, neg=True)], False),
        ([], False),
        (None, None),
    ],
)
def test_only_accounts_that_declare_it_are_bots(labels: Any, bot: bool | None) -> None:
    assert person_of(ADA | {"labels": labels}).bot is bot


def test_a_detailed_profile() -> None:
    verification = {"verifiedStatus": "valid", "trustedVerifierStatus": "none", "verifications": []}
    counts = {"followersCount": 12, "followsCount": 0, "postsCount": -1, "description": "birds\x1b[0m\nand tea "}
    person = person_of(ADA | counts | {"verification": verification, "createdAt": "2023-05-01T08:00:00Z"})
    assert (person.followers, person.following, person.posts, person.verified) == (12, 0, None, True)
    assert (person.bio, person.url) == ("birds[0m\nand tea", "https://bsky.app/profile/ada.here.example")
    assert person.created_at == datetime(2023, 5, 1, 8, tzinfo=UTC)
    assert person_of(ADA | {"verification": {"verifiedStatus": "invalid"}}).verified is False


def test_addresses_on_the_web_cannot_lead_elsewhere() -> None:
    assert (
        web_address_of(f"at://{DID}/app.bsky.feed.post/../../x?y#z")
        == f"https://bsky.app/profile/{DID}/post/..%2F..%2Fx%3Fy%23z"
    )
    assert (
        web_address_of(f"at://{DID}/app.bsky.feed.post/1", "evil.example/@x")
        == "https://bsky.app/profile/evil.example%2F%40x/post/1"
    )
    for wrong in (
        "",
        "at://",
        "https://x.example/app.bsky.feed.post/1",
        f"at://{DID}/app.bsky.feed.like/1",
        f"at://{DID}",
    ):
        assert web_address_of(wrong) == ""


def test_languages_and_hashtags_beside_the_text() -> None:
    post = post_of(view(record={"langs": [5, "", "de-AT", "en"], "tags": ["#tea", "birds", "", 7, "birds"]}))
    assert (post.lang, post.tags) == ("de-AT", ("tea", "birds"))
    post = post_of(view(record={"langs": ["\x1b[2J", "de\u202e"], "tags": ["te\x1b[2Ja", "\ud800"]}))
    assert (post.lang, post.tags) == ("de", ("te[2Ja",))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            {"error": "ExpiredToken", "message": "Token has expired"},
            "There is no post in this: it is an error of the server, 'ExpiredToken: Token has expired'.",
        ),
        (
            {"$type": "app.bsky.feed.defs#notFoundPost", "uri": PARENT, "notFound": True},
            "There is no post in this: it is a post that was deleted.",
        ),
        ({"$type": "app.bsky.feed.post", "text": "hello"}, "A post has no address (uri); it was skipped."),
        (
            {"thread": {"$type": "app.bsky.feed.defs#blockedPost", "uri": PARENT, "blocked": True}},
            "There is no post in this: it is a post by somebody you block, or who blocks you.",
        ),
        (5, "Item 1 is a number, not a post."),
        ({"a": 1}, "Item 1 is an object of an unknown kind, not a post."),
    ],
)
def test_invalid_posts_are_reported_in_one_sentence(value: Any, sentence: str) -> None:
    assert read_input(value) == ([], [sentence])


def test_every_kind_of_answer_with_posts_is_read() -> None:
    other = view() | {"uri": PARENT}
    record = {"uri": URI, "cid": "x", "value": view()["record"]}
    thread = {
        "post": view(),
        "parent": {"post": other},
        "replies": [{"post": other | {"uri": f"{PARENT}z"}}, {"uri": "x", "notFound": True}],
    }
    for value, ids in (
        (view(), [URI]),
        ({"feed": [{"post": view(), "reply": {"parent": other, "root": other}}]}, [URI]),
        ({"posts": [view(), other]}, [URI, PARENT]),
        ({"notifications": [view() | {"reason": "reply"}]}, [URI]),
        ({"thread": thread}, [PARENT, URI, f"{PARENT}z"]),
        (record, [URI]),
        ({"records": [record]}, [URI]),
        ([{"post": view()}, {"post": view()}], [URI]),
    ):
        posts, errors = read_input(value)
        assert ([post.id for post in posts], errors) == (ids, [])


@pytest.mark.parametrize(
    ("key", "at"),
    [
        ("3jzfcijpj2z2a", datetime(2023, 6, 30, tzinfo=UTC)),
        ("", None),
        ("3jzfcijpj2z2", None),
        ("0000000000000", None),
        ("zzzzzzzzzzzzz", None),
    ],
)
def test_a_record_key_contains_its_time(key: str, at: datetime | None) -> None:
    found = tid_time(key)
    assert (found and found.date()) == (at and at.date())


def test_a_like_without_a_time_in_its_key_is_dated_by_the_post() -> None:
    seen = "2026-11-20T10:00:01Z"
    for like in ("", f"at://{BO}/app.bsky.feed.like/self", f"at://{BO}/app.bsky.feed.like/2222222222222"):
        (found,) = liked_interactions({"post": view(indexedAt=seen, viewer={"like": like})}, BO)
        assert found.at == datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)


def test_quoting_a_feed_addresses_nobody_and_quoting_with_pictures_does() -> None:
    def addressed(embed: Any) -> list[str]:
        item = {"post": view(embed, indexedAt="2026-11-20T10:00:01Z")}
        return [each.person.id for each in own_post_interactions(item, DID)]

    feed = {"$type": "app.bsky.feed.defs#generatorView", "uri": f"at://{BO}/app.bsky.feed.generator/birds", **CREATOR}
    assert addressed({"$type": "app.bsky.embed.record#view", "record": feed}) == []
    assert addressed({"$type": "app.bsky.embed.record#view", "record": QUOTED}) == [BO]
    assert addressed({"$type": "app.bsky.embed.recordWithMedia#view", "record": {"record": QUOTED}}) == [BO]


@pytest.mark.parametrize(
    "odd",
    [
        {"status": "request"},
        {"members": [ADA]},
        {"members": [ADA, BO_PROFILE, {"did": "did:plc:c"}]},
        {"kind": {"$type": "chat.bsky.convo.defs#groupConvo", "name": "us"}},
        {"members": None},
    ],
)
def test_only_a_conversation_of_two_that_was_accepted_is_one(odd: dict[str, Any]) -> None:
    convo = {"id": "c", "members": [ADA, BO_PROFILE], "status": "accepted"}
    partner = partner_of(convo, DID)
    assert partner is not None
    assert partner.id == BO
    assert partner_of(convo | odd, DID) is None


def test_gates_and_new_members_of_every_union_change_nothing_else() -> None:
    gates: dict[str, Any] = {
        "threadgate": {"uri": f"at://{DID}/app.bsky.feed.threadgate/1", "record": {"allow": [{"$type": "x.y#z"}]}},
        "viewer": {"replyDisabled": True, "embeddingDisabled": True, "threadMuted": True, "newThing": {}},
        "debug": {"$type": "x"},
    }
    plain = post_of(view())
    gated = post_of(view(**gates))
    assert gated.viewer == ViewerState(liked=False, boosted=False, reply="no", quote="no")
    assert replace(gated, viewer=plain.viewer) == plain
    reply = {"root": {"$type": "x.y#newKind"}, "parent": {"$type": "x.y#newKind", "uri": PARENT}}
    post = timeline_post_of({"post": view(record={"reply": REPLY}), "reply": reply, "feedContext": 5, "reqId": []})
    assert (post.reply_to, post.reply_to_person, post.text) == ("", BO, "hello")


def test_a_record_of_a_kind_nobody_knows_is_shown_by_its_name() -> None:
    post = post_of(view(record={"$type": "org.example.recipe", "text": "Soup"}))
    assert (post.text, post.media) == ("Soup", (Media("unknown", "[org.example.recipe]"),))


@pytest.mark.parametrize("reason", ["subscribed-post", "verified", "like-via-repost", "org.example.new", "", None, 7])
def test_notifications_for_other_reasons_make_no_tie(reason: Any) -> None:
    told = {"uri": PARENT, "author": BO_PROFILE, "reason": reason, "indexedAt": "2026-11-20T10:00:00Z"}
    assert list(notification_interactions(told, DID)) == []
    assert [each.kind for each in notification_interactions(told | {"reason": "reply"}, DID)] == ["reply"]


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        ({}, None),
        ({"knownFollowers": "many"}, None),
        ({"knownFollowers": {"count": 0, "followers": []}}, KnownFollowers(0)),
        (
            {"knownFollowers": {"count": 7, "followers": [{"did": "did:plc:a"}, {"handle": "no.did"}, 4]}},
            KnownFollowers(7, ("did:plc:a",)),
        ),
        ({"knownFollowers": {"count": -1, "followers": [{"did": "did:plc:a"}]}}, KnownFollowers(1, ("did:plc:a",))),
    ],
)
def test_a_profile_names_the_followers_that_the_user_follows(
    viewer: dict[str, object], expected: KnownFollowers | None
) -> None:
    assert person_of(ADA | {"viewer": viewer}).known_followers == expected
