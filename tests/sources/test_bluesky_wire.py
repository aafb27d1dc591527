"""Every recorded response of the real network is read, and every post in it is found."""

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from quietfeed.codec.records import post_from_record, post_to_record
from quietfeed.models.text import clean
from quietfeed.session.judging import InputError, Line, read_network
from quietfeed.sources.bluesky.reading import read_input
from quietfeed.tests.sources.damage import places, texts_in

POST = "app.bsky.feed.post"


@pytest.fixture(scope="module")
def recordings(shared: Path) -> dict[str, Any]:
    files = sorted((shared / "wire" / "bluesky").glob("*.json"))
    return {file.name: json.loads(file.read_bytes()) for file in files}


def ids_of(value: Any) -> set[str]:
    """The ids of the outermost objects that are posts, and of each repost of one."""
    if isinstance(value, list):
        return {each for item in value for each in ids_of(item)}
    if not isinstance(value, dict):
        return set()
    if "post" in value:
        by = value.get("reason", {}).get("by")
        return {value["post"]["uri"] + (f"#{by['did']}" if by else "")}
    if f"/{POST}/" in str(value.get("uri")) and ("record" in value or "value" in value):
        return {value["uri"]}
    return {each for item in value.values() for each in ids_of(item)}


def test_all_posts_are_found(recordings: dict[str, Any]) -> None:
    assert len(recordings) == 31
    found = {name: {post.id for post in read_input(value)[0]} for name, value in recordings.items()}
    assert found == {name: ids_of(value) for name, value in recordings.items()}
    assert sum(len(ids) for ids in found.values()) == 140


def test_only_responses_without_a_post_are_errors(recordings: dict[str, Any]) -> None:
    for value in recordings.values():
        posts, errors = read_input(value)
        assert not (posts and errors)
        assert len(errors) <= 1
        assert all("There is no post in this: it is " in error for error in errors)


def test_every_post_is_whole(recordings: dict[str, Any]) -> None:
    for value in recordings.values():
        for post in read_input(value)[0]:
            assert post.created_at is not None
            assert post.author.id.startswith("did:")
            assert post.url.startswith("https://bsky.app/profile/")
            assert post.text == clean(post.text)
            assert all(0 <= span.start < span.end <= len(post.text) for span in post.spans)
            assert post_from_record(json.loads(json.dumps(post_to_record(post)))) == post


def test_hashtags_are_found_at_their_place_in_the_text(recordings: dict[str, Any]) -> None:
    posts = [post for value in recordings.values() for post in read_input(value)[0]]
    marked = [(post.text[span.start : span.end], span) for post in posts for span in post.spans if span.kind != "link"]
    assert len(marked) > 80
    for words, span in marked:
        assert words.lstrip("#@＃").lower() == span.target.lower()


def test_one_value_a_line_is_read_as_well(recordings: dict[str, Any]) -> None:
    items = recordings["bskyr-f_timeline.json"]["feed"]
    lines = "\n".join(json.dumps(item) for item in items)
    found = list(read_network("bluesky", lines, {}))
    assert all(isinstance(each, Line) for each in found)
    assert len(found) == len(items)
    (trouble,) = read_network("bluesky", json.dumps(recordings["bskyr-n_nc.json"]), {})
    assert trouble == InputError(1, "There is no post in this: it is a count.")


JUNK: tuple[Any, ...] = (
    *(None, 0, -1, 2**80, float("inf"), float("nan"), True, "", "x", [], {}, [{}], [[[]]], {"id": 1}),
    *("at://", "did:plc:", "\x1b[2J\u202e\ud800", "0001-01-01T00:00:00+14:00", "2026-99-99", "http://[", "file:///x"),
    *({"$type": "app.bsky.embed.something"}, {"$type": 5}, "app.bsky.embed.record#view", "app.bsky.feed.post"),
)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_answers_are_read_as_far_as_they_go(recordings: dict[str, Any], seed: int) -> None:
    rng = random.Random(seed)
    for name in rng.sample(sorted(recordings), 6):
        value = deepcopy(recordings[name])
        for container, key in rng.choices(places(value) or [({}, "")], k=6):
            container[key] = rng.choice(JUNK)
        posts, errors = read_input(value)
        assert all(isinstance(error, str) for error in errors)
        for post in posts:
            assert post_from_record(post_to_record(post)) == post
            assert all(text == clean(text) for text in texts_in(post))
