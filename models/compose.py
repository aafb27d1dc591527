"""The length of a text as a network counts it, and a long text split into a thread. Pure functions."""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from .draft import Draft, Visibility

Feature = Literal[
    "warning", "edit", "schedule", "quote", "quote_policy", "threadgate", "card", "language", "mentions", "lone_video"
]
"""The features of a post on a network. "mentions": the text of a reply begins with mentions of its addressees.
"lone_video": a video is the only attachment of its post."""


class ComposeRules(msgspec.Struct, frozen=True):
    """What a network, or one server of it, accepts in a new post.

    `characters` counts graphemes, `text_bytes` bytes of UTF-8 (0: no limit). `url_characters` is the length that each
    link counts as (0: its own). `short_mentions`: the server of a mention does not count. `poll_options` 0: no polls.
    Poll durations are in seconds; sizes are in bytes.
    """

    characters: int = 500
    text_bytes: int = 0
    url_characters: int = 0
    short_mentions: bool = False
    media: int = 4
    image_bytes: int = 16_000_000
    video_bytes: int = 99_000_000
    media_types: tuple[str, ...] = ()
    """The accepted MIME types; empty: unknown, so that the server decides."""

    alt_characters: int = 1_500
    poll_options: int = 0
    poll_option_characters: int = 50
    poll_shortest: int = 300
    poll_longest: int = 2_629_746
    visibilities: tuple[Visibility, ...] = ("public",)
    default_audience: Visibility = "public"
    """The audience that the user chose on the server for their posts."""

    features: frozenset[Feature] = frozenset()
    translates: bool = True
    """Whether the server translates posts for the user; true until it was asked."""


class Length(msgspec.Struct, frozen=True):
    """The length of a text. `excess_at` is the offset of the first character too many; None: it fits."""

    count: int
    limit: int
    excess_at: int | None = None
    text_bytes: int = 0
    byte_limit: int = 0

    @property
    def fits(self) -> bool:
        """Whether the text may be sent."""
        return self.excess_at is None

    @property
    def left(self) -> int:
        """How many more characters fit; below zero for too many."""
        return self.limit - self.count


# A link ends before the punctuation of its sentence; a closing bracket belongs to it only if it opens in it.
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_TRAILING = ".,;:!?'\"…"
_BRACKETS = {")": "(", "]": "["}
_MENTION = re.compile(r"(?<![\w/@.])@(?P<user>\w+(?:[\w.-]*\w)?)(?P<host>@\w+(?:[\w.-]*\w)?)?", re.ASCII)
_TAG = re.compile(r"(?<![\w/&#])#(?P<tag>\w*[^\W\d]\w*)")


class Piece(msgspec.Struct, frozen=True):
    """A link, a mention or a hashtag in a text that is being written: `[start, end)` in characters."""

    start: int
    end: int
    kind: Literal["link", "mention", "hashtag"]
    target: str


def links_in(text: str) -> list[Piece]:
    """The links in a text."""
    found = []
    for match in _LINK.finditer(text):
        link = match.group()
        while link and (link[-1] in _TRAILING or _is_stray_bracket(link)):
            link = link[:-1]
        if "://" in link[:-1]:
            found.append(Piece(match.start(), match.start() + len(link), "link", link))
    return found


def pieces_in(text: str) -> list[Piece]:
    """The links, mentions and hashtags in a text, in order. A mention's target has no leading @."""
    links = links_in(text)
    found = list(links)
    for match in _MENTION.finditer(text):
        found.append(Piece(match.start(), match.end(), "mention", match.group()[1:]))
    for match in _TAG.finditer(text):
        found.append(Piece(match.start(), match.end(), "hashtag", match["tag"]))
    taken = [(each.start, each.end) for each in links]
    free = [each for each in found if each.kind == "link" or not _inside(each.start, taken)]
    return sorted(free, key=lambda each: each.start)


def _inside(place: int, ranges: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in ranges)


def _is_stray_bracket(link: str) -> bool:
    opening = _BRACKETS.get(link[-1])
    return opening is not None and link.count(opening) < link.count(link[-1])


def graphemes(text: str) -> Iterator[int]:
    """The length in characters of each grapheme (https://unicode.org/reports/tr29/), in order."""
    if text.isascii():
        # The one ASCII grapheme of two characters does not occur: texts have no carriage returns.
        yield from (1 for _ in text)
        return
    # Imported for the first text with other letters, because the first screen does not need it.
    import regex

    for match in regex.finditer(r"\X", text):
        yield match.end() - match.start()


def count_graphemes(text: str) -> int:
    """How many characters a reader sees."""
    if text.isascii():
        return len(text)
    import regex

    return len(regex.findall(r"\X", text))


def measure(draft: Draft, rules: ComposeRules) -> Length:
    """The length of a draft as the network counts it, and where the excess begins.

    The content warning counts too, as on Mastodon (app/validators/status_length_validator.rb). Bluesky counts graphemes
    and bytes (https://docs.bsky.app/docs/advanced-guides/posts).
    """
    counter = _Counter(rules, count_graphemes(draft.warning))
    text, place = draft.text, 0
    for piece in _counted_pieces(text, rules):
        counter.add(text[place : piece.start], place)
        shown = text[piece.start : piece.end]
        if piece.kind == "link":
            counter.add_whole(rules.url_characters, shown, piece.start)
        else:
            counter.add_whole(count_graphemes(shown.rpartition("@")[0]), shown, piece.start)
        place = piece.end
    counter.add(text[place:], place)
    return Length(counter.count, rules.characters, counter.excess_at, counter.bytes, rules.text_bytes)


def _counted_pieces(text: str, rules: ComposeRules) -> list[Piece]:
    """The links and mentions that do not count as their own length."""

    def is_counted(piece: Piece) -> bool:
        if piece.kind == "link":
            return bool(rules.url_characters)
        return piece.kind == "mention" and rules.short_mentions and "@" in piece.target

    return [piece for piece in pieces_in(text) if is_counted(piece)]


class _Counter:
    """Counts a text from its start, and records where it becomes too long."""

    def __init__(self, rules: ComposeRules, count: int) -> None:
        self._rules = rules
        self.count, self.bytes = count, 0
        self.excess_at: int | None = None

    def add(self, text: str, start: int) -> None:
        """Add text that counts as its own length."""
        whole = count_graphemes(text)
        size = len(text.encode("utf-8", "surrogatepass"))
        if self.excess_at is None and not self._fits(self.count + whole, self.bytes + size):
            self.excess_at = self._place_of_excess(text, start)
        self.count += whole
        self.bytes += size

    def add_whole(self, counted: int, text: str, start: int) -> None:
        """Add a link or a mention, which counts `counted` characters."""
        self.count += counted
        self.bytes += len(text.encode("utf-8", "surrogatepass"))
        if self.excess_at is None and not self._fits(self.count, self.bytes):
            self.excess_at = start

    def _fits(self, count: int, size: int) -> bool:
        return count <= self._rules.characters and (not self._rules.text_bytes or size <= self._rules.text_bytes)

    def _place_of_excess(self, text: str, start: int) -> int:
        count, size, place = self.count, self.bytes, 0
        for length in graphemes(text):
            count += 1
            size += len(text[place : place + length].encode("utf-8", "surrogatepass"))
            if not self._fits(count, size):
                break
            place += length
        return start + place


_PARAGRAPH = re.compile(r"\n[ \t]*\n+")
_SENTENCE = re.compile(r"(?:[.!?…]['\")\]”’»]*\s+|[。！？]\s*)")
_LINE = re.compile(r"\n")
_SPACE = re.compile(r"\s+")
_BREAKS = ((_PARAGRAPH, 0.4), (_SENTENCE, 0.5), (_LINE, 0.5), (_SPACE, 0.0))
"""Where a text may be split, best first, and the smallest share of a post that the part before it should fill."""


def split(draft: Draft, rules: ComposeRules) -> list[str]:
    """Split a text into posts that fit: between paragraphs, sentences, lines or words, in this order.

    It never splits a link, a mention, a hashtag or a grapheme, unless one of them alone is longer than a post. Each
    part of a thread that not everybody can read begins with the mentions of the first part, because only the people
    that a post mentions can read it for certain.
    """
    rest, parts, repeated = draft.text.strip(), list[str](), ""
    while rest:
        text = f"{repeated}{rest}"
        # Each part repeats the draft's warning.
        excess = _excess_at(draft, text, rules)
        if excess is None:
            parts.append(text)
            break
        cut = _cut(text, excess)
        if cut <= len(repeated):
            if repeated:
                # The mentions leave too little space.
                repeated = ""
                continue
            # The warning alone is too long, so splitting cannot help.
            return [*parts, rest]
        parts.append(text[:cut].rstrip())
        rest = text[cut:].lstrip()
        if len(parts) == 1:
            repeated = _mentions_to_repeat(draft, parts[0], rules)
    return parts or [""]


def _mentions_to_repeat(draft: Draft, first: str, rules: ComposeRules) -> str:
    if draft.audience not in ("followers", "direct") or "mentions" not in rules.features:
        return ""
    mentioned = dict.fromkeys(f"@{each.target} " for each in pieces_in(first) if each.kind == "mention")
    return "".join(mentioned)


def _excess_at(draft: Draft, text: str, rules: ComposeRules) -> int | None:
    """Where a text becomes too long. Measures at most twice that length."""
    length = 2 * rules.characters
    while True:
        start = text[:length]
        excess = measure(msgspec.structs.replace(draft, text=start), rules).excess_at
        if excess is not None or len(start) == len(text):
            return excess
        length *= 2


def _cut(text: str, excess: int) -> int:
    """Where to split: the best break before the excess."""
    text = text[: excess + 200]
    pieces = [(each.start, each.end) for each in pieces_in(text)]
    for pattern, share in _BREAKS:
        ends = [match.end() for match in pattern.finditer(text)]
        places = [end for end in ends if len(text[:end].rstrip()) <= excess]
        good = [place for place in places if excess * share < place and not _splits(place, pieces)]
        if good:
            return good[-1]
    around = next((start for start, end in pieces if start < excess < end), 0)
    return around or excess


def _splits(place: int, pieces: list[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in pieces)
