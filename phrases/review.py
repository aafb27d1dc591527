"""Sentences about contradictory marks, the safety check, and the preview of other levels."""

from collections.abc import Mapping, Sequence

from ..models.review import CertaintyPreview, Contradiction, Estimate, LevelPreview
from ..models.verdict import Category
from .changes import count, listed

NO_CONTRADICTION = "no marks contradict each other"
NOTHING_TO_CHECK = "no unchecked post is hidden by a guess"
CHECK_KEYS = (("hidden", "right to hide"), ("mark_person", "bring back"))
"""The actions that answer on the screen of the safety check, with their words in its footer."""

CHECK_EMPTY = "No post of this check is stored any more."
KEPT = "both are right: this is not asked again"
_FEW = 6
"""With fewer answers, an estimate would be too uncertain."""


def contradiction_text(each: Contradiction) -> str:
    """Why marks may be wrong: "@eve: you marked 3 posts both ways: 2 sales and 1 person"."""
    kinds = listed([f"{number} {category}" for category, number in each.counts])
    if each.kind == "author":
        return f"@{each.handle}: you marked {len(each.keys)} posts both ways: {kinds}"
    if each.kind == "text":
        return f"you marked {len(each.keys)} posts with nearly the same text both ways: {kinds}"
    return f"{kinds} within {max(each.seconds, 0.1):.1f} seconds: was a key held down?"


def settle_choices(each: Contradiction) -> Sequence[tuple[str, Category | None]]:
    """The answers that change marks: what they do, and the category that they set (None removes the marks)."""
    if each.kind == "burst":
        return (("remove these marks", None),)
    return (("all of them are by a person", "person"), (f"all of them are {each.noise}", each.noise))


def keep_choice(each: Contradiction) -> str:
    """The answer that changes nothing."""
    if each.kind == "burst":
        return "they are right: keep them"
    return "both are right: keep them"


def settle_words(each: Contradiction) -> Mapping[str, Category | None]:
    """The words in --plain for the answers that change marks."""
    return {category or "remove": category for _, category in settle_choices(each)}


def contradicts_text(key: str) -> str:
    """The note after a mark that contradicts others on the author; `key` asks about them."""
    return f"your marks on this author go both ways: {key} asks which are right"


def contradictions_title(number: int) -> str:
    """The number of contradictions."""
    if number == 1:
        return "1 question about your marks: which are right?"
    return f"{number} questions about your marks: which are right?"


def offer_text(posts: int, key: str) -> str:
    """Offers the safety check in one line; `key` opens it."""
    if posts == 1:
        return f"Safety check: should this post stay hidden? {key} shows it."
    return f"Safety check: should these {posts} posts stay hidden? {key} shows them."


def check_title(answered: int, posts: int, right: str, back: str) -> str:
    """The progress of a check and its two keys."""
    return f"safety check · {answered} of {posts} answered · {right} right to hide · {back} brings it back"


def answer_text(answer: str) -> str:
    """The answer about a post of a check."""
    return {"right": "right to hide", "wrong": "brought back"}[answer]


def check_ended(found: Estimate | None, leave: str) -> str:
    """The last line of a check; `leave` is a key."""
    return f"End of the check. {estimate_text(found)}. {leave} goes back."


def estimate_text(found: Estimate | None) -> str:
    """ "about 1 of 100 posts hidden by a guess was by a person (between 0 and 5), from 24 answers"."""
    if found is None:
        return "no hidden post has been checked yet"
    answers = count(found.asked, "answer")
    if found.asked < _FEW:
        return f"{answers} so far: too few for an estimate"
    were = "was by a person" if found.about == 1 else "were by people"
    about = "none" if found.about == 0 else f"about {found.about}"
    return f"{about} of 100 posts hidden by a guess {were} (between {found.low} and {found.high}), from {answers}"


def certainty_heading(percent: int) -> str:
    """The heading of the previews of other certainties."""
    return f"At another certainty (hide_above in config.toml; now {percent}%)"


def preview_text(each: LevelPreview | CertaintyPreview) -> str:
    """ "41 posts by 7 accounts would appear: @eve 12, @bob 9 and @shop 8"."""
    number = each.appear or each.vanish
    if not number:
        return "nothing would change"
    does = "appear" if each.appear else "disappear"
    names = [f"{' = '.join(f'@{handle}' for handle in handles)} {posts}" for handles, posts in each.top]
    more = each.authors - len(names)
    if more:
        names.append(f"{more} more")
    return f"{count(number, 'post')} by {count(each.authors, 'account')} would {does}: {listed(names)}"
