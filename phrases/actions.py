"""Sentences about actions: what was done, what is pending, and why something was not done.

In the sentences, `about` is what the action is about: "the post of ada", "ada" or "#walking" (`subject_name`).
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..models.action import SCHEDULED, Action, PostAction, Receipt
from ..models.action_kinds import kind_of
from ..models.view import JudgedPost


class _Words(NamedTuple):
    """The words of one kind of action. {} stands for its subject, which follows `done` and `failed` after a colon."""

    doing: str
    done: str
    failed: str
    noun: str
    already: str = ""
    command: str = ""
    """The command without `quietfeed`; "" if it is the name of the kind."""

    option: str = ""
    """The option of the command, after its subject."""


WORDS = {
    "like": _Words("liking {}", "liked", "not liked", "like", "{} is already liked"),
    "unlike": _Words("undoing the like of {}", "like undone", "like not undone",
                     "unlike", "{} is not liked"),
    "boost": _Words("boosting {}", "boosted", "not boosted", "boost", "{} is already boosted"),
    "unboost": _Words("undoing the boost of {}", "boost undone", "boost not undone",
                      "unboost", "{} is not boosted"),
    "bookmark": _Words("bookmarking {}", "bookmarked", "not bookmarked", "bookmark",
                       "{} is already bookmarked"),
    "unbookmark": _Words("removing the bookmark of {}", "bookmark removed", "bookmark not removed",
                         "removal of the bookmark", "{} has no bookmark"),
    "pin": _Words("pinning {}", "pinned", "not pinned", "pin", "{} is already pinned"),
    "unpin": _Words("unpinning {}", "unpinned", "not unpinned", "unpin", "{} is not pinned"),
    "vote": _Words("voting in {}", "voted", "not voted", "vote", "you have already voted in {}"),
    "delete": _Words("deleting {}", "deleted", "not deleted", "deletion"),
    "follow": _Words("following {}", "followed", "not followed", "follow",
                     "you already follow {}, or have requested to"),
    "unfollow": _Words("unfollowing {}", "unfollowed", "not unfollowed", "unfollow", "you do not follow {}"),
    "hide_boosts": _Words("hiding the boosts of {}", "boosts hidden", "boosts not hidden",
                          "hiding of the boosts", "the boosts of {} are already hidden", "mute", "--boosts"),
    "show_boosts": _Words("showing the boosts of {} again", "boosts shown again", "boosts not shown again",
                          "showing of the boosts", "the boosts of {} are not hidden", "unmute", "--boosts"),
    "mute": _Words("muting {} on the server", "muted on the server", "not muted on the server",
                   "mute on the server", "{} is already muted on the server", "mute", "--server"),
    "unmute": _Words("unmuting {} on the server", "unmuted on the server", "not unmuted on the server",
                     "unmute on the server", "{} is not muted on the server", "unmute", "--server"),
    "block": _Words("blocking {}", "blocked", "not blocked", "block", "{} is already blocked", "block", "--yes"),
    "unblock": _Words("unblocking {}", "unblocked", "not unblocked", "unblock", "{} is not blocked"),
    "report": _Words("reporting {}", "reported", "not reported", "report"),
    "note": _Words("writing the note on {}", "note written", "note not written", "note",
                   "the note on {} is already the same"),
    "accept_follow": _Words("accepting the request of {}", "follow request accepted",
                            "follow request not accepted", "acceptance of the request"),
    "reject_follow": _Words("rejecting the request of {}", "follow request rejected",
                            "follow request not rejected", "rejection of the request"),
    "follow_tag": _Words("following {}", "followed", "not followed", "follow", "you already follow {}",
                         "follow"),
    "list": _Words("changing {}", "changed", "not changed", "change of the list",
                   "{} is already up to date", "publish"),
    "compose": _Words("sending {}", "sent", "not sent", "post"),
    "edit": _Words("changing {}", "changed", "not changed", "edit"),
    "unfollow_tag": _Words("unfollowing {}", "unfollowed", "not unfollowed", "unfollow",
                           "you do not follow {}", "unfollow"),
}  # fmt: skip

MENU = {
    "like": "like",
    "unlike": "undo the like",
    "boost": "boost",
    "unboost": "undo the boost",
    "bookmark": "bookmark",
    "unbookmark": "remove the bookmark",
    "vote": "vote in the poll",
    "pin": "pin to your profile",
    "unpin": "unpin",
    "delete": "delete this post",
    "follow": "follow {}",
    "unfollow": "unfollow {}",
    "hide_boosts": "hide boosts by {}",
    "show_boosts": "show boosts by {} again",
    "mute": "mute {} on the server",
    "unmute": "unmute {} on the server",
    "block": "block {}",
    "unblock": "unblock {}",
    "note": "your private note on {}",
    "report": "report to the moderators",
    "follow_tag": "follow a hashtag of this post",
    "translate": "translate",
    "reply": "reply",
    "quote": "quote",
    "edit": "edit this post",
    "open": "open with its thread",
    "author": "about {}",
    "open_link": "open a link",
    "open_media": "open its pictures, videos or sounds",
    "copy_link": "copy the link",
    "copy_text": "copy the text",
}
"""What the menu of a post calls each action. {} is the author."""

_WITHDRAW = "withdraw the request to follow {}"

FOOTER = {
    "reply": "reply",
    "edit": "edit",
    "like": "like",
    "unlike": "unlike",
    "boost": "boost",
    "unboost": "unboost",
    "unfold": "show these",
    "fill": "fetch these",
}
"""The words in the footer for the row under the cursor."""

FOOTER_KEYS = {"unlike": "like", "unboost": "boost"}
"""The actions whose key has the id of another action."""

REPORT_REASONS = ("spam or selling", "harassment or hate", "it breaks the rules of the server", "something else")

_LEFT_OUT: dict[str, str] = {
    "poll": "the poll",
    "attachments": "attachments",
    "quote": "the quoted post",
    "reply": "which post it replies to",
    "warning": "the content warning",
}

_QUESTIONS = {
    "delete": "Delete {}? This cannot be undone.",
    "block": "Block {}? You will not see each other's posts, and follows between you may end for good.",
    "report": "Report {} to the moderators? This cannot be undone.",
}
"""The questions before these kinds of action."""


def subject_name(action: Action) -> str:
    """What an action is about: "the post of ada", "ada" or "#walking"."""
    target, subject = action.target, kind_of(action).subject
    if target.post_id.startswith(SCHEDULED):
        return "the scheduled post"
    if subject == "post":
        return f"the post of {target.handle}"
    if subject == "tag":
        return f"#{target.tag}"
    if subject == "person":
        return target.handle
    if subject == "list":
        return f'the list "{target.list_name}"'
    return "your post"


def menu_text(kind: str, judged: JudgedPost) -> str:
    """What the menu of a post calls an action. Unfollowing withdraws a request that was not answered."""
    words = MENU[kind]
    if kind == "unfollow" and judged.tie.requested and not judged.tie.you_follow:
        words = _WITHDRAW
    return words.format(judged.post.author.handle)


def _bare(about: str) -> str:
    return about.removeprefix("the ")


def question_of(action: Action) -> str:
    """The question before an action that cannot be undone, or that others notice."""
    return _QUESTIONS[kind_of(action).name].format(subject_name(action))


def queued_sentence(kind: str, about: str) -> str:
    """The sentence about an action that was just queued."""
    return f"{WORDS[kind].doing.format(about)} …"


def already_sentence(kind: str, about: str) -> str:
    """The sentence about an action that would change nothing."""
    return WORDS[kind].already.format(about)


def done_sentence(kind: str, about: str, receipt: Receipt, missing: str = "") -> str:
    """The sentence about an action that the server confirmed. `missing` names the parts that it did not do."""
    if receipt.requested:
        return f"follow request sent: {about}; they must accept it first"
    if receipt.unchanged:
        return already_sentence(kind, about)
    done = f"{WORDS[kind].done}: {_bare(about)}"
    if receipt.record_id.startswith(SCHEDULED):
        done = f"scheduled: {about}; its server sends it later"
    if missing:
        return f"{done} · {missing}"
    return done


def not_done(receipt: Receipt) -> str:
    """The parts of a confirmed action that a server did not do; "" if it did all of them."""
    sentences = []
    if receipt.refused:
        rejected = "one"
        if len(receipt.refused) > 1:
            rejected = f"{len(receipt.refused):,}"
        sentences.append(f"the server rejected {rejected} of the people")
    parts = [_LEFT_OUT[each] for each in receipt.left_out if each in _LEFT_OUT]
    if parts:
        sentences.append(f"the server left out {' and '.join(parts)}")
    if "audience" in receipt.left_out:
        sentences.append("more people can read it than you chose: delete it if that is not what you want")
    return "; ".join(sentences)


def withdrawn_sentence(kind: str, about: str) -> str:
    """The sentence about an action that the user undid before it was sent."""
    return f"the {WORDS[kind].noun} was not sent yet and is dropped: {_bare(about)}"


def failed_sentence(kind: str, about: str, reason: str) -> str:
    """The sentence about an action that the server rejected and quietfeed undid."""
    return f"{WORDS[kind].failed}: {_bare(about)} · {reason}"


def unsent_sentence(kind: str, about: str, reason: str, number: int) -> str:
    """The sentence about an action that a command could not send in time."""
    why = f" ({reason.rstrip('.')})" if reason else ""
    what = f"{WORDS[kind].failed} yet: {_bare(about)}"
    return (
        f"{what}{why}; it waits in the outbox: `quietfeed sync` sends it, `quietfeed outbox drop {number}` removes it"
    )


def cannot_compare(kind: str) -> str:
    """Why quietfeed does not retry an action that may have been done."""
    return f"the server has not confirmed the {WORDS[kind].noun}, so it may have arrived: retry it or drop it"


def action_states(judged: JudgedPost) -> list[str]:
    """What the user did with a post: "liked", or "liked, not sent yet"."""
    done = {"liked": "like", "boosted": "boost", "bookmarked": "bookmark", "pinned": "pin"}
    states = []
    for word, kind in done.items():
        if getattr(judged, word):
            newest = judged.action(kind)
            waits = newest is not None and newest.state != "done"
            states.append(f"{word}, not sent yet" if waits else word)
    return states


def action_notes(actions: Iterable[PostAction]) -> list[str]:
    """The lines under a post about its newest actions; empty if there is nothing to say."""
    return [note for action in actions if (note := _note(action))]


def _note(action: PostAction) -> str:
    words = WORDS[action.kind]
    if action.state == "failed":
        return f"{words.failed}: {action.reason}"
    if action.state == "done" and action.reason:
        return action.reason
    if action.state == "done" or (action.state != "unclear" and not action.reason):
        return ""
    if action.reason:
        return f"{words.noun} pending: {action.reason}"
    return f"{words.noun} pending"
