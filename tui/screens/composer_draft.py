"""Pure steps of the composer on its draft."""

import re
from collections.abc import Sequence
from pathlib import Path

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


def language_mistake(typed: str) -> str:
    """What is wrong with a typed language code; "" if it is one, or is empty."""
    if not typed.strip() or _LANGUAGE.fullmatch(typed.strip()):
        return ""
    return "a language is a code such as en, de or pt-BR · esc closes"


def file_mistake(typed: str) -> str:
    """What is wrong with a typed path; "" if a file is there, or it is empty."""
    path = typed.strip()
    if not path or Path(path).expanduser().is_file():
        return ""
    return f"there is no file {path} · esc closes"


def options_in(typed: str) -> tuple[str, ...]:
    """The options of a poll, from a line that separates them with |."""
    return tuple(part.strip() for part in typed.split("|") if part.strip())


def options_mistake(typed: str) -> str:
    """What is wrong with typed options of a poll; "" if there are none, or at least two."""
    options = options_in(typed)
    if not options or len(set(options)) > 1:
        return ""
    return "a poll has at least two different options: separate them with | · esc closes"


def with_media(draft: Draft, medium: DraftMedia) -> Draft:
    """The draft with one more attachment."""
    return replace(draft, media=(*draft.media, medium))
