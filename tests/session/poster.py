"""Sends posts one after the other, as a process that a test kills: `python poster.py HOME`. Each line of the file
HOME/wanted is a post; one that ends with "/" is a thread. Posts that are already queued or sent are skipped.
"""

import asyncio
import sys
from pathlib import Path

from msgspec.structs import replace

from quietfeed.models.action import Compose
from quietfeed.session import open_session
from quietfeed.tests.session.forker import patient, serve


async def run(home: Path, wanted: list[str]) -> None:
    """Send what an earlier run left behind, then the rest."""
    session = patient(open_session(home))
    composing, outbox = session.composing, session.outbox
    await outbox.send_due()
    for line in wanted:
        first = line[:10]
        actions = [each.action for each in outbox.entries()]
        if any(isinstance(each, Compose) and each.draft.text.startswith(first) for each in actions):
            continue
        kept = [each.id for each in composing.drafts() if each.draft.text.startswith(first)]
        draft = replace(composing.new(), text=line, thread=line.endswith("/"))
        number = kept[0] if kept else composing.save(draft)
        await composing.send(number, at_once=True)
        await outbox.send_due()
    # An interrupted action waits for its retry.
    for entry in outbox.entries():
        await outbox.deliver(entry.id, 20)
    await session.close()


if __name__ == "__main__":
    home = Path(sys.argv[1])
    serve(lambda: asyncio.run(run(home, home.joinpath("wanted").read_text("utf-8").splitlines())))
