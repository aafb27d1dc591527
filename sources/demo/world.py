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
from typing import NamedTuple, overload

import msgspec
from msgspec.structs import replace

from ...models.account import Account
from ...models.person import Person
from ...models.post import Card, Media, MediaKind, Poll, PollOption, Post, Quote, Span
from ...models.text import clean
from ...models.tie import Direction, Interaction, InteractionKind, Relationship
from ...models.verdict import CATEGORIES, Category
from .pictures import SCHEME

ACCOUNT = Account("demo", "", "you@demo.example", "you", writing=True)
_DAYS = 21.0
_NEWEST = 0.003
"""An age in days: late posts are younger, all others older."""

_REFERS = ("re", "boost", "quote")
_ACQUAINTED = timedelta(days=4 * 365)
_SPANS = re.compile(
    r"(?P<link>https?://[^\s)]+)|(?<![\w@])@(?P<mention>\w+)|(?<![\w#])#(?P<hashtag>\w+)|`(?P<code>[^`]+)`"
    r"|(?<!\w):(?P<emoji>[a-z]\w{2,}):(?!\w)"
)
_COUNTS = re.compile(r"([rlb])(\d+)/(\d+)")
_MEDIA: dict[str, MediaKind] = {"img": "image", "video": "video"}
_KINDS: dict[str, InteractionKind] = {"r": "reply", "l": "like", "b": "boost"}


class World(msgspec.Struct, frozen=True):
    """A world. `posts` are newest first; later refreshes add the posts of `late`, in this order."""

    people: tuple[Person, ...]
    posts: Sequence[Post]
    late: tuple[Post, ...]
    interactions: tuple[Interaction, ...]
    relationships: tuple[Relationship, ...]
    truth: Mapping[str, Category]


class _Line(msgspec.Struct, frozen=True):
    """One line of a posts file, parsed."""

    author: str
    options: dict[str, str]
    text: str
    number: int


class _Author(NamedTuple):
    """A person of the world, the category of their usual posts, and their tie to the user as `people.txt` writes it."""

    person: Person
    usual: Category
    tie: str


class _Posts(Sequence[Post]):
    """Posts that are made when they are first read: a start shows a few of several hundred."""

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


class _Script:
    """The parsed lines of a world, from which each post is made once."""

    def __init__(self, lines: Sequence[_Line], people: Mapping[str, _Author], times: Mapping[str, datetime]) -> None:
        self._lines = {_post_id(line): line for line in lines}
        self._ids = {line.options["#"]: _post_id(line) for line in lines if "#" in line.options}
        self._people = people
        self._times = times
        self._made: dict[str, Post] = {}

    def at(self, post_id: str) -> datetime:
        """When a post was written or boosted. A boost comes some minutes after its post."""
        original = self._boosted(post_id)
        at = self._times[post_id]
        if original is None:
            return at
        return max(at, self._times[original] + timedelta(minutes=9))

    def truth(self, post_id: str) -> Category:
        """The true category of a post."""
        line = self._lines[self._boosted(post_id) or post_id]
        if "truth" in line.options:
            return _category(line.options["truth"])
        return self._people[line.author].usual

    def post(self, post_id: str) -> Post:
        """Make a post, or return it as it was made."""
        made = self._made.get(post_id)
        if made is None:
            made = self._made[post_id] = self._new(post_id)
        return made

    def _new(self, post_id: str) -> Post:
        line = self._lines[post_id]
        author = self._people[line.author].person
        original = self._boosted(post_id)
        if original is not None:
            boosted = self.post(original)
            return replace(boosted, id=post_id, booster=author, boosted_at=self.at(post_id), original_id=boosted.id)
        answered, quoted = self._earlier(line, "re"), self._earlier(line, "quote")
        return _post(line, author, self.at(post_id), self._people, answered=answered, quoted=quoted)

    def _boosted(self, post_id: str) -> str | None:
        line = self._lines[post_id]
        if "boost" in line.options:
            return self._ids[line.options["boost"]]
        return None

    def _earlier(self, line: _Line, option: str) -> Post | None:
        """The post that a line refers to, if it stands before it."""
        found = self._ids.get(line.options.get(option, ""))
        if found is None or self._lines[found].number > line.number or "boost" in self._lines[found].options:
            return None
        return self.post(found)


def world(seed: int, now: datetime) -> World:
    """Build the world at the time `now` (aware, UTC). The same seed and time give equal worlds."""
    people = {each.person.id: each for each in _people(now)}
    rng = random.Random(seed)
    lines = [_parsed(line, number) for number, line in enumerate(_lines("posts_people.txt", "posts_noise.txt"), 1)]
    script = _Script(lines, people, _times(lines, rng, now))
    ids = [_post_id(line) for line in lines if not {"late", "unseen"} & line.options.keys()]
    ids.sort(key=lambda post_id: (script.at(post_id), post_id), reverse=True)
    late = tuple(script.post(_post_id(line)) for line in lines if "late" in line.options)
    passed = [found for each in people.values() for found in _interactions(each.person, each.tie, now, rng)]
    relationships = tuple(
        Relationship(each.person.id, "follow" in each.tie.split(), "back" in each.tie.split())
        for each in people.values()
        if each.person.id != ACCOUNT.remote_id
    )
    truth = {post_id: script.truth(post_id) for post_id in map(_post_id, lines)}
    persons = tuple(each.person for each in people.values())
    return World(persons, _Posts(ids, script.post), late, tuple(passed), relationships, truth)


@cache
def _lines(*names: str) -> tuple[str, ...]:
    folder = Path(__file__).parent
    lines = [line for name in names for line in (folder / name).read_text("utf-8").splitlines()]
    return tuple(line for line in lines if line and not line.startswith("# "))


def _people(now: datetime) -> list[_Author]:
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
        found.append(_Author(person, _category(truth), tie))
    return found


def _category(word: str) -> Category:
    return next(category for category in CATEGORIES if category == word)


def _parsed(line: str, number: int) -> _Line:
    head, _, text = line.partition(">")
    author, _, rest = head.partition("[")
    options: dict[str, str] = {}
    for part in rest.rstrip().removesuffix("]").split(";"):
        if part.startswith("#"):
            options["#"] = part[1:]
        elif part:
            name, _, value = part.partition("=")
            options[name.strip()] = value
    return _Line(author.strip(), options, text.strip().replace("\\n", "\n"), number)


def _post_id(line: _Line) -> str:
    return f"d{line.number:04}"


def _times(lines: list[_Line], rng: random.Random, now: datetime) -> dict[str, datetime]:
    """The time of each post: from the age in the file, else random. A reply comes after the answered post."""
    ages: dict[str, float] = {}
    named: dict[str, float] = {}
    late = [_post_id(line) for line in lines if "late" in line.options]
    for line in sorted(lines, key=lambda line: any(option in line.options for option in _REFERS)):
        post_id = _post_id(line)
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


def _post(
    line: _Line,
    author: Person,
    at: datetime,
    people: Mapping[str, _Author],
    *,
    answered: Post | None,
    quoted: Post | None,
) -> Post:
    options, text = line.options, clean(line.text)
    spans = tuple(_spans(text, people))
    card = options.get("card", "").partition("|")
    poll = tuple(option.rpartition(":") for option in options.get("poll", "").split("|") if option)
    votes = [int(count) for _, _, count in poll]
    return Post(
        id=_post_id(line),
        author=author,
        text=text,
        account=ACCOUNT.key,
        network="demo",
        created_at=at,
        url=f"{author.url}/{_post_id(line)}",
        uri=f"{author.url}/{_post_id(line)}",
        lang=options.get("lang", "en"),
        spans=spans,
        links=tuple(span.target for span in spans if span.kind == "link"),
        tags=tuple(span.target for span in spans if span.kind == "hashtag"),
        media=tuple(_media(kind, options[name]) for name, kind in _MEDIA.items() if name in options),
        warning=options.get("cw", ""),
        poll=Poll(tuple(PollOption(word, int(count)) for word, _, count in poll), voters=sum(votes)) if poll else None,
        card=Card(card[2], card[0]) if card[0] else None,
        quote=Quote(quoted.author.handle, quoted.text, quoted.url) if quoted else None,
        reply_to=answered.author.handle if answered else None,
        reply_to_id=answered.id if answered else None,
        reply_to_person=answered.author.id if answered else None,
        visibility="public",
    )


def _media(kind: MediaKind, alt: str) -> Media:
    return Media(kind, alt, preview=f"{SCHEME}scene/{alt}")


def _spans(text: str, people: Mapping[str, _Author]) -> list[Span]:
    spans = []
    for match in _SPANS.finditer(text):
        kind, word = match.lastgroup, match.group(match.lastgroup or 0)
        if kind == "link":
            spans.append(Span(match.start(), match.end(), "link", word))
        elif kind == "mention" and word in people:
            spans.append(Span(match.start(), match.end(), "mention", people[word].person.handle))
        elif kind == "hashtag":
            spans.append(Span(match.start(), match.end(), "hashtag", word))
        elif kind == "code":
            spans.append(Span(match.start(), match.end(), "code"))
        elif kind == "emoji":
            spans.append(Span(match.start(), match.end(), "emoji", f"https://demo.example/emoji/{word}.png"))
    return spans


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
