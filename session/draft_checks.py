"""Checks a draft against what a network accepts, before anything is sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from ..models.account import Account
from ..models.compose import ComposeRules, count_graphemes, measure, split
from ..models.draft import Draft
from ..phrases.composing import (
    NOTHING_WRITTEN,
    POLL_WITH_FILES,
    SCHEDULED_THREAD,
    TOO_SOON,
    VIDEO_ALONE,
    lacks,
    long_description,
    only_public,
    other_account,
    poll_duration,
    poll_options,
    too_long,
    too_many_files,
)
from ..sources.attachments import file_problem, type_of_file

_SOONEST = timedelta(minutes=5)
"""https://docs.joinmastodon.org/methods/statuses/#create: a status is scheduled at least five minutes ahead."""


def problems_of(draft: Draft, account: Account, rules: ComposeRules, network: str, now: datetime) -> Iterator[str]:
    """Why an account cannot send a draft, in sentences. `network` is its display name."""
    if draft.is_empty:
        yield NOTHING_WRITTEN
    for pointer in (draft.reply_to, draft.quote):
        if pointer is not None and pointer.account != account.key:
            yield other_account(pointer.handle)
    yield from _missing_features(draft, rules, network)
    yield from _lengths(draft, rules, network)
    yield from _files(draft, rules, network)
    yield from _poll(draft, rules, network)
    if draft.scheduled_at is not None and draft.scheduled_at < now + _SOONEST:
        yield TOO_SOON
    if draft.scheduled_at is not None and draft.thread and len(split(draft, rules)) > 1:
        yield SCHEDULED_THREAD


def _missing_features(draft: Draft, rules: ComposeRules, network: str) -> Iterator[str]:
    if draft.audience not in rules.visibilities:
        yield only_public(network)
    if draft.warning and "warning" not in rules.features:
        yield lacks(network, "content warnings")
    if draft.scheduled_at is not None and "schedule" not in rules.features:
        yield lacks(network, "scheduled posts")
    if draft.quote is not None and "quote" not in rules.features:
        yield lacks(network, "quotes by clients")
    if draft.quote_policy and "quote_policy" not in rules.features:
        yield lacks(network, "rules for quotes")
    if draft.quote_policy == "followers" and "quote_policy" in rules.features and "threadgate" in rules.features:
        yield lacks(network, "quotes for followers only")
    if draft.threadgate and "threadgate" not in rules.features:
        yield lacks(network, "rules for replies")


def _lengths(draft: Draft, rules: ComposeRules, network: str) -> Iterator[str]:
    if draft.thread:
        return
    length = measure(draft, rules)
    if not length.fits:
        yield too_long(length, network, can_split=draft.edits is None)


def _files(draft: Draft, rules: ComposeRules, network: str) -> Iterator[str]:
    if len(draft.media) > rules.media:
        yield too_many_files(rules.media, network)
    if draft.media and draft.poll is not None:
        yield POLL_WITH_FILES
    for medium in draft.media:
        if count_graphemes(medium.alt) > rules.alt_characters:
            yield long_description(medium.path, rules.alt_characters)
        try:
            readable = Path(medium.path).expanduser().stat().st_size > 0
        except OSError:
            readable = False
        if not readable:
            yield f"The file {medium.path} cannot be read, or it is empty."
        elif problem := file_problem(Path(medium.path).expanduser(), rules, network):
            yield problem
    types = [type_of_file(Path(each.path).expanduser()) for each in draft.media]
    if "lone_video" in rules.features and len(types) > 1 and any(each.startswith("video/") for each in types):
        yield VIDEO_ALONE


def _poll(draft: Draft, rules: ComposeRules, network: str) -> Iterator[str]:
    poll = draft.poll
    if poll is None:
        return
    if not rules.poll_options:
        yield lacks(network, "polls")
        return
    different = {option.strip() for option in poll.options if option.strip()}
    long = any(count_graphemes(option) > rules.poll_option_characters for option in poll.options)
    if not 2 <= len(poll.options) <= rules.poll_options or len(different) != len(poll.options) or long:
        yield poll_options(rules, network)
    if not rules.poll_shortest <= poll.seconds <= rules.poll_longest:
        yield poll_duration(rules, network)
