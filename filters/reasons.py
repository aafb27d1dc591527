"""The parts of a post that explain its score, strongest first: typed reasons from the weights that were added up."""

import re
from collections.abc import Mapping

import msgspec

from ..models.person import Person
from ..models.post import Post
from ..models.verdict import Category, Reason
from .calls import PAIR_PHRASES, WORD_PHRASES
from .features import CALL, READ, Features, TextFeatures
from .shape import quote
from .stopwords import is_stopword
from .words import is_grammar, join

STYLE = "hand"
BIO = "bio"
"""The named features of the style and of the words of the bio."""

_LEAST = 0.1
_NEARLY_ALL = 0.8
_HOST = "//"
_FIRST_EMOJI = 0x2600
# One character of these scripts is a particle or a piece of a word. One of Chinese can be a word.
_KANA_OR_SYLLABLE = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uac00-\ud7a3]")
_CROWD, _SOME, _HUNT, _FEW_POSTS = 5_000, 1_000, 500, 10
# Shapes of most people's posts. They weigh a little, and explain nothing to a reader.
_COMMON_SHAPES = frozenset(
    ("short", "long", "first_person", "second_person", "question", "media", "lower_start", "mention", "card", "reply")
)
_SALES_SHAPES = frozenset(("price", "percent", "phone"))
_SALES_CALLS = frozenset(("code", "shop", "discount"))
_SHAPE, _HABIT, _ACCOUNT = "shape:", "habit:", "account:"
_BIO_WORDS = frozenset(("account:public", "account:voice"))
_NOT_EXPLAINED = frozenset(
    (*(f"{_SHAPE}{shape}" for shape in _COMMON_SHAPES), "account:private", "account:talks", "tie:stranger")
)


class Attributions(msgspec.Struct, frozen=True):
    """The weights of words, pairs of words and named features for a kind of noise relative to a person.

    `values` are the named features that a reason may be about, and `bio` is the author's.
    """

    text: TextFeatures
    values: Mapping[str, float]
    bio: str
    words: dict[str, float] = {}
    pairs: dict[tuple[str, str], float] = {}
    named: dict[str, float] = {}


def values_to_explain(found: Features, author: Person) -> dict[str, float]:
    """The named features that a reason may be about. The others need not be looked up."""
    shape = {**found.kept.named, **found.shape}
    values = {name: value for name, value in shape.items() if name not in _NOT_EXPLAINED}
    counts_explain = _account_explains(author)
    for name, value in found.author.items():
        if name.startswith(_ACCOUNT):
            explains = counts_explain or name in _BIO_WORDS
        else:
            # "Nearly every post" must be true. A small share weighs little and is no reason.
            explains = not name.startswith(_HABIT) or value >= _NEARLY_ALL
        if explains and name not in _NOT_EXPLAINED:
            values[name] = value
    return values


def reasons(shares: Attributions, category: Category, post: Post) -> list[Reason]:
    """The strongest evidence for a category, strongest first, without negligible parts."""
    chosen = [*_wordings(shares, category), *_facts(shares.named, category, post)]
    if any(reason.kind == "host" for reason in chosen):
        chosen = [reason for reason in chosen if reason.values != ("link",)]
    return sorted((reason for reason in chosen if reason.weight > _LEAST), key=_weight, reverse=True)


def _wordings(shares: Attributions, category: Category) -> list[Reason]:
    words, pairs, named = shares.words, shares.pairs, shares.named
    # The first word of a call to act explains its weight. A set's order would differ from run to run.
    for word in [word for word in words if word in WORD_PHRASES]:
        words[word] += named.pop(f"{CALL}{WORD_PHRASES[word]}", 0.0)
    chosen = []
    covered: set[str] = set()
    for pair, weight in pairs.items():
        # A pair that is a call to act includes its words, so that "use code" is named once.
        if pair in PAIR_PHRASES:
            weight += named.pop(f"{CALL}{PAIR_PHRASES[pair]}", 0.0) + words.get(pair[0], 0.0) + words.get(pair[1], 0.0)
            covered.update(pair)
            if not any(map(explains, pair)) and "%" not in pair:
                continue
        elif weight <= _LEAST or not (_can_stand(pair[0]) and _can_stand(pair[1]) and any(map(explains, pair))):
            continue
        if weight > _LEAST:
            chosen.append(Reason("wording", (category, join(*pair)), weight))
    for word, weight in words.items():
        if word[0] == _HOST[0]:
            chosen.append(Reason("host", (word.removeprefix(_HOST),), weight))
        elif weight > _LEAST and word not in covered and (word in WORD_PHRASES or explains(word)):
            chosen.append(Reason("wording", (category, word), weight))
    return chosen


def explains(word: str) -> bool:
    """Whether quoting a word is useful: it is no function word, number, single letter or symbol."""
    if word.startswith(_HOST) or is_stopword(word):
        return False
    if len(word) == 1:
        return ord(word) >= _FIRST_EMOJI and not _KANA_OR_SYLLABLE.fullmatch(word)
    # "30t10" is a part of a time, and "50x" a word.
    if word[0].isdecimal() and word[-1].isdecimal():
        return False
    return any(map(str.isalpha, word)) and not is_grammar(word)


def about_sales(reason: Reason) -> bool:
    """Whether a reason is about selling: a price, a discount, an offer, a shop. No broadcaster is hidden for that."""
    if reason.kind == "shape":
        return reason.values[0] in _SALES_SHAPES
    if reason.kind != "wording":
        return False
    words = str(reason.values[1]).split()
    if len(words) == 1:
        return WORD_PHRASES.get(words[0]) in _SALES_CALLS
    return PAIR_PHRASES.get((words[0], words[-1])) in _SALES_CALLS


def _can_stand(word: str) -> bool:
    """Whether a word can be quoted together with another one."""
    return word[0].isalnum() or word[0] in "%£$€"


def _account_explains(author: Person) -> bool:
    """Whether the counts of an account are worth quoting: many followers, mass following, a bot, a new account."""
    if author.bot or (author.posts is not None and author.posts < _FEW_POSTS):
        return True
    followers, following = author.followers, author.following
    if followers is None:
        return False
    if followers >= _CROWD:
        return True
    return following is not None and (
        (following > _HUNT and following > 3 * followers) or (followers >= _SOME and followers > 10 * following)
    )


def _facts(shares: Mapping[str, float], category: Category, post: Post) -> list[Reason]:
    chosen = []
    author = post.author
    account = 0.0
    for name, weight in shares.items():
        if name.startswith(_ACCOUNT) and name not in _BIO_WORDS:
            account += weight
        elif weight > _LEAST and (reason := _named(name, weight, category, post.text)) is not None:
            chosen.append(reason)
    if account > _LEAST:
        chosen.append(Reason("account", (author.followers, author.following, author.posts, author.bot), account))
    return chosen


def _named(name: str, weight: float, category: Category, text: str) -> Reason | None:
    if name == STYLE:
        return Reason("style", (category,), weight)
    if name == BIO:
        return Reason("bio", (category,), weight)
    if name in _BIO_WORDS:
        return Reason("bio_words", (name.removeprefix(_ACCOUNT),), weight)
    if name.startswith(_SHAPE):
        shape = name.removeprefix(_SHAPE)
        quoted = quote(shape, text[:READ])
        return Reason("shape", (shape, quoted) if quoted else (shape,), weight)
    if name.startswith(_HABIT):
        return Reason("habit", (name.removeprefix(_HABIT),), weight)
    return None


def _weight(reason: Reason) -> float:
    return reason.weight
