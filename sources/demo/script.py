"""The lines of the demo world's text files, and the posts that they become."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from ...models.account import Account
from ...models.person import Person
from ...models.post import Card, Media, MediaKind, Poll, PollOption, Post, Quote, Span
from ...models.text import clean
from ...models.verdict import CATEGORIES, Category
from .pictures import SCHEME

ACCOUNT = Account("demo", "", "you@demo.example", "you", writing=True)

_REFERS = ("re", "boost", "quote")

_SPANS = re.compile(
    r"(?P<link>https?://[^\s)]+)|(?<![\w@])@(?P<mention>\w+)|(?<![\w#])#(?P<hashtag>\w+)|`(?P<code>[^`]+)`"
    r"|(?<!\w):(?P<emoji>[a-z]\w{2,}):(?!\w)"
)

_COUNTS = re.compile(r"([rlb])(\d+)/(\d+)")

_MEDIA: dict[str, MediaKind] = {"img": "image", "video": "video"}


class Line(msgspec.Struct, frozen=True):
    """One line of a posts file, parsed."""

    author: str
    options: dict[str, str]
    text: str
    number: int


class Author(NamedTuple):
    """A person of the world, the category of their usual posts, and their tie to the user as `people.txt` writes it."""

    person: Person
    usual: Category
    tie: str


class Script:
    """The parsed lines of a world. Each post is created once."""

    def __init__(self, lines: Sequence[Line], people: Mapping[str, Author], times: Mapping[str, datetime]) -> None:
        self._lines = {post_id_of(line): line for line in lines}
        self._ids = {line.options["#"]: post_id_of(line) for line in lines if "#" in line.options}
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
            return category_of(line.options["truth"])
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

    def _earlier(self, line: Line, option: str) -> Post | None:
        """The post that a line refers to, if it is on an earlier line."""
        found = self._ids.get(line.options.get(option, ""))
        if found is None or self._lines[found].number > line.number or "boost" in self._lines[found].options:
            return None
        return self.post(found)


def category_of(word: str) -> Category:
    return next(category for category in CATEGORIES if category == word)


def parse_line(line: str, number: int) -> Line:
    head, _, text = line.partition(">")
    author, _, rest = head.partition("[")
    options: dict[str, str] = {}
    for part in rest.rstrip().removesuffix("]").split(";"):
        if part.startswith("#"):
            options["#"] = part[1:]
        elif part:
            name, _, value = part.partition("=")
            options[name.strip()] = value
    return Line(author.strip(), options, text.strip().replace("\\n", "\n"), number)


def post_id_of(line: Line) -> str:
    return f"d{line.number:04}"


def _poll(written: str) -> Poll | None:
    """A poll written as "yes:12|no:3"; None for an empty text."""
    if not written:
        return None
    pairs = [option.rpartition(":") for option in written.split("|") if option]
    options = tuple(PollOption(word, int(votes)) for word, _, votes in pairs)
    return Poll(options, voters=sum(int(votes) for _, _, votes in pairs))


def _post(
    line: Line,
    author: Person,
    at: datetime,
    people: Mapping[str, Author],
    *,
    answered: Post | None,
    quoted: Post | None,
) -> Post:
    options, text = line.options, clean(line.text)
    spans = tuple(_spans(text, people))
    card = options.get("card", "").partition("|")
    return Post(
        id=post_id_of(line),
        author=author,
        text=text,
        account=ACCOUNT.key,
        network="demo",
        created_at=at,
        url=f"{author.url}/{post_id_of(line)}",
        uri=f"{author.url}/{post_id_of(line)}",
        lang=options.get("lang", "en"),
        spans=spans,
        links=tuple(span.target for span in spans if span.kind == "link"),
        tags=tuple(span.target for span in spans if span.kind == "hashtag"),
        media=tuple(_media(kind, options[name]) for name, kind in _MEDIA.items() if name in options),
        warning=options.get("cw", ""),
        poll=_poll(options.get("poll", "")),
        card=Card(card[2], card[0]) if card[0] else None,
        quote=Quote(quoted.author.handle, quoted.text, quoted.url) if quoted else None,
        reply_to=answered.author.handle if answered else None,
        reply_to_id=answered.id if answered else None,
        reply_to_person=answered.author.id if answered else None,
        visibility="public",
    )


def _media(kind: MediaKind, alt: str) -> Media:
    return Media(kind, alt, preview=f"{SCHEME}scene/{alt}")


def _spans(text: str, people: Mapping[str, Author]) -> list[Span]:
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
