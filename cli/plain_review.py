"""The safety check, contradictory marks and the preview of levels in --plain."""

from ..models.errors import StoreError
from ..models.review import Contradiction
from ..phrases.changes import as_sentence, change_text
from ..phrases.review import (
    KEPT,
    NO_CONTRADICTION,
    NOTHING_TO_CHECK,
    certainty_heading,
    contradiction_text,
    contradictions_title,
    estimate_text,
    offer_text,
    preview_text,
    settle_words,
)
from ..session import Session
from ..session.what_if import preview_certainties, preview_levels
from .plain_list import fixed
from .plain_reader import Reader

_KEEP = "both"


def check_hidden(reader: Reader) -> None:
    """Open the posts of the safety check."""
    session = reader.session
    if reader.walk.opened_by != "safety":
        reader.print_lines("Safety check: h and Enter if a post is right to hide, p and Enter if it is by a person.")
    keys = session.safety.posts()
    if keys:
        reader.open(fixed("the safety check", "safety", keys))
    else:
        reader.print_lines(as_sentence(NOTHING_TO_CHECK))


def keep_hidden(reader: Reader) -> None:
    """Answer that the post is rightly hidden, and go on. After the last answer, read out the estimate."""
    session, judged = reader.session, reader.here()
    if judged is None:
        return
    reader.print_lines(as_sentence(change_text(session.safety.keep_hidden(judged.key), session.clock.now())))
    if all(session.safety.answer(key) for key in reader.walk.keys):
        reader.print_lines(as_sentence(f"End of the check: {estimate_text(session.safety.estimate())}"))
    else:
        reader.do_down(1, "")


def contradictions(reader: Reader, rest: str) -> None:
    """List the contradictions, read the posts of one ("2"), or settle it ("2 person")."""
    session = reader.session
    found = session.contradictions.find()
    number, _, word = rest.partition(" ")
    if not found:
        reader.print_lines(as_sentence(NO_CONTRADICTION))
    elif not number.isdecimal() or not 0 < int(number) <= len(found):
        reader.print_lines(contradictions_title(len(found)))
        for place, each in enumerate(found, 1):
            reader.print_lines(f"{place}: {contradiction_text(each)}. {_answers(place, each)}")
    elif not word.strip():
        each = found[int(number) - 1]
        session.timeline.get_or_load(each.keys)
        reader.open(fixed("these marked posts", "contradictions", each.keys))
    else:
        _settle(reader, int(number), found[int(number) - 1], word.strip())


def _settle(reader: Reader, place: int, each: Contradiction, word: str) -> None:
    session, words = reader.session, settle_words(each)
    if word == _KEEP:
        session.contradictions.keep(each)
        reader.print_lines(as_sentence(KEPT))
    elif word in words:
        change = session.contradictions.settle(each, words[word])
        reader.print_lines(f"{as_sentence(change_text(change, session.clock.now()))} u undoes that.")
        reader.walk.update()
    else:
        reader.print_lines(_answers(place, each))


def _answers(place: int, each: Contradiction) -> str:
    words = [*settle_words(each), _KEEP]
    return f"Answer with {', '.join(f'M{place} {word}' for word in words)}; M{place} reads them."


def review_lines(session: Session) -> list[str]:
    """The estimate, contradictions and the preview of levels, for the report."""
    lines = [f"Safety check: {estimate_text(session.safety.estimate())}; H and Enter checks."]
    number = len(session.contradictions.find())
    if number:
        lines.append(f"{contradictions_title(number)} M and Enter lists them.")
    timeline = session.timeline
    for each in preview_levels(timeline.posts, timeline.level, session.links.handles_of):
        lines.append(f"At level {each.level.name}: {preview_text(each)}.")
    lines.append(f"{certainty_heading(timeline.certainty)}:")
    for other in preview_certainties(timeline, session.links.handles_of):
        lines.append(f"At {other.percent}%: {preview_text(other)}.")
    return lines


def offer_line(session: Session) -> list[str]:
    """The offer of a safety check, if one is due."""
    try:
        posts = session.safety.offer()
    except StoreError:
        # The disk is full. It is offered another time.
        return []
    return [offer_text(posts, "H and Enter")] if posts else []
