"""The table of actions: complete, without duplicates, and found by the words that people type."""

import pytest

from quietfeed.phrases.action_table import ACTIONS, SCREEN_ACTIONS, Action
from quietfeed.phrases.mutes import MUTE_SPANS, UNMUTE
from quietfeed.phrases.palette import search_rank, title
from quietfeed.phrases.plain_keys import PLAIN_WORDS, no_key, plain_help


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_an_action_is_whole(action: Action) -> None:
    assert action.text
    assert not action.text.endswith(".")
    assert bool(action.vim and action.arrows) != bool(action.no_key)
    assert bool(action.plain) != bool(action.not_plain)
    assert action.search or action.no_key
    assert action.plain or not action.plain_text


def test_no_action_and_no_plain_key_is_there_twice() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    plain = [action.plain for action in ACTIONS if action.plain]
    assert len(plain) == len(set(plain))
    assert set(PLAIN_WORDS.values()) - {"next"} <= {action.id for action in ACTIONS if action.plain}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("undo", "undo"),
        ("quit", "quit"),
        ("exit", "quit"),
        ("thread", "open"),
        ("replies", "open"),
        ("reply", "reply"),
        ("copy", "copy_link"),
        ("copy text", "copy_text"),
        ("private", "private"),
        ("sign in", "sign_in"),
        ("add account", "sign_in"),
        ("mute", "mute"),
        ("unmute", "mute"),
        ("spam", "mark_spam"),
        ("level", "level"),
        ("quiet", "level_3"),
        ("search", "search"),
        ("help", "help"),
        ("dark", "theme"),
        ("Unread", "next_match"),
        ("retweet", "boost"),
        ("favourite", "like"),
        ("favorite", "like"),
        ("toot", "compose"),
        ("tweet", "compose"),
        ("dm", "compose"),
        ("direct message", "compose"),
        ("block", "block"),
        ("mark as spam", "mark_spam"),
        ("mark this as sales", "mark_sales"),
        ("mark all as read", "read_all"),
        ("settings", "help"),
        ("rebind", "help"),
        ("switch account", "sign_in"),
        ("hidden posts", "hidden"),
    ],
)
def test_common_words_find_the_right_action_first(query: str, first: str) -> None:
    ranked = sorted((action for action in ACTIONS if action.search), key=lambda each: -search_rank(each, query))
    assert ranked[0].id == first
    assert search_rank(ranked[0], query) > search_rank(ranked[1], query)


def test_a_title_repeats_no_word() -> None:
    for action in ACTIONS:
        if action.search:
            words = title(action).split()
            assert words[0].rstrip(":") != words[1], title(action)


def test_the_help_of_plain_names_every_key_once() -> None:
    lines = plain_help()
    assert len(lines) == sum(bool(action.plain) for action in ACTIONS)
    assert "q: back; from the timeline, quit (marks are saved as you make them)." in lines


def test_a_word_of_another_client_names_the_key_of_plain() -> None:
    assert no_key("retweet") == (
        "There is no key 'retweet'; b and Enter: boost the post for your followers (again: undo it)."
    )
    assert no_key("unread") == "There is no key 'unread'; n and Enter: next unread post."
    assert no_key("frob") == "There is no key 'frob': ? and Enter lists all keys."


def test_the_help_of_mute_names_the_spans() -> None:
    mute = next(action for action in SCREEN_ACTIONS if action.id == "mute")
    assert all(f"m {span.name}" in mute.plain_text for span in MUTE_SPANS)
    assert f"m {UNMUTE}" in mute.plain_text
