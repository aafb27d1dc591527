"""The sentences of reasons: one function for each kind."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ..models.post import Label
from ..models.tie import Tie
from ..models.verdict import Category, Reason, ReasonKind
from .categories import READS_LIKE
from .model_reasons import account, bio, bio_words, habit, host, shape, style, wording
from .mutes import format_expiry
from .posts import label_text
from .ties import evidence, restriction_words, times

RELATIONSHIP_PENDING = "not sure yet: your relationship is not known"

COUNTS_PENDING = "not sure yet: their number of followers is not known"


def reason_text(reason: Reason) -> str:
    """The sentence of a reason, without a full stop."""
    return _SENTENCES[reason.kind](*reason.values)


def _own(part: str) -> str:
    if part == "author":
        return "you wrote this"
    return "you boosted this"


def _post_mark(category: Category) -> str:
    return f"you marked this post as {category}"


def _author_marks(category: Category, count: int) -> str:
    if count == 1:
        posts = "one of their posts"
    else:
        posts = f"{count:,} of their posts"
    return f"you marked {posts} as {category}"


def _muted(until: datetime, now: datetime) -> str:
    return f"muted by you {format_expiry(until, now)}"


def _muted_until_over() -> str:
    return "muted by you until this account, which may have been taken over, posts as usual again"


def _booster_muted(name: str, until: datetime, now: datetime) -> str:
    return f"boosted by {name}, muted by you {format_expiry(until, now)}"


def _restricted(restriction: str, list_title: str, booster: str) -> str:
    words = restriction_words(restriction, list_title)
    if booster:
        return f"boosted by {booster}: {words}"
    return words


def _titles(titles: tuple[str, ...]) -> str:
    return "".join(f' "{title}"' for title in titles)


def _server_filter(*titles: str) -> str:
    return f"your server's filter{_titles(titles)} hides it"


def _server_warning(*titles: str) -> str:
    return f"your server's filter{_titles(titles)} only warns about it"


def _vouch(name: str) -> str:
    return f"you vouched for {name or 'them'}"


def _subscribed(name: str) -> str:
    return f"you subscribed to {name or 'this feed'}"


def _label_hides(label: Label) -> str:
    if label.chosen:
        why = "which you chose to hide"
    else:
        why = "which is hidden by default"
    return f"{label_text(label)}, {why}"


def _label_covers(label: Label) -> str:
    return f"{label_text(label)}: only a warning, because you know them"


def _label_pending(label: Label) -> str:
    return f"{label_text(label)}: only a warning until that is known"


def _tie(tie: Tie) -> str:
    return evidence(tie)


def _stranger(tie: Tie) -> str:
    return f"a stranger to you: {evidence(tie)}"


def _nobody() -> str:
    return "the author is unknown"


def _pending() -> str:
    return RELATIONSHIP_PENDING


def _counts_pending() -> str:
    return COUNTS_PENDING


def _unsure(category: Category, probability: float, missing: int) -> str:
    guess = f"{READS_LIKE[category]}, {probability:.0%}"
    if missing > 0:
        if missing == 1:
            marks = "1 more mark would help"
        else:
            marks = f"{missing} more marks would help"
        return f"not sure yet ({guess}): {marks}"
    return f"not certain enough to hide it ({guess})"


def _overall(category: Category) -> str:
    return f"overall it reads like {READS_LIKE[category]}"


def _never_answered(tried: int) -> str:
    return f"they never replied to you, though you wrote to them {times(tried)}"


def _never_answered_likes(liked: int) -> str:
    return f"they never replied to you, though you liked their posts {times(liked)}"


def _rhythm(a_day: float) -> str:
    return f"about {a_day:.0f} posts a day, almost no replies"


def _no_replies(seen: int) -> str:
    return f"none of their last {seen} posts is a reply"


def _link_feed(seen: int, with_link: int) -> str:
    share = "nearly all"
    if with_link == seen:
        share = "all"
    return f"a link in {share} of their last {seen} posts, and no replies"


def _same_answers() -> str:
    return "they reply to everybody with the same words"


def _answers_alike(answers: int, seen: int) -> str:
    return f"{answers} of their last {seen} posts are replies, in words that fit any post"


def _same_form(alike: int, read: int) -> str:
    return f"{alike} of {read} of their posts fill in the same form, as machines do"


def _mass_answers(answers: int, seen: int, followers: int) -> str:
    return f"{answers} of their last {seen} posts are replies, and they have {followers:,} followers"


def _repeated(repeated: int, seen: int) -> str:
    return f"{repeated} of their last {seen} posts repeat one another"


def _posts_alike(category: Category) -> str:
    return f"their posts together read like {READS_LIKE[category]}"


def _boosted(name: str) -> str:
    return f"boosted by {name}, who you know"


def _followed_by(count: int, name: str) -> str:
    if count == 1:
        return f"followed by {name}, who you follow"
    others = "one other" if count == 2 else f"{count - 1:,} others"
    return f"followed by {name} and {others} you follow"


def _imitates(name: str, handle: str) -> str:
    return f"looks like {name} (@{handle}), who you know, but is a different account"


_TAKEN_OVER = "the account may have been taken over"


def _unlike_burst(count: int, minutes: int, host: str) -> str:
    when = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"unlike their other posts: {count} in {when} with a link to {host}; {_TAKEN_OVER}"


def _unlike_words(category: Category) -> str:
    return f"unlike their other posts, it reads like {READS_LIKE[category]}; {_TAKEN_OVER}"


_SENTENCES: Mapping[ReasonKind, Callable[..., str]] = {
    "own": _own,
    "post_mark": _post_mark,
    "author_marks": _author_marks,
    "muted": _muted,
    "booster_muted": _booster_muted,
    "muted_until_over": _muted_until_over,
    "restricted": _restricted,
    "server_filter": _server_filter,
    "server_warning": _server_warning,
    "vouch": _vouch,
    "subscribed": _subscribed,
    "label_hides": _label_hides,
    "label_covers": _label_covers,
    "label_pending": _label_pending,
    "tie": _tie,
    "stranger": _stranger,
    "nobody": _nobody,
    "pending": _pending,
    "counts_pending": _counts_pending,
    "unsure": _unsure,
    "overall": _overall,
    "never_answered": _never_answered,
    "never_answered_likes": _never_answered_likes,
    "rhythm": _rhythm,
    "no_replies": _no_replies,
    "link_feed": _link_feed,
    "same_answers": _same_answers,
    "mass_answers": _mass_answers,
    "answers_alike": _answers_alike,
    "same_form": _same_form,
    "repeated": _repeated,
    "posts_alike": _posts_alike,
    "boosted": _boosted,
    "followed_by": _followed_by,
    "imitates": _imitates,
    "unlike_burst": _unlike_burst,
    "unlike_words": _unlike_words,
    "wording": wording,
    "host": host,
    "shape": shape,
    "style": style,
    "bio": bio,
    "bio_words": bio_words,
    "habit": habit,
    "account": account,
}
"""One function per kind of reason. Its parameters are the values of the reason."""
