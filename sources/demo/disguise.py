"""Alters texts: typing habits of people, and tricks of spammers to evade a filter."""

import random
import re
from collections.abc import Callable

import msgspec

Change = Callable[[str], str]

_ADDRESS = re.compile(r"(https?://\S+|[@#]\w+)")
_LOOKALIKES = str.maketrans("aceiopxyABCEHIKMOPTX", "асеіорхуАВСЕНІКМОРТХ")
_LEET = str.maketrans("aeiost", "431057")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_JOINER = "\u200d"
_EMOJI = ("😂", "😅", "❤️", "🙃", "🌧️", "☕", "🎉", "🥲", "🌱", "🐈", "✨", "👍🏽", "👩‍🌾", "🫠", "🚲")


class Style(msgspec.Struct, frozen=True):
    """One author's habits, each a probability per post."""

    lower: float = 0.0
    shout: float = 0.0
    emoji: float = 0.0
    typo: float = 0.0
    disguise: float = 0.0


def styled(text: str, style: Style, rng: random.Random) -> str:
    """Apply an author's typing habits. Addresses, mentions and hashtags stay unchanged."""
    text = text[:1].upper() + text[1:]
    if rng.random() < style.lower:
        text = _outside(text, str.lower)
    elif rng.random() < style.shout:
        text = _outside(text, str.upper)
    if rng.random() < style.typo:
        text = _outside(text, lambda part: _swapped(part, rng))
    if rng.random() < style.emoji:
        text = f"{text} {rng.choice(_EMOJI) * rng.choice((1, 1, 1, 2, 3))}"
    if rng.random() < style.disguise:
        return disguised(text, rng)
    return text


def disguised(text: str, rng: random.Random) -> str:
    """Apply one evasion trick that leaves the text readable for people."""
    trick = rng.choice(("lookalike", "leet", "full width", "joiners", "spaced"))
    if trick == "lookalike":
        return _outside(text, lambda part: part.translate(_LOOKALIKES))
    if trick == "leet":
        return _outside(text, lambda part: _words(part, lambda word: word.translate(_LEET), 0.7, rng))
    if trick == "full width":
        return _outside(text, lambda part: _words(part, lambda word: word.translate(_FULL_WIDTH), 0.6, rng))
    if trick == "joiners":
        return _outside(text, lambda part: _words(part, _JOINER.join, 0.7, rng))
    return _outside(text, lambda part: _words(part, " ".join, 0.25, rng))


def _outside(text: str, change: Change) -> str:
    parts = _ADDRESS.split(text)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


def _words(part: str, change: Change, share: float, rng: random.Random) -> str:
    """Apply `change` to a share of the longer words."""
    words = re.split(r"(\s+)", part)
    for number, word in enumerate(words):
        if len(word) > 3 and word.isascii() and rng.random() < share:
            words[number] = change(word)
    return "".join(words)


def _swapped(part: str, rng: random.Random) -> str:
    """Swap two adjacent letters of one word."""
    places = [found.start() for found in re.finditer(r"[a-z]{2}(?=[a-z])", part)]
    if not places:
        return part
    place = rng.choice(places)
    return part[:place] + part[place + 1] + part[place] + part[place + 2 :]
