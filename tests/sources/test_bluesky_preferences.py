"""The user's muted words and hidden posts, which clients must apply."""

from datetime import UTC, datetime
from typing import Any

import pytest

from quietfeed.models.person import Person
from quietfeed.models.post import Card, Media, Post, Quote
from quietfeed.sources.bluesky.preferences import Preferences, preferences_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def muting(value: str, *targets: str, **parts: Any) -> Preferences:
    item = {"value": value, "targets": list(targets or ("content", "tag")), **parts}
    return preferences_of({"preferences": [{"$type": "app.bsky.actor.defs#mutedWordsPref", "items": [item]}]})


def hides(preferences: Preferences, text: str = "", *, followed: bool = False, **parts: Any) -> bool:
    hidden = preferences.apply_muted_words(Post("1", Person("did:plc:a", "a.example"), text, **parts), followed, NOW)
    return hidden.server_hides


@pytest.mark.parametrize(
    ("word", "text", "lang", "hidden"),
    [
        ("heron", "The HERON, again.", "en", True),
        ("heron", "herons", "en", False),
        ("tea", "steam and tea-time", "en", True),
        ("sea", "research", None, False),
        ("Straße", "STRASSE", "de", True),
        ("use code", "please use code X", "en", True),
        ("c++", "I like C++ a lot", "en", True),
        ("茶", "緑茶を飲む", "ja", True),
        ("緑茶", "美味しい緑茶を飲む", "ja-JP", True),
        ("чай", "зелёный чай!", "ru", True),
        (".*", "anything", "en", False),
        ("", "anything", "en", False),
    ],
)
def test_a_muted_word_is_a_word_where_the_language_has_words(word: str, text: str, lang: str, hidden: bool) -> None:
    assert hides(muting(word), text, lang=lang) is hidden


def test_a_word_is_looked_for_in_everything_that_is_read() -> None:
    heron = muting("heron")
    assert hides(heron, media=(Media("image", "a heron"),))
    assert hides(heron, card=Card("https://a.example", "A heron"))
    assert hides(heron, quote=Quote("b.example", "my heron"))
    assert hides(heron, tags=("Heron",))
    assert not hides(heron, "nothing of that kind")


def test_a_word_muted_in_hashtags_leaves_texts_alone() -> None:
    tag = muting("#heron", "tag")
    assert hides(tag, "#heron", tags=("heron",))
    assert not hides(tag, "a heron")


def test_a_word_may_be_muted_for_a_time_and_for_strangers() -> None:
    assert not hides(muting("heron", expiresAt="2026-11-19T00:00:00Z"), "heron")
    assert hides(muting("heron", expiresAt="2026-11-21T00:00:00Z"), "heron")
    strangers = muting("heron", actorTarget="exclude-following")
    assert hides(strangers, "heron")
    assert not hides(strangers, "heron", followed=True)
    assert hides(muting("heron", actorTarget="all"), "heron", followed=True)


def test_a_hidden_post_is_hidden_in_every_repost_of_it() -> None:
    answer = {"preferences": [{"$type": "app.bsky.actor.defs#hiddenPostsPref", "items": ["at://x", 5]}]}
    author = Person("did:plc:a", "a.example")
    for post in (Post("at://x", author, ""), Post("at://x#did:plc:b", author, "", original_id="at://x")):
        hidden = preferences_of(answer).apply_muted_words(post, False, NOW)
        assert (hidden.server_filters, hidden.server_hides) == (("posts you hid",), True)


def test_preferences_of_other_kinds_and_damaged_ones_are_passed_over() -> None:
    broken = {"$type": "app.bsky.actor.defs#mutedWordsPref", "items": 5}
    wrongs: tuple[Any, ...] = (None, 5, [], [5, None, {}], [broken])
    for wrong in wrongs:
        assert preferences_of({"preferences": wrong}) == Preferences()
    items = [{"value": 5}, {"value": "tea", "targets": None}, None]
    assert not hides(preferences_of({"preferences": [{"$type": "x#mutedWordsPref", "items": items}]}), "tea")
