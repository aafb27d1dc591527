"""Pure steps of the composer on its draft."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from ...models.draft import Draft, DraftMedia, Visibility

SIGNS = "@#:"
"""The first characters of words that can be completed."""

COVERS = "(no text)"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def draft_kept(draft: Draft, started_with: str) -> bool:
    """Whether a draft contains something that the user added."""
    return draft.text.strip() not in ("", started_with.strip()) or bool(draft.media) or draft.poll is not None


def next_audience(draft: Draft, choices: Sequence[Visibility]) -> Visibility:
    """The audience after the current one; the first one follows the last."""
    at = -1
    if draft.audience in choices:
        at = choices.index(draft.audience)
    return choices[(at + 1) % len(choices)]


def next_language(typed: str) -> str | None:
    """A typed language code; "" for none, None if it is invalid."""
    typed = typed.strip()
    if not typed or _LANGUAGE.fullmatch(typed):
        return typed
    return None


def with_media(draft: Draft, medium: DraftMedia) -> Draft:
    """The draft with one more attachment."""
    return replace(draft, media=(*draft.media, medium))
