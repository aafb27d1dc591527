"""Likes on the screens: shown at once, sent in the background, rolled back with a sentence, undone by u."""

import asyncio
import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual import events

from quietfeed.models.action import Action, ActionKey, Like, Receipt
from quietfeed.models.action_kinds import kind_of
from quietfeed.models.errors import ConnectionFailed, RateLimited, RequestRejected, ServerError, SourceError
from quietfeed.models.post import Media, Poll, PollOption
from quietfeed.session.browser import play
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

if TYPE_CHECKING:
    from quietfeed.session import Session
    from quietfeed.tests.tui.conftest import Open, Scripted


@dataclass
class Pen:
    """A writer that succeeds, or raises `error`."""

    liked: set[str] = field(default_factory=set)
    error: SourceError | None = None
    performed: int = 0
    done: list[str] = field(default_factory=list)
    """The kinds of all actions, oldest first."""

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        self.performed += 1
        self.done.append(kind_of(action).name)
        if self.error is not None:
            raise self.error
        (self.liked.add if isinstance(action, Like) else self.liked.discard)(action.target.post_id)
        return Receipt()

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        return Receipt() if (action.target.post_id in self.liked) == isinstance(action, Like) else None


def writing_session(scripted: "type[Scripted]", home: Path, pen: Pen, *, writing: bool = True) -> "Session":
    network: Any = scripted.network([scripted.post(number) for number in range(6)])
    network.writer = pen
    session = scripted.session(network, home)
    if writing:
        session.signing_in.set_writing(session.accounts[0], True)
    return session


async def test_l_likes_and_l_again_unlikes(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        screens.timeline.select_number(1)
        await screens.press("l")
        key = screens.selected()
        assert key is not None
        assert pen.liked == {key[1]}
        assert screens.text().count("♥") == 1
        assert "♥…" not in screens.text()
        assert screens.line("message").startswith("liked: post of ")
        await screens.press("l")
        assert pen.liked == set()
        assert "♥" not in screens.text()


async def test_u_undoes_a_like_and_then_the_mark_before_it(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        screens.timeline.select_number(0)
        await screens.press("s", "k", "l")
        assert pen.liked
        await screens.press("u")
        assert pen.liked == set()
        assert screens.posts()[0].mark == "sales"
        await screens.press("u")
        assert screens.posts()[0].mark is None


async def test_a_rejected_like_is_rolled_back_with_its_reason(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen(error=RequestRejected("example.social", 403))
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        await screens.press("l")
        assert "♥" not in screens.text()
        assert "not liked" in screens.line("message")
        assert "403 (Forbidden)" in screens.text()
        await screens.press("enter")
        assert "not liked: example.social returned 403" in screens.text()


async def test_a_like_that_cannot_be_sent_waits_with_a_message(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen(error=ConnectionFailed("example.social", "refused"))
    session = writing_session(scripted, tmp_path, pen)
    async with opened(session) as screens:
        await screens.press("l")
        assert "♥…" in screens.text()
        assert "like pending: example.social cannot be reached" in screens.text()
        pen.error = None
        Archive(find_places(tmp_path).database)._db.run("update outbox set next_at = 0")
        session.outbox.loop.send()
        await screens.settled()
        assert "♥…" not in screens.text()
        assert len(pen.liked) == 1


async def test_the_first_like_explains_and_asks_once(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    session = writing_session(scripted, tmp_path, pen, writing=False)
    session.signing_in._tokens = _Tokens()  # type: ignore[assignment]
    async with opened(session) as screens:
        await screens.press("l")
        assert screens.names[-1] == "ChoiceScreen"
        assert "is read-only so far" in screens.text()
        await screens.press("2")
        assert pen.performed == 0
        await screens.press("l", "1")
        assert screens.names[-1] == "HomeScreen"
        assert len(pen.liked) == 1
        await screens.press("j", "l")
        assert len(pen.liked) == 2
        session.signing_in._tokens = None


class _Tokens:
    """A token whose scopes are not known: it may allow writing."""

    def find(self, key: str) -> dict[str, str]:
        return {"token": key}


async def test_a_sign_in_without_the_permission_requests_it(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    session = writing_session(scripted, tmp_path, Pen(), writing=False)
    session.signing_in._tokens = _Tokens()  # type: ignore[assignment]
    account = session.accounts[0]
    Archive(find_places(tmp_path).database).add_account(replace(account, scopes=("read",)))
    session.signing_in.set_writing(account, False)
    async with opened(session) as screens:
        await screens.press("l", "1")
        assert screens.names[-1] == "SignInScreen"
        assert "permission to read and write" in screens.text()
        await screens.press("escape")
        assert screens.names[-1] == "HomeScreen"
        assert session.outbox.entries() == []
        session.signing_in._tokens = None


async def test_the_start_reports_actions_that_are_an_hour_old(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen(error=ConnectionFailed("example.social", "refused"))
    session = writing_session(scripted, tmp_path, pen)
    session.timeline.load()
    await session.fetching.refresh(lambda _: None)
    await session.actions.on_post("like", session.timeline.posts[0].key)
    Archive(find_places(tmp_path).database)._db.run("update outbox set confirmed_at = 0")
    async with opened(session) as screens:
        assert pen.performed == 0
        assert "♥…" in screens.text()


async def test_the_outbox_sends_or_drops_what_was_not_done(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen(error=RequestRejected("example.social", 403))
    session = writing_session(scripted, tmp_path, pen)
    async with opened(session) as screens:
        screens.app.action_do("outbox")
        assert screens.line("message") == "nothing is waiting to be sent, and nothing failed"
        await screens.press("l")
        pen.error = None
        screens.app.action_do("outbox")
        await screens.settled()
        assert "like: the post of" in screens.text()
        assert "failed: example.social" in screens.text()
        await screens.press("1", "j", "1")
        assert (pen.performed, session.outbox.undone()) == (2, [])
        assert "liked: post of" in screens.line("message")
        pen.error = RequestRejected("example.social", 403)
        await screens.press("j", "l")
        screens.app.action_do("outbox")
        await screens.settled()
        await screens.press("1", "2")
        assert screens.line("message").startswith("dropped · like: the post of")
        assert session.outbox.undone() == []


_HERE = "example.social"
FAULTS: tuple[SourceError, ...] = (
    RequestRejected(_HERE, 403),
    RequestRejected(_HERE, 404),
    RequestRejected(_HERE, 422, "Validation failed"),
    RateLimited(_HERE, datetime(2099, 1, 1, tzinfo=UTC)),
    ServerError(_HERE, 503, ""),
    ConnectionFailed(_HERE, "refused"),
)


@pytest.mark.parametrize("shift", [0, 1, 3])
async def test_each_action_of_the_screens_says_what_the_server_did(
    shift: int, opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    session = writing_session(scripted, tmp_path, pen)
    async with opened(session) as screens:
        screens.timeline.select_number(1)
        for number, (action, keys, failed) in enumerate(
            (
                ("like", (), "not liked: "),
                ("boost", (), "not boosted: "),
                ("bookmark", (), "not bookmarked: "),
                ("hide_boosts", (), "boosts not hidden: "),
                ("report_person", ("2", "j", "2"), "not reported: "),
                ("mute_server", (), "not muted on the server: "),
                ("block", ("j", "2"), "not blocked: "),
            )
        ):
            if len(screens.posts()) < 2:
                # The mute that waits hides the others already.
                break
            before = screens.posts()[1]
            pen.error = fault = FAULTS[(number + shift) % len(FAULTS)]
            screens.app.action_do(action)
            await screens.settled()
            await screens.press(*keys)
            entry = session.outbox.entries()[0]
            if isinstance(fault, RequestRejected):
                assert entry.state == "failed", (action, entry)
                message = screens.line("message")
                assert (message.startswith(failed), str(fault.status) in message) == (True, True), message
                after = screens.posts()[1]
                assert (after.post.viewer, after.tie) == (before.post.viewer, before.tie), action
            else:
                assert entry.state in ("pending", "unclear"), (action, entry)
                assert entry.reason, action
            assert screens.names == ["HomeScreen"]


async def test_the_demo_likes_without_a_network(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("l")
        assert "liked: post of" in screens.line("message")


async def test_the_menu_does_what_it_lists(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        screens.timeline.select_number(1)
        await screens.press("b", "B")
        assert pen.done == ["boost", "bookmark"]
        assert "↻" in screens.text()
        await screens.press("ctrl+o")
        assert "undo the boost  (b)" in screens.text()
        assert "unfollow ada@example.social" in screens.text()
        assert "copy the link  (y)" in screens.text()
        await screens.press("3", "ctrl+o", "5")
        assert pen.done == ["boost", "bookmark", "unboost", "unfollow"]
        assert screens.posts()[1].tie.you_follow is False
        await screens.press("u")
        assert pen.done[-1] == "follow"
        assert screens.posts()[1].tie.you_follow is True


async def test_a_key_in_the_menu_does_what_its_line_says(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        screens.timeline.select_number(1)
        await screens.press("ctrl+o")
        lines = [line.strip(" │") for line in screens.text().splitlines() if "│" in line]
        signs = [line[0] for line in lines if line[1:3] == "  "]
        keys = [line[-2] for line in lines if line[-3:-2] == "(" and line.endswith(")")]
        assert {"b", "B", "y"} <= set(keys)
        assert not set(signs) & set(keys), "a letter names two lines"
        await screens.press("b")
        await screens.press("ctrl+o", "B", "ctrl+o", "b")
        assert pen.done == ["boost", "bookmark", "unboost"]


async def test_the_foot_names_what_is_under_the_cursor(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(writing_session(scripted, tmp_path, Pen())) as screens:
        screens.timeline.select_number(0)
        await screens.settled()
        assert screens.line("keys").startswith(" r reply  l like  b boost")
        await screens.press("l")
        assert "l unlike" in screens.line("keys")
        await screens.press("j")
        assert "l like" in screens.line("keys")


async def test_quitting_while_an_action_is_sent_leaves_it_to_be_compared(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Slow(Pen):
        """Its server never responds. Closing its connection takes longer than closing the screens."""

        async def perform(self, action: Action, key: ActionKey) -> Receipt:
            self.performed += 1
            try:
                await asyncio.Event().wait()
            finally:
                # Textual cancels a task several times.
                for _ in range(1000):
                    with suppress(asyncio.CancelledError):
                        await asyncio.sleep(0)
            return Receipt()

    pen = Slow()
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        screens.send("l")
        while not pen.performed:
            await asyncio.sleep(0)
        screens.send("q")
        while screens.app.is_running:
            await asyncio.sleep(0)
    with closing(Archive(find_places(tmp_path).database)) as archive:
        assert [each.state for each in archive.outbox.open()] == ["unclear"]
    assert caplog.messages == []


async def test_a_video_goes_to_the_viewer_and_letters_follow_the_nine_digits(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    played: list[tuple[str, str]] = []

    def recording(command: str, url: str) -> bool:
        played.append((command, url))
        return True

    post = replace(scripted.post(0), media=(Media("video", url="https://media.example/a.mp4"),), tags=("lake",))
    session = scripted.session(scripted.network([post]), tmp_path)
    session.config = replace(session.config, viewer="mpv --")
    session.signing_in.set_writing(session.accounts[0], True)
    async with opened(session) as screens:
        screens.app.browser = replace(screens.app.browser, play=recording)
        await screens.press("ctrl+o")
        lines = screens.text().splitlines()
        line = next(each for each in lines if "open its pictures, videos or sounds" in each)
        letter = line.partition("open its")[0].split()[-1]
        assert letter.isalpha()
        await screens.press(letter)
        assert played == [("mpv --", "https://media.example/a.mp4")]
        assert screens.line("message").startswith("playing from media.example")


def test_the_viewer_gets_the_address_as_its_last_argument(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = tmp_path / "viewer"
    script.write_text('#!/bin/sh\nprintf "%s|" "$@" > "$TOLD.new" && mv "$TOLD.new" "$TOLD"\n')
    script.chmod(0o700)
    before = threading.enumerate()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOLD", str(told))
        assert play(f"{script} --quiet", "https://media.example/a b;touch x")
        for thread in threading.enumerate():
            if thread not in before:
                thread.join(60)
    assert told.read_text() == "--quiet|https://media.example/a b;touch x|"
    assert not play("/nowhere/viewer", "https://media.example/a")
    assert not play("'", "https://media.example/a")


async def test_an_action_without_undo_asks_first(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        screens.timeline.select_number(1)
        screens.app.action_do("block")
        await screens.settled()
        assert "Block ada@example.social?" in screens.text()
        await screens.press("1")
        assert pen.done == []
        screens.app.action_do("report_person")
        await screens.settled()
        await screens.press("2", "j", "2")
        assert pen.done == ["report"]
        assert "reported: ada@example.social" in screens.line("message")


async def test_a_held_key_and_a_double_click_do_not_answer_the_next_question(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    """The times of a key that is held: half a second until it repeats, then thirty times a second."""
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        screens.timeline.select_number(1)
        screens.app.action_do("report_person")
        await screens.settled()
        begun = events.Idle().time
        for after in (0.0, 0.5, 0.53, 0.56):
            press = events.Key("2", "2")
            press.time = begun + after
            screens.app.post_message(press)
            await screens.settled()
        assert "release the key" in screens.text()
        assert (screens.names[-1], pen.done) == ("ChoiceScreen", [])
        press = events.Key("2", "2")
        press.time = begun + 2
        screens.app.post_message(press)
        await screens.settled()
        assert pen.done == ["report"]
        screens.app.action_do("report_person")
        await screens.settled()
        await screens.pilot.click("LineList", offset=(4, 1), times=2)
        await screens.settled()
        assert (screens.names[-1], pen.done) == ("ChoiceScreen", ["report"])


async def test_the_person_view_follows_and_unfollows(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        await screens.press("a", "minus")
        assert pen.done == ["unfollow"]
        assert "unfollowed: ada@example.social" in screens.line("message")
        await screens.press("plus", "plus")
        assert pen.done == ["unfollow", "follow"]
        assert "you already follow ada@example.social" in screens.line("message")


async def test_a_poll_is_voted_in_by_number(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    pen = Pen()
    session = writing_session(scripted, tmp_path, pen)
    network: Any = await session.signing_in.source(session.accounts[0])
    poll = Poll((PollOption("plum"), PollOption("poppy seed")), id="p1", multiple=True)
    network.posts[-1] = replace(network.posts[-1], poll=poll)
    async with opened(session) as screens:
        screens.timeline.select_number(0)
        screens.app.action_do("vote")
        await screens.settled()
        await screens.press("2", "3")
        assert pen.done == ["vote"]
        assert screens.posts()[0].voted
