"""A day of writing on real servers, from the command line: after each action, server, store and screen agree.

`pytest -m servers tests/real/test_day.py`. QUIETFEED_TEST_ATPROTO as in test_bluesky.py; QUIETFEED_TEST_MASTODON_URL,
QUIETFEED_TEST_MASTODON_TOKEN and QUIETFEED_TEST_MASTODON_TOKEN_2 as in test_server_word.py: two people who may write.
Everything written is undone, except reports. An action that the server lacks must be rejected in one sentence.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from quietfeed.models.action import Target
from quietfeed.models.view import JudgedPost
from quietfeed.session import Session, open_session
from quietfeed.tui.widgets.paint import paint
from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from quietfeed.tests.servers.day_servers import MastodonApi, Server

pytestmark = pytest.mark.servers
Json = dict[str, Any]
SIGNS = {"like": "♥", "boost": "↻", "bookmark": "⚑"}
"""What the head of a row shows."""
FIELDS = {"like": "liked", "boost": "boosted", "bookmark": "bookmarked", "pin": "pinned", "vote": "voted"}


@dataclass
class Day:
    """The command line, the home that it uses, and the server."""

    run: Callable[..., Any]
    home: Path
    server: "Server"
    places: dict[str, str] = field(default_factory=dict)

    def cli(self, *arguments: str, stdin: str = "") -> Any:
        return self.run(*arguments, stdin=stdin, places=self.places)

    def done(self, *arguments: str) -> Json:
        """Run a command that must succeed; its JSON object."""
        answer = self.cli(*arguments, "--json")
        assert (answer.returncode, answer.stdout.count("\n")) == (0, 1), (arguments, answer.stderr)
        record: Json = json.loads(answer.stdout)
        assert record["state"] == "done", record
        self.server.settle()
        return record

    def refused(self, *arguments: str) -> str:
        """Run a command that must fail with one sentence, and leave nothing open."""
        answer = self.cli(*arguments)
        assert (answer.returncode in (1, 2), answer.stderr.count("\n")) == (True, 1), (arguments, answer.stderr)
        assert "Traceback" not in answer.stderr
        return str(answer.stderr)

    def on_screen(self, post: str) -> tuple[JudgedPost, str]:
        """A post in the session of the screens, and the head of its row."""

        async def read() -> tuple[JudgedPost, str]:
            session = open_session(self.home)
            try:
                (judged,) = session.timeline.get_or_load(session.timeline.keys_of(post))
                lines = paint(PostRow(judged), 100, datetime.now(UTC))
                return judged, "".join(text for line in lines for text, *_ in line)
            finally:
                await session.close()

        return asyncio.run(read())

    def in_store(self) -> set[str]:
        """The stored data of the other person."""

        async def read() -> set[str]:
            session: Session = open_session(self.home)
            try:
                target = await session.directory.person("follow", self.server.other)
                about = Target(target.account, person_id=target.person_id, handle=target.handle)
                kinds = ("follow", "mute", "block", "hide_boosts")
                return {kind for kind in kinds if session.actions.is_done(kind, about)}
            finally:
                await session.close()

        return asyncio.run(read())

    def agree_on_post(self, post: str, kind: str, wanted: bool) -> None:
        """Server, store and screen agree on an action on a post, also after a sync."""
        there = self.server.on_post(post)
        assert there is not None
        assert (kind in there) is wanted, (kind, there)
        for synced in (False, True):
            if synced:
                assert self.cli("sync").returncode == 0
            judged, row = self.on_screen(post)
            assert bool(getattr(judged, FIELDS[kind])) is wanted, (kind, judged.post.viewer)
            if kind in SIGNS:
                assert (SIGNS[kind] in row) is wanted, row
                assert f"{SIGNS[kind]}…" not in row

    def agree_on_person(self, kind: str, wanted: bool) -> None:
        """Server and store agree on an action on the other person, also after a sync."""
        assert (kind in self.server.on_person()) is wanted, kind
        for synced in (False, True):
            if synced:
                assert self.cli("sync").returncode == 0
            assert (kind in self.in_store()) is wanted, kind


def posts(day: Day) -> None:
    """Like, boost and bookmark a post of somebody, repeat each, and undo each."""
    post = day.server.post_as_other("The path along the lake is open again #walking")
    assert day.cli("sync").returncode == 0
    for kind in ("like", "boost", "bookmark"):
        assert day.done(kind, post)["undo"] == f"quietfeed un{kind} {post}"
        day.agree_on_post(post, kind, wanted=True)
        assert "already" in day.cli(kind, post).stdout
        day.done(f"un{kind}", post)
        day.agree_on_post(post, kind, wanted=False)


def people(day: Day) -> None:
    """Unfollow and follow, hide boosts, mute, block and report."""
    other = day.server.other
    day.done("unfollow", other)
    day.agree_on_person("follow", wanted=False)
    day.done("follow", other)
    day.agree_on_person("follow", wanted=True)
    for kind, there, back in (
        ("hide_boosts", ("mute", other, "--boosts"), ("unmute", other, "--boosts")),
        ("mute", ("mute", other, "--server"), ("unmute", other, "--server")),
        ("block", ("block", other, "--yes"), ("unblock", other)),
    ):
        if kind in day.server.lacks:
            day.refused(*there)
            continue
        day.done(*there)
        day.agree_on_person(kind, wanted=True)
        day.done(*back)
        day.agree_on_person(kind, wanted=False)
    report = ("report", other, "--reason", "a test of quietfeed", "--yes")
    if "report" in day.server.lacks:
        day.refused(*report)
    else:
        assert day.done(*report)["kind"] == "report"


def composing(day: Day) -> list[str]:
    """Send a post, a reply, a thread and a picture; the addresses of what stays."""
    text = f"Good morning, a day begins {time.time_ns()}"
    own = day.done("post", text)["post"]
    assert text in day.server.text_of(own)
    judged, _ = day.on_screen(own)
    assert text in judged.post.text
    asked = day.server.post_as_other("Who comes along on Sunday?")
    assert day.cli("sync").returncode == 0
    reply = day.done("post", f"I do {time.time_ns()}", "--reply-to", asked)["post"]
    assert "I do" in day.server.text_of(reply)
    assert day.on_screen(reply)[0].post.reply_to is not None
    image = day.home / "picture.png"
    image.write_bytes(import_module("atproto_world")._png("june"))
    pictured = day.done("post", "A colour", "--media", str(image), "--alt", "A small plain picture")["post"]
    assert day.on_screen(pictured)[0].post.media
    number = day.server.long // 50
    long = " ".join(f"Sentence number {each} of a longer story about the lake." for each in range(number))
    parts = [
        json.loads(line)
        for line in day.cli("post", "-", "--thread", "--json", stdin=long).stdout.splitlines()
        if '"done"' in line
    ]
    day.server.settle()
    assert len(parts) > 1
    there = " ".join(day.server.text_of(each["post"]) for each in parts)
    assert there.split() == long.split()
    return [own, reply, pictured, *(each["post"] for each in parts)]


def drafts(day: Day) -> None:
    """A text that is too long stays as a draft, with the reason, and is sent when it is shorter."""
    before = day.server.texts()
    answer = day.cli("post", "-", stdin="too long " * (day.server.long // 6))
    assert (answer.returncode in (1, 2), answer.stderr.count("\n"), "draft" in answer.stderr) == (True, 1, True)
    assert day.server.texts() == before
    (draft,) = [json.loads(line) for line in day.cli("drafts", "--json").stdout.splitlines()]
    sent = day.done("post", "short enough", "--draft", str(draft["id"]))
    assert day.cli("drafts").stdout == ""
    assert "short enough" in day.server.text_of(sent["post"])
    delete(day, sent["post"])


def delete(day: Day, post: str) -> None:
    day.refused("delete", post)
    day.done("delete", post, "--yes")
    assert day.server.on_post(post) is None
    assert all(json.loads(each)["id"] != post for each in day.cli("timeline", "--all", "--json").stdout.splitlines())


def own_posts(day: Day, kept: list[str]) -> None:
    """Pin and unpin a post of one's own, then delete all that was sent."""
    day.done("pin", kept[0])
    day.agree_on_post(kept[0], "pin", wanted=True)
    day.done("unpin", kept[0])
    day.agree_on_post(kept[0], "pin", wanted=False)
    for post in kept[::-1]:
        delete(day, post)


def the_end(day: Day) -> None:
    """Nothing waits, and nothing failed."""
    entries = [json.loads(line) for line in day.cli("outbox", "--json").stdout.splitlines()]
    assert {each["kind"] for each in entries if each["state"] != "done"} <= {*day.server.lacks, "unfollow_tag"}


def test_a_day_on_the_at_protocol(world: Any, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    for name, value in world.network.places().items():
        monkeypatch.setenv(name, value)
    day = Day(run, tmp_path, import_module("day_servers").AtProtocol(world), world.network.places())
    added = ("account", "add", "bluesky", "--handle", "june.test", "--token-stdin", "--write")
    assert day.cli(*added, stdin=world.app_password).returncode == 0
    assert day.cli("sync").returncode == 0
    posts(day)
    kept = composing(day)
    # A quote names the post that it quotes; an edit is a deletion and a new post.
    quoted = world.posts["ada 5"]["uri"]
    quote = day.done("post", "She is right", "--quote", quoted)["post"]
    assert day.on_screen(quote)[0].post.quote is not None
    day.refused("edit", quote, "She is right, as always")
    edited = day.done("edit", quote, "She is right, as always", "--yes")["post"]
    assert day.server.text_of(edited) == "She is right, as always"
    assert day.server.on_post(quote) is None
    drafts(day)
    people(day)
    own_posts(day, [*kept, edited])
    for lacking in (
        ("vote", quoted, "1"),
        ("note", "ada.test", "met at the lake"),
        ("follow", "#walking"),
        ("translate", quoted),
        ("follow-requests",),
        ("post", "Later", "--at", "2h"),
        ("post", "Which?", "--poll", "Lake", "--poll", "Hill"),
    ):
        day.refused(*lacking)
    the_end(day)


def test_a_day_on_a_server_of_mastodons_api(
    mastodon_api: "MastodonApi", run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    server, day = mastodon_api, Day(run, tmp_path, mastodon_api)
    url, token = str(server.june.base_url).rstrip("/"), os.environ["QUIETFEED_TEST_MASTODON_TOKEN"]
    added = day.cli("account", "add", "mastodon", "--server", url, "--token-stdin", "--write", stdin=token)
    assert added.returncode == 0, added.stderr
    assert day.cli("sync").returncode == 0
    posts(day)
    poll = server.post_as_other("Where to?", poll=True)
    assert day.cli("sync").returncode == 0
    day.done("vote", poll, "2")
    day.agree_on_post(poll, "vote", wanted=True)
    assert "already" in day.cli("vote", poll, "1").stdout
    kept = composing(day)
    warned = day.done("post", "Soup again", "--warning", "food", "--visibility", "unlisted", "--lang", "en")["post"]
    status = server.ask("GET", f"statuses/{warned}")
    assert (status["spoiler_text"], status["visibility"], status["language"]) == ("food", "unlisted", "en")
    edited = day.done("edit", warned, "Soup again, and bread")["post"]
    # The id of a post at snac begins with the time of its last change.
    assert edited == warned or server.queues
    warned = edited
    assert "bread" in server.text_of(warned)
    assert "bread" in day.on_screen(warned)[0].post.text
    asked = day.done("post", "Which?", "--poll", "Lake", "--poll", "Hill", "--poll-for", "1h")["post"]
    # mastodon-mock drops the poll of a form without an error.
    poll_made = server.ask("GET", f"statuses/{asked}")["poll"]
    assert server.drops_polls or [each["title"] for each in poll_made["options"]] == ["Lake", "Hill"]
    _scheduled(day, server)
    drafts(day)
    _personal(day, server)
    people(day)
    if "follow_requests" not in server.lacks:
        _requests(day, server)
    own_posts(day, [*kept, warned, asked])
    quote = day.cli("post", "She is right", "--quote", poll)
    assert (quote.returncode == 0) or quote.stderr.count("\n") == 1
    the_end(day)


def _scheduled(day: Day, server: "MastodonApi") -> None:
    answer = server.june.get("/api/v1/scheduled_statuses")
    if answer.is_error:
        day.refused("post", "Later", "--at", "2h")
        return
    sent = day.done("post", "Later", "--at", "2h")["post"]
    later = sent.removeprefix("scheduled:")
    # snac keeps it for later and lists none.
    assert server.queues or later in [each["id"] for each in server.ask("GET", "scheduled_statuses")]
    day.refused("delete", sent)
    day.done("delete", sent, "--yes")
    assert later not in [each["id"] for each in server.ask("GET", "scheduled_statuses")]
    if not server.queues:
        # snac still shows a post that it no longer schedules.
        assert server.june.get(f"/api/v1/statuses/{later}").status_code == 404
        assert "it was sent or deleted" in day.refused("delete", sent, "--yes")
        failed = json.loads(day.cli("outbox", "--json").stdout.splitlines()[0])
        assert day.cli("outbox", "drop", str(failed["id"])).returncode == 0


def _personal(day: Day, server: "MastodonApi") -> None:
    """The private note and the followed hashtag."""
    if "note" in server.lacks:
        day.refused("note", server.other, "met at the lake")
        day.refused("follow", "#mountains")
        return
    before = server.relation()["note"]
    day.done("note", server.other, "met at the lake")
    assert server.relation()["note"] == "met at the lake"
    assert day.cli("note", server.other).stdout == "met at the lake\n"
    day.done("note", server.other, before)
    assert server.relation()["note"] == before
    # A server may not know a hashtag before somebody follows it.
    day.done("follow", "#mountains")
    assert server.ask("GET", "tags/mountains")["following"]
    day.done("unfollow", "#mountains")
    assert not server.ask("GET", "tags/mountains")["following"]


def _requests(day: Day, server: "MastodonApi") -> None:
    """Somebody asks to follow; the user rejects the first request and accepts the second. Both follow at the end."""
    server.ask("PATCH", "accounts/update_credentials", data={"locked": "true"})
    try:
        for answer, follows in (("reject", False), ("accept", True)):
            server.ask("POST", f"accounts/{server.me['id']}/unfollow", server.ada)
            server.ask("POST", f"accounts/{server.me['id']}/follow", server.ada)
            assert server.other in day.cli("follow-requests").stdout
            day.done("follow-requests", answer, server.other)
            assert server.relation()["followed_by"] is follows
            assert day.cli("follow-requests").stdout == ""
    finally:
        server.ask("PATCH", "accounts/update_credentials", data={"locked": "false"})
    if "follow" not in server.on_person():
        day.done("follow", server.other)
