"""Events are delivered immediately and in order; a failing listener does not stop the others."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from quietfeed.models.view import Change
from quietfeed.session import Session
from quietfeed.session.events import Event, Events, PostsArrived, TimelineChanged, TrainingFailed, VerdictsChanged

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def test_listeners_get_the_events_of_their_kind_in_order() -> None:
    events = Events()
    heard: list[Event] = []
    events.subscribe(PostsArrived, heard.append)
    events.subscribe(VerdictsChanged, heard.append)
    sent: list[Event] = [PostsArrived((("a", "1"),)), VerdictsChanged(Change("mark")), PostsArrived(())]
    for event in (*sent, TrainingFailed("nobody listens")):
        events.publish(event)
    assert heard == sent


def test_unsubscribing_twice_is_fine_and_leaves_other_listeners() -> None:
    events = Events()
    first: list[Event] = []
    second: list[Event] = []
    unsubscribe = events.subscribe(PostsArrived, first.append)
    events.subscribe(PostsArrived, second.append)
    unsubscribe()
    unsubscribe()
    events.publish(PostsArrived(()))
    assert (first, second) == ([], [PostsArrived(())])


def test_a_listener_may_unsubscribe_while_it_is_called() -> None:
    events = Events()
    heard: list[str] = []

    def once(event: PostsArrived) -> None:
        heard.append("once")
        unsubscribe()

    unsubscribe = events.subscribe(PostsArrived, once)
    events.subscribe(PostsArrived, lambda _: heard.append("always"))
    events.publish(PostsArrived(()))
    events.publish(PostsArrived(()))
    assert heard == ["once", "always", "always"]


def test_an_exception_of_a_listener_is_logged_and_the_others_are_called(caplog: pytest.LogCaptureFixture) -> None:
    events = Events()
    heard: list[Event] = []

    def broken(event: PostsArrived) -> None:
        raise KeyError("broken")

    events.subscribe(PostsArrived, broken)
    events.subscribe(PostsArrived, heard.append)
    with caplog.at_level(logging.ERROR):
        events.publish(PostsArrived(()))
    assert heard == [PostsArrived(())]
    assert [(record.name, record.exc_info is not None) for record in caplog.records] == [
        ("quietfeed.session.events", True)
    ]


def test_every_change_of_the_loaded_posts_is_an_event(demo_world: Callable[..., Session]) -> None:
    session = demo_world(now=NOW)
    key = session.timeline.posts[9].key
    heard: list[Event] = []
    session.events.subscribe(TimelineChanged, heard.append)

    def changes(act: Callable[[], object]) -> bool:
        heard.clear()
        act()
        return bool(heard)

    assert changes(lambda: session.marks.set(key, "spam"))
    assert changes(lambda: session.people.vouch(key))
    assert changes(session.history.undo)
    assert changes(lambda: session.timeline.trim(3, 3, key, key))
    assert changes(lambda: session.timeline.load(5))
    assert changes(lambda: session.timeline.load_newer(5))
    assert not changes(session.timeline.counts)
    assert not changes(lambda: session.timeline.get(key))
