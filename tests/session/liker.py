"""Likes posts one after the other, as a process that a test kills: `python liker.py HOME`. Each like is one of a list
of post ids in the file HOME/wanted; posts that are already liked are skipped.
"""

import asyncio
import sys
from pathlib import Path

from quietfeed.models.action import Like
from quietfeed.session import open_session
from quietfeed.tests.session.forker import patient, serve


async def run(home: Path, wanted: list[str]) -> None:
    """Send what an earlier run left behind, then like the rest."""
    session = patient(open_session(home))
    session.timeline.load()
    await session.outbox.send_due()
    for post_id in wanted:
        (key,) = session.timeline.keys_of(post_id)
        newest = session.actions.newest("like", key)
        if newest is None or not isinstance(newest.action, Like):
            await session.actions.on_post("like", key)
        await session.outbox.send_due()
    await session.close()


if __name__ == "__main__":
    home = Path(sys.argv[1])
    serve(lambda: asyncio.run(run(home, home.joinpath("wanted").read_text("utf-8").split())))
