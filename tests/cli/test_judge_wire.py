"""`quietfeed judge --from bluesky` over every answer of the real network that was recorded."""

import json
from pathlib import Path
from typing import Any

import pytest

from quietfeed.__main__ import main


def posts_of(value: Any) -> int:
    """How many posts an answer lists, one inside another (a quote, a parent) not counted."""
    if isinstance(value, list):
        return sum(posts_of(each) for each in value)
    if not isinstance(value, dict):
        return 0
    uri = str(value.get("uri"))
    if "post" in value or ("/app.bsky.feed.post/" in uri and ("record" in value or "value" in value)):
        return 1
    return sum(posts_of(each) for each in value.values())


def test_every_recorded_answer_is_read_whole(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((shared / "wire" / "bluesky").glob("*.json"))
    assert len(files) == 31
    judged = 0
    for file in files:
        value = json.loads(file.read_bytes())
        status = main(["judge", "--from", "bluesky", str(file)])
        said = capsys.readouterr()
        verdicts = [json.loads(line) for line in said.out.splitlines()]
        assert len(verdicts) == posts_of(value), file.name
        assert all(
            set(each) == {"id", "show", "category", "probability", "cause", "scores", "reasons"} for each in verdicts
        )
        # Without a post, the error says what the response contains; an empty list of posts is no error.
        assert said.err.count("\n") == status <= (0 if verdicts else 1), file.name
        assert not status or "There is no post in this: it is " in said.err
        if isinstance(value, dict) and "feed" in value:
            assert len(verdicts) == len(value["feed"]), file.name
        judged += len(verdicts)
    assert judged == 140
