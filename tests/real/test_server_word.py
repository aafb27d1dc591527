"""Changed ties, blocks and mutes on real servers apply in the next sync: `pytest -m servers tests/real`.

`pair` in conftest.py lists the servers and their requirements. On a server without lists and counts (snac), a sync
cannot see changes: there the tests are skipped.
"""

import json
import time
from typing import Any

import pytest

pytestmark = pytest.mark.servers
PATIENCE = 10
"""The number of syncs that a change may need because of the server's queue."""


def causes(pair: Any) -> set[str]:
    """After a sync: what decided about the stored posts of the other."""
    pair.settle()
    answer = pair.run("sync", "--json")
    assert answer.returncode == 0, answer.stderr
    stored = pair.run("timeline", "--json", "--all").stdout.splitlines()
    theirs = [record for record in map(json.loads, stored) if record["author"].get("id") == pair.friend]
    return {record["verdict"]["cause"] for record in theirs if not record.get("reposter")}


def reaches(pair: Any, *wanted: str) -> None:
    """One of the next syncs brings these causes and no other."""
    found: set[str] = set()
    for _ in range(PATIENCE):
        found = causes(pair)
        if found == set(wanted):
            return
        time.sleep(0.5)
    raise AssertionError(f"{found} and not {wanted}")


def test_a_mute_and_a_block_hide_what_is_stored_until_they_end(pair: Any) -> None:
    reaches(pair, "tie")
    if pair.is_silent:
        pytest.skip("this server lists and counts nothing: a block is seen within the hour")
    pair.act("mute")
    reaches(pair, "server_mute")
    pair.act("unmute")
    reaches(pair, "tie")
    pair.act("block")
    reaches(pair, "server_block")
    pair.act("unblock")
    pair.act("follow")
    if pair.network == "mastodon":
        # A block ended the follows of both.
        pair.act("follow", back=True)
    reaches(pair, "tie")


def test_an_unfollow_and_a_follow_are_seen(pair: Any) -> None:
    reaches(pair, "tie")
    if pair.is_silent:
        pytest.skip("this server lists and counts nothing: an unfollow is seen within the hour")

    def follows() -> bool:
        ties = map(json.loads, pair.run("export", "ties").stdout.splitlines())
        return any(tie["person"] == pair.friend and bool(tie.get("you_follow")) for tie in ties)

    pair.act("unfollow")
    causes(pair)
    for _ in range(PATIENCE):
        if not follows():
            break
        causes(pair)
    assert not follows()
    pair.act("follow")
    reaches(pair, "tie")
    assert follows()
