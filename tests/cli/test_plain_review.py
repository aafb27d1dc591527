"""The safety check, contradictory marks and the preview of levels in plain lines."""

import asyncio
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.cli.plain import Plain
from quietfeed.cli.plain_review import offer_line
from quietfeed.models.verdict import Category
from quietfeed.session import Session
from quietfeed.session.clock import Clock

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Turned:
    """A clock that advances by a minute each time it is read."""

    def __init__(self) -> None:
        self.now = NOW

    def read(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def plain(demo_world: Callable[..., Session]) -> Iterator[Plain]:
    with asyncio.Runner() as runner:
        made = Plain(demo_world(now=NOW, clock=Clock(Turned().read)), runner, io.StringIO(), interactive=False)
        made.reader.feed.update()
        yield made


def heard(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_check_is_answered_key_by_key(plain: Plain, capsys: pytest.CaptureFixture[str]) -> None:
    plain.commands["safety"](1, "")
    assert "Reading the safety check: 12 posts" in heard(capsys)
    plain.commands["mark_person"](1, "")
    for _ in range(11):
        plain.commands["hidden"](1, "")
    said = heard(capsys)
    assert said.count("Right to hide: it stays hidden.") == 11
    assert "End of the check: " in said
    assert "of 100 posts hidden by a guess" in said
    assert "from 12 answers." in said
    plain.commands["undo"](1, "")
    assert "Undone: right to hide" in heard(capsys)
    plain.commands["report"](1, "")
    said = heard(capsys)
    assert "from 11 answers; H and Enter checks." in said
    assert "At level everything:" in said


def test_contradictory_marks_are_listed_read_and_settled(plain: Plain, capsys: pytest.CaptureFixture[str]) -> None:
    session = plain.session
    wire = [judged for judged in session.timeline.posts if judged.post.author.id == "wire"]
    words: tuple[Category, ...] = ("sales", "person", "sales")
    for judged, category in zip(wire, words, strict=False):
        session.marks.set(judged.key, category)
    plain.commands["contradictions"](1, "")
    said = heard(capsys)
    assert "1: @wire@newsdesk.example: you marked 3 posts both ways: 2 sales and 1 person." in said
    assert "Answer with M1 person, M1 sales, M1 both; M1 reads them." in said
    plain.commands["contradictions"](1, "1")
    assert "Reading these marked posts: 3 posts" in heard(capsys)
    plain.commands["contradictions"](1, "1 sales")
    assert "Marked 3 posts sales" in heard(capsys)
    assert {mark.category for mark in session.marks.all()} == {"sales"}
    plain.commands["contradictions"](1, "")
    assert "No marks contradict each other." in heard(capsys)


def test_a_check_is_offered_in_one_line(plain: Plain, demo_world: Callable[..., Session]) -> None:
    assert offer_line(plain.session) == []
    turned = Turned()
    later = demo_world(now=NOW, clock=Clock(turned.read))
    assert offer_line(later) == []
    turned.now += timedelta(days=7)
    (line,) = offer_line(later)
    assert line == "Safety check: should these 12 posts stay hidden? H and Enter shows them."
    assert offer_line(later) == []
