"""Likes from the command line: output, requirements and results."""

import json
from collections.abc import Callable
from typing import Any

from quietfeed.models.errors import QuietfeedError
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

Run = Callable[..., Any]


def ids(run: Run) -> list[str]:
    return [json.loads(line)["id"] for line in run("timeline", "--all", "--json").stdout.splitlines()]


def test_like_and_unlike_print_the_result_and_the_undo_command(server: Any, run: Run) -> None:
    post = ids(run)[5]
    liked = run("like", post)
    assert (liked.returncode, liked.stderr) == (0, "")
    assert liked.stdout.startswith("liked: post of ")
    assert f"undo: quietfeed unlike {post}" in liked.stdout
    assert server.likes == {post}
    assert "already liked" in run("like", post).stdout
    taken = json.loads(run("unlike", post, "--json").stdout)
    assert (taken["kind"], taken["state"], taken["undo"]) == ("unlike", "done", f"quietfeed like {post}")
    assert server.likes == set()


def test_a_post_is_found_by_its_address(server: Any, run: Run) -> None:
    records = [json.loads(line) for line in run("timeline", "--all", "--json").stdout.splitlines()]
    record = next(each for each in records if each.get("url") and "reposter" not in each)
    assert run("like", record["url"]).returncode == 0
    assert server.likes == {record["id"]}
    missing = run("like", "https://nowhere.example/1")
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)


def test_what_cannot_be_done_exits_with_its_reason(server: Any, run: Run) -> None:
    post = ids(run)[5]
    server.quirks.refused["favourite"] = 422
    refused = run("like", post)
    assert refused.returncode == 1
    assert refused.stderr.startswith("quietfeed: not liked: post of ")
    assert "422" in refused.stderr
    (entry,) = [json.loads(line) for line in run("outbox", "--json").stdout.splitlines()]
    assert (entry["state"], entry["post"]) == ("failed", post)
    server.quirks.refused.clear()
    assert run("outbox", "retry", str(entry["id"])).returncode == 0
    assert server.likes == {post}
    assert run("outbox", "drop", str(entry["id"])).returncode == 1
    assert run("outbox", "drop", "77").returncode == 1


def test_the_next_sync_sends_what_waits(server: Any, run: Run) -> None:
    post = ids(run)[5]
    server.quirks.limited = 1
    server.quirks.limit_headers = {"Retry-After": "3000"}
    waits = run("like", post)
    assert waits.returncode == 1
    assert "not liked yet" in waits.stderr
    assert json.loads(run("outbox", "--json").stdout)["state"] == "pending"
    archive = Archive(find_places().database)
    archive._db.run("update outbox set next_at = 0")
    archive.close()
    assert run("sync").returncode == 0
    assert server.likes == {post}


def test_plain_sends_what_an_earlier_command_could_not_send(server: Any, run: Run) -> None:
    post = ids(run)[5]
    server.quirks.limited = 1
    server.quirks.limit_headers = {"Retry-After": "3000"}
    assert "not liked yet" in run("like", post).stderr
    archive = Archive(find_places().database)
    archive._db.run("update outbox set next_at = 0")
    said = run("--plain", stdin="q\n").stdout
    assert server.likes == {post}
    assert "Liked: post of " in said
    archive._db.run("update outbox set state = 'pending', confirmed_at = 0")
    archive.close()
    assert "One action needs your decision: outbox and Enter lists what was not sent." in run("--plain").stdout


def test_plain_lists_sends_and_drops_what_was_not_done(server: Any, run: Run) -> None:
    posts = ids(run)[3:5]
    server.quirks.refused["favourite"] = 403
    for post in posts:
        run("like", post)
    server.quirks.refused.clear()
    typed = "outbox\noutbox 1 drop\noutbox 2 retry\noutbox\noutbox 7 drop\noutbox 2\nq\n"
    said = run("--plain", stdin=typed).stdout
    assert "2: like: the post of " in said
    assert "Dropped action 1." in said
    assert "Nothing is waiting to be sent, and nothing failed." in said
    assert "There is no action 7 in the outbox" in said
    assert "Type its number and what to do" in said
    assert server.likes == {posts[1]}


def test_nothing_is_written_before_it_is_switched_on(mastodon: Callable[..., Any], run: Run) -> None:
    server = mastodon(posts=6, scopes=("read", "write"))
    run("account", "add", "mastodon", "--server", server.url, "--token-stdin", stdin="good\n")
    run("sync")
    post = ids(run)[0]
    refused = run("like", post)
    assert refused.returncode == 1
    assert "account refresh" in refused.stderr
    assert run("outbox").stdout == ""
    assert run("account", "refresh", "june", "--write").returncode == 0
    assert "writing allowed" in run("account", "list").stdout
    assert run("like", post).returncode == 0
    assert run("account", "refresh", "june", "--read-only").returncode == 0
    assert run("unlike", post).returncode == 1
    assert server.likes == {post}


def test_a_token_without_the_permission_gets_advice(mastodon: Callable[..., Any], run: Run) -> None:
    server = mastodon(posts=6, scopes=("read",))
    run("account", "add", "mastodon", "--server", server.url, "--token-stdin", "--write", stdin="good\n")
    run("sync")
    refused = run("like", ids(run)[0])
    assert refused.returncode == 1
    assert "write:favourites" in refused.stderr
    assert "--write" in refused.stderr


def test_the_demo_likes_without_a_network(run: Run) -> None:
    post = json.loads(run("--demo", "timeline", "--json", "--limit", "1").stdout)["id"]
    assert run("--demo", "like", post).stdout.startswith("liked: ")


def test_actions_on_people_that_need_a_confirmation_need_yes(server: Any, run: Run) -> None:
    records = [json.loads(line) for line in run("timeline", "--all", "--json").stdout.splitlines()]
    handle = records[5]["author"]["handle"]
    person = next(each for each in server.world.people.values() if handle.startswith(each["username"]))["id"]
    asked = run("block", handle)
    assert (asked.returncode, asked.stderr.count("--yes")) == (2, 1)
    assert not server.acts.has("block", person)
    blocked = run("block", handle, "--yes")
    assert blocked.stdout == f"blocked: {handle}\nundo: quietfeed unblock {handle}\n"
    assert server.acts.has("block", person)
    assert run("unblock", handle).returncode == 0
    assert run("note", handle, "met at the lake").returncode == 0
    assert run("note", handle).stdout == "met at the lake\n"
    muted = json.loads(run("mute", handle, "--server", "--for", "1h", "--json").stdout)
    assert (muted["kind"], muted["person"], muted["state"]) == ("mute", handle, "done")
    assert server.acts.forms[-1]["duration"] == "3600"
    assert run("follow", "#walking").stdout.startswith("followed: #walking\nundo: quietfeed unfollow '#walking'")


def test_the_errors_are_the_projects_own() -> None:
    from quietfeed.models.errors import WritingOff

    assert issubclass(WritingOff, QuietfeedError)
