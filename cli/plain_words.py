"""The texts of --plain: posts, verdicts, people and the report, one sentence per line."""

from collections.abc import Sequence
from datetime import datetime

from ..models.joined import Handle, Proposal
from ..models.post import Media, Poll, Post, is_article
from ..models.verdict import CATEGORIES, Level, warning_reason
from ..models.view import Counts, HideCause, JudgedPost, TieView, Why, hide_cause
from ..phrases.actions import action_notes, action_states
from ..phrases.changes import as_sentence, count
from ..phrases.joins import reason_text
from ..phrases.people import contact_sentences, first_contact, numbers, profile, shares
from ..phrases.posts import COVERED, audience, changes, label_text, warning_text
from ..phrases.reasons import reason_text as verdict_reason_text
from ..phrases.report import certainty_text
from ..phrases.ties import tie_line, tie_text
from ..phrases.verdicts import first_reason, headline, reason_lines
from ..session.report import Report

_SIGNS = {"image": "Picture", "video": "Video", "gifv": "Moving picture", "audio": "Sound", "unknown": "Attachment"}


ARTICLE_LINES = 4
"""The number of lines of an article that are printed until it is opened."""
TEXT_SIGN = "| "
"""The prefix of each line of a post's text."""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', "'") + '"'


def read_post(judged: JudgedPost, place: str, now: datetime, *, opened: bool, cover: bool = False) -> list[str]:
    """The lines of a post. `place` is its position ("3 of 41"); `opened` shows the text below a warning.

    `cover` leaves out the text of private posts.
    """
    post = judged.post
    author = post.author
    # Names are in quotes and text has a prefix, so that neither can imitate output of the program.
    if author.shown_name != author.handle:
        who = f"{_quoted(author.shown_name)}, {author.handle}"
    else:
        who = author.handle
    standing: str = judged.tie_name
    if judged.verdict.cause == "own" and post.booster is None:
        standing = "you"
    head = [f"{place}. {who}", standing, when(post.at, now)]
    head += [audience(post), *changes(post)]
    if judged.mark is not None:
        head.append(f"marked {judged.mark}")
    head += action_states(judged)
    lines = [", ".join(part for part in head if part) + "."]
    if post.booster is not None:
        lines.append(f"Boosted by {_quoted(post.booster.shown_name)}, {post.booster.handle}.")
    if post.reply_to is not None:
        lines.append(f"In reply to {post.reply_to}." if post.reply_to else "A reply.")
    if (careful := warning_reason(judged.verdict)) is not None:
        lines.append(f"Careful: {verdict_reason_text(careful)}.")
    if cover and post.is_private:
        return [*lines, as_sentence(COVERED)]
    if post.covered:
        warning = f"Warning: {warning_text(post)}."
        if not opened:
            return [*lines, f"{warning} Enter opens it."]
        lines.append(warning)
    text = [f"{TEXT_SIGN}{line}" for line in post.text.splitlines() if line.strip()]
    if is_article(post) and not opened and len(text) > ARTICLE_LINES:
        lines += [*text[:ARTICLE_LINES], f"{len(text) - ARTICLE_LINES} more lines: open and Enter reads them."]
        return lines
    lines += text
    lines += extras(post, now)
    lines += [as_sentence(label_text(label)) for label in post.labels if label.effect == "inform"]
    if note := " ".join(action_notes(judged.actions)):
        lines.append(as_sentence(note))
    lines += [f"A filter on your server matched: {title}." for title in post.server_filters]
    return lines


def posts_before(number: int) -> str:
    """How many posts of a conversation are before the opened one, where reading begins."""
    if not number:
        return ""
    if number == 1:
        return ", 1 of them before this one, which k reads"
    return f", {number} of them before this one, which k reads"


def extras(post: Post, now: datetime) -> list[str]:
    """The other parts of a post: quoted post, poll, media with descriptions, and link."""
    lines = []
    if post.quote is not None:
        quoted = post.quote.handle or "a post"
        lines.append(f"Quotes {quoted}: {' '.join(post.quote.text.split())}")
    if post.poll is not None:
        lines += _poll(post.poll, now)
    lines += [_medium(medium) for medium in post.media or ()]
    if post.card is not None:
        about = " ".join(post.card.description.split())
        lines.append(f"Link to {post.card.title or post.card.url}{f': {about}' if about else ''}")
    return lines


def _medium(medium: Media) -> str:
    return f"{_SIGNS[medium.kind]}: {' '.join(medium.alt.split()) or 'no description'}."


def _poll(poll: Poll, now: datetime) -> list[str]:
    total = sum(option.votes or 0 for option in poll.options)
    lines = [f"Poll, {total:,} vote{'s' if total != 1 else ''}{', closed' if poll.is_closed(now) else ''}."]
    for option in poll.options:
        share = ""
        if option.votes is not None and total:
            share = f": {option.votes / total:.0%}"
        lines.append(f"Option: {option.text}{share}.")
    return lines


def why_lines(why: Why) -> list[str]:
    """The full explanation of a verdict."""
    lines = [f"{headline(why.verdict, why.level)}."]
    for number, (sentence, weight) in enumerate(reason_lines(why.verdict), 1):
        lines.append(f"Reason {number}: {sentence}, weight {weight:.1f}.")
    scores = why.verdict.scores
    taken = ", ".join(f"{category} {scores[category]:.0%}" for category in CATEGORIES if category in scores)
    lines.append(f"Scores: {taken}.")
    lines += [f"Between you: {tie_line(tie)}." for tie in (why.tie, why.booster_tie) if tie is not None]
    shown = [level.name for level in Level if why.verdict.shown_at(level)]
    lines.append(f"Shown at: {', '.join(shown) or 'no level'}.")
    return lines


def hidden_words(judged: JudgedPost) -> str:
    """Why a hidden post is hidden."""
    reason = first_reason(judged.verdict)
    return f"Hidden as {hide_cause(judged.verdict)}: {reason}."


def person_lines(judged: JudgedPost, tie: TieView) -> list[str]:
    """The author of a post: numbers, tie and interactions."""
    author = judged.post.author
    lines = [", ".join([f"{author.shown_name}, {author.handle}", *numbers(author)]) + "."]
    if author.bio:
        lines.append(f"About: {' '.join(author.bio.split())}")
    lines += [as_sentence(each) for each in profile(author)]
    lines.append("This is you." if tie.own else f"To you: {judged.tie_name}. {tie_text(tie)}.")
    lines += contact_sentences(judged.tie)
    if first := first_contact(judged.tie):
        lines.append(as_sentence(first))
    return lines


def joined_lines(judged: JudgedPost, joined: Sequence[Handle], proposals: Sequence[Proposal]) -> list[str]:
    """The other handles of an author, and handles that may be the same person."""
    author = judged.post.author
    lines = [f"Also {handle.handle} on {handle.network}, joined by you; J off unjoins them." for handle in joined]
    lines += [
        f"{each.other.handle} on {each.other.network} may be the same person: {reason_text([each])}."
        f" J {each.other.handle} and Enter joins them, J no rejects."
        for each in proposals
    ]
    return lines or [f"{author.handle} is not joined. J, their handle on another network, and Enter joins them."]


def counts_text(counts: Counts) -> str:
    """ "41 shown, 212 hidden", with "about" before each number until all stored posts are judged."""
    about = "" if counts.exact else "about "
    return f"{about}{counts.shown} shown, {about}{counts.hidden_total} hidden"


def report_lines(report: Report, counts: Counts, level: str, marks: int) -> list[str]:
    """The quiet report, one sentence per figure."""
    total = counts.shown + counts.hidden_total
    as_what = f": {shares(counts.hidden)}" if counts.hidden_total else ""
    lines = [f"The quiet report: {counts.hidden_total} of {total} loaded posts are hidden at level {level}{as_what}."]
    for day, shown, kinds in report.days:
        hidden: dict[HideCause, int] = dict(kinds)
        what = f": {shares(hidden)}" if hidden else ""
        lines.append(f"{day:%A} {day.day} {day:%B}: {shown} shown, {sum(hidden.values())} hidden{what}.")
    for number, (handles, times, kind) in enumerate(report.accounts, 1):
        lines.append(f"Hidden most often, {number}: {' and '.join(handles)}, {times} hidden, mostly {kind}.")
    lines += [f"Certainty {certainty_text(least)}: {count(number, 'post')}." for least, number in report.sure]
    lines.append(f"{marks} mark{'s' if marks != 1 else ''} so far, {report.marked} on loaded posts.")
    return lines


def when(at: datetime | None, now: datetime) -> str:
    """The time since a post: "just now", "5 minutes ago", "2 days ago", "on 12 November 2025"."""
    if at is None:
        return ""
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return "just now"
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count:
            if word == "day" and count > 6:
                break
            return f"{count} {word}{'s' if count != 1 else ''} ago"
    local = at.astimezone()
    return f"on {local.day} {local:%B %Y}"
