"""Does actions one after the other, as a process that a test kills: `python actor.py HOME FILE`.

FILE holds the actions, pickled; what is queued or done already is skipped.
"""

import asyncio
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

from quietfeed.models.action import Action
from quietfeed.session import open_session


async def run(home: Path, wanted: Sequence[Action]) -> None:
    """Send what an earlier run left behind, then the rest."""
    session = open_session(home)
    session.timeline.load()
    outbox = session.outbox
    await outbox.send_due()
    for action in wanted:
        if outbox.newest(action) is None:
            await session.actions.do(action)
        await outbox.send_due()
    # What was cut off a moment ago waits for its retry.
    for entry in outbox.entries():
        await outbox.deliver(entry.id, 20)
    await session.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), pickle.loads(Path(sys.argv[2]).read_bytes())))
