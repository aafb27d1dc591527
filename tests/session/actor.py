"""Does actions one after the other, as a process that a test kills: `python actor.py HOME FILE`.

FILE contains the actions as a JSON array. Those that are already queued or done are skipped.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from quietfeed.codec.actions import action_from_record
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
    # An action that the kill interrupted waits for its retry.
    for entry in outbox.entries():
        await outbox.deliver(entry.id, 20)
    await session.close()


if __name__ == "__main__":
    actions = [action_from_record(record) for record in json.loads(Path(sys.argv[2]).read_bytes())]
    asyncio.run(run(Path(sys.argv[1]), actions))
