"""A day of writing on real servers, from the screens: after each key, server, store and screen agree.

`pytest -m servers tests/real/test_day_screens.py`, with the servers of test_day.py. Every key is pressed in the running
app. Everything written is undone, except reports. Actions that the network lacks must be rejected in one sentence.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Paste
from textual.widgets import OptionList

from quietfeed.models.action import Target
from quietfeed.models.action_kinds import kind_of
from quietfeed.models.view import JudgedPost
from quietfeed.session import open_session
from quietfeed.store.places import find_places
from quietfeed.tui.app import QuietfeedApp
from quietfeed.tui.widgets.paint import paint
from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from quietfeed.tests.servers.day_servers import MastodonApi, Server
    from quietfeed.tests.tui.conftest import Screens

pytestmark = pytest.mark.servers
SIGNS = {"like": "♥", "boost": "↻", "bookmark": "⚑"}
"""What the head of a row shows."""
FIELDS = {"like": "liked", "boost": "boosted", "bookmark": "bookmarked", "pin": "pinned", "vote": "voted"}
DELAY = 2
"""How many seconds a post waits here, so that `u` undoes it."""


@dataclass
class Screened:
    """The running app over a home, and the server."""

    screens: "Screens"
    home: Path
    server: "Server"

    async def until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until something holds, while the app works."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.screens.text()
            await asyncio.sleep(0.05)
            await self.screens.settled()

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until the outbox has nothing left to send."""
        await self.screens.press(*keys)
        await self.sent()

    async def sent(self) -> None:
        outbox = self.screens.session.outbox
        await self.until(lambda: all(each.state in ("done", "failed") for each in outbox.entries()))
        self.server.settle()

    async def go_to(self, post: str) -> JudgedPost:
        """Fetch, and put the cursor on a post."""
        await self.screens.press("R")
        return self.screens.go_to(lambda judged: post in (judged.post.id, judged.post.original_id))

    async def pick(self, words: str, *, follow: bool = True) -> None:
        """Choose what begins with these words in the open panel, by its number or letter."""
        options = self.screens.app.screen.query_one(OptionList)
        labels = [str(options.get_option_at_index(number).prompt) for number in range(options.option_count)]
        (number,) = [at for at, label in enumerate(labels) if label[3:].startswith(words)] or [-1]
        assert number >= 0, (words, labels)
        # A question that sends something takes no key that has just been pressed.
        await (self.press if follow else self.screens.press)("j", labels[number][0])

    async def menu(self, words: str) -> None:
        """Choose something in the menu of the post under the cursor."""
        await self.screens.press("ctrl+o")
        await self.pick(words)

    async def lacking(self, kind: str, words: str, *picks: str) -> None:
        """Choose an action in the menu that the server lacks: it is rejected in one sentence, nothing stays open."""
        assert kind in self.server.lacks
        await self.menu(words)
        for each in picks:
            await self.pick(each)
        entry = self.screens.session.outbox.entries()[0]
        assert (kind_of(entry.action).name, entry.state) == (kind, "failed"), entry
        assert entry.reason.endswith("."), entry.reason
        assert entry.reason[:30] in self.message(), self.message()

    async def palette(self, words: str) -> None:
        """Run the action that the palette finds by these words."""
        await self.screens.press("ctrl+p")
        await self.screens.type(words)
        await asyncio.sleep(0.3)
        await self.screens.press("enter")
        await self.screens.settled()

    def message(self) -> str:
        return self.screens.line("message")

    async def stored(self, post: str) -> JudgedPost:
        """A post in another process, which only reads the store."""
        session = open_session(self.home)
        try:
            (judged,) = session.timeline.get_or_load(session.timeline.keys_of(post))
            return judged
        finally:
            await session.close()

    async def agree_on_post(self, post: str, kind: str, wanted: bool) -> None:
        """Server, store and screen agree on an action on the post, before and after a fetch."""
        there = self.server.on_post(post)
        assert there is not None
        assert (kind in there) is wanted, (kind, there, self.message())
        for fetched in (False, True):
            if fetched:
                await self.screens.press("R")
            shown = next(each for each in self.screens.posts() if post in (each.post.id, each.post.original_id))
            row = "".join(text for line in paint(PostRow(shown), 100, datetime.now(UTC)) for text, *_ in line)
            for judged in (shown, await self.stored(post)):
                assert bool(getattr(judged, FIELDS[kind])) is wanted, (kind, fetched, judged.post.viewer)
            if kind in SIGNS:
                assert (SIGNS[kind] in row) is wanted, row
                assert f"{SIGNS[kind]}…" not in row

    async def agree_on_person(self, kind: str, wanted: bool) -> None:
        """Server and store agree on an action on the other person."""
        assert (kind in self.server.on_person()) is wanted, (kind, self.message())
        session = open_session(self.home)
        try:
            person = await session.directory.person("follow", self.server.other)
            about = Target(person.account, person_id=person.person_id, handle=person.handle)
            for actions in (session.actions, self.screens.session.actions):
                assert actions.is_done(kind, about) is wanted, (kind, self.message())
        finally:
            await session.close()

    def newest(self, *, edits: bool = False) -> str:
        """The id of the post that was sent last."""
        kind = "Edit" if edits else "Compose"
        entry = next(each for each in self.screens.session.outbox.entries() if type(each.action).__name__ == kind)
        assert (entry.state, entry.receipt is not None) == ("done", True), entry
        assert entry.receipt is not None
        return entry.receipt.record_id


async def posts(day: Screened) -> None:
    """Like, boost and bookmark; each is undone by its key, and by `u`."""
    post = day.server.post_as_other("The path along the lake is open again #walking")
    for kind, key in (("like", "l"), ("boost", "b"), ("bookmark", "B")):
        for back in (key, "u"):
            await day.go_to(post)
            await day.press(key)
            await day.agree_on_post(post, kind, wanted=True)
            await day.go_to(post)
            await day.press(back)
            await day.agree_on_post(post, kind, wanted=False)


async def people(day: Screened) -> None:
    """Unfollow and follow in the person view; hide boosts, mute and block from the menu, and report."""
    post = day.server.post_as_other("Who else walks there?")
    await day.go_to(post)
    await day.screens.press("a")
    for key, wanted in (("minus", False), ("plus", True), ("minus", False), ("u", True)):
        await day.press(key)
        await day.agree_on_person("follow", wanted=wanted)
    await day.screens.press("escape")
    for kind, words, back in (
        ("hide_boosts", "hide boosts", "show boosts"),
        ("mute", "mute", "unmute"),
        ("block", "block", "unblock"),
    ):
        await day.go_to(post)
        if kind in day.server.lacks:
            await day.lacking(kind, words)
            continue
        await day.menu(words)
        if kind == "block":
            await day.pick("yes, block")
        await day.agree_on_person(kind, wanted=True)
        day.screens.go_to(lambda judged: judged.post.id == post)
        await day.menu(back)
        await day.agree_on_person(kind, wanted=False)
        if "follow" not in day.server.on_person():
            await day.screens.press("a")
            await day.press("plus")
            await day.screens.press("escape")
    await day.agree_on_person("follow", wanted=True)
    await day.go_to(post)
    if "report" in day.server.lacks:
        await day.lacking("report", "report", "something else", "yes, report")
        return
    await day.menu("report")
    await day.pick("something else")
    await day.pick("yes, report")
    assert day.message().startswith("reported: "), day.message()


async def write(day: Screened, text: str, *, opens: str = "C") -> None:
    """Type a post into the composer and send it."""
    await day.screens.press(opens)
    await day.screens.type(text)
    await day.press("ctrl+s")


async def composing(day: Screened) -> list[str]:
    """A post, one that is undone, a reply, a picture and a thread; the ids of what stays."""
    screens, server, kept = day.screens, day.server, []
    text = f"Good morning, a day begins {time.time_ns()}"
    await write(day, text)
    kept.append(day.newest())
    assert text in server.text_of(kept[0])
    assert text in (await day.stored(kept[0])).post.text
    screens.go_to(lambda judged: judged.post.id == kept[0])
    before = server.texts()
    await screens.press("C")
    await screens.type("Not this one")
    await screens.press("ctrl+s", "u")
    assert "the post is not sent" in day.message()
    await asyncio.sleep(DELAY + 1)
    await day.sent()
    assert server.texts() == before
    await screens.press("D", "1", "2")
    assert day.message() == "the draft is deleted"
    asked = server.post_as_other("Who comes along on Sunday?")
    await day.go_to(asked)
    await write(day, "I do", opens="r")
    kept.append(day.newest())
    assert "I do" in server.text_of(kept[-1])
    assert (await day.stored(kept[-1])).post.reply_to is not None
    image = day.home / "picture.png"
    image.write_bytes(import_module("atproto_world")._png("june"))
    await screens.press("C")
    await screens.type("A colour")
    await screens.press("ctrl+n")
    await screens.type(str(image))
    await screens.press("enter")
    await screens.type("A small plain picture")
    await screens.press("enter")
    await day.press("ctrl+s")
    kept.append(day.newest())
    media = (await day.stored(kept[-1])).post.media
    assert media
    assert media[0].alt == "A small plain picture"
    kept += await _thread(day)
    return kept


async def _thread(day: Screened) -> list[str]:
    screens = day.screens
    number = day.server.long // 50
    long = " ".join(f"Sentence number {each} of a longer story about the lake." for each in range(number))
    await screens.press("C")
    # The limit of snac is 100,000 characters, which nobody types.
    screens.app.post_message(Paste(long))
    await screens.settled()
    await screens.press("ctrl+s")
    assert "too long" in day.message()
    await screens.press("ctrl+g", "1")
    await day.press("ctrl+s")
    entries = [each for each in screens.session.outbox.entries() if getattr(each.action, "parts", 1) > 1][::-1]
    assert len(entries) > 1
    assert {each.state for each in entries} == {"done"}
    made = [each.receipt.record_id for each in entries if each.receipt is not None]
    assert " ".join(day.server.text_of(each) for each in made).split() == long.split()
    return made


async def drafts(day: Screened) -> None:
    """A text that is closed stays as a draft, and is sent later."""
    screens, before = day.screens, day.server.texts()
    await screens.press("C")
    await screens.type("Later perhaps")
    await screens.press("escape")
    assert "draft saved" in day.message()
    assert day.server.texts() == before
    await screens.press("D", "1", "j", "1")
    await day.press("ctrl+s")
    sent = day.newest()
    assert "Later perhaps" in day.server.text_of(sent)
    assert screens.session.composing.drafts() == []
    await delete(day, sent)


async def delete(day: Screened, post: str) -> None:
    """Delete one's own post: the first answer leaves it, the second deletes it."""
    await day.go_to(post)
    await day.menu("delete")
    await day.pick("no")
    assert day.server.on_post(post) is not None
    await day.menu("delete")
    await day.pick("yes, delete")
    assert day.server.on_post(post) is None, day.message()
    await day.screens.press("R")
    assert all(each.post.id != post for each in day.screens.posts())


async def own_posts(day: Screened, kept: list[str]) -> None:
    """Pin and unpin a post of one's own, then delete all that was sent."""
    for words, wanted in (("pin to your profile", True), ("unpin", False)):
        await day.go_to(kept[0])
        await day.menu(words)
        await day.agree_on_post(kept[0], "pin", wanted=wanted)
    for post in kept[::-1]:
        await delete(day, post)


def the_end(day: Screened) -> None:
    """Nothing waits, and nothing failed."""
    entries = [each for each in day.screens.session.outbox.entries() if each.state != "done"]
    failed = [each for each in entries if kind_of(each.action).name not in day.server.lacks]
    assert [(each.action, each.reason) for each in failed] == []
    assert {each.state for each in entries} <= {"failed"}


@asynccontextmanager
async def opened(home: Path, server: "Server", driven: Callable[[Any], "Screens"]) -> AsyncIterator[Screened]:
    file = find_places(home).config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"compose_delay = {DELAY}\n")
    session = open_session(home)
    assert session.config.compose_delay == DELAY
    # At the level "everything" no post is hidden by a guess.
    async with QuietfeedApp(session).run_test(size=(110, 40)) as pilot:
        day = Screened(driven(pilot), home, server)
        await day.screens.settled()
        await day.screens.press("1", "R")
        yield day
    await session.close()


async def test_a_day_on_the_at_protocol(
    world: Any, run: Any, driven: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    for name, value in world.network.places().items():
        monkeypatch.setenv(name, value)
    added = ("account", "add", "bluesky", "--handle", "june.test", "--token-stdin", "--write")
    assert run(*added, stdin=world.app_password, places=world.network.places()).returncode == 0
    assert run("sync", places=world.network.places()).returncode == 0
    async with opened(tmp_path, import_module("day_servers").AtProtocol(world), driven) as day:
        await posts(day)
        kept = await composing(day)
        quoted = day.server.post_as_other("A lake is a mirror")
        await day.go_to(quoted)
        await write(day, "She is right", opens="Q")
        quote = day.newest()
        assert (await day.stored(quote)).post.quote is not None
        await day.go_to(quote)
        await day.screens.press("E")
        await day.screens.type(", as always")
        await day.screens.press("ctrl+s")
        await day.pick("send it anyway")
        edited = day.newest()
        assert day.server.text_of(edited) == "She is right, as always"
        assert day.server.on_post(quote) is None
        await drafts(day)
        await people(day)
        await day.go_to(quoted)
        await day.screens.press("ctrl+o")
        for absent in ("vote", "note", "translate", "hashtag"):
            assert absent not in day.screens.text(), absent
        await day.screens.press("escape")
        await day.palette("follow requests")
        assert "does not support that" in day.message()
        await own_posts(day, [*kept, edited])
        the_end(day)


async def test_a_day_on_a_server_of_mastodons_api(
    mastodon_api: "MastodonApi", run: Any, driven: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    server = mastodon_api
    url, token = str(server.june.base_url).rstrip("/"), os.environ["QUIETFEED_TEST_MASTODON_TOKEN"]
    added = run("account", "add", "mastodon", "--server", url, "--token-stdin", "--write", stdin=token)
    assert added.returncode == 0, added.stderr
    assert run("sync").returncode == 0
    async with opened(tmp_path, server, driven) as day:
        await posts(day)
        poll = server.post_as_other("Where to?", poll=True)
        await day.go_to(poll)
        await day.menu("vote")
        await day.pick("Hill")
        await day.agree_on_post(poll, "vote", wanted=True)
        kept = await composing(day)
        kept += await _fields(day, server)
        await _scheduled(day, server)
        await drafts(day)
        await _personal(day, server)
        await people(day)
        await _requests(day, server)
        await _lacking(day, server, poll)
        await own_posts(day, kept)
        the_end(day)


async def _fields(day: Screened, server: "MastodonApi") -> list[str]:
    """A warning, the audience after the server's default, a language, an edit and a poll."""
    screens = day.screens
    default = server.ask("GET", "accounts/verify_credentials")["source"]["privacy"]
    audience = {"public": "unlisted", "unlisted": "private"}[default]
    await screens.press("C")
    await screens.type("Soup again")
    await screens.press("ctrl+o")
    await screens.type("food")
    await screens.press("enter", "ctrl+r", "ctrl+l")
    language = screens.session.composing.new().language
    await screens.press(*["backspace"] * len(language))
    await screens.type("en")
    await screens.press("enter")
    await day.press("ctrl+s")
    warned = day.newest()
    status = server.ask("GET", f"statuses/{warned}")
    assert (status["spoiler_text"], status["visibility"], status["language"]) == ("food", audience, "en")
    await day.go_to(warned)
    await screens.press("E")
    await screens.type(", and bread")
    await day.press("ctrl+s")
    # The id of a post at snac begins with the time of its last change.
    assert day.newest(edits=True) == warned or server.queues
    warned = day.newest(edits=True)
    assert "Soup again, and bread" in server.text_of(warned)
    assert "Soup again, and bread" in (await day.stored(warned)).post.text
    await screens.press("C")
    await screens.type("Which?")
    await screens.press("ctrl+b")
    await screens.type("Lake | Hill")
    await screens.press("enter")
    await day.press("ctrl+s")
    asked = day.newest()
    poll_made = server.ask("GET", f"statuses/{asked}")["poll"]
    assert server.drops_polls or [each["title"] for each in poll_made["options"]] == ["Lake", "Hill"]
    return [warned, asked]


async def _scheduled(day: Screened, server: "MastodonApi") -> None:
    screens = day.screens
    await screens.press("C")
    await screens.type("Later today")
    await screens.press("f2")
    await day.pick("when it is sent")
    await screens.type("2h")
    await screens.press("enter")
    if server.june.get("/api/v1/scheduled_statuses").is_error:
        await screens.press("ctrl+s")
        await day.until(lambda: "Later today" in str(screens.session.composing.drafts()))
        return
    await day.press("ctrl+s")
    later = day.newest().removeprefix("scheduled:")
    # snac keeps it for later and lists none.
    assert server.queues or later in [each["id"] for each in server.ask("GET", "scheduled_statuses")]
    await day.press("u")
    assert later not in [each["id"] for each in server.ask("GET", "scheduled_statuses")]
    # snac still shows a post that it no longer schedules.
    assert server.queues or server.june.get(f"/api/v1/statuses/{later}").status_code == 404
    assert "Later today" in str(screens.session.composing.drafts())
    await screens.press("D", "1", "2")
    assert screens.session.composing.drafts() == []


async def _personal(day: Screened, server: "MastodonApi") -> None:
    """The private note and the followed hashtag; `u` undoes both."""
    post = server.post_as_other("A walk in the #mountains")
    await day.go_to(post)
    if "note" in server.lacks:
        await day.menu("your private note")
        assert day.screens.names[-1] == "HomeScreen"
        assert day.message().endswith("."), day.message()
        await day.lacking("follow_tag", "follow a hashtag", "#mountains")
        return
    before = server.relation()["note"]
    await day.menu("your private note")
    await day.screens.press(*["backspace"] * len(before))
    await day.screens.type("met at the lake")
    await day.press("enter")
    assert server.relation()["note"] == "met at the lake"
    await day.press("u")
    assert server.relation()["note"] == before
    await day.go_to(post)
    await day.menu("follow a hashtag")
    await day.pick("#mountains")
    assert server.ask("GET", "tags/mountains")["following"]
    await day.press("u")
    assert not server.ask("GET", "tags/mountains")["following"]


async def _requests(day: Screened, server: "MastodonApi") -> None:
    """Somebody asks to follow; the user rejects the first request and accepts the second. Both follow at the end."""
    if "follow_requests" in server.lacks:
        return
    server.ask("PATCH", "accounts/update_credentials", data={"locked": "true"})
    try:
        for answer, follows in (("reject", False), ("accept", True)):
            server.ask("POST", f"accounts/{server.me['id']}/unfollow", server.ada)
            server.ask("POST", f"accounts/{server.me['id']}/follow", server.ada)
            await day.palette("follow requests")
            await day.pick(server.other)
            await day.pick(answer)
            assert server.relation()["followed_by"] is follows
            await day.palette("follow requests")
            assert day.message() == "you have no follow requests"
    finally:
        server.ask("PATCH", "accounts/update_credentials", data={"locked": "false"})


async def _lacking(day: Screened, server: "MastodonApi", post: str) -> None:
    """Actions that the server may lack, a translation and a quote, result in a sentence."""
    await day.go_to(post)
    # The menu offers it only where the server announces it.
    await day.palette("translate")
    if day.screens.names[-1] != "HomeScreen":
        await day.screens.press("escape")
    else:
        assert day.message() not in ("", "translating …")
    await day.screens.press("Q")
    if day.screens.names[-1] == "ComposerScreen":
        await day.screens.type("She is right")
        await day.press("ctrl+s")
        await delete(day, day.newest())
    else:
        assert "quote" in day.message()
