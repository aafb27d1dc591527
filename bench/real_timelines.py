"""Builds timelines of labelled real posts: friends, acquaintances, strangers and noise, each from different sets.

`bench/judgement.py --noise-only` measures on them which posts marks hide. A pair names the set of the friends' posts,
that of the strangers' posts, the noise that is marked, and the noise that is judged. The limits of the fit were chosen
on the TUNED pairs. The others share some of these sets, and two of them were evaluated with earlier limits.
"""

import gzip
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import timedelta
from functools import cache
from pathlib import Path

from msgspec.structs import replace
from worlds import NOW, STRANGERS_HEAD, Known, measure, strangers_row

from quietfeed.filters.base_model import base_model
from quietfeed.filters.habits import HabitBook
from quietfeed.models.context import PostContext
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Category

MARKS = (10, 25, 50, 100)
_FRIENDS = 300
_POSTS_OF_A_FRIEND = 8
_STRANGERS = 400
_NOISE = 390
_FRIEND = Tie(you_follow=True, follows_you=True, replies_to_you=5, replies_from_you=5, last_contact=NOW)
_ANSWERED = Tie(you_follow=False, follows_you=False, replies_to_you=1, replies_from_you=1, last_contact=NOW)
_NOTHING = Tie(
    you_follow=False,
    follows_you=False,
    replies_to_you=0,
    replies_from_you=0,
    likes_to_you=0,
    likes_from_you=0,
    mentions_to_you=0,
    direct=0,
)
_FOLLOWED = replace(_NOTHING, you_follow=True)
_PERSONAL = ("person", "ham")
_LABELS = ("person", "ham", "celebrity", "sales", "spam")
_POSTS_OF_AN_AUTHOR = 12
_FOLLOWED_NOISE: dict[Category, int] = {"celebrity": 3}

Noise = tuple[str, Category]
"""A set, and the label of its noise."""

NEWS: Noise = ("twitter_news", "celebrity")
ADVERTS: Noise = ("facebook_ads", "sales")
TWEETS: Noise = ("twitter_utkml", "spam")
BRANDS: Noise = ("twitter_brand_or_person", "celebrity")
CHAT: Noise = ("telegram_groups", "spam")
TEXTS: Noise = ("sms", "spam")
_ALL = (NEWS, ADVERTS, TWEETS, BRANDS, CHAT)


@dataclass(frozen=True, slots=True)
class Pair:
    """The sets of a timeline. `judged` noise is never marked."""

    friends: tuple[str, ...]
    strangers: tuple[str, ...]
    marked: tuple[Noise, ...] = _ALL
    judged: tuple[Noise, ...] = ()


TUNED = {
    "alike": Pair(("mastodon_posts", "twitter_personal"), ("mastodon_posts", "twitter_personal")),
    "Mastodon, tweets": Pair(("mastodon_posts",), ("twitter_personal", "twitter_brand_or_person")),
    "tweets, Mastodon": Pair(("twitter_personal",), ("mastodon_posts",)),
    "text messages, tweets": Pair(("sms",), ("twitter_brand_or_person", "twitter_vaccine")),
}
HELD_OUT = {
    "chat and text messages, tweets": Pair(("telegram_groups", "sms"), ("twitter_personal", "twitter_utkml")),
    "Mastodon, text messages": Pair(("mastodon_posts",), ("sms",)),
    "tweets on a vaccine, Mastodon; other noise": Pair(
        ("twitter_vaccine",), ("mastodon_posts",), (NEWS, ADVERTS), (TWEETS, BRANDS, CHAT, TEXTS)
    ),
    "Mastodon, text messages and chat; other noise": Pair(
        ("mastodon_posts",), ("sms", "telegram_groups"), (TWEETS, BRANDS, CHAT), (NEWS, ADVERTS, TEXTS)
    ),
    "tweets, tweets of others; other noise": Pair(
        ("twitter_brand_or_person",), ("twitter_personal", "twitter_utkml"), (ADVERTS, TEXTS, BRANDS), (NEWS, TWEETS)
    ),
}


def print_tables(data: Path, seeds: Sequence[int], draws: Sequence[str], *, held_out: bool, authors: bool) -> None:
    """Print a table for each pair and draw. `authors`: strangers and noise come from authors of several posts."""
    for name, pair in (HELD_OUT if held_out else TUNED).items():
        for draw in draws:
            print(f"\nFriends, strangers: {name}. Marks: {draw}.\n\n{STRANGERS_HEAD}")
            for count, tally in measure(seeds, builder(data, pair, authors=authors), draw, MARKS):
                print(strangers_row(count, tally), flush=True)


def builder(data: Path, pair: Pair, *, authors: bool) -> Callable[[int, int], list[Known]]:
    """The function that makes the timeline of a seed."""
    if authors:
        return lambda seed, _: _with_authors(data, pair, seed, _timeline(data, pair, seed))
    return lambda seed, _: _timeline(data, pair, seed)


def _with_authors(data: Path, pair: Pair, seed: int, posts: list[Known]) -> list[Known]:
    """The same posts, by authors of one to twelve posts (half of them of one). No set has its real authors.

    The posts of an author are from one set with one label, and otherwise drawn at random.
    """
    chance = random.Random(f"authors {seed} {pair}")
    places: dict[tuple[str, str, bool, Tie], list[int]] = {}
    for number, known in enumerate(posts):
        if not known.friend:
            text, tie = known.context.post.text, known.context.tie
            places.setdefault((_source(data, text), known.truth, known.markable, tie), []).append(number)
    found = [*posts]
    for numbers in places.values():
        while numbers:
            size = min(int(chance.paretovariate(1.1)), _POSTS_OF_AN_AUTHOR)
            first = posts[numbers[0]].context.post.author
            for number in numbers[:size]:
                context = posts[number].context
                post = replace(context.post, author=first)
                found[number] = changed(posts[number], context=replace(context, post=post))
            del numbers[:size]
    book = HabitBook(base_model())
    for known in found:
        book.add(known.context.post)
    return [
        changed(known, context=replace(known.context, habits=book.of(known.context.post.author_key))) for known in found
    ]


def _source(data: Path, text: str) -> str:
    return _sources(data).get(text, "")


@cache
def _sources(data: Path) -> dict[str, str]:
    files = sorted(data.glob("*.jsonl.gz"))
    return {text: path.name for path in files for label in _LABELS for text in _texts(path, label)}


def _timeline(data: Path, pair: Pair, seed: int) -> list[Known]:
    """The timeline of one user: 300 posts by friends, 400 by strangers, 390 of noise.

    The user answered 100 of the strangers, and follows 60 of the others, every third celebrity and every tenth seller
    or spammer.
    """
    chance = random.Random(f"{seed} {pair}")
    friends = _draw(chance, data, pair.friends, _PERSONAL, _FRIENDS)
    taken = set(friends)
    strangers = [text for text in _draw(chance, data, pair.strangers, _PERSONAL, 2 * _STRANGERS) if text not in taken]
    found: list[Known] = []

    def add(text: str, who: str, tie: Tie, truth: Category, *, markable: bool = True) -> None:
        crowd = 150 if tie is _FRIEND else chance.randint(20, 900)
        author = Person(who, f"{who}@here.example", followers=crowd, following=180)
        at = NOW - timedelta(hours=chance.random() * 700)
        post = Post(str(len(found)), author, text, "a", created_at=at)
        found.append(Known(PostContext(post, tie), truth, tie is _FRIEND, markable))

    for number, text in enumerate(friends):
        add(text, f"friend{number // _POSTS_OF_A_FRIEND}", _FRIEND, "person")
    for number, text in enumerate(strangers[:_STRANGERS]):
        add(text, f"stranger{number}", _tie_to_stranger(number), "person")
    kinds = [(kind, True) for kind in pair.marked] + [(kind, False) for kind in pair.judged]
    for (source, label), markable in kinds:
        often = _FOLLOWED_NOISE.get(label, 10)
        for number, text in enumerate(_draw(chance, data, (source,), (label,), _NOISE // len(kinds))):
            tie = _NOTHING if number % often else _FOLLOWED
            add(text, f"noise{len(found)}", tie, label, markable=markable)
    # Marks are learned in the order of the timeline, so the kinds of noise must be mixed.
    chance.shuffle(found)
    return found


def _tie_to_stranger(number: int) -> Tie:
    """The user answered every fourth stranger, and follows every fifth of the others."""
    if number % 4 == 0:
        return _ANSWERED
    return _NOTHING if number % 5 else _FOLLOWED


def _draw(chance: random.Random, data: Path, sources: Sequence[str], labels: Sequence[str], count: int) -> list[str]:
    """All texts of each set, up to a total number."""
    found: list[str] = []
    for source in sources:
        texts = [text for label in labels for text in _texts(data / f"{source}.jsonl.gz", label)]
        found += chance.sample(texts, min(count // len(sources), len(texts)))
    chance.shuffle(found)
    return found


@cache
def _texts(path: Path, label: str) -> tuple[str, ...]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return tuple(dict.fromkeys(each["text"] for each in records if each["label"] == label and each.get("text")))
