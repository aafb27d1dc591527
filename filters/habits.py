"""Authors' habits: links, replies, repetition. Each arriving post is counted in a few microseconds."""

import re
from collections import Counter
from collections.abc import Iterable
from heapq import heappop, heappush
from zlib import crc32

from msgspec.structs import replace

from ..models.context import Burst, Habits, PostContext, WrittenText
from ..models.person import Person
from ..models.post import Post, hosts_of
from ..models.weights import FourNumbers, Weights
from .features import READ as READ_TEXT
from .marks import MARKS
from .score import Scorer, scorer
from .takeover import Linked, bursts
from .words import cut

KEPT = 50
"""How many of an author's newest posts count."""

ENOUGH = 3
"""With fewer posts, an author's habits are unknown."""

READ = 8
"""How many of an author's posts are read for their words. More cost time and add little."""

TEXTS = 4
"""How many of these texts are stored, to be read with each personal model."""

_LETTERS = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{MARKS}'’]|[^\S\n](?=[^\W\d_]))*")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_FORM_SIGNS = frozenset("()[]{}/|:=+→•·–—*<>")
_FORM_LETTERS = 80

_DAY = 86_400.0
_NOBODY = Person("", "")
_NO_HOSTS: frozenset[str] = frozenset()
_ASIDE = re.compile(r"https?://\S+|www\.\S+|@[\w.@-]+")
_LONG_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{MARKS}]){{3,}}")
_FEWEST_LETTERS = 12
_ENOUGH_WORDS = 4
_TWO = 2

# (time as a number, id, is a reply, has a link, fingerprint of the text or 0, hosts of its links)
_Seen = tuple[float, str, bool, bool, int, frozenset[str]]


def habits(posts: Iterable[Post], model: Scorer | Weights | None = None) -> Habits | None:
    """The habits of one author from their own posts, without boosts; None if there are too few."""
    book = _Book(None if model is None else scorer(model))
    for post in posts:
        if post.booster is None:
            book.add(post)
    return book.habits()


class HabitBook:
    """The habits of all authors, by (account, person id).

    A post that arrives twice counts once. With a model (the base model), the words of each author's first posts are
    read too. Without them, `words` stays unknown.
    """

    def __init__(self, model: Scorer | Weights | None = None) -> None:
        self._reader = None if model is None else scorer(model)
        self._books: dict[tuple[str, str], _Book] = {}

    def add(self, post: Post) -> None:
        """Count a post for its author. Boosts are left out, because they are no habit of their author."""
        if post.booster is not None or not post.author.id:
            return
        author = post.author_key
        book = self._books.get(author)
        if book is None:
            book = self._books[author] = _Book(self._reader)
        book.add(post)

    def of(self, author: tuple[str, str]) -> Habits | None:
        """The habits of an author; None if there are too few posts."""
        book = self._books.get(author)
        if book is None:
            return None
        return book.habits()


class _Book:
    """The running counts of one author over the newest posts. The oldest post is on top of the heap."""

    __slots__ = (
        *("_answers", "_forms", "_habits", "_ids", "_links", "_newest", "_posts", "_read"),
        *("_reader", "_repeated", "_same", "_texts", "_unread", "_words"),
    )

    def __init__(self, reader: Scorer | None) -> None:
        self._reader = reader
        self._unread: list[Post] = []
        self._words = (0.0, 0.0, 0.0, 0.0)
        self._texts: list[WrittenText] = []
        self._forms: Counter[str] = Counter()
        self._read = 0
        self._posts: list[_Seen] = []
        self._ids: set[str] = set()
        self._same: dict[int, int] = {}
        self._answers = self._links = self._repeated = 0
        self._newest = float("-inf")
        self._habits: Habits | None = None

    def add(self, post: Post) -> None:
        at = post.created_at.timestamp() if post.created_at else 0.0
        full = len(self._posts) >= KEPT
        if post.id in self._ids or (full and at < self._posts[0][0]):
            return
        linked = _holds_link(post)
        hosts = frozenset(hosts_of(post)) if linked else _NO_HOSTS
        seen = (at, post.id, _answers_somebody(post), linked, fingerprint(post.text), hosts)
        if full:
            self._count(heappop(self._posts), -1)
        heappush(self._posts, seen)
        self._count(seen, 1)
        self._newest = max(self._newest, at)
        self._habits = None
        if self._reader is None:
            return
        if self._read + len(self._unread) < READ:
            self._unread.append(post)
        if len(self._texts) < TEXTS:
            self._texts.append((post.text, post.warning, post.links, post.tags))

    def habits(self) -> Habits | None:
        if self._habits is None and len(self._posts) >= ENOUGH:
            oldest = next((each[0] for each in self._posts[:1] if each[0]), None)
            days = 0.0 if oldest is None else (self._newest - oldest) / _DAY
            seen = len(self._posts)
            words = self._mean_words()
            unlike: tuple[Burst, ...] = ()
            if self._links:
                unlike = bursts(Linked(at, name, hosts) for at, name, _, _, _, hosts in self._posts)
            counts = seen, self._answers, self._links, self._repeated, days
            same_form = max(self._forms.values(), default=0)
            self._habits = Habits(*counts, words, unlike, same_form=same_form, texts=tuple(self._texts))
        return self._habits

    def _mean_words(self) -> FourNumbers | None:
        """The mean score of the texts. They are read only here, so that rare authors cost nothing."""
        if self._reader is None:
            return None
        for post in self._unread:
            if found := form(post.text):
                self._forms[found] += 1
            # Author and addressee are judged elsewhere. Only the words count here.
            logits = self._reader.score(PostContext(replace(post, author=_NOBODY, reply_to=None))).logits
            person, celebrity, sales, spam = map(float.__add__, self._words, map(float, logits))
            self._words = (person, celebrity, sales, spam)
        self._read += len(self._unread)
        self._unread.clear()
        person, celebrity, sales, spam = (number / self._read for number in self._words)
        return (person, celebrity, sales, spam)

    def _count(self, seen: _Seen, step: int) -> None:
        _, post_id, answers, link, text, _ = seen
        (self._ids.add if step > 0 else self._ids.discard)(post_id)
        self._answers += answers * step
        self._links += link * step
        if not text:
            return
        before = self._same.get(text, 0)
        after = before + step
        # If two posts are the same, both count as repeated.
        self._repeated += (after if after > 1 else 0) - (before if before > 1 else 0)
        if after:
            self._same[text] = after
        else:
            del self._same[text]


def fingerprint(text: str) -> int:
    """A fingerprint that is usually equal for nearly equal texts, and rarely for others; 0 for very
    short texts.

    Links, handles, digits, case and punctuation are ignored. It keeps the two longer words with the smallest hashes (a
    bottom-2 sketch, Broder 1997): two texts that share a part J of their words agree with probability J².
    """
    text = text[:READ_TEXT]
    if "@" in text or "http" in text or "www." in text:
        text = _ASIDE.sub(" ", text)
    found = _LONG_WORD.findall(text.casefold())
    words = set(found) if text.isascii() else set(cut(found))
    if len(words) < _ENOUGH_WORDS:
        letters = "".join(filter(str.isalpha, text.casefold()))
        if len(letters) >= _FEWEST_LETTERS:
            return crc32(letters.encode("utf-8", "surrogatepass"))
        return 0
    first, second = sorted([crc32(word.encode()) for word in words])[:2]
    return first << 32 | second


def form(text: str) -> str:
    """The form of a text, words and numbers replaced ("Moth (Arctia caja), 1903" -> "a (a), 9"); "" for plain prose.

    People rarely write two posts of one form. What fills in a form is usually a machine.
    """
    found = _ASIDE.sub("@", text[: 4 * _FORM_LETTERS])
    found = _NUMBER.sub("9", _LETTERS.sub("a", found))[:_FORM_LETTERS]
    if found.count("9") < _TWO and _FORM_SIGNS.isdisjoint(found):
        return ""
    return found


def _answers_somebody(post: Post) -> bool:
    # Replies to oneself, in a thread, are not a conversation.
    if post.reply_to is None:
        return False
    return post.reply_to_person != post.author.id and post.reply_to != post.author.handle


def _holds_link(post: Post) -> bool:
    if post.links is None:
        return "http://" in post.text or "https://" in post.text
    return bool(post.links)
