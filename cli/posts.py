"""Posts on the command line: as records, or as lines for people."""

import argparse

from ..models.record import post_to_record, tie_to_record, verdict_to_record
from ..models.verdict import Level
from ..models.view import JudgedPost, hide_cause
from ..phrases.posts import changes
from ..phrases.verdicts import reason_text
from ..session import Session
from .output import say, write_json


def write_timeline(session: Session, args: argparse.Namespace) -> int:
    """Write what the options ask for of a session's timeline, newest first; all that is kept, page by page."""
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
    return 0


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
    at = post.at.astimezone().strftime("%Y-%m-%d %H:%M") if post.at else "at some time"
    boosted = f" (boosted by {post.booster.handle})" if post.booster else ""
    changed = "".join(f" ({each})" for each in changes(post))
    say(f"{at}  {post.author.shown_name} @{post.author.handle}{boosted}{changed}  [{post.id}]")
    if not verdict.shown_at(level):
        say(f"    hidden as {hide_cause(verdict)}: {'; '.join(map(reason_text, verdict.reasons))}")
    if post.content_warning:
        say(f"    [{post.content_warning}]")
    for line in post.text.splitlines() or [""]:
        say(f"    {line}")
