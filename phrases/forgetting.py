"""Sentences about forgetting: the questions, what was deleted from this machine, and what remains on servers."""

from collections.abc import Sequence

from ..models.forgotten import Forgotten, Remains
from .changes import count, listed

_THERE = "This cannot be undone."
_COUNTED = (
    (("post",), "post"),
    (("mark",), "mark"),
    (("person_mark", "mute", "joined", "kept_apart"), "vouch, mute or join"),
    (("interaction", "relationship", "imported_tie"), "tie record"),
    (("draft",), "draft"),
    (("outbox",), "outbox entry"),
    (("subscription",), "subscription"),
)
_PLURALS = {"vouch, mute or join": "vouches, mutes or joins", "outbox entry": "outbox entries"}


def person_question(names: Sequence[str]) -> str:
    """The question before people are forgotten."""
    return f"Forget {listed(names)}: their posts, mentions of them, your marks, ties and drafts about them? {_THERE}"


def account_question(name: str) -> str:
    """The question before an account is forgotten."""
    return f"Sign out of {name}, and forget everything it fetched and your marks on its posts? {_THERE}"


EVERYTHING_QUESTION = (
    "Sign out of every account, and delete everything that quietfeed stored on this machine, except your settings?"
    f" {_THERE}"
)


def forgotten_sentences(forgotten: Forgotten) -> list[str]:
    """What was deleted and what remains, one sentence each."""
    sentences = [_gone(forgotten)]
    if not forgotten.clean:
        sentences.append(
            "Some files still contain it, because another quietfeed is open or the disk is full:"
            " the next start of quietfeed removes it."
        )
    if forgotten.settings:
        sentences.append(f"Your settings still name them: edit {listed(forgotten.settings)}.")
    sentences += remaining_sentences(forgotten.remains)
    sentences.append("Files that you exported stay where you saved them.")
    return sentences


def remaining_sentences(remains: Remains) -> list[str]:
    """What remains on servers, one sentence each."""
    sentences = []
    if remains.accounts:
        sentences.append(
            f"Your accounts, with their posts and follows, still exist on their servers: {listed(remains.accounts)}."
        )
    if remains.follows:
        sentences.append(
            f"You still follow {listed(remains.follows)} on the server, and the next sync fetches their new posts:"
            f" `quietfeed unfollow {remains.follows[0]}` prevents that."
        )
    if remains.blocks:
        sentences.append(f"You still block {listed(remains.blocks)} on the server.")
    if remains.mutes:
        sentences.append(f"You still mute {listed(remains.mutes)} on the server.")
    if remains.interactions:
        number = count(remains.interactions, "like, reply or message")
        if remains.interactions > 1:
            number = f"{remains.interactions:,} likes, replies or messages"
        sentences.append(f"{number} of yours to them remain on the servers.")
    return sentences


def _gone(forgotten: Forgotten) -> str:
    if not forgotten.names:
        return "Everything is deleted; your settings stay."
    parts = []
    for tables, noun in _COUNTED:
        number = sum(forgotten.counts.get(table, 0) for table in tables)
        if number == 1:
            parts.append(f"1 {noun}")
        elif number:
            parts.append(f"{number:,} {_PLURALS.get(noun, noun + 's')}")
    what = ""
    if parts:
        what = f": {', '.join(parts)}"
    return f"Forgot {listed(forgotten.names)}{what}."
