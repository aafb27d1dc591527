"""The sentences of the classifier's reasons: what it read in a text, a bio, an account and its habits."""

from collections.abc import Mapping

from ..models.verdict import Category
from .categories import READS_LIKE

_SHAPES: Mapping[str, str] = {
    "link": "it contains a link",
    "links": "it has many links",
    "bare_link": "it is a link with almost no text",
    "short_link": "it contains a shortened link",
    "mentions": "it mentions many people",
    "mention": "it mentions somebody",
    "hashtags": "it has many hashtags",
    "hashtag": "it has a hashtag",
    "price": "it mentions a price",
    "percent": "it mentions a percentage",
    "phone": "it contains a phone number",
    "capitals": "it uses many capitals",
    "bangs": "it has many exclamation marks",
    "emoji": "it has many emoji",
    "emoji_front": "it begins with an emoji, like an advert",
    "numbers": "it has many numbers",
    "disguise": "it is written to evade filters",
    "long": "it is long",
    "short": "it is short",
    "reply": "it is a reply",
    "question": "it asks a question",
    "media": "it has pictures",
    "first_person": "it is written in the first person",
    "second_person": "it addresses the reader",
    "lower_start": "it is written casually",
    "lines": "it is laid out like an advert",
    "card": "it has a link preview",
    "poll": "it has a poll",
}

_BIOS: Mapping[str, str] = {
    "public": "their bio suggests an institution, company or performer",
    "voice": "their bio suggests somebody in news or politics",
}

_HABITS: Mapping[str, str] = {
    "links": "nearly all of their posts contain a link",
    "answers": "they reply to people",
    "repeats": "they post the same thing again and again",
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
    return f"its capitals, numbers and symbols are like those in posts you marked as {category}"


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
    return ", ".join(parts) or "the account's counts"


def _short(number: int) -> str:
    if number >= 1_000_000:
        return f"{number / 1_000_000:.1f} M"
    if number >= 100_000:
        return f"{number / 1000:.0f},000"
    return f"{number:,}"
