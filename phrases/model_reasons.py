"""The sentences of the classifier's reasons: what it read in a text, a bio, an account and its habits."""

from collections.abc import Mapping

from ..models.verdict import Category
from .categories import MARKED_AS, READS_LIKE

_SHAPES: Mapping[str, str] = {
    "link": "it links somewhere",
    "links": "it is full of links",
    "bare_link": "a link with hardly a word around it",
    "short_link": "a shortened link",
    "mentions": "it mentions many people",
    "mention": "it speaks to somebody",
    "hashtags": "it is full of hashtags",
    "hashtag": "it uses a hashtag",
    "price": "it names a price",
    "percent": "it names a percentage",
    "phone": "it gives a phone number",
    "capitals": "it shouts in capitals",
    "bangs": "it is full of exclamation marks",
    "emoji": "it is full of emoji",
    "emoji_front": "it begins like an advert, with an emoji",
    "numbers": "it is full of numbers",
    "disguise": "it is written to slip past filters",
    "long": "it is long",
    "short": "it is short",
    "reply": "it answers somebody",
    "question": "it asks a question",
    "media": "it carries pictures",
    "first_person": "somebody speaks of themselves",
    "second_person": "it talks at its reader",
    "lower_start": "it is written casually",
    "lines": "it is set out like an advert",
    "card": "it shows a link's preview",
    "poll": "it holds a poll",
}

_BIOS: Mapping[str, str] = {
    "public": "their bio is that of an office, a medium, a company or a stage",
    "voice": "their bio is that of somebody in the news or in politics",
}

_HABITS: Mapping[str, str] = {
    "links": "nearly every post of theirs holds a link",
    "answers": "they answer people",
    "repeats": "they post the same again and again",
}


def wording(category: Category, words: str) -> str:
    return f'reads like {READS_LIKE[category]}: "{words}"'


def host(host: str) -> str:
    return f"it links to {host}"


def shape(name: str, quoted: str = "") -> str:
    if quoted:
        return f"{_SHAPES[name]}: {quoted}"
    return _SHAPES[name]


def style(category: Category) -> str:
    return f"its capitals, numbers and signs are typed as in what you marked as {MARKED_AS[category]}"


def bio(category: Category) -> str:
    return f"their bio reads like {READS_LIKE[category]}"


def bio_words(name: str) -> str:
    return _BIOS[name]


def habit(name: str) -> str:
    return _HABITS[name]


def account(followers: int | None, following: int | None, posts: int | None, bot: bool | None) -> str:
    parts = []
    if followers is not None:
        parts.append(f"{_short(followers)} follower{'' if followers == 1 else 's'}")
    if following is not None:
        parts.append(f"follows {_short(following)}")
    if bot:
        parts.append("marked as a bot")
    if not parts and posts is not None:
        parts.append(f"{_short(posts)} post{'' if posts == 1 else 's'}")
    return ", ".join(parts) or "the account's own numbers"


def _short(number: int) -> str:
    if number >= 1_000_000:
        return f"{number / 1_000_000:.1f} M"
    if number >= 100_000:
        return f"{number / 1000:.0f},000"
    return f"{number:,}"
