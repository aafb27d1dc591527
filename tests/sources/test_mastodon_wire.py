"""Every recorded response of real servers is read, and every status in it is found."""

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from quietfeed.codec.records import post_from_record, post_to_record
from quietfeed.models.text import clean
from quietfeed.sources.mastodon.reading import read_input
from quietfeed.tests.sources.damage import places, texts_in


@pytest.fixture(scope="module")
def recordings(shared: Path) -> dict[str, Any]:
    files = sorted((shared / "wire" / "mastodon").glob("*.json"))
    return {file.name: json.loads(file.read_bytes()) for file in files}


def ids_of(value: Any) -> set[str]:
    """The ids of the outermost objects that have what every status of these servers has."""
    if isinstance(value, list):
        return {each for item in value for each in ids_of(item)}
    if not isinstance(value, dict):
        return set()
    if "spoiler_text" in value and "account" in value and "id" in value:
        return {value["id"]}
    return {each for item in value.values() for each in ids_of(item)}


def test_all_statuses_are_found(recordings: dict[str, Any]) -> None:
    assert len(recordings) == 105
    found = {name: {post.id for post in read_input(value)[0]} for name, value in recordings.items()}
    assert found == {name: ids_of(value) for name, value in recordings.items()}
    assert sum(len(ids) for ids in found.values()) == 338


def test_only_responses_without_a_status_are_errors(recordings: dict[str, Any]) -> None:
    for value in recordings.values():
        posts, errors = read_input(value)
        assert not (posts and errors)
        assert len(errors) <= 1
        assert all("There is no status in this: it is " in error for error in errors)


def test_every_post_is_whole(recordings: dict[str, Any]) -> None:
    for value in recordings.values():
        for post in read_input(value)[0]:
            assert post.created_at is not None
            assert "@" in post.author.handle
            assert post.text == clean(post.text)
            assert all(0 <= span.start < span.end <= len(post.text) for span in post.spans)
            assert post_from_record(json.loads(json.dumps(post_to_record(post)))) == post


def test_links_mentions_and_hashtags_agree_with_what_the_server_lists(recordings: dict[str, Any]) -> None:
    posts = {post.id: post for post in read_input(recordings["rtoot-get_timeline_home_default.json"])[0]}
    tags = {each.target.lower() for post in posts.values() for each in post.spans if each.kind == "hashtag"}
    assert tags <= {tag.lower() for post in posts.values() for tag in post.tags or ()}
    assert any(each.kind == "link" for post in posts.values() for each in post.spans)


JUNK: tuple[Any, ...] = (
    *(None, 0, -1, 2**80, float("inf"), float("nan"), True, "", "x", [], {}, [{}], [[[]]], {"id": 1}),
    *("<p>" * 30, "\x1b[2J\u202e\ud800", "0001-01-01T00:00:00+14:00", "2026-99-99", "http://[", "file:///x"),
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
