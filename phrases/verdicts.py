"""Sentences for verdicts and their reasons, the same on the screens, in plain text and in JSON."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ..models.post import Label
from ..models.tie import Tie
from ..models.verdict import Category, Cause, Level, Reason, ReasonKind, Verdict
from ..models.view import HideCause, hide_cause
from .mutes import format_expiry
from .posts import label_text
from .ties import evidence, restriction_words, times

RELATIONSHIP_PENDING = "not sure yet: your relationship is not known"
COUNTS_PENDING = "not sure yet: their number of followers is not known"

_AS: Mapping[Category, str] = {"person": "a person's", "celebrity": "celebrity", "sales": "sales", "spam": "spam"}
_LIKE: Mapping[Category, str] = {"person": "a person", "celebrity": "a broadcast", "sales": "sales", "spam": "spam"}

_SHAPES: Mapping[str, str] = {
    "link": "it links somewhere",
    "links": "it is full of links",
    "bare_link": "a link with hardly a word around it",
    "short_link": "a shortened link",
    "mentions": "it mentions many people",
    "mention": "it speaks to somebody",
    "hashtags": "it is full of hashtags",
    "hashtag": "it uses a hashtag",
    "price": "it names a price",
    "percent": "it names a percentage",
    "phone": "it gives a phone number",
    "capitals": "it shouts in capitals",
    "bangs": "it is full of exclamation marks",
    "emoji": "it is full of emoji",
    "emoji_front": "it begins like an advert, with an emoji",
    "numbers": "it is full of numbers",
    "disguise": "it is written to slip past filters",
    "long": "it is long",
    "short": "it is short",
    "reply": "it answers somebody",
    "question": "it asks a question",
    "media": "it carries pictures",
    "first_person": "somebody speaks of themselves",
    "second_person": "it talks at its reader",
    "lower_start": "it is written casually",
    "lines": "it is set out like an advert",
    "card": "it shows a link's preview",
    "poll": "it holds a poll",
}

_BIOS: Mapping[str, str] = {
    "public": "their bio is that of an office, a medium, a company or a stage",
    "voice": "their bio is that of somebody in the news or in politics",
}

_HABITS: Mapping[str, str] = {
    "links": "nearly every post of theirs holds a link",
    "answers": "they answer people",
    "repeats": "they post the same again and again",
}

_HIDDEN_WORDS: Mapping[HideCause, str] = {
    "celebrity": "celebrity",
    "sales": "sales",
    "spam": "spam",
    "stranger": "a stranger",
    "filtered": "your server's own filter",
    "muted": "muted by you",
}

_CAUSE_WORDS: Mapping[Cause, str] = {
    "label": "a label",
    "user_rule": "a rule of yours",
    "server_block": "blocked on your server",
    "server_mute": "muted on your server",
}
"""Causes with their own texts. For others, the text names the cause that hides the post."""


def headline(verdict: Verdict, level: Level) -> str:
    """One line: whether the post is shown at a level, and why not."""
    if verdict.shown_at(level):
        return f"Shown at level {level.name}"
    words = _CAUSE_WORDS.get(verdict.cause) or _HIDDEN_WORDS[hide_cause(verdict)]
    return f"Hidden at level {level.name}: {words}"


def reason_lines(verdict: Verdict) -> tuple[tuple[str, float], ...]:
    """Each reason's sentence and weight, strongest first."""
    return tuple((reason_text(reason), reason.weight) for reason in verdict.reasons)


def reason_text(reason: Reason) -> str:
    """The sentence of a reason, without a full stop."""
    return _SENTENCES[reason.kind](*reason.values)


def first_reason(verdict: Verdict) -> str:
    """The sentence of the strongest reason."""
    if verdict.reasons:
        return reason_text(verdict.reasons[0])
    return "no reason was stored"


def _own(part: str) -> str:
    if part == "author":
        return "you wrote this"
    return "you boosted this"


def _post_mark(category: Category) -> str:
    return f"you marked this post as {_AS[category]}"


def _author_marks(category: Category, count: int) -> str:
    if count == 1:
        posts = "one of their posts"
    else:
        posts = f"{count:,} of their posts"
    return f"you marked {posts} as {_AS[category]}"


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
    return f"your server's filter{_titles(titles)} only warns of it"


def _vouch(name: str) -> str:
    return f"you vouched for {name or 'them'}"


def _subscribed(name: str) -> str:
    return f"you subscribed to {name or 'this feed'}"


def _label_hides(label: Label) -> str:
    if label.chosen:
        why = "you chose to hide that"
    else:
        why = "that is hidden unless you choose otherwise"
    return f"{label_text(label)}, and {why}"


def _label_covers(label: Label) -> str:
    return f"{label_text(label)}: only warned of, because you know them"


def _label_pending(label: Label) -> str:
    return f"{label_text(label)}: only warned of until then"


def _tie(tie: Tie) -> str:
    return evidence(tie)


def _stranger(tie: Tie) -> str:
    return f"a stranger to you: {evidence(tie)}"


def _nobody() -> str:
    return "it is not known who wrote this"


def _pending() -> str:
    return RELATIONSHIP_PENDING


def _counts_pending() -> str:
    return COUNTS_PENDING


def _unsure(category: Category, probability: float, missing: int) -> str:
    guess = f"{_LIKE[category]}, {probability:.0%}"
    if missing > 0:
        if missing == 1:
            marks = "1 more mark teaches it"
        else:
            marks = f"{missing} more marks teach it"
        return f"not sure yet ({guess}): {marks}"
    return f"not sure ({guess}): too little to hide it"


def _overall(category: Category) -> str:
    return f"all in all it reads like {_LIKE[category]}"


def _never_answered(tried: int) -> str:
    return f"they never answered you, though you wrote to them {times(tried)}"


def _never_answered_likes(liked: int) -> str:
    return f"they never answered you, though you liked their posts {times(liked)}"


def _rhythm(a_day: float) -> str:
    return f"about {a_day:.0f} posts a day, hardly an answer among them"


def _no_replies(seen: int) -> str:
    return f"none of their last {seen} posts answers anybody"


def _link_feed(seen: int, with_link: int) -> str:
    share = "nearly each"
    if with_link == seen:
        share = "each"
    return f"a link in {share} of their last {seen} posts, and no answer to anybody"


def _same_answers() -> str:
    return "they answer everybody with the same words"


def _mass_answers(answers: int, seen: int, followers: int) -> str:
    return f"{answers} of their last {seen} posts answer people, before {followers:,} followers"


def _repeated(repeated: int, seen: int) -> str:
    return f"{repeated} of their last {seen} posts say the same"


def _posts_alike(category: Category) -> str:
    return f"their posts together read like {_LIKE[category]}"


def _boosted(name: str) -> str:
    return f"boosted by {name}, whom you know"


def _followed_by(count: int, name: str) -> str:
    if count == 1:
        return f"followed by {name}, whom you follow"
    others = "one other" if count == 2 else f"{count - 1:,} others"
    return f"followed by {name} and {others} whom you follow"


def _imitates(name: str, handle: str) -> str:
    return f"not {name} (@{handle}), whom you know, though it looks like them"


_TAKEN_OVER = "the account may have been taken over"


def _unlike_burst(count: int, minutes: int, host: str) -> str:
    when = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"unlike their other posts: {count} in {when} with a link to {host}; {_TAKEN_OVER}"


def _unlike_words(category: Category) -> str:
    return f"unlike their other posts, it reads like {_LIKE[category]}; {_TAKEN_OVER}"


def _wording(category: Category, words: str) -> str:
    return f'reads like {_LIKE[category]}: "{words}"'


def _host(host: str) -> str:
    return f"it links to {host}"


def _shape(name: str, quoted: str = "") -> str:
    if quoted:
        return f"{_SHAPES[name]}: {quoted}"
    return _SHAPES[name]


def _style(category: Category) -> str:
    return f"its capitals, numbers and signs are typed as in what you marked as {_AS[category]}"


def _bio(category: Category) -> str:
    return f"their bio reads like {_LIKE[category]}"


def _bio_words(name: str) -> str:
    return _BIOS[name]


def _habit(name: str) -> str:
    return _HABITS[name]


def _account(followers: int | None, following: int | None, posts: int | None, bot: bool | None) -> str:
    parts = []
    if followers is not None:
        parts.append(f"{_short(followers)} follower{'' if followers == 1 else 's'}")
    if following is not None:
        parts.append(f"follows {_short(following)}")
    if bot:
        parts.append("marked as a bot")
    if not parts and posts is not None:
        parts.append(f"{_short(posts)} post{'' if posts == 1 else 's'}")
    return ", ".join(parts) or "the account's own numbers"


def _short(number: int) -> str:
    if number >= 1_000_000:
        return f"{number / 1_000_000:.1f} M"
    if number >= 100_000:
        return f"{number / 1000:.0f},000"
    return f"{number:,}"


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
    "repeated": _repeated,
    "posts_alike": _posts_alike,
    "boosted": _boosted,
    "followed_by": _followed_by,
    "imitates": _imitates,
    "unlike_burst": _unlike_burst,
    "unlike_words": _unlike_words,
    "wording": _wording,
    "host": _host,
    "shape": _shape,
    "style": _style,
    "bio": _bio,
    "bio_words": _bio_words,
    "habit": _habit,
    "account": _account,
}
"""One function per kind of reason. Its parameters are the values of the reason."""
