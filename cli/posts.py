"""Prints posts as records or as lines."""

import argparse

from ..codec.records import post_to_record, verdict_to_record
from ..codec.ties import tie_to_record
from ..models.errors import NotFound
from ..models.post import Post
from ..models.secrets import without_secrets
from ..models.verdict import Level
from ..models.view import JudgedPost, PostKey
from ..phrases.posts import also_text
from ..phrases.reasons import reason_text
from ..session import Session
from .output import NO_ACCOUNT, write_json
from .pager import paged
from .post_lines import post_lines, wants_colour
from .wrapping import line_width


def write_timeline(session: Session, args: argparse.Namespace) -> int:
    """Print the posts that the options select from all stored posts, newest first.

    Raises NotFound if there is neither an account nor a post.
    """
    if not session.accounts and not session.timeline.load(1):
        raise NotFound(NO_ACCOUNT)
    with paged():
        _write_timeline(session, args)
    return 0


def _write_timeline(session: Session, args: argparse.Namespace) -> None:
    level = Level[args.level] if args.level else session.timeline.level
    session.learning.train_pending()
    left = args.limit
    # Shown posts are printed as the screens show them. Records, and hidden posts with their reasons, are complete.
    folds = not (args.json or args.all or args.hidden)
    first, folded = 0, set[PostKey]()
    while left is None or left > 0:
        came = session.timeline.load(500)
        for judged in session.timeline.posts[first:]:
            if left == 0:
                break
            if judged.key not in folded and (args.all or judged.verdict.shown_at(level) != args.hidden):
                copies = _shown_copies(session, judged, level) if folds else []
                folded.update(copy.key for copy in copies)
                also = also_text(judged.post, copies, session.crossposts.same().places) if copies else ""
                write_post(judged, level, as_json=args.json, also=also)
                left = None if left is None else left - 1
        first = len(session.timeline.posts)
        if not came:
            break


def _shown_copies(session: Session, judged: JudgedPost, level: Level) -> list[Post]:
    """The loaded copies of a post on other networks that the level shows too."""
    copies = session.crossposts.copies(judged.key)
    return [copy.post for copy in copies if copy.verdict.shown_at(level)]


def write_post(judged: JudgedPost, level: Level, *, as_json: bool, also: str = "") -> None:
    """Write one post: its record with tie and verdict, or a few lines for people.

    `also` says where its copies are, which are not printed themselves.
    """
    post, verdict = judged.post, judged.verdict
    if as_json:
        record = post_to_record(post)
        if judged.mark:
            record["mark"] = judged.mark
        write_json(
            {**record, "tie": tie_to_record(judged.tie), "verdict": verdict_to_record(verdict, level, reason_text)}
        )
        return
    # post_lines removes control characters from the network; the remaining escape codes are colours.
    for line in post_lines(judged, level, line_width(), colour=wants_colour(), also=also):
        print(without_secrets(line))
