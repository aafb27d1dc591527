"""The client API's JSON as models, with missing, additional and wrong fields."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from quietfeed.codec.records import post_from_record
from quietfeed.models.errors import RecordError
from quietfeed.models.post import Card, Media, Poll, PollOption, Quote
from quietfeed.sources.mastodon.interactions import own_status_interactions
from quietfeed.sources.mastodon.parse import post_of
from quietfeed.sources.mastodon.people import handle_of, person_of, relationship_of
from quietfeed.sources.mastodon.reading import read_input

ADA = {"id": "2", "username": "ada", "acct": "ada", "url": "https://here.example/@ada", "display_name": "Ada"}


def status(**parts: Any) -> dict[str, Any]:
    return {"id": "9", "account": ADA, "content": "<p>hello</p>", "visibility": "public", **parts}


def test_a_status_with_next_to_nothing_leaves_the_rest_unknown() -> None:
    post = post_of({"id": 9, "account": {"id": 2}})
    assert (post.id, post.author.id, post.text) == ("9", "2", "")
    assert (post.created_at, post.lang, post.media, post.tags, post.reply_to, post.poll) == (None,) * 6
    assert (post.author.followers, post.author.bio, post.author.bot) == (None, None, None)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59Z"])
def test_a_time_at_the_edge_of_the_calendar_is_not_known(at: str) -> None:
    post = post_of(
        status(created_at=at, poll={"options": [], "expires_at": at}) | {"account": ADA | {"created_at": at}}
    )
    assert (post.created_at, post.author.created_at) == (None, None)
    assert post.poll == Poll(())
    # Kept, or handed in by a script, it is the same.
    assert post_from_record({"id": "1", "text": "", "created_at": at}).created_at is None


def test_every_field_may_be_of_another_type() -> None:
    keys = ["content", "created_at", "uri", "url", "language", "spoiler_text", "mentions", "tags", "emojis", "card"]
    keys += ["media_attachments", "poll", "quote", "filtered", "in_reply_to_id", "in_reply_to_account_id", "reblog"]
    for wrong in (None, 5, True, "x", [], [1, None], {}, {"a": 1}):
        for key in keys:
            if key == "reblog" and isinstance(wrong, dict):
                continue
            assert post_of(status(**{key: wrong})).id == "9"


@pytest.mark.parametrize(
    "wrong", [{"id": None}, {"id": ""}, {"account": None}, {"account": {}}, {"reblog": {"id": "1"}}]
)
def test_without_an_id_or_an_author_it_is_no_post(wrong: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        post_of(status(**wrong))


def test_a_boost_is_the_original_with_its_booster() -> None:
    bo = {"id": "3", "acct": "bo@there.example"}
    wrapper = status(id="W", account=bo, content="", created_at="2026-11-20T10:00:00Z")
    post = post_of(wrapper | {"reblog": status(id="w", created_at="2026-11-19T10:00:00Z")}, host="here.example")
    assert (post.id, post.original_id, post.text) == ("W", "w", "hello")
    assert post.author.handle == "ada@here.example"
    assert post.booster is not None
    assert post.booster.handle == "bo@there.example"
    assert post.created_at == datetime(2026, 11, 19, 10, tzinfo=UTC)
    assert post.at == datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("account", "handle"),
    [
        ({"acct": "june", "url": "https://june.example/@june"}, "june@june.example"),
        ({"acct": "june", "uri": "https://june.example/users/june"}, "june@june.example"),
        ({"acct": "june"}, "june@here.example"),
        ({"acct": "june@here.example"}, "june@here.example"),
        ({"username": "june"}, "june@here.example"),
        ({"acct": "june", "url": "https://[broken"}, "june@here.example"),
        ({}, ""),
    ],
)
def test_handles_are_written_in_full(account: dict[str, Any], handle: str) -> None:
    assert handle_of(account, "here.example") == handle


def test_counts_of_zero_for_everything_are_not_known() -> None:
    zeros = {"followers_count": 0, "following_count": 0, "statuses_count": 0}
    person = person_of(ADA | zeros)
    assert (person.followers, person.following, person.posts) == (None, None, None)
    person = person_of(ADA | zeros | {"statuses_count": 3})
    assert (person.followers, person.following, person.posts) == (0, 0, 3)


@pytest.mark.parametrize("wrong", [-1, "12", 1.5, True, 2**70, None])
def test_an_invalid_count_is_unknown(wrong: Any) -> None:
    assert person_of(ADA | {"followers_count": wrong, "statuses_count": 3}).followers is None


def test_names_and_bios_are_clean_text() -> None:
    person = person_of(ADA | {"display_name": "A\x1b[2Jda\n\u202eevil", "note": "<p>Reads &amp; <b>walks</b></p>"})
    assert (person.name, person.bio) == ("A[2Jda evil", "Reads & walks")


def test_a_reply_names_its_parent() -> None:
    mentions = [{"id": "5", "acct": "bo@there.example", "url": "https://there.example/@bo", "username": "bo"}]
    reply = {"in_reply_to_id": "8", "mentions": mentions}
    assert post_of(status(**reply, in_reply_to_account_id="5")).reply_to == "bo@there.example"
    assert post_of(status(**reply, in_reply_to_account_id="2")).reply_to == "ada@here.example"
    assert post_of(status(**reply, in_reply_to_account_id="7")).reply_to == ""
    assert post_of(status(**reply)).reply_to == ""
    assert post_of(status()).reply_to is None


def test_media_keep_their_descriptions() -> None:
    media = [{"type": "image", "url": "https://x.example/1.png", "description": "a heron"}, {"type": "hologram"}]
    assert post_of(status(media_attachments=media)).media == (
        Media("image", "a heron", "https://x.example/1.png"),
        Media("unknown"),
    )


def test_a_poll_that_keeps_its_votes_back() -> None:
    options = [{"title": "tea", "votes_count": 3}, {"title": "coffee", "votes_count": None}]
    poll = {"options": options, "expires_at": "2026-11-21T00:00:00Z", "expired": False, "multiple": True}
    assert post_of(status(poll=poll)).poll == Poll(
        (PollOption("tea", 3), PollOption("coffee", None)), True, datetime(2026, 11, 21, tzinfo=UTC), False, None
    )


def test_a_card() -> None:
    card = {"url": "https://x.example/", "title": "A\npage", "description": "", "type": "link"}
    assert post_of(status(card=card)).card == Card("https://x.example/", "A page")


QUOTED = status(id="7", url="https://here.example/@ada/7")


@pytest.mark.parametrize(
    "parts",
    [
        {"quote": {"state": "accepted", "quoted_status": QUOTED}},
        {"quote": QUOTED},
        {"pleroma": {"quote": QUOTED}},
    ],
)
def test_a_quote_in_each_of_its_shapes(parts: dict[str, Any]) -> None:
    assert post_of(status(**parts)).quote == Quote("ada@here.example", "hello", "https://here.example/@ada/7")


def test_a_quote_that_cannot_be_shown_has_the_reason() -> None:
    quote = {"state": "deleted", "quoted_status": None}
    assert post_of(status(quote=quote)).quote == Quote("", "a quoted post that was deleted")
    shallow = {"state": "accepted", "quoted_status_id": "7"}
    assert post_of(status(quote=shallow)).quote == Quote("", "a quoted post that is not visible to you")


def test_the_servers_own_filters_by_title() -> None:
    warn = {"filter": {"title": "Football", "filter_action": "warn"}, "keyword_matches": ["goal"]}
    post = post_of(status(filtered=[warn]))
    assert (post.server_filters, post.server_hides) == (("Football",), False)
    hide = {"filter": {"title": "Spiders", "filter_action": "hide"}}
    post = post_of(status(account=ADA, content="", reblog=status(id="1", filtered=[hide]), filtered=[warn]))
    assert (post.server_filters, post.server_hides) == (("Football", "Spiders"), True)


def test_the_text_of_a_server_that_leaves_the_content_out() -> None:
    post = post_of(status(content=None, pleroma={"content": {"text/plain": "a < b\nso"}}))
    assert post.text == "a < b\nso"


def test_addresses_that_no_browser_should_open_are_dropped() -> None:
    post = post_of(status(url="file:///etc/passwd", uri="javascript:alert(1)", card={"url": "data:x", "title": "t"}))
    assert (post.url, post.card) == ("", None)


def test_a_relationship_with_few_fields() -> None:
    found = relationship_of({"id": "5", "following": False, "requested": True})
    assert (found.person_id, found.you_follow, found.follows_you) == ("5", False, None)


@pytest.mark.parametrize(
    "value",
    [
        status(),
        [status()],
        {"statuses": [status()], "accounts": [ADA]},
        {"ancestors": [], "descendants": [status()]},
        [{"id": "1", "accounts": [ADA], "last_status": status()}],
        [
            {"id": "1", "type": "mention", "account": ADA, "status": status()},
            {"id": "2", "type": "follow", "account": ADA},
        ],
    ],
)
def test_statuses_are_found_at_every_place(value: Any) -> None:
    posts, errors = read_input(value)
    assert ([post.id for post in posts], errors) == (["9"], [])


def test_a_bad_status_is_one_sentence_and_its_neighbours_live() -> None:
    bad = status(id="8")
    del bad["account"]
    posts, errors = read_input([bad, status(), None, 5])
    assert [post.id for post in posts] == ["9"]
    assert errors == [
        "Status 8 has no author; it was skipped.",
        "Item 3 is null, not a status.",
        "Item 4 is a number, not a status.",
    ]


@pytest.mark.parametrize(
    ("value", "sentences"),
    [
        ([], []),
        ({"ancestors": [], "descendants": []}, []),
        ({"error": "Not Found"}, ["There is no status in this: it is an error of the server, 'Not Found'."]),
        ([ADA, ADA], ["There is no status in this: it is an account (2 times)."]),
        ("text", ["Item 1 is a text, not a status."]),
        ({"x": 1}, ["Item 1 is an object of an unknown kind, not a status."]),
    ],
)
def test_a_response_without_a_status_is_named_in_the_error(value: Any, sentences: list[str]) -> None:
    assert read_input(value) == ([], sentences)


def test_deep_nesting_ends() -> None:
    value: Any = status()
    for _ in range(500):
        value = [value]
    assert read_input(value)[0] == []


def test_lone_surrogates_and_escapes_never_reach_a_model() -> None:
    post = post_of(json.loads(json.dumps(status(content="a\ud800b\x1b[0m", spoiler_text="x\u202ey\nz"))))
    assert (post.text, post.warning) == ("ab[0m", "xy z")


def test_long_texts_are_cut_with_a_note() -> None:
    poll = {"id": "1", "options": [{"title": str(number)} for number in range(500)]}
    long = status(content=f"<p>{'x ' * 80_000}</p>", spoiler_text="w" * 5_000, poll=poll)
    post = post_of(json.loads(json.dumps(long)))
    assert len(post.text) < 101_000
    assert post.text.endswith("\n[…]")
    assert len(post.warning) < 1_100
    assert post.warning.endswith(" […]")
    assert post.poll is not None
    assert len(post.poll.options) == 50


def test_mentions_that_are_numbered_by_their_place_name_nobody() -> None:
    """snac, measured: the ids of mentions are "0", "1" and so on."""
    ada = {"username": "ada@there.example", "acct": "ada@there.example", "url": "https://there.example/ada"}
    status = {
        "id": "1", "created_at": "2026-11-01T10:00:00Z", "content": "hello", "visibility": "public",
        "account": {"id": "june", "acct": "june"}, "in_reply_to_id": "0f", "in_reply_to_account_id": "c8",
        "mentions": [ada | {"id": "0"}, ada | {"id": "1"}],
    }  # fmt: skip
    assert post_of(status, "mastodon:june@here.example", "here.example").reply_to == "ada@there.example"
    found = list(own_status_interactions(status, "june", "here.example"))
    assert [(each.person.id, each.kind) for each in found] == [("c8", "reply")]
    numbered = status | {"mentions": [ada | {"id": "c8"}, ada | {"id": "1"}]}
    assert [each.person.id for each in own_status_interactions(numbered, "june", "here.example")] == ["c8", "1"]
