"""The shape of a post: properties that do not depend on its words."""

import re
from collections.abc import Sequence
from math import log1p

import msgspec

from ..models.post import Post

_DIGITS = re.compile(r"\d+")
_PRICE = re.compile(
    # The last digit before the currency is enough. A pattern that began at the first digit would be quadratic.
    r"[$€£¥₹₽₺]\s?\d|\d[.,]*\s?(?:[$€£¥₹₽₺]|(?:usd|eur|euros?|dollars?|gbp|rs|tl|zł|руб|kr|chf|usdt|btc)\b)",
    re.IGNORECASE,
)
# The same of ASCII text without a dollar sign, but only to the first letter of a currency: a cheap test first.
_MAYBE_PRICE = re.compile(r"\d[.,]*\s?[bcdegkrtuBCDEGKRTU]")
_PERCENT = re.compile(r"\d\s?%")
# Digits in groups, as in phone numbers. _is_phone excludes other numbers of this form.
_PHONE = re.compile(r"(?<![\w.,:/-])\+?\(?\d[\d ().-]{7,18}\d(?![\w.,:/-]?\d)")
_OTHER_NUMBERS = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}"  # an IP address
    r"|(?:1[5-9]|20)\d\d[ .-]+\d{1,2}[ .-]+\d{1,2}(?:[ .-].*)?"  # a date, year first
    r"|\d{1,2}[ .-]+\d{1,2}[ .-]+(?:1[5-9]|20)\d\d(?:[ .-].*)?"  # a date, year last
    r"|(?:0?[1-9]|[12]\d|3[01])([.-])(?:0?[1-9]|1[0-2])\1\d\d(?:[ -].*)?"  # a date with a short year
    r"|(?:1[5-9]|20)\d\d[ -]+(?:1[5-9]|20)\d\d"  # a range of years
    r"|\d{1,3}\.\d{1,3}(?: +\d{1,3}\.\d{1,3})+"  # decimal numbers
    r"|\d\d?(?: \d\d?){5,}"  # many small numbers, such as those of a lottery
    r"|97[89][ -]?(?:\d[ -]?){9}\d"  # an ISBN
    r"|\(?\d{1,2}-\d{1,2}\)?(?:[ ]+\(?\d{1,2}-\d{1,2}\)?)+"  # a score
    r"|\d{1,3}(?:[. ]\d{3})+"  # a large number in groups of three
)
_AMOUNT = r"\d{1,9}(?:[.,]\d{1,9}){0,3}"
_QUOTED = {
    "price": re.compile(
        rf"[$€£¥₹₽₺]\s?{_AMOUNT}|(?<!\d){_AMOUNT}\s?(?:[$€£¥₹₽₺]|(?:usd|eur|euros?|dollars?|gbp|rs|tl|zł|руб|kr|chf|usdt|btc)\b)",
        re.IGNORECASE,
    ),
    "percent": re.compile(rf"(?<!\d){_AMOUNT}\s?%"),
}
_SHORTEST_PHONE = 8
_BOOK = re.compile(r"\bisbn", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50]")
_SHORTENED = re.compile(
    r"https?://(?:bit\.ly|t\.co|tinyurl|goo\.gl|ow\.ly|buff\.ly|dlvr\.it|is\.gd|cutt\.ly|rb\.gy|t\.me|wa\.me)"
)
_LONG, _SHORT = 280, 6
_NO_DIGITS = bytes(code for code in range(128) if not chr(code).isdigit())
_CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_FIRST = frozenset(
    [
        "aku",
        "ben",
        "benim",
        "eu",
        "i",
        "i'm",
        "ich",
        "ik",
        "im",
        "io",
        "j'ai",
        "ja",
        "jag",
        "je",
        "jeg",
        "já",
        "ma",
        "me",
        "mein",
        "meine",
        "mes",
        "meu",
        "mi",
        "mia",
        "mich",
        "mijn",
        "min",
        "mine",
        "minha",
        "mio",
        "mir",
        "moi",
        "moja",
        "mon",
        "my",
        "mío",
        "mój",
        "můj",
        "noi",
        "nosotros",
        "nous",
        "nós",
        "our",
        "saya",
        "us",
        "we",
        "wij",
        "wir",
        "yo",
        "мне",
        "мой",
        "моя",
        "мы",
        "я",
        "俺",
        "僕",
        "我",
        "私",
        "나",
        "내",
    ]
)
_SECOND = frozenset(
    [
        "anda",
        "dein",
        "deine",
        "dich",
        "dir",
        "du",
        "euch",
        "ihr",
        "ihre",
        "je",
        "jij",
        "jouw",
        "kalian",
        "kamu",
        "sen",
        "senin",
        "seu",
        "seus",
        "sie",
        "siz",
        "su",
        "sua",
        "sus",
        "te",
        "tes",
        "toi",
        "ton",
        "tu",
        "tua",
        "tuo",
        "twoja",
        "twój",
        "ty",
        "tú",
        "u",
        "ur",
        "usted",
        "uw",
        "você",
        "vocês",
        "voi",
        "vos",
        "vostro",
        "votre",
        "vous",
        "you",
        "you're",
        "your",
        "yours",
        "вам",
        "вас",
        "ваш",
        "вы",
        "твой",
        "ты",
        "あなた",
        "你",
        "您",
        "당신",
    ]
)


class Written(msgspec.Struct, frozen=True, gc=False):
    """The parts of a post that all features of its text depend on."""

    text: str
    warning: str | None
    links: tuple[str, ...] | None
    tags: tuple[str, ...] | None


def written(post: Post) -> Written:
    """The written parts of a post."""
    return Written(post.text, post.warning, post.links, post.tags)


def shape(post: Written, text: str, words: Sequence[str], tricks: int) -> dict[str, float]:
    """The named features of the shape of a post's text: 1.0 for presence, a logarithm for a count.

    `text` is the original text, `words` its plain words, `tricks` the number of disguises that were undone.
    """
    named: dict[str, float] = {}
    if post.links is None:
        links = text.count("http") + text.count("www.")
    else:
        links = len(post.links)
    if links:
        named["shape:link"] = 1.0
        _many(named, "shape:links", links, 2)
        if len(words) < 5:
            named["shape:bare_link"] = 1.0
        if _SHORTENED.search(text):
            named["shape:short_link"] = 1.0
    if tags := text.count("#") if post.tags is None else len(post.tags):
        named["shape:hashtag"] = 1.0
        _many(named, "shape:hashtags", tags, 3)
    if mentions := text.count("@"):
        named["shape:mention"] = 1.0
        _many(named, "shape:mentions", mentions, 3)
    if numbers := _numbers(text):
        _many(named, "shape:numbers", len(numbers), 2)
        if ("$" in text or not text.isascii() or _MAYBE_PRICE.search(text)) and _PRICE.search(text):
            named["shape:price"] = 1.0
        if "%" in text and _PERCENT.search(text):
            named["shape:percent"] = 1.0
        if sum(map(len, numbers)) >= _SHORTEST_PHONE and _gives_phone(text):
            named["shape:phone"] = 1.0
    _many(named, "shape:bangs", text.count("!"), 1)
    if not text.isascii() and (emoji := _EMOJI.findall(text)):
        _many(named, "shape:emoji", len(emoji), 2)
        if text[0] == emoji[0]:
            named["shape:emoji_front"] = 1.0
    letters = len(text)
    if "?" in text or "？" in text:
        named["shape:question"] = 1.0
    if letters > 20 and 3 * _capitals(text) > letters:
        named["shape:capitals"] = 1.0
    if letters > _LONG:
        named["shape:long"] = 1.0
    elif len(words) < _SHORT:
        named["shape:short"] = 1.0
    if text.count("\n") > 3:
        named["shape:lines"] = 1.0
    if text[:1].islower():
        named["shape:lower_start"] = 1.0
    if not _FIRST.isdisjoint(words):
        named["shape:first_person"] = 1.0
    if not _SECOND.isdisjoint(words):
        named["shape:second_person"] = 1.0
    if tricks:
        named["shape:disguise"] = float(min(tricks, 3))
    return named


def quote(name: str, text: str) -> str:
    """The first price, percentage or phone number of a text, as it stands there; "" for other shapes."""
    if name == "phone":
        number = next((match.group() for match in _PHONE.finditer(text) if _is_phone(match.group())), "")
        return number.partition(" (")[0]
    pattern = _QUOTED.get(name)
    match = None if pattern is None else pattern.search(text)
    return "" if match is None else match.group()


def _gives_phone(text: str) -> bool:
    return any(_is_phone(match.group()) for match in _PHONE.finditer(text)) and _BOOK.search(text) is None


def _is_phone(number: str) -> bool:
    digits = sum(map(str.isdigit, number))
    return _SHORTEST_PHONE <= digits <= 15 and _OTHER_NUMBERS.fullmatch(number) is None


def _numbers(text: str) -> list[str]:
    # Most texts have no digit. Finding that out in bytes takes a third of the time of the pattern.
    if text.isascii() and not text.encode().translate(None, _NO_DIGITS):
        return []
    return _DIGITS.findall(text)


def _capitals(text: str) -> int:
    if text.isascii():
        return len(text) - len(text.encode().translate(None, _CAPITALS))
    return sum(map(str.isupper, text))


def _many(named: dict[str, float], name: str, count: int, usual: int) -> None:
    if count > usual:
        named[name] = log1p(count - usual)
