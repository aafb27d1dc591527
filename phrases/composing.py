"""Sentences about posts that are being written: their length, their problems, and the posts they reply to."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..models.action import ActionState
from ..models.draft import Draft, QuotePolicy, ThreadGate, Visibility
from ..models.view import TieView
from .ties import tie_text

if TYPE_CHECKING:
    from ..models.compose import ComposeRules, Length

AUDIENCES: dict[Visibility, str] = {
    "public": "public",
    "unlisted": "unlisted",
    "followers": "followers",
    "direct": "direct",
}
_READERS: dict[Visibility, str] = {
    "public": "everybody",
    "unlisted": "everybody who finds it",
    "followers": "your followers",
    "direct": "only the people it mentions",
}
_READERS_OF_OTHERS: dict[Visibility, str] = {
    **_READERS,
    "unlisted": "those who find it",
    "followers": "the followers of its author",
    "direct": "the people it mentions",
}
NOTHING_WRITTEN = "There is nothing to send: the text is empty."


def draft_not_saved(why: str, key: str) -> str:
    """Says that a draft cannot be stored, and that `key` closes the composer without it."""
    return (
        f"{why} The draft is not saved; its text is copied, if the terminal allows it. {key} again closes without it."
    )


def length_text(length: "Length") -> str:
    """The length of a text: "12 of 500", in bytes if the limit in bytes is exceeded."""
    if length.byte_limit and length.text_bytes > length.byte_limit:
        return f"{length.text_bytes:,} of {length.byte_limit:,} bytes"
    return f"{length.count:,} of {length.limit:,}"


def too_long(length: "Length", network: str, *, can_split: bool = True) -> str:
    """The error about a text that is too long."""
    hint = ""
    if can_split:
        hint = "; `--thread` splits it into a thread"
    return f"The text is too long for {network}: {length_text(length)}{hint}."


def audience_text(visibility: Visibility) -> str:
    """An audience and its readers: "followers: your followers can read it"."""
    return f"{AUDIENCES[visibility]}: {_READERS[visibility]} can read it"


def wider_text(draft: Draft) -> str:
    """The warning about a reply with a larger audience than the post it replies to."""
    assert draft.reply_to is not None
    return (
        f"{_READERS[draft.audience].capitalize()} can read this reply, but only"
        f" {_READERS_OF_OTHERS[draft.reply_to.visibility]} can read the post it replies to."
    )


def only_public(network: str) -> str:
    """The error about an audience that a network does not have."""
    return f"{network} has only public posts: nothing was sent."


def lacks(network: str, what: str) -> str:
    """The error about a feature that a network does not have."""
    return f"{network} has no {what}: nothing was sent."


def other_account(handle: str) -> str:
    """The error about a reply by an account that cannot see the post."""
    return f"This account cannot see the post of {handle}: reply with the account that shows it."


def too_many_files(count: int, network: str) -> str:
    """The error about too many attachments."""
    if count == 0:
        return f"{network} does not allow attachments here."
    return f"{network} allows at most {count} attachments."


def long_description(name: str, limit: int) -> str:
    """The error about a description of more than `limit` characters."""
    return f"The description of {name} is longer than {limit:,} characters."


def poll_options(rules: "ComposeRules", network: str) -> str:
    """The error about a poll with the wrong number or length of options."""
    return (
        f"A poll on {network} has 2 to {rules.poll_options} different options"
        f" of at most {rules.poll_option_characters} characters."
    )


def poll_duration(rules: "ComposeRules", network: str) -> str:
    """The error about a poll that is too short or too long."""
    shortest, longest = rules.poll_shortest // 60, rules.poll_longest // 86_400
    return f"A poll on {network} is open for {shortest} minutes to {longest} days."


POLL_WITH_FILES = "A post has either a poll or attachments."
TOO_SOON = "A post must be scheduled at least five minutes ahead: nothing was sent."
SCHEDULED_THREAD = "A thread cannot be scheduled, because each part replies to the one before."


def not_permitted(handle: str, what: str) -> str:
    """The error about a reply or quote that the author does not allow. `what` is "reply to" or "quote"."""
    return f"{handle} does not let you {what} this post."


def asks_first(handle: str, what: str) -> str:
    """The warning that the author must approve. `what` is "reply" or "quote"."""
    return f"{handle} must approve your {what} before others can see it."


def no_description(names: list[str]) -> str:
    """The reminder about attachments without a description."""
    return f"No description: {', '.join(names)}. People who use a screen reader will not know what it shows."


def you_answer(view: TieView) -> str:
    """The line above a reply: "replying to ada@example.social: close; you follow each other, last in April 2026"."""
    if view.own:
        return f"replying to yourself ({view.handle})"
    return f"replying to {view.handle}: {view.name}; {tie_text(view)}"


def imitates(handle: str, known: str) -> str:
    """The warning about a name that looks like that of somebody the user knows."""
    return f"{handle} looks like {known}, who you know, but is a different account."


def scheduled_text(at: datetime) -> str:
    """When the server will send a post: "scheduled for 2026-12-01 08:00"."""
    return f"scheduled for {at.astimezone():%Y-%m-%d %H:%M}"


def held_text(count: int, seconds: int, undo_key: str, *, edits: bool = False) -> str:
    """How many posts, or edits, are sent in so many seconds, and the key that cancels them."""
    noun = "edit" if edits else "post"
    what, it = f"{count} {noun}s are", "them"
    if count == 1:
        what, it = f"the {noun} is", "it"
    return f"{what} sent in {seconds} second{'' if seconds == 1 else 's'} · {undo_key} cancels {it}"


def draft_stored(problem: str, number: int) -> str:
    """Why a text was not sent, and the draft that holds it."""
    return f"{problem.removesuffix('.')}; the text is draft {number}."


def not_withdrawn(states: Sequence[ActionState | None], *, edit: bool) -> str:
    """Why a queued post cannot be undone. `states` are those of its parts, None for one not in the outbox."""
    what = "edit" if edit else "post"
    sent = sum(state == "done" for state in states)
    if sent == len(states):
        if edit:
            return "The edit was already sent: edit the post again to change it back."
        return "The post was already sent: delete it with `delete` (palette, --plain) or `quietfeed delete POST`."
    if "sending" in states:
        return f"The {what} is being sent: wait until that is done."
    if "unclear" in states:
        return f"It is not known yet whether the {what} was sent: `quietfeed outbox` shows the result."
    if sent:
        return f"{sent} of {len(states)} posts were already sent: `quietfeed outbox` lists the others."
    return f"The {what} is no longer in the outbox: `quietfeed drafts` lists what was not sent."


def removed_reasons(account: str) -> tuple[str, str]:
    """Why the post of a removed account is a draft again: it was not sent, or it is unknown whether it was."""
    return (
        f"{account} was removed before this was sent.",
        f"{account} was removed before it was known whether this was sent.",
    )


def uploading_text(name: str, percent: int, size: int) -> str:
    """The progress of an upload: "sending lake.mp4: 40 % of 12.3 MB". `size` is in bytes."""
    return f"sending {name}: {percent} % of {size / 1_000_000:.1f} MB"


VIDEO_ALONE = "A post on this network has either one video or images: nothing was sent."


def parts_text(count: int) -> str:
    """How many posts a text is split into."""
    if count == 1:
        return "one post"
    return f"a thread of {count} posts"


GATES: dict[ThreadGate, str] = {
    "": "everybody",
    "mentioned": "the people it mentions",
    "followers": "your followers",
    "following": "the people you follow",
    "nobody": "nobody",
}
"""Who may reply."""

QUOTERS: dict[QuotePolicy, str] = {
    "": "your server's default",
    "public": "everybody",
    "followers": "your followers",
    "nobody": "nobody",
}
"""Who may quote."""


def composer_line(draft: Draft, length: "Length", accounts: list[str], parts: int) -> str:
    """The line below the text: its length, the accounts that send it, the audience, and the other settings."""
    fits = "" if length.fits or draft.thread else " · too long"
    pieces = [f"{length_text(length)}{fits}", ", ".join(accounts), AUDIENCES[draft.audience]]
    if draft.language:
        pieces.append(draft.language)
    if draft.thread:
        pieces.append(parts_text(parts))
    if draft.warning:
        pieces.append(f"warning: {draft.warning}")
    if draft.media:
        pieces.append(f"{len(draft.media)} attached")
    if draft.poll is not None:
        pieces.append(f"poll of {len(draft.poll.options)}")
    if draft.quote is not None:
        pieces.append(f"quotes {draft.quote.handle}")
    if draft.edits is not None:
        pieces.append("edit")
    if draft.threadgate:
        pieces.append(f"replies: {GATES[draft.threadgate]}")
    if draft.quote_policy:
        pieces.append(f"quotes: {QUOTERS[draft.quote_policy]}")
    if draft.scheduled_at is not None:
        pieces.append(scheduled_text(draft.scheduled_at))
    if not draft.card:
        pieces.append("no link preview")
    return " · ".join(pieces)


def composer_notes(warnings: list[str], offered: list[str], key: str) -> list[str]:
    """The lines between the text and its length: warnings, and completions of the word under the cursor.

    `key` completes the word.
    """
    notes = list(warnings)
    if offered:
        notes.append(f"{key}: {'  '.join(each.strip() for each in offered)}")
    return notes


def parts_preview(texts: list[str]) -> str:
    """The posts of a thread, the beginning and the end of each."""
    lines = [f"{len(texts)} posts:"]
    for number, text in enumerate(texts, 1):
        line = " ".join(text.split())
        shown = line if len(line) <= 70 else f"{line[:40]} … {line[-25:]}"
        lines.append(f"{number}  {shown}")
    return "\n".join(lines)


def kept_sentence(key: str) -> str:
    """The sentence after the composer was closed with a draft."""
    return f"draft saved · {key} lists your drafts"


NO_DRAFTS = "no drafts"


def draft_line(draft: Draft, reason: str) -> str:
    """A draft in a list: its beginning, the person it replies to, and why it was rejected."""
    text = " ".join(draft.text.split())[:60] or "(no text)"
    if draft.reply_to is not None:
        text = f"to {draft.reply_to.handle}: {text}"
    if reason:
        return f"{text} · {reason}"
    return text


def waiting_posts(count: int) -> str:
    """The question when the user quits before posts are sent."""
    if count == 1:
        return "One post is not sent yet."
    return f"{count} posts are not sent yet."
