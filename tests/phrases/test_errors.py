"""Errors that carry values: one sentence each, made in one place."""

from datetime import UTC, datetime

import pytest

from quietfeed.models.errors import (
    PostDeleted,
    QuietfeedError,
    RateLimited,
    ServerError,
    SourceError,
    TimedOut,
    UsageError,
)
from quietfeed.phrases.errors import error_text

NOON = datetime(2026, 5, 4, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RateLimited("a.example", NOON), f"Rate limited by a.example until {NOON.astimezone():%H}:01."),
        (TimedOut("a.example"), "a.example did not answer in time; try again later."),
        (ServerError("a.example", 503, ""), "a.example returned 503 (Service Unavailable); try again later."),
        (ServerError("a.example", 599, "asleep"), "a.example returned 599 (asleep); try again later."),
        (PostDeleted(), "This post was deleted, or you may no longer see it."),
        (SourceError("The list is gone."), "The list is gone."),
        (UsageError("Unknown key."), "Unknown key."),
    ],
)
def test_each_error_is_one_sentence(error: QuietfeedError, sentence: str) -> None:
    assert error_text(error) == sentence


def test_errors_with_values_hold_no_sentence() -> None:
    for error in (RateLimited("a.example", NOON), TimedOut("a.example"), ServerError("a.example", 503, "")):
        assert not str(error).endswith(".")
