"""Builds the demo world from three text files, deterministically for a seed and a time.

`people.txt` contains the people and their interactions with the user; `posts_people.txt` and `posts_noise.txt` contain
their posts, one per line. The seed spreads the posts over three weeks; the texts are always the same.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import overload

import msgspec
from msgspec.structs import replace

from ...models.person import Person
from ...models.post import Post
from ...models.tie import Direction, Interaction, InteractionKind, Relationship
from ...models.verdict import Category
from .pictures import SCHEME
from .script import _COUNTS, _REFERS, ACCOUNT, Author, Line, Script, category_of, parse_line, post_id_of

_DAYS = 21.0
_NEWEST = 0.003
"""An age in days: late posts are younger, all others older."""

_ACQUAINTED = timedelta(days=4 * 365)
_KINDS: dict[str, InteractionKind] = {"r": "reply", "l": "like", "b": "boost"}


class World(msgspec.Struct, frozen=True):
    """A world. `posts` are newest first; later refreshes add the posts of `late`, in this order."""

    people: tuple[Person, ...]
    posts: Sequence[Post]
    late: tuple[Post, ...]
    interactions: tuple[Interaction, ...]
    relationships: tuple[Relationship, ...]
    truth: Mapping[str, Category]


class _Posts(Sequence[Post]):
    """Posts that are created when they are first read, because a start shows only a few of several hundred."""

    def __init__(self, ids: Sequence[str], make: Callable[[str], Post]) -> None:
        self._ids = ids
        self._make = make

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> Post: ...

    @overload
    def __getitem__(self, index: slice) -> list[Post]: ...

    def __getitem__(self, index: int | slice) -> Post | list[Post]:
        if isinstance(index, slice):
            return list(map(self._make, self._ids[index]))
        return self._make(self._ids[index])

    def __iter__(self) -> Iterator[Post]:
        return map(self._make, self._ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Posts) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def world(seed: int, now: datetime) -> World:
    """Build the world at the time `now` (aware, UTC). The same seed and time give equal worlds."""
    people = {each.person.id: each for each in _people(now)}
    rng = random.Random(seed)
    lines = [parse_line(line, number) for number, line in enumerate(_lines("posts_people.txt", "posts_noise.txt"), 1)]
    script = Script(lines, people, _times(lines, rng, now))
    ids = [post_id_of(line) for line in lines if not {"late", "unseen"} & line.options.keys()]
    ids.sort(key=lambda post_id: (script.at(post_id), post_id), reverse=True)
    late = tuple(script.post(post_id_of(line)) for line in lines if "late" in line.options)
    passed = [found for each in people.values() for found in _interactions(each.person, each.tie, now, rng)]
    relationships = tuple(
        Relationship(each.person.id, "follow" in each.tie.split(), "back" in each.tie.split())
        for each in people.values()
        if each.person.id != ACCOUNT.remote_id
    )
    truth = {post_id: script.truth(post_id) for post_id in map(post_id_of, lines)}
    persons = tuple(each.person for each in people.values())
    return World(persons, _Posts(ids, script.post), late, tuple(passed), relationships, truth)


@cache
def _lines(*names: str) -> tuple[str, ...]:
    folder = Path(__file__).parent
    lines = [line for name in names for line in (folder / name).read_text("utf-8").splitlines()]
    return tuple(line for line in lines if line and not line.startswith("# "))


def _people(now: datetime) -> list[Author]:
    found = []
    for line in _lines("people.txt"):
        handle, name, followers, following, posts, truth, tie, bio = (part.strip() for part in line.split("|"))
        person = Person(
            id=handle.partition("@")[0],
            handle=handle,
            name=name,
            bio=bio,
            network="demo",
            url=f"https://{handle.partition('@')[2]}/@{handle.partition('@')[0]}",
            avatar=f"{SCHEME}face/{handle}",
            followers=int(followers),
            following=int(following),
            posts=int(posts),
            bot="bot" in tie.split(),
            created_at=now - timedelta(days=40 if int(posts) < 100 else 2200),
        )
        found.append(Author(person, category_of(truth), tie))
    return found


def _times(lines: list[Line], rng: random.Random, now: datetime) -> dict[str, datetime]:
    """The time of each post: from the age in the file, else random. A reply is later than its parent post."""
    ages: dict[str, float] = {}
    named: dict[str, float] = {}
    late = [post_id_of(line) for line in lines if "late" in line.options]
    for line in sorted(lines, key=lambda line: any(option in line.options for option in _REFERS)):
        post_id = post_id_of(line)
        if "late" in line.options:
            ages[post_id] = _NEWEST * (1 - (late.index(post_id) + 1) / (len(late) + 1))
        elif "age" in line.options:
            ages[post_id] = float(line.options["age"])
        elif refers := [line.options[option] for option in _REFERS if option in line.options]:
            asked = named[refers[0]]
            if "boost" in line.options:
                ages[post_id] = asked * rng.uniform(0.4, 0.8)
            elif asked < 0.8:
                ages[post_id] = asked * rng.uniform(0.55, 0.97)
            else:
                ages[post_id] = asked - rng.uniform(0.01, 0.4)
        else:
            ages[post_id] = 0.02 + (_DAYS - 0.02) * rng.random() ** 1.35
        if "#" in line.options:
            named[line.options["#"]] = ages[post_id]
    return {post_id: now - timedelta(days=age) for post_id, age in ages.items()}


def _interactions(person: Person, tie: str, now: datetime, rng: random.Random) -> list[Interaction]:
    """The interactions of the user with a person, spread over four years up to the last contact."""
    words = tie.split()
    years = next((float(word[1:]) for word in words if word.startswith("@")), 0.3)
    last = now - timedelta(days=365.25 * years)
    counts: list[tuple[InteractionKind, Direction, int]] = []
    for letter, theirs, yours in _COUNTS.findall(tie):
        counts += [(_KINDS[letter], "to_you", int(theirs)), (_KINDS[letter], "from_you", int(yours))]
    counts += [("direct", "to_you", int(word[1:])) for word in words if re.fullmatch(r"d\d+", word)]
    found = []
    for kind, direction, count in counts:
        for number in range(count):
            at = last if number == 0 else last - _ACQUAINTED * rng.random()
            found.append(Interaction(f"{person.id}:{kind}:{direction}:{number}", person, kind, direction, at))
    # In a direct conversation both sides wrote.
    talks = [each for each in found if each.kind == "direct"]
    return found + [replace(each, id=f"{each.id}:you", direction="from_you") for each in talks]
