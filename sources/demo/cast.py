"""Creates the people of a simulated world, with their follower counts and their ties to the user.

The numbers resemble real networks: follower counts are log-normal, most bots are small, spammers follow more people
than follow them, some real friends have as many followers as a celebrity, and servers omit counts.
"""

import random
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import log
from typing import Literal

import msgspec
from msgspec.structs import replace

from ...models.person import Person
from ...models.tie import Direction, Interaction, InteractionKind, Relationship
from ...models.verdict import Category
from .disguise import Style
from .grammar import grammar

_Passed = dict[InteractionKind, tuple[int, int]]
"""The number of interactions of each kind, as (from them to the user, from the user to them)."""

_Standing = tuple[Relationship | None, tuple[Interaction, ...]]

Closeness = Literal["close", "known", "acquaintance", "stranger"]


class Role(msgspec.Struct, frozen=True):
    """A kind of account. `followers` is a median, `spread` the sigma of its log-normal distribution.

    `following` is a median, or a share of the followers if `follows_back` is set. `posts` is (minimum, maximum).
    `bot` and `verified` are probabilities.
    """

    truth: Category
    followers: float
    spread: float
    following: float
    posts: tuple[int, int]
    follows_back: bool = False
    bot: float = 0.0
    verified: float = 0.0


PERSON = Role("person", 180, 1.0, 1.0, (1, 18), follows_back=True, verified=0.03)
ROLES = {
    "star": Role("celebrity", 350_000, 1.5, 140, (6, 20), verified=0.6),
    "politician": Role("celebrity", 60_000, 1.4, 500, (5, 15), verified=0.5),
    "club": Role("celebrity", 40_000, 1.7, 110, (10, 25), verified=0.3),
    "news": Role("celebrity", 30_000, 2.0, 20, (20, 50), bot=0.4, verified=0.3),
    "weather": Role("celebrity", 900, 1.4, 2, (15, 40), bot=0.7),
    "support": Role("celebrity", 25_000, 1.2, 900, (8, 20), verified=0.3),
    "quotes": Role("celebrity", 20_000, 1.5, 60, (8, 20), bot=0.2),
    "bait": Role("celebrity", 40_000, 1.3, 700, (8, 20)),
    "coach": Role("sales", 3_500, 1.3, 0.8, (5, 16), follows_back=True),
    "shop": Role("sales", 2_500, 1.6, 300, (5, 20), verified=0.05),
    "estate": Role("sales", 900, 1.0, 0.9, (3, 10), follows_back=True),
    "author": Role("sales", 2_500, 1.2, 0.95, (5, 20), follows_back=True),
    "reseller": Role("sales", 500, 1.2, 1_500, (3, 14)),
    "crypto": Role("spam", 250, 2.0, 1_800, (2, 10)),
    "phish": Role("spam", 4, 1.3, 400, (1, 5)),
    "giveaway": Role("spam", 8_000, 1.6, 200, (3, 10)),
    "adult": Role("spam", 15, 1.4, 1_600, (1, 6)),
    "farm": Role("spam", 600, 1.4, 4_000, (2, 10)),
    "job": Role("spam", 40, 1.5, 1_200, (1, 6)),
}
_CLOSENESS: Mapping[Closeness, float] = {"close": 0.14, "acquaintance": 0.08, "stranger": 0.10}
_NOISE: Mapping[Category, float] = {"celebrity": 0.18, "sales": 0.11, "spam": 0.11}
"""Shares of the accounts in a timeline; all others are known. Strangers appear only in boosts by friends."""

_FAN_BOOSTS = 14
"""The boosts in three weeks by the one friend who boosts celebrities a lot."""

_LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "pl", "tr", "ja", "ar")
_SERVERS = ("hearth", "social", "commons", "lighthouse", "garden", "plaza", "orbit", "attic", "tide", "agora")
_YEAR = 365.25


class Member(msgspec.Struct, frozen=True):
    """A person of a world. `writes` is the set of the grammar; `closeness` determines their tie to the user.

    `turns_to_sales` is the age in days from which a friend posts only sales. `boosts` is the number of their boosts.
    """

    person: Person
    writes: str
    truth: Category
    closeness: Closeness
    languages: tuple[str, ...]
    style: Style
    posts: int
    relationship: Relationship | None
    interactions: tuple[Interaction, ...] = ()
    turns_to_sales: float | None = None
    boosts: int = 0


def cast(rng: random.Random, users: int, now: datetime) -> list[Member]:
    """Create the people of a world: the user and `users` other people (at least 12, one of each kind)."""
    common = tuple(dict.fromkeys(["en", rng.choice(_LANGUAGES), rng.choice(_LANGUAGES)]))
    people: list[Closeness] = [kind for kind, share in _CLOSENESS.items() for _ in range(max(round(share * users), 1))]
    noise = [kind for kind, share in _NOISE.items() for _ in range(max(round(share * users), 1))]
    people += ["known"] * (users - len(people) - len(noise))
    members = [_real_person(rng, number, kind, common, now) for number, kind in enumerate(people)]
    for number, truth in enumerate(noise, len(people)):
        writes = rng.choice([name for name, role in ROLES.items() if role.truth == truth])
        members.append(_broadcaster(rng, number, writes, common, now))
    friends = [index for index, member in enumerate(members) if member.closeness in ("close", "known")]
    fan = rng.choice(friends)
    members[fan] = replace(members[fan], boosts=_FAN_BOOSTS)
    if rng.random() < 0.25:
        seller = rng.choice(friends)
        posts = max(members[seller].posts, 10)
        members[seller] = replace(members[seller], turns_to_sales=rng.uniform(4, 12), posts=posts)
    return members


def _real_person(
    rng: random.Random, number: int, closeness: Closeness, common: tuple[str, ...], now: datetime
) -> Member:
    if rng.random() < 0.85:
        language = rng.choice(common)
    else:
        language = rng.choice(_LANGUAGES)
    role = PERSON
    if rng.random() < 0.05:
        role = replace(PERSON, followers=60_000, following=0.01)
    person = _person(rng, number, "person", role, now, age=rng.uniform(0.5, 10))
    relationship, passed = _friendship(rng, person, closeness, now)
    style = Style(
        lower=rng.choice((0, 0, 0.1, 0.9)), shout=0.03, emoji=rng.choice((0, 0.1, 0.5)), typo=rng.choice((0, 0.1))
    )
    languages = (language, "en") if rng.random() < 0.5 else (language,)
    posts = min(1 + int(rng.expovariate(1 / 7)), PERSON.posts[1])
    boosts = rng.choice((0, 0, 0, 1, 2)) if closeness != "stranger" else 0
    return Member(person, "person", "person", closeness, languages, style, posts, relationship, passed, None, boosts)


def _broadcaster(rng: random.Random, number: int, writes: str, common: tuple[str, ...], now: datetime) -> Member:
    role = ROLES[writes]
    spam = role.truth == "spam"
    person = _person(rng, number, writes, role, now, age=rng.uniform(0.01, 1.5) if spam else rng.uniform(0.5, 12))
    written = grammar().languages(writes)
    language = rng.choice([each for each in written if each in common] or written)
    tricks = {"spam": 0.35, "sales": 0.1, "celebrity": 0.0}[role.truth]
    style = Style(
        lower=rng.choice((0, 0, 0.2)),
        shout=rng.choice((0, 0.1, 0.3)) if role.truth != "celebrity" else 0.03,
        emoji=rng.choice((0, 0.1, 0.4)) if writes not in ("news", "weather", "phish") else 0,
        disguise=0.6 if rng.random() < tricks else 0,
    )
    relationship, passed = _attention(rng, person, role.truth, now)
    return Member(
        person, writes, role.truth, "stranger", (language,), style, rng.randint(*role.posts), relationship, passed
    )


def _person(rng: random.Random, number: int, writes: str, role: Role, now: datetime, age: float) -> Person:
    name = grammar().text(f"name.{writes}", "any", rng)
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = "".join(letter for letter in ascii_name if letter.isalnum()) or "someone"
    handle = f"{stem[:20]}{rng.choice(('', '', rng.randint(1, 99)))}@{rng.choice(_SERVERS)}.example"
    followers = int(rng.lognormvariate(log(role.followers), role.spread))
    if role.follows_back:
        following = int(followers * role.following * rng.lognormvariate(0, 0.6))
    else:
        following = int(rng.lognormvariate(log(role.following), 0.9))
    counted = rng.random() >= 0.15
    bot = rng.random() < role.bot
    bio = grammar().text(f"bio.{writes}", "any", rng)
    return Person(
        id=f"{number:03}{rng.randrange(10**9):09}",
        handle=handle,
        name=name,
        # A person without counts always has a bio, so that a celebrity's private post differs from a friend's.
        bio=bio if rng.random() < 0.75 or not counted else rng.choice((None, "")),
        network="simulated",
        url=f"https://{handle.partition('@')[2]}/@{handle.partition('@')[0]}",
        followers=followers if counted else None,
        following=following if counted else None,
        posts=int(age * 365 * rng.lognormvariate(0, 1)) if counted else None,
        verified=(rng.random() < role.verified) if rng.random() < 0.4 else None,
        bot=bot if bot or rng.random() < 0.85 else None,
        created_at=now - timedelta(days=_YEAR * age) if rng.random() < 0.9 else None,
    )


def _friendship(rng: random.Random, person: Person, closeness: Closeness, now: datetime) -> _Standing:
    """The relationship and interactions of the user with a real person, by closeness."""
    passed: _Passed
    if closeness == "stranger":
        passed = {"like": (0, rng.choice((0, 0, 0, 1)))}
        return Relationship(person.id, False, False), _interactions(rng, person, passed, now, 1.0)
    if closeness == "close":
        passed = {"reply": (_many(rng, 14), _many(rng, 14)), "like": (_many(rng, 20), _many(rng, 15))}
        talks = rng.randint(0, 6)
        passed |= {"boost": (_many(rng, 3), _many(rng, 3)), "direct": (talks, talks)}
        return Relationship(person.id, True, True), _interactions(rng, person, passed, now, rng.uniform(0, 1.5))
    if closeness == "acquaintance":
        passed = {"reply": (rng.choice((0, 1, 1)), rng.choice((0, 1))), "like": (rng.randint(0, 3), rng.randint(0, 5))}
        relationship = Relationship(person.id, True, rng.random() < 0.2)
        return relationship, _interactions(rng, person, passed, now, rng.uniform(0.5, 7))
    met = rng.random()
    if met < 0.2:
        return Relationship(person.id, True, True), ()
    if met < 0.4:
        # They never followed back, but they reply, and there was one direct message each way.
        passed = {"reply": (rng.randint(3, 6), rng.randint(3, 6)), "direct": (1, 1)}
        return Relationship(person.id, True, False), _interactions(rng, person, passed, now, rng.uniform(0.2, 2))
    passed = {"reply": (rng.randint(2, 8), rng.randint(2, 8)), "like": (rng.randint(0, 12), rng.randint(0, 9))}
    if rng.random() < 0.9:
        known = Relationship(person.id, True, True)
    else:
        known = None
    return known, _interactions(rng, person, passed, now, rng.uniform(0, 7))


def _attention(rng: random.Random, person: Person, truth: Category, now: datetime) -> _Standing:
    """The relationship and interactions of the user with a broadcaster, which are almost always one-sided."""
    passed: _Passed
    if truth == "celebrity":
        passed = {"reply": (0, rng.choice((0, 0, 1, 3, 6))), "like": (0, rng.choice((0, 2, 10, 40)))}
        relationship = Relationship(person.id, rng.random() < 0.8, False)
    elif truth == "sales":
        passed = {"like": (rng.choice((0, 0, 1, 3)), 0)}
        follows = rng.random() < 0.35
        relationship = Relationship(person.id, follows, not follows and rng.random() < 0.4)
    else:
        passed = {"mention": (rng.choice((0, 0, 0, 1, 2)), 0), "like": (rng.choice((0, 0, 2)), 0)}
        relationship = Relationship(person.id, rng.random() < 0.04, rng.random() < 0.3)
    known = relationship if rng.random() < 0.9 else None
    return known, _interactions(rng, person, passed, now, rng.uniform(0, 1))


def _many(rng: random.Random, median: float) -> int:
    return min(max(int(rng.lognormvariate(log(median), 0.7)), 1), 120)


def _interactions(
    rng: random.Random, person: Person, passed: _Passed, now: datetime, years: float
) -> tuple[Interaction, ...]:
    """Interactions in the four years before the last contact, which was `years` ago."""
    last = now - timedelta(days=_YEAR * years)
    directions: tuple[Direction, Direction] = ("to_you", "from_you")
    found = []
    for kind, counts in passed.items():
        for direction, count in zip(directions, counts, strict=True):
            for number in range(count):
                at = last - timedelta(days=4 * _YEAR * rng.random() ** 2)
                found.append(Interaction(f"{person.id}-{kind}-{direction}-{number}", person, kind, direction, at))
    return tuple(found)
