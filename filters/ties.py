"""The strength of a tie and its name; docs/scoring.md explains the numbers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import expm1, log2
from typing import Any

from msgspec.structs import replace

from ..models.tie import COUNTED, NO_TIE, SELECTIVE, Tie, TieName

# Points for one piece of evidence, for the side that it comes from. Counts enter as log2(1 + count) and stop growing at
# MOST: a hundred likes do not make a friend.
FOLLOW = 0.6
REPLY = 0.35
MENTION = 0.15
LIKE = 0.05
BOOST = 0.06
DIRECT = 0.5
CONTACT = 1.0
MOST = 63

HALF_LIFE = 10.0
"""Years after which contact counts half. A follow does not fade."""

# The strength from which a tie has its name. A mutual follow alone is 0.451, which is just known.
CLOSE = 0.75
KNOWN = 0.40
ACQUAINTANCE = 0.15

SIGNS = 2
"""For `known`, each side must have given this many signs: a follow, replies, direct messages."""

_TRADED = 2_000
"""A mutual follow without contact, by somebody who follows more accounts than this, loses weight faster: they follow
back anybody, as sellers of followers do. A word by them, or a reply or like by the user, ends that.
"""

_BELOW_KNOWN = 0.399
_FOLLOWS_BACK = 0.73
"""With this selectivity (some 1,870 follows) a mutual follow alone is just not known."""

_YEAR = 365.25 * 86_400
_SATURATED = tuple(log2(1 + count) for count in range(MOST + 1))


def strength(tie: Tie, now: datetime) -> float:
    """How well the user and a person know each other, in [0, 1].

    The harmonic mean of the contact from each side. Each side saturates towards 1, so attention from one side alone
    gives zero. Repeated contact from one side makes no tie beyond acquaintance (`_both_took_part`). A vouch is 1. "Do
    not know" is 0.
    """
    if tie.not_known:
        return 0.0
    if tie.vouched:
        return 1.0
    if tie is NO_TIE:
        return 0.0
    selectivity = _selectivity(tie)
    theirs = _points(tie.replies_to_you, tie.mentions_to_you, None, None, _direct_to_you(tie))
    theirs += selectivity * _points(None, None, tie.likes_to_you, tie.boosts_to_you, None)
    yours = _points(
        tie.replies_from_you, tie.mentions_from_you, tie.likes_from_you, tie.boosts_from_you, tie.direct_from_you
    )
    theirs *= _left(tie.last_to_you or tie.last_contact, now)
    yours *= _left(tie.last_from_you or tie.last_contact, now)
    if _they_follow_you(tie):
        theirs += FOLLOW * selectivity * _share_of_trade(tie)
    if _you_follow_them(tie):
        yours += FOLLOW
    if tie.contact:
        theirs += CONTACT
        yours += CONTACT
    if not theirs or not yours:
        return 0.0
    theirs, yours = -expm1(-theirs), -expm1(-yours)
    mean = 2 * theirs * yours / (theirs + yours)
    if mean < _BELOW_KNOWN or _both_took_part(tie):
        return mean
    return _BELOW_KNOWN


def _both_took_part(tie: Tie) -> bool:
    """Whether both sides took part.

    That is a mutual follow, a contact that the user imported, or words in both directions with SIGNS from each side.
    Likes, boosts and mentions of the user are no sign from them: anybody can give them by the hundred. A follow is one,
    but a mutual follow alone is enough only if theirs is selective.
    """
    mutual = _you_follow_them(tie) and _they_follow_you(tie)
    if tie.contact or (mutual and _selectivity(tie) > _FOLLOWS_BACK):
        return True
    theirs = (tie.replies_to_you or 0) + (_direct_to_you(tie) or 0)
    yours = (tie.replies_from_you or 0) + (tie.mentions_from_you or 0) + (tie.direct_from_you or 0)
    if theirs <= 0 or yours <= 0:
        return False
    return theirs + _they_follow_you(tie) >= SIGNS and yours + _you_follow_them(tie) >= SIGNS


def _you_follow_them(tie: Tie) -> bool:
    """Whether the user follows them, or subscribed to their blog."""
    return bool(tie.you_follow) or tie.subscribed


def _they_follow_you(tie: Tie) -> bool:
    """Whether they follow the user, or recommend the user's blog."""
    return bool(tie.follows_you) or tie.lists_you


def _selectivity(tie: Tie) -> float:
    """The weight of a follow by this person, in (0, 1]. An unknown number costs nothing."""
    if tie.lists_you or not tie.follows_you or tie.they_follow is None or tie.they_follow <= SELECTIVE:
        return 1.0
    return float((SELECTIVE / tie.they_follow) ** 0.5)


def _share_of_trade(tie: Tie) -> float:
    """The share of a follow that counts: less than 1 for a mutual follow without contact by somebody who follows
    thousands.
    """
    if tie.they_follow is None or tie.they_follow <= _TRADED or tie.lists_you or not _you_follow_them(tie):
        return 1.0
    if tie.replies_to_you or _direct_to_you(tie) or _counted(tie, to_you=False):
        return 1.0
    return _TRADED / tie.they_follow


def with_selectivity(tie: Tie, following: int | None) -> Tie:
    """A tie with the number of accounts that the person follows, if the tie lacks it."""
    if not tie.follows_you or tie.they_follow is not None or following is None:
        return tie
    return replace(tie, they_follow=following)


def _direct_to_you(tie: Tie) -> int | None:
    """A direct conversation counts for the other side if it is unknown whether the user wrote in it."""
    if tie.direct is None or tie.direct_to_you is None:
        if tie.direct is None:
            return tie.direct_to_you
        return tie.direct
    return max(tie.direct, tie.direct_to_you)


def name(tie: Tie, now: datetime) -> TieName:
    """The name of a tie."""
    return name_of(strength(tie, now))


def name_of(value: float) -> TieName:
    """The name of a tie of this strength."""
    if value >= KNOWN:
        if value >= CLOSE:
            return "close"
        return "known"
    if value >= ACQUAINTANCE:
        return "acquaintance"
    return "stranger"


def merge_ties(parts: Sequence[tuple[str, Tie]]) -> Tie:
    """The one tie to a joined person. `parts` are the tie to each handle and its place ("on Mastodon").

    Counts add up; follows, vouches and "do not know" apply to all. The result is never weaker than the strongest part.
    A value that is unknown for one handle is unknown for the person, unless another handle settles it.
    """
    ties = [tie for _, tie in parts]
    last_to_you, dated_to_you = _last(ties, to_you=True)
    last_from_you, dated_from_you = _last(ties, to_you=False)
    names = (*dict.fromkeys(COUNTED.values()), "direct")
    counts: dict[str, Any] = {name: _sum(getattr(tie, name) for tie in ties) for name in names}
    contacts = [tie.last_contact for tie in ties if tie.last_contact is not None]
    return Tie(
        you_follow=_any(tie.you_follow for tie in ties),
        follows_you=_any(tie.follows_you for tie in ties),
        **counts,
        first_contact=min((tie.first_contact for tie in ties if tie.first_contact is not None), default=None),
        # Contact with an unknown time does not fade, and joining handles must not change that.
        last_contact=max(contacts, default=None) if dated_to_you and dated_from_you else None,
        last_to_you=last_to_you,
        last_from_you=last_from_you,
        vouched=any(tie.vouched for tie in ties),
        not_known=any(tie.not_known for tie in ties),
        contact=any(tie.contact for tie in ties),
        subscribed=any(tie.subscribed for tie in ties),
        lists_you=any(tie.lists_you for tie in ties),
        they_follow=_they_follow(ties),
        muted=max((tie.muted for tie in ties if tie.muted is not None), default=None),
        places=tuple(dict.fromkeys(place for place, tie in parts if _says_something(tie))),
    )


def _they_follow(ties: Iterable[Tie]) -> int | None:
    """The number of follows of the most selective handle that follows the user. One unknown number is selective."""
    numbers = [tie.they_follow for tie in ties if tie.follows_you]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return None
    return min(known, default=None)


def _last(ties: Iterable[Tie], *, to_you: bool) -> tuple[datetime | None, bool]:
    """The newest contact in one direction, and whether all its times are known."""
    times = []
    for tie in ties:
        last = tie.last_to_you if to_you else tie.last_from_you
        if _counted(tie, to_you=to_you):
            last = last or tie.last_contact
            if last is None:
                return None, False
        if last is not None:
            times.append(last)
    return max(times, default=None), True


def _counted(tie: Tie, *, to_you: bool) -> bool:
    # Direct messages whose sender is unknown count as theirs.
    if to_you and _direct_to_you(tie):
        return True
    way = "to_you" if to_you else "from_you"
    return any(getattr(tie, name) for (_, direction), name in COUNTED.items() if direction == way)


def _says_something(tie: Tie) -> bool:
    follows = _you_follow_them(tie) or _they_follow_you(tie) or tie.contact
    return bool(follows or _counted(tie, to_you=True) or _counted(tie, to_you=False))


def _sum(counts: Iterable[int | None]) -> int | None:
    every = list(counts)
    known = sum(count for count in every if count is not None)
    if known or None not in every:
        return known
    return None


def _any(flags: Iterable[bool | None]) -> bool | None:
    every = list(flags)
    if True in every:
        return True
    if None in every:
        return None
    return False


def _points(
    replies: int | None, mentions: int | None, likes: int | None, boosts: int | None, direct: int | None
) -> float:
    points = 0.0
    if replies:
        points += REPLY * _saturated(replies)
    if mentions:
        points += MENTION * _saturated(mentions)
    if likes:
        points += LIKE * _saturated(likes)
    if boosts:
        points += BOOST * _saturated(boosts)
    if direct:
        points += DIRECT * _saturated(direct)
    return points


def _saturated(count: int) -> float:
    if 0 <= count < MOST:
        return _SATURATED[count]
    return _SATURATED[MOST if count > 0 else 0]


def _left(last: datetime | None, now: datetime) -> float:
    """The share of the contact that still counts. An unknown time costs nothing."""
    if last is None:
        return 1.0
    years = (now - last).total_seconds() / _YEAR
    if years <= 0:
        return 1.0
    return float(0.5 ** (years / HALF_LIFE))
