"""Posts, edits and drafts from the command line: output, requirements and results."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def posts(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("timeline", "--all", "--json").stdout.splitlines()]


def test_a_post_prints_its_id_and_its_address(server: Any, run: Run) -> None:
    sent = run("post", "Hello", "--warning", "greeting", "--lang", "en", "--visibility", "unlisted")
    assert (sent.returncode, sent.stderr) == (0, "")
    assert sent.stdout.startswith("sent: new0  https://here.example/@june/new0\n")
    assert "undo: quietfeed delete new0 --yes" in sent.stdout
    (made,) = server.posts.made
    assert (made["visibility"], made["spoiler_text"], made["language"]) == ("unlisted", "greeting", "en")
    record = json.loads(run("post", "-", "--json", stdin="From a pipe\nof two lines\n").stdout)
    assert (record["kind"], record["state"], record["post"]) == ("compose", "done", "new1")
    assert server.posts.texts() == ["Hello", "From a pipe\nof two lines"]
    assert posts(run)[0]["text"] == "From a pipe of two lines"


def test_a_reply_names_its_recipient_and_is_not_wider(server: Any, run: Run) -> None:
    private = server.world.home[5]
    private["visibility"] = "private"
    run("sync")
    answered = run("post", "Yes", "--reply-to", private["id"])
    assert answered.returncode == 0, answered.stderr
    made = server.posts.made[-1]
    assert made["_text"].startswith("@")
    assert made["_text"].endswith(" Yes")
    assert (made["visibility"], made["in_reply_to_id"]) == ("private", private["id"])
    wider = run("post", "Yes", "--reply-to", private["id"], "--visibility", "public")
    assert "Everybody can read this reply" in wider.stderr


def test_a_dry_run_sends_nothing_and_shows_the_parts(server: Any, run: Run) -> None:
    text = "A sentence that is repeated. " * 30
    assert run("post", text, "--dry-run").returncode == 1
    shown = run("post", text, "--dry-run", "--thread")
    assert shown.returncode == 0
    assert "a thread of 2 posts, public: everybody can read it" in shown.stdout
    record = json.loads(run("post", text, "--dry-run", "--thread", "--json").stdout)
    assert [each["fits"] for each in record["posts"]] == [True, True]
    assert server.posts.made == []
    assert run("drafts").stdout == ""


def test_a_rejected_text_is_a_draft_again_and_can_be_sent(server: Any, run: Run) -> None:
    server.posts.quirks.limit = 5
    refused = run("post", "Too long here")
    assert refused.returncode == 1
    assert "Text character limit of 5 exceeded" in refused.stderr
    (draft,) = [json.loads(line) for line in run("drafts", "--json").stdout.splitlines()]
    assert draft["text"] == "Too long here"
    assert "422" in draft["reason"]
    number = str(draft["id"])
    assert run("drafts", "show", number).stdout == "Too long here\n"
    assert run("outbox", "retry", "1").returncode == 1
    server.posts.quirks.limit = 500
    assert run("post", "--draft", number, "Now short").returncode == 0
    assert server.posts.texts() == ["Now short"]
    assert run("drafts").stdout == ""
    assert run("drafts", "show", number).returncode == 1


def test_media_polls_and_times_go_along(server: Any, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(b"GIF89a\x01\x00\x01\x00")
    assert run("post", "Look", "--media", str(tmp_path / "a.gif"), "--alt", "a dot").returncode == 0
    assert server.posts.made[0]["media_attachments"] == [{"id": "m0", "type": "image"}]
    (tmp_path / "b.gif").write_bytes(b"GIF89a\x01\x00\x01\x00")
    files = ("--media", str(tmp_path / "a.gif"), "--media", str(tmp_path / "b.gif"))
    second = run("post", "Look", *files, "--alt", "another dot", "--dry-run")
    assert (second.returncode, "a.gif" in second.stderr, "b.gif" in second.stderr) == (0, True, False)
    assert "Without a description" not in run("post", "Look", *files, "--alt", "a", "--alt", "b", "--dry-run").stderr
    for wrong in ((*files[:2], "--alt", "a", "--alt", "b"), ("--alt", "a")):
        assert (run("post", "Look", *wrong).returncode, len(server.posts.made)) == (2, 1)
    bare = run("post", "Look", "--media", str(tmp_path / "a.gif"))
    assert "No description" in bare.stderr
    assert run("post", "Tea?", "--poll", "yes", "--poll", "no", "--poll-for", "1h", "--poll-multiple").returncode == 0
    form = server.posts.made[-1]["_form"]
    assert (form["poll[expires_in]"], form["poll[multiple]"]) == (["3600"], ["true"])
    later = run("post", "Later", "--at", "2h")
    assert "scheduled for " in later.stdout
    assert later.stdout.endswith("  scheduled:0\nundo: quietfeed delete scheduled:0 --yes\n")
    assert len(server.posts.scheduled) == 1
    assert "cannot" not in run("delete", "scheduled:0").stdout
    assert run("delete", "scheduled:7", "--yes").stderr.startswith("quietfeed: No post scheduled:7 was scheduled")
    assert run("delete", "scheduled:0", "--yes").stdout == "deleted: scheduled post\n"
    assert server.posts.scheduled == []
    again = run("delete", "scheduled:0", "--yes")
    assert (again.returncode, "it was sent or deleted" in again.stderr) == (1, True)
    assert run("post", "x", "--at", "soon").returncode == 2
    assert run("post", "x", "--at", "1m").returncode == 1


def test_an_edit_changes_the_post(server: Any, run: Run) -> None:
    run("post", "Frist")
    edited = run("edit", "new0", "First")
    assert (edited.returncode, edited.stderr) == (0, "")
    assert server.posts.texts() == ["First"]
    other = run("edit", server.world.home[4]["id"], "Mine now")
    assert other.returncode == 1
    assert "Only your own posts" in other.stderr


def test_read_only_accounts_keep_the_text(mastodon: Callable[..., Any], run: Run) -> None:
    server = mastodon(posts=5)
    run("account", "add", "mastodon", "--server", server.url, "--token-stdin", stdin="good\n")
    refused = run("post", "Hello")
    assert refused.returncode == 1
    assert "is read-only" in refused.stderr
    assert "Hello" in run("drafts").stdout
    assert run("drafts", "delete", "1").returncode == 0
    assert run("drafts").stdout == ""


def test_missing_features_of_bluesky_are_explained(bluesky: Callable[..., Any], run: Run) -> None:
    server = bluesky(posts=5)
    handle = server.world.me["handle"]
    run("account", "add", "bluesky", "--server", server.url, "--handle", handle, "--token-stdin", "--write",
        stdin="abcd-efgh-ijkl-mnop\n")  # fmt: skip
    refused = run("post", "Hi", "--visibility", "followers")
    assert (refused.returncode, "only public posts" in refused.stderr) == (1, True)
    assert run("post", "Hi", "--threadgate", "nobody").returncode == 0
    uri = next(each for each in server.records if "feed.post" in each)
    assert "Confirm with --yes" in run("edit", uri, "Hi!").stderr
    assert run("edit", uri, "Hi!", "--yes").returncode == 0
    assert uri not in server.records


def test_nothing_is_no_draft(server: Any, run: Run) -> None:
    del server
    nothing = run("post", "", "--json")
    assert (nothing.returncode, nothing.stderr) == (2, "quietfeed: There is nothing to send: the text is empty.\n")
    assert run("drafts").stdout == ""


def test_drafts_and_the_outbox_of_one_account(server: Any, run: Run) -> None:
    server.posts.quirks.refuse = 422
    run("post", "Kept")
    account = json.loads(run("drafts", "--json").stdout)["accounts"][0]
    assert run("drafts", "--account", account).stdout == run("drafts").stdout != ""
    assert run("outbox", "--account", account).stdout == run("outbox").stdout != ""
    assert "  failed  post: Kept  " in run("outbox").stdout
    assert json.loads(run("outbox", "--json").stdout)["text"] == "Kept"
    for command in ("drafts", "outbox"):
        nobody = run(command, "--account", "nobody")
        assert (nobody.returncode, nobody.stdout) == (1, "")
    (draft,) = [json.loads(line)["id"] for line in run("drafts", "--json").stdout.splitlines()]
    assert json.loads(run("drafts", "delete", str(draft), "--json").stdout) == {"id": draft, "state": "deleted"}
    (entry,) = [json.loads(line)["id"] for line in run("outbox", "--json").stdout.splitlines()]
    assert json.loads(run("outbox", "drop", str(entry), "--json").stdout) == {"id": entry, "state": "dropped"}
    assert run("outbox").stdout == ""


def test_a_user_name_of_two_accounts_sends_nothing_and_removes_nothing(mastodon: Callable[..., Any], run: Run) -> None:
    """June has the same user name on two servers."""
    servers = [mastodon(posts=2, scopes=("read", "write")) for _ in range(2)]
    for server, domain in zip(servers, ("here.example", "there.example"), strict=True):
        server.world.me = {**server.world.me, "acct": "june", "url": f"https://{domain}/@june"}
        run("account", "add", "mastodon", "--server", server.url, "--token-stdin", "--write", stdin="good\n")
    names = [line.split()[0] for line in run("account", "list").stdout.splitlines()]
    assert len(names) == 2
    for options in (("post", "Hello", "--account", "june"), ("account", "remove", "june")):
        several = run(*options)
        assert (several.returncode, several.stdout) == (2, "")
        assert f"june names several accounts ({', '.join(names)})" in several.stderr
    assert [server.posts.made for server in servers] == [[], []]
    assert run("drafts").stdout == ""
    assert run("post", "Hello", "--account", names[1]).returncode == 0
    assert run("post", "Both", "--account", names[0], "--account", names[1]).returncode == 0
    assert [server.posts.texts() for server in servers] == [["Both"], ["Hello", "Both"]]


def test_an_id_that_two_servers_give_to_different_things_does_nothing(mastodon: Callable[..., Any], run: Run) -> None:
    """Only one of the accounts may write, but the id may be that of the other account's post or person."""
    servers = [mastodon(posts=3), mastodon(posts=3, scopes=("read", "write"))]
    for number, (server, options) in enumerate(zip(servers, ((), ("--write",)), strict=True)):
        server.world.me = {**server.world.me, "acct": f"june{number}"}
        for status in server.world.home:
            status["uri"] = f"https://{number}.example/{status['id']}"
        run("account", "add", "mastodon", "--server", server.url, "--token-stdin", *options, stdin="good\n")
    person = servers[1].world.people["2"]
    person |= {"acct": "bo@else.example", "username": "bo", "url": "https://else.example/@bo"}
    run("sync")
    post = next(each for each in servers[0].world.home if each["account"]["id"] == "2")
    for command in (("boost", post["id"]), ("post", "Yes", "--reply-to", post["id"])):
        several = run(*command)
        assert (several.returncode, "More than one account has the post" in several.stderr) == (1, True)
    several = run("follow", post["account"]["id"])
    assert (several.returncode, "ada@there.example, bo@else.example" in several.stderr) == (2, True)
    assert run("boost", post["id"], "--account", "june1").returncode == 0
    assert run("outbox").stdout.count("\n") == 1


def test_a_draft_that_is_in_the_outbox_is_not_sent_again(server: Any, run: Run) -> None:
    server.quirks.unwell = ("/api/v1/statuses",)
    unsent = run("post", "Only once")
    assert (unsent.returncode, server.posts.texts()) == (1, [])
    server.quirks.unwell = ()
    for text in ((), ("Another text",)):
        again = run("post", "--draft", "1", *text)
        assert (again.returncode, again.stderr.partition(":")[2].strip()[:22]) == (1, "Draft 1 is being sent:")
    assert run("outbox", "--json").stdout.count("\n") == 1
    assert run("outbox", "retry", "1").returncode == 0
    assert server.posts.texts() == ["Only once"]
    assert run("drafts").stdout == ""
