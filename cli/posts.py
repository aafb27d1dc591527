"""Prints posts as records or as lines."""

import argparse

from ..codec.records import post_to_record, verdict_to_record
from ..codec.ties import tie_to_record
from ..models.errors import NotFound
from ..models.secrets import without_secrets
from ..models.verdict import Level
from ..models.view import JudgedPost
from ..phrases.verdicts import reason_text
from ..session import Session
from .output import NO_ACCOUNT, write_json
from .pager import paged
from .post_lines import line_width, post_lines, wants_colour


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
    first = 0
    while left is None or left > 0:
        came = session.timeline.load(500)
        for judged in session.timeline.posts[first:]:
            if left == 0:
                break
            if args.all or judged.verdict.shown_at(level) != args.hidden:
                write_post(judged, level, as_json=args.json)
                left = None if left is None else left - 1
        first = len(session.timeline.posts)
        if not came:
            break


def write_post(judged: JudgedPost, level: Level, *, as_json: bool) -> None:
    """Write one post: its record with tie and verdict, or a few lines for people."""
    post, verdict = judged.post, judged.verdict
    if as_json:
        record = post_to_record(post)
        if judged.mark:
            record["mark"] = judged.mark
        write_json(
            {**record, "tie": tie_to_record(judged.tie), "verdict": verdict_to_record(verdict, level, reason_text)}
        )
        return
    # post_lines cleans everything from the network; the only escape codes left are the colours.
    for line in post_lines(judged, level, line_width(), colour=wants_colour()):
        print(without_secrets(line))
