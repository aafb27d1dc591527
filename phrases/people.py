"""Sentences and numbers about people and hidden posts, the same on the screens and in --plain."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from ..models.person import Person
from ..models.tie import Tie
from ..models.view import HIDE_CAUSES, HideCause
from .changes import count
from .ties import times

Side = Literal["they", "you"]
"""Who acted: the other person, or the user."""

_MANY: Mapping[HideCause, str] = {"stranger": "strangers"}


def shares(hidden: Mapping[HideCause, int]) -> str:
    """ "120 celebrity, 61 sales, 31 spam"."""
    return ", ".join(share for _, share in counted(hidden))


def counted(hidden: Mapping[HideCause, int]) -> list[tuple[HideCause, str]]:
    """Each cause with hidden posts, and its count: ("celebrity", "120 celebrity"), ("stranger", "2 strangers")."""
    parts = []
    for cause in HIDE_CAUSES:
        number = hidden.get(cause, 0)
        if number == 1:
            parts.append((cause, f"1 {cause}"))
        elif number:
            parts.append((cause, f"{number} {_MANY.get(cause, cause)}"))
    return parts


def numbers(person: Person) -> list[str]:
    """The known counts of an account: "1,204 followers", "follows 83", "a bot"."""
    parts = []
    if person.followers is not None:
        parts.append(count(person.followers, "follower"))
    if person.following is not None:
        parts.append(f"follows {person.following:,}")
    if person.posts is not None:
        parts.append(count(person.posts, "post"))
    if person.bot:
        parts.append("a bot")
    return parts


def profile(person: Person) -> list[str]:
    """The date of joining and the links of a profile: "joined March 2021", "links: a.example, b.example"."""
    parts = []
    if person.created_at is not None:
        parts.append(f"joined {_month(person.created_at)}")
    if person.links:
        parts.append(f"links: {', '.join(dict.fromkeys(map(_short, person.links)))}")
    return parts


def _short(address: str) -> str:
    return address.partition("://")[2].rstrip("/") or address


def contact_rows(tie: Tie) -> list[tuple[Side, str]]:
    """What each side did, short: ("they", "replied 3×, liked 1×, last in March 2023")."""
    return [
        (side, ", ".join(f"{word} {count}×" for word, count in counts) + last) for side, counts, last in _sides(tie)
    ]


def contact_sentences(tie: Tie) -> list[str]:
    """The same for reading aloud: "They replied 3 times, liked once, last in March 2023."."""
    return [
        f"{side.capitalize()} {', '.join(f'{word} {times(count)}' for word, count in counts)}{last}."
        for side, counts, last in _sides(tie)
    ]


def first_contact(tie: Tie) -> str:
    """ "first contact in March 2021", or "" if it is unknown."""
    if tie.first_contact is None:
        return ""
    return f"first contact in {_month(tie.first_contact)}"


def _sides(tie: Tie) -> Iterator[tuple[Side, list[tuple[str, int]], str]]:
    """For each side: its actions, their counts, and the time of the last."""
    theirs = (
        ("replied", tie.replies_to_you),
        ("mentioned you", tie.mentions_to_you),
        ("liked", tie.likes_to_you),
        ("boosted", tie.boosts_to_you),
    )
    yours = (
        ("replied", tie.replies_from_you),
        ("mentioned them", tie.mentions_from_you),
        ("liked", tie.likes_from_you),
        ("boosted", tie.boosts_from_you),
    )
    sides: tuple[tuple[Side, tuple[tuple[str, int | None], ...], datetime | None], ...] = (
        ("they", theirs, tie.last_to_you),
        ("you", yours, tie.last_from_you),
    )
    for side, counts, last in sides:
        some = [(word, count) for word, count in counts if count]
        if some:
            when = ""
            if last is not None:
                when = f", last in {_month(last)}"
            yield side, some, when


def _month(at: datetime) -> str:
    return f"{at.astimezone():%B %Y}"
