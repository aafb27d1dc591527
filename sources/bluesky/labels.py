"""Labels: what moderators, or authors themselves, say of a post or an account.

https://atproto.com/specs/label; the values that every client knows are listed in
https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/label/defs.json.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from ..entities import Entity, part_of, parts_of, text_of, time_of

_HIDE = "!hide"
_HIDDEN = "hidden by the moderators"
# What is warned of, in words; on an account it holds for all of its posts.
_CONTENT = {
    "!warn": "the moderators warn of this",
    "porn": "adult content",
    "sexual": "sexual content",
    "nudity": "nudity",
    "graphic-media": "graphic media",
    "gore": "graphic media",
    "nsfl": "graphic media",
}
# Who may see it or whom it may be suggested to, and what kind of account it is, is no warning.
_SILENT = ("", _HIDE, "!no-unauthenticated", "!no-promote", "bot")


def is_bot(profile: Entity) -> bool | None:
    """Whether the account says of itself that it is automated: the self-label `bot`, in use since March 2026."""
    if not isinstance(profile.get("labels"), list):
        return None
    did = text_of(profile, "did")
    return any(value == "bot" and source in ("", did) for value, source in _labels(profile))


def warning_of(view: Entity, record: Entity, author: Entity) -> str:
    """The content warning that the labels of a post and its author make; "" where nothing is warned of."""
    own = [text_of(each, "val") for each in parts_of(part_of(record, "labels") or {}, "values")]
    values = [*(value for value, _ in _labels(view)), *own]
    words = [_CONTENT.get(value, value.replace("-", " ")) for value in values if value not in _SILENT]
    words += [_CONTENT[value] for value, _ in _labels(author) if value in _CONTENT]
    return ", ".join(dict.fromkeys(words))


def filters_of(view: Entity, author: Entity) -> tuple[tuple[str, ...], bool]:
    """What moderators say of the post or of its author's account beside its content, and whether they hide it."""
    hidden = any(value == _HIDE for each in (view, author) for value, _ in _labels(each))
    did = text_of(author, "did")
    said = [
        value.replace("-", " ")
        for value, source in _labels(author)
        if source != did and value not in _CONTENT and value not in _SILENT
    ]
    return tuple(dict.fromkeys([_HIDDEN] * hidden + said)), hidden


def _labels(entity: Entity) -> Iterator[tuple[str, str]]:
    """The value and the source of each label that holds now: not taken back, not run out."""
    now = datetime.now(UTC)
    for label in parts_of(entity, "labels"):
        runs_out = time_of(label, "exp")
        if label.get("neg") is not True and (runs_out is None or runs_out > now):
            yield text_of(label, "val"), text_of(label, "src")
