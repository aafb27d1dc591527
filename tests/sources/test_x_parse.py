"""Posts and users of X's API as clean models, in the old and the new vocabulary, from any response."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietfeed.models.errors import RecordError
from quietfeed.models.person import Person
from quietfeed.models.post import Label, Media, Quote
from quietfeed.models.text import clean, clean_line
from quietfeed.sources.x.parse import includes_of, post_of
from quietfeed.sources.x.people import person_of
from quietfeed.sources.x.reading import read_input
from quietfeed.sources.x.text import text_of_post

ADA = Person("1", "ada", "Ada", network="x")


def post(text: Any = "hello", **more: Any) -> dict[str, Any]:
    return {"id": "10", "text": text, "created_at": "2026-11-01T10:00:00.000Z", **more}


def test_links_are_shown_by_their_names_and_lead_to_their_targets() -> None:
    entities = {
        "urls": [
            {"start": 4, "url": "https://t.co/1", "expanded_url": "https://a.example/p", "display_url": "a.example/p"},
            {"start": 40, "url": "https://t.co/2", "expanded_url": "https://x.com/ada/status/1", "media_key": "3_1"},
        ],
        "hashtags": [{"start": 30, "tag": "Tea"}],
        "mentions": [{"start": 20, "username": "Bo", "id": "2"}],
    }
    found = text_of_post(post("see https://t.co/1 &lt;3 @bo #tea https://t.co/2", entities=entities))
    assert found.text == "see a.example/p <3 @bo #tea"
    assert [(found.text[each.start : each.end], each.kind, each.target) for each in found.spans] == [
        ("a.example/p", "link", "https://a.example/p"),
        ("@bo", "mention", "bo"),
        ("#tea", "hashtag", "Tea"),
    ]
    assert found.links == ("https://a.example/p",)


def test_a_long_post_is_read_whole_in_both_vocabularies() -> None:
    for name in ("note_tweet", "note_post"):
        assert post_of(post("short…", **{name: {"text": "the whole text"}}), includes_of({}), "", ADA).text == (
            "the whole text"
        )


@pytest.mark.parametrize(("references", "included"), [("referenced_tweets", "tweets"), ("referenced_posts", "posts")])
def test_a_repost_is_the_original_with_its_booster_and_needs_no_user_read(references: str, included: str) -> None:
    original = {"id": "7", "text": "A long walk", "author_id": "5", "created_at": "2026-10-01T10:00:00.000Z"}
    repost = post(
        "RT @Eve: A long…",
        entities={"mentions": [{"id": "5", "username": "Eve"}]},
        **{references: [{"type": "retweeted", "id": "7"}]},
    )
    found = post_of(repost, includes_of({"includes": {included: [original]}}), "x:me", ADA)
    assert (found.id, found.original_id, found.text) == ("10", "7", "A long walk")
    assert (found.author.id, found.author.handle, found.booster) == ("5", "eve", ADA)
    assert found.author.followers is None
    assert found.url == "https://x.com/eve/status/7"


def test_a_quote_names_its_author_by_its_address() -> None:
    inner = {"id": "7", "text": "Bread", "author_id": "5"}
    link = {"url": "https://t.co/q", "expanded_url": "https://twitter.com/Eve/status/7", "start": 5}
    quoting = post("look https://t.co/q", entities={"urls": [link]}, referenced_tweets=[{"type": "quoted", "id": "7"}])
    found = post_of(quoting, includes_of({"includes": {"tweets": [inner]}}), "", ADA)
    assert found.quote == Quote("eve", "Bread", "https://twitter.com/Eve/status/7")
    assert found.text == "look"
    missing = post_of(quoting, includes_of({}), "", ADA)
    assert missing.quote is not None
    assert (missing.quote.handle, missing.quote.text) == ("", "the quoted post is not available")


def test_a_reply_names_its_recipient() -> None:
    reply = post(
        "@bo yes",
        in_reply_to_user_id="2",
        entities={"mentions": [{"id": "2", "username": "Bo"}]},
        referenced_tweets=[{"type": "replied_to", "id": "7"}],
    )
    found = post_of(reply, includes_of({}), "", ADA)
    assert (found.reply_to, found.reply_to_id, found.reply_to_person) == ("bo", "7", "2")
    thread = post_of({**reply, "in_reply_to_user_id": "1"}, includes_of({}), "", ADA)
    assert thread.reply_to == "ada"
    # The new vocabulary has no in_reply_to_user_id without a user read.
    new = post("@bo yes", entities=reply["entities"], referenced_posts=[{"type": "replied_to", "id": "7"}])
    assert post_of(new, includes_of({}), "", ADA).reply_to == "bo"
    unknown = post("yes", referenced_tweets=[{"type": "replied_to", "id": "7"}])
    assert post_of(unknown, includes_of({}), "", ADA).reply_to == ""


def test_pictures_videos_polls_and_labels() -> None:
    variants = [
        {"content_type": "video/mp4", "bit_rate": 1, "url": "https://v.example/low"},
        {"content_type": "video/mp4", "bit_rate": 9, "url": "https://v.example/high"},
        {"content_type": "application/x-mpegURL", "url": "https://v.example/list"},
    ]
    includes = {
        "media": [
            {"media_key": "3_1", "type": "photo", "url": "https://p.example/1", "alt_text": "a \x1b[31mroof"},
            {"media_key": "7_1", "type": "video", "preview_image_url": "https://p.example/2", "variants": variants},
        ],
        "polls": [
            {
                "id": "p",
                "options": [{"label": "tea", "votes": 3}, {"label": "coffee", "votes": 1}],
                "voting_status": "closed",
                "end_datetime": "2026-11-02T10:00:00.000Z",
            }
        ],
    }
    attachments = {"media_keys": ["3_1", "7_1", "gone"], "poll_ids": ["p"]}
    withheld = {"copyright": False, "country_codes": ["DE", "FR"]}
    found = post_of(
        post(attachments=attachments, withheld=withheld, possibly_sensitive=True, lang="qme"),
        includes_of({"includes": includes}),
        "",
        ADA,
    )
    assert found.media == (
        Media("image", "a [31mroof", "https://p.example/1", "https://p.example/1"),
        Media("video", "", "https://v.example/high", "https://p.example/2"),
        Media("unknown"),
    )
    assert found.poll is not None
    assert (found.poll.voters, found.poll.expired) == (4, True)
    assert found.labels == (Label("withheld in DE, FR", "X", "inform"), Label("sensitive", "", "inform"))
    assert found.lang is None
    assert not found.covered


def test_an_edited_post_keeps_the_id_of_its_first_version() -> None:
    for name in ("edit_history_tweet_ids", "edit_history_post_ids"):
        assert post_of(post(**{name: ["8", "9", "10"]}), includes_of({}), "", ADA).id == "8"


def test_a_user_is_clean_and_a_bought_mark_is_no_verification() -> None:
    user = {
        "id": "1",
        "username": "Ada",
        "name": "Ada\x1b]0;&#27;owned\x07\nLovelace\u202e",
        "description": "tea &amp; https://t.co/b",
        "entities": {"description": {"urls": [{"url": "https://t.co/b", "expanded_url": "https://a.example"}]}},
        "public_metrics": {"followers_count": 3, "following_count": 4, "post_count": 5},
        "verified": True,
        "verified_type": "blue",
    }
    person = person_of(user)
    assert (person.handle, person.name, person.posts, person.verified) == ("ada", "Ada]0;owned Lovelace", 5, False)
    assert person.bio == "tea & https://a.example"
    assert person_of({**user, "verified_type": "government"}).verified is True
    with pytest.raises(RecordError):
        person_of({"id": "1"})


KEYS = (
    *("id", "text", "type", "urls", "mentions", "hashtags", "username", "url", "expanded_url", "tag", "start", "label"),
    *("media_keys", "poll_ids", "entities", "tweets", "posts", "users", "media", "polls", "options"),
)
WORDS = ("@bo", "#tea", "https://t.co/1")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
NAMES = [
    *("entities", "attachments", "referenced_tweets", "referenced_posts", "note_tweet", "note_post", "withheld"),
    *("public_metrics", "lang", "created_at", "in_reply_to_user_id", "author_id", "edit_history_tweet_ids"),
]


@given(st.text(max_size=60), st.dictionaries(st.sampled_from(NAMES), json_values, max_size=5), json_values)
def test_every_response_is_a_clean_post_or_a_record_error(text: str, fields: dict[str, Any], includes: Any) -> None:
    entity = {**fields, "id": "10", "text": text}
    found = post_of(entity, includes_of({"includes": includes}), "x:me", ADA)
    assert found.text == clean(found.text)
    assert all(0 <= each.start < each.end <= len(found.text) for each in found.spans)
    assert found.author.handle == clean_line(found.author.handle)
    assert all(each == clean_line(each) for each in found.tags or ())


def test_recorded_responses_are_read_or_reported_as_something_else(shared: Path) -> None:
    for path in sorted((shared / "wire" / "x").glob("tweepy-*.json")):
        value = json.loads(path.read_text("utf-8"))
        posts, errors = read_input(value)
        assert posts or errors
        assert all("\n" not in each for each in errors)
        if not isinstance(value, dict):
            continue
        data = value.get("data")
        for entity in data if isinstance(data, list) else []:
            if "text" in entity:
                assert post_of(entity, includes_of(value), "", ADA).text == clean(text_of_post(entity).text)


def test_judge_reads_a_response_with_its_includes() -> None:
    user = {"id": "1", "username": "ada", "name": "Ada"}
    value = {"data": [post(author_id="1"), post(author_id="2")], "includes": {"users": [user]}}
    posts, errors = read_input(value)
    assert [each.author.handle for each in posts] == ["ada"]
    assert errors == ["A post without an author; it was skipped."]
    assert read_input({"data": [user]}) == ([], ["There is no post in this: it is a user."])
