"""Pure steps of the composer on its draft."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from ...models.draft import Draft, DraftMedia, Visibility

SIGNS = "@#:"
"""The signs that begin a word which can be completed."""

COVERS = "(no text)"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def draft_kept(draft: Draft, started_with: str) -> bool:
    """Whether a draft holds something that the user wrote."""
    return draft.text.strip() not in ("", started_with.strip()) or bool(draft.media) or draft.poll is not None


def next_audience(draft: Draft, choices: Sequence[Visibility]) -> Visibility:
    """The audience after the present one; after the narrowest comes the widest."""
    at = choices.index(draft.audience) if draft.audience in choices else -1
    return choices[(at + 1) % len(choices)]


def next_language(answer: str) -> str | None:
    """A typed language code; "" for none, None for something else."""
    answer = answer.strip()
    if not answer or _LANGUAGE.fullmatch(answer):
        return answer
    return None


def with_media(draft: Draft, medium: DraftMedia) -> Draft:
    """The draft with one more attachment."""
    return replace(draft, media=(*draft.media, medium))
