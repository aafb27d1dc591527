"""Prints posts as records or as lines."""

import argparse

from ..codec.records import post_to_record, verdict_to_record
from ..codec.ties import tie_to_record
from ..models.errors import NotFound
from ..models.secrets import without_secrets
from ..models.verdict import Level
from ..models.view import JudgedPost
from ..phrases.posts import also_text
from ..phrases.reasons import reason_text
from ..session import Session
from ..session.queries import Wanted
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
    # Shown posts are printed as the screens show them. Records, and hidden posts with their reasons, are complete.
    folds = not (args.json or args.all or args.hidden)
    wanted = wanted_posts(session, args, args.limit)
    with paged():
        for found in session.queries.timeline(wanted, folds=folds):
            also = also_text(found.judged.post, found.copies, session.crossposts.same().places) if found.copies else ""
            write_post(found.judged, wanted.level, as_json=args.json, also=also)
    return 0


def wanted_posts(session: Session, args: argparse.Namespace, limit: int | None) -> Wanted:
    """The posts that the options select."""
    level = Level[args.level] if args.level else session.timeline.level
    return Wanted(level, args.hidden, args.all, limit)


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
