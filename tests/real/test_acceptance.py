"""Changes on a real server apply in the next sync, also to stored posts: `pytest -m servers tests/real`.

Each test is one case: an action on the server, and what timeline, search and export must show afterwards. `pair` in
conftest.py lists the servers and their requirements. Follows, mutes and blocks are in test_server_word.py.
"""

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.servers
PATIENCE = 10
"""The number of syncs that a change may need because of the server's queue."""


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def sync(pair: Any) -> dict[str, Any]:
    pair.settle()
    (said,) = lines(pair.run("sync", "--json"))
    assert said["troubles"] == []
    return said


def stored(pair: Any) -> dict[str, dict[str, Any]]:
    """All stored posts by id: the post itself, not its boosts."""
    records = lines(pair.run("timeline", "--json", "--all"))
    return {record["id"]: record for record in records if not record.get("reposter")}


def tie(pair: Any) -> dict[str, Any]:
    ties = lines(pair.run("export", "ties"))
    return next((each for each in ties if each["person"] == pair.friend), {})


def eventually(pair: Any, holds: Callable[[], bool]) -> None:
    """One of the next syncs makes this true."""
    for _ in range(PATIENCE):
        sync(pair)
        if holds():
            return
        time.sleep(0.5)
    raise AssertionError(f"no sync applied the change: {tie(pair)}")


def test_a_follow_and_a_reply_change_the_tie_in_the_sync_that_reads_them(pair: Any) -> None:
    eventually(pair, lambda: tie(pair).get("follows_you") is True)
    pair.act("unfollow")
    pair.act("unfollow", back=True)
    eventually(pair, lambda: tie(pair)["follows_you"] is False)
    before = tie(pair).get("replies_to_you") or 0
    pair.act("follow", back=True)
    pair.reply("I do, and I bring cake")
    eventually(pair, lambda: tie(pair)["follows_you"] is True)
    assert (tie(pair)["replies_to_you"], tie(pair)["you_follow"]) == (before + 1, False)
    pair.act("follow")
    pair.settle()
    post = pair.post("Back on the towpath")
    eventually(pair, lambda: post in stored(pair))
    found = stored(pair)[post]
    assert (found["verdict"]["cause"], found["verdict"]["show"]) == ("tie", True)


def test_a_filter_that_is_made_later_applies_to_stored_posts_until_it_ends(pair: Any) -> None:
    post = pair.post("Broccolini, and nothing but broccolini")
    eventually(pair, lambda: post in stored(pair))
    assert stored(pair)[post]["verdict"]["show"]
    pair.filter("broccolini")
    eventually(pair, lambda: not stored(pair)[post]["verdict"]["show"])
    assert stored(pair)[post]["verdict"]["cause"] == "server_filter"
    (found,) = lines(pair.run("search", "--json", "broccolini"))
    assert not found["verdict"]["show"]
    pair.end_filters()
    eventually(pair, lambda: stored(pair)[post]["verdict"]["show"])


def test_a_deleted_post_leaves_timeline_search_and_export(pair: Any) -> None:
    kept, gone = pair.post("The kingfisherman is marked"), pair.post("The kingfisherwoman leaves")
    eventually(pair, lambda: {kept, gone} <= stored(pair).keys())
    assert pair.run("mark", kept, "person").returncode == 0
    pair.delete(kept)
    pair.delete(gone)
    eventually(pair, lambda: gone not in stored(pair))
    assert lines(pair.run("search", "--json", "kingfisherwoman")) == []
    assert "kingfisherwoman" not in pair.run("export", "posts").stdout
    (marked,) = lines(pair.run("search", "--json", "kingfisherman"))
    assert marked["mark"] == "person"
    assert marked["deleted_at"]
    assert "deleted by its author" in pair.run("timeline", "--all").stdout


def test_an_edited_post_is_replaced_and_labelled(pair: Any) -> None:
    if not pair.edits:
        pytest.skip("the network has no edits")
    post = pair.post("The lake is at ten")
    eventually(pair, lambda: post in stored(pair))
    pair.edit(post, "The lake is at eleven")
    eventually(pair, lambda: stored(pair)[post]["text"] == "The lake is at eleven")
    assert "(edited)" in pair.run("timeline", "--all", "--limit", "10").stdout
    assert lines(pair.run("search", "--json", '"lake is at ten"')) == []


def test_a_name_and_a_bio_that_are_cleared_go_away(pair: Any) -> None:
    post = pair.post("Fog on the canal")
    pair.profile("A friend by the canal", "Herons, and the canal in winter")
    eventually(pair, lambda: stored(pair).get(post, {"author": {}})["author"].get("name") == "A friend by the canal")
    pair.profile("", "")
    eventually(pair, lambda: stored(pair)[post]["author"].get("name", "") != "A friend by the canal")
    # Elsewhere a bio is read with the counts, every few hours.
    if pair.bios_in_posts:
        assert stored(pair)[post]["author"].get("bio", "") == ""


def test_muted_boosts_hide_boosts_and_nothing_else(pair: Any) -> None:
    if pair.network == "mastodon":
        pytest.skip("only the relationship shows this, which is requested again within a day")
    text = "Ice on the lock gates"
    post = pair.post(text)
    pair.settle()
    pair.boost_own(post)

    def boosts() -> list[dict[str, Any]]:
        records = lines(pair.run("timeline", "--json", "--all"))
        return [each for each in records if each["text"] == text and each.get("reposter")]

    eventually(pair, lambda: post in stored(pair))
    assert boosts()
    pair.hide_boosts(hidden=True)
    eventually(pair, lambda: not boosts()[0]["verdict"]["show"])
    assert stored(pair)[post]["verdict"]["show"]
    pair.hide_boosts(hidden=False)
    eventually(pair, lambda: boosts()[0]["verdict"]["show"])


def test_a_post_for_followers_carries_a_label(pair: Any) -> None:
    if not pair.private_posts:
        pytest.skip("the network has no private posts")
    post = pair.post("Only for those who follow me", private=True)
    eventually(pair, lambda: post in stored(pair))
    assert stored(pair)[post]["visibility"] == "private"
    assert "(followers only)" in pair.run("timeline", "--all", "--limit", "5").stdout


def test_the_counts_of_a_sync_are_those_of_the_database(pair: Any, tmp_path: Path) -> None:
    first = sync(pair)
    (database,) = tmp_path.rglob("quietfeed.db")

    def rows() -> int:
        with sqlite3.connect(database) as connection:
            return int(connection.execute("select count(*) from post").fetchone()[0])

    assert first["new"] == first["kept"] == rows()
    assert first["shown"] + first["hidden"] == first["new"]
    before = rows()
    post = pair.post("One more for the count")
    new = 0
    for _ in range(PATIENCE):
        new += sync(pair)["new"]
        if post in stored(pair):
            break
    assert new == rows() - before >= 1
    for level in ("everything", "noise", "quiet", "known"):
        shown, hidden, every = (
            len(pair.run("timeline", "--json", "--level", level, *only).stdout.splitlines())
            for only in ((), ("--hidden",), ("--all",))
        )
        assert shown + hidden == every


def test_own_posts_are_ones_own(pair: Any) -> None:
    pair.reply("Of course")
    sync(pair)
    own = [each for each in stored(pair).values() if each["author"].get("id") == pair.me]
    assert own
    assert {(each["verdict"]["cause"], each["verdict"]["show"]) for each in own} == {("own", True)}
