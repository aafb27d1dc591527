"""The composer on the screens: drafts, lengths, audiences, sending and undoing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual.widgets import Static

from quietfeed.models.action import Action, ActionKey, Compose, Receipt
from quietfeed.models.draft import Draft
from quietfeed.models.errors import RequestRejected, SourceError, StoreError, UsageError
from quietfeed.models.person import Person
from quietfeed.phrases.action_table import COMPOSER_ACTIONS
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places
from quietfeed.tui.keys import first_key, keys_of
from quietfeed.tui.widgets.writing import WritingArea

if TYPE_CHECKING:
    from quietfeed.session import Session
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted


@dataclass
class Pen:
    """A writer that records what it sends, or raises `error`."""

    sent: list[Compose] = field(default_factory=list)
    error: SourceError | None = None

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        if self.error is not None:
            raise self.error
        assert isinstance(action, Compose)
        self.sent.append(action)
        return Receipt(f"made{len(self.sent)}")

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        return None


def writing_session(
    scripted: "type[Scripted]",
    home: Path,
    pen: Pen,
    *,
    delay: float = 0,
    config: Mapping[str, Any] = MappingProxyType({}),
    **post: Any,
) -> "Session":
    newest = replace(scripted.post(6, Person("bo", "bo@example.social", "Bo")), **post)
    network: Any = scripted.network([newest, *(scripted.post(number) for number in range(6))])
    network.writer = pen
    session = scripted.session(network, home, compose_delay=delay, **config)
    session.signing_in.set_writing(session.accounts[0], True)
    return session


def area(screens: "Screens") -> WritingArea:
    return screens.app.screen.query_one(WritingArea)


async def test_a_reply_is_written_under_its_post_and_sent(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen, text="Who comes?")) as screens:
        screens.timeline.select_number(0)
        await screens.press("r")
        assert screens.names[-1] == "ComposerScreen"
        assert "Who comes?" in screens.text()
        assert screens.line("answering").startswith("replying to bo@example.social: ")
        assert area(screens).text == "@bo@example.social "
        await screens.type("I do")
        # Mentions count without their server.
        assert screens.line("count").startswith("8 of 500 · mastodon:me@example.social · public")
        assert [each.draft.text for each in screens.session.composing.drafts()] == ["@bo@example.social I do"]
        await screens.press("ctrl+s")
        assert screens.names == ["HomeScreen"]
        assert [each.draft.text for each in pen.sent] == ["@bo@example.social I do"]
        assert pen.sent[0].draft.reply_to is not None
        assert screens.line("message") == "sent: your post"
        assert screens.session.composing.drafts() == []


async def test_a_post_waits_and_u_undoes_it(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen, delay=60)) as screens:
        await screens.press("C")
        await screens.type("Wait")
        await screens.press("ctrl+s")
        assert "u cancels it" in screens.line("message")
        await screens.press("q")
        assert "One post is not sent yet." in screens.text()
        await screens.press("3", "u")
        assert screens.line("message") == "undone: the post is not sent; its draft is saved"
        assert pen.sent == []
        await screens.press("D", "1", "j", "1")
        assert area(screens).text == "Wait"
        await screens.press("ctrl+s", "q", "1")
        assert [each.draft.text for each in pen.sent] == ["Wait"]


async def test_a_draft_that_another_window_sent_is_not_sent_again(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    session = writing_session(scripted, tmp_path, pen)
    async with opened(session) as screens:
        await screens.press("C")
        await screens.type("Once")
        other = Archive(find_places(tmp_path).database).drafts
        (stored,) = session.composing.drafts()
        other.queue(stored.id)
        await screens.press("ctrl+s")
        assert screens.line("message").startswith(f"Draft {stored.id} is being sent")
        other.delete(stored.id)
        await screens.press("ctrl+s")
        assert screens.line("message") == "this draft was sent or deleted elsewhere: ctrl+s sends it as a new post"
        assert pen.sent == []
        await screens.press("ctrl+s")
        assert [each.draft.text for each in pen.sent] == ["Once"]


async def test_esc_saves_a_draft_and_discards_an_empty_one(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(writing_session(scripted, tmp_path, Pen())) as screens:
        screens.timeline.select_number(0)
        await screens.press("r", "escape")
        assert screens.session.composing.drafts() == []
        await screens.press("C", "x", "backspace", "escape")
        assert screens.session.composing.drafts() == []
        await screens.press("C", "x", "escape")
        assert screens.line("message") == "draft saved · D lists your drafts"
        await screens.press("D", "1", "2")
        assert screens.line("message") == "the draft is deleted"


async def test_a_text_that_is_too_long_is_highlighted_and_not_sent(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        await screens.press("C")
        area(screens).text = "A sentence. " * 45
        await screens.settled()
        assert "too long" in screens.line("count")
        drawn = [segment for line in range(area(screens).size.height) for segment in area(screens).render_line(line)]
        marked = "".join(each.text for each in drawn if each.style is not None and each.style.reverse)
        assert marked.startswith("ce. A sentence. A")
        assert len(marked) == 40
        await screens.press("ctrl+s")
        assert "too long" in screens.line("message")
        await screens.press("ctrl+g")
        assert "2 posts:" in screens.text()
        await screens.press("1")
        assert "a thread of 2 posts" in screens.line("count")
        await screens.press("ctrl+s")
        assert [(each.part, each.parts) for each in pen.sent] == [(0, 2), (1, 2)]


async def test_the_audience_is_that_of_the_post_and_a_wider_one_asks(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen, visibility="private")) as screens:
        screens.timeline.select_number(0)
        await screens.press("r")
        assert "followers" in screens.line("count")
        await screens.press("ctrl+r", "ctrl+r")
        assert "Everybody can read this reply" in screens.line("notes")
        await screens.type("hm")
        await screens.press("ctrl+s", "1")
        assert pen.sent == []
        await screens.press("ctrl+s", "2")
        assert pen.sent[0].draft.audience == "public"


async def test_names_are_completed_with_a_request_for_the_rest(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    async with opened(writing_session(scripted, tmp_path, pen, tags=("garden",))) as screens:
        await screens.press("C")
        await screens.type("Hi @ad")
        assert screens.line("notes") == "tab: @ada@example.social"
        await screens.press("tab")
        await screens.type("#ga")
        await screens.press("tab")
        assert area(screens).text == "Hi @ada@example.social #garden "
        await screens.press("ctrl+o")
        await screens.type("plants")
        await screens.press("enter", "ctrl+l")
        await screens.type("de")
        await screens.press("enter", "ctrl+n")
        (tmp_path / "a.gif").write_bytes(b"GIF89a\x01\x00\x01\x00")
        await screens.type(str(tmp_path / "a.gif"))
        await screens.press("enter")
        await screens.type("a dot")
        await screens.press("enter")
        assert "de · warning: plants · 1 attached" in screens.line("count")
        await screens.press("ctrl+s")
        (sent,) = pen.sent
        assert (sent.draft.warning, sent.draft.language, sent.draft.media[0].alt) == ("plants", "de", "a dot")


@pytest.mark.parametrize("width", [80, 120])
async def test_no_line_of_the_keys_ends_between_a_key_and_its_word(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, width: int
) -> None:
    async with opened(writing_session(scripted, tmp_path, Pen()), size=(width, 24)) as screens:
        await screens.press("C")
        lines = [line.strip() for line in screens.text().splitlines()]
        shown = [part for line in lines for part in line.split("  ")]
        for action in COMPOSER_ACTIONS:
            assert f"{first_key(screens.app.keys, action.id)} {action.short}" in shown


async def test_a_mistake_in_a_line_is_said_there_and_keeps_the_line(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    wrong = {
        "ctrl+n": ("/nowhere/a.png", "there is no file /nowhere/a.png"),
        "ctrl+b": ("One", "a poll has at least two different options"),
        "ctrl+l": ("german!", "a language is a code such as en"),
    }
    async with opened(writing_session(scripted, tmp_path, Pen())) as screens:
        await screens.press("C", "x")
        for key, (typed, sentence) in wrong.items():
            await screens.press(key)
            await screens.type(typed)
            await screens.press("enter")
            assert sentence in screens.text()
            assert typed in screens.text()
            await screens.press("escape")
        assert area(screens).text == "x"


async def test_a_draft_that_cannot_be_stored_is_not_closed_at_once(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_draft: Draft, _number: int = 0) -> int:
        raise StoreError("The disk is full.")

    async with opened(writing_session(scripted, tmp_path, Pen())) as screens:
        await screens.press("C", "a")
        with monkeypatch.context() as patch:
            patch.setattr(screens.session.composing, "save", full)
            await screens.press("b")
            await screens.press("escape")
            assert (screens.names[-1], area(screens).text) == ("ComposerScreen", "ab")
            assert "The disk is full. The draft is not saved" in screens.line("message")
            assert screens.app.clipboard == "ab"
        # There is space again.
        await screens.press("c", "escape")
        assert screens.names[-1] == "HomeScreen"
        assert [each.draft.text for each in screens.session.composing.drafts()] == ["abc"]
        await screens.press("C", "d")
        patched = pytest.MonkeyPatch()
        patched.setattr(screens.session.composing, "save", full)
        await screens.press("e", "escape", "escape")
        patched.undo()
        assert screens.names[-1] == "HomeScreen"


async def test_a_rejected_post_is_a_draft_again(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    pen = Pen(error=RequestRejected("example.social", 422, "too long"))
    async with opened(writing_session(scripted, tmp_path, pen)) as screens:
        await screens.press("C", "x", "ctrl+s")
        assert (
            screens.line("message")
            == "not sent: your post · example.social returned 422 (Unprocessable Entity: too long)."
        )
        await screens.press("D")
        assert "x · example.social returned 422" in screens.text()


async def test_a_name_that_imitates_a_known_one_is_warned_of(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    imitator = Person("ada2", "аda@example.social", "Ada")
    session = writing_session(scripted, tmp_path, Pen(), author=imitator)
    async with opened(session) as screens:
        ada = screens.go_to(lambda judged: judged.post.author.id == "ada")
        screens.session.people.vouch(ada.key)
        screens.go_to(lambda judged: judged.post.author.id == "ada2")
        await screens.press("r")
        assert "looks like ada@example.social" in screens.line("notes")


async def test_the_editor_of_the_user_writes_the_text(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nprintf "written there" > "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.delenv("VISUAL", raising=False)
    async with opened(writing_session(scripted, tmp_path, Pen())) as screens:
        await screens.press("C", "f4")
        assert area(screens).text == "written there"


async def test_the_settings_are_those_of_the_network(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    session = writing_session(scripted, tmp_path, pen)
    rules = session.composing.rules.of(session.accounts[0])
    more = frozenset({"threadgate", "quote_policy", "schedule", "card"})
    session.composing.rules._known[session.accounts[0].key] = replace(rules, features=rules.features | more)
    async with opened(session) as screens:
        await screens.press("C", "x", "f2")
        for setting in ("who may reply: everybody", "when it is sent: at once", "preview of its first link: yes"):
            assert setting in screens.text()
        await screens.press("1", "3", "f2", "2", "2", "f2", "4")
        assert "replies: your followers · quotes: nobody · no link preview" in screens.line("count")
        await screens.press("f2", "3")
        await screens.type("soon")
        await screens.press("enter")
        assert "'soon' is not a time" in screens.text()
        await screens.press("ctrl+u")
        await screens.type("2h")
        await screens.press("enter", "ctrl+s")
        (sent,) = pen.sent
        assert (sent.draft.threadgate, sent.draft.quote_policy, sent.draft.card) == ("followers", "nobody", False)
        assert sent.draft.scheduled_at is not None
        assert timedelta(minutes=110) < sent.draft.scheduled_at - session.clock.now() <= timedelta(hours=2)


async def test_the_palette_offers_what_the_composer_does(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    async with opened(writing_session(scripted, tmp_path, Pen())) as screens:
        await screens.press("C", "x", "ctrl+p")
        await screens.type("who may reply")
        await screens.press("enter")
        assert "Settings of this post" in screens.text()


async def test_the_first_post_asks_for_writing_and_keeps_the_draft(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    pen = Pen()
    session = writing_session(scripted, tmp_path, pen)
    account = session.accounts[0]
    session.signing_in._tokens = Tokens()  # type: ignore[assignment]
    Archive(find_places(tmp_path).database).add_account(replace(account, scopes=("read",)))
    session.signing_in.set_writing(account, False)
    async with opened(session) as screens:
        await screens.press("C", "x", "ctrl+s")
        assert "is read-only so far" in screens.text()
        await screens.press("1")
        # The token only allows reading: the account signs in again.
        assert screens.names[-1] == "SignInScreen"
        await screens.press("escape")
        assert (screens.names[-1], area(screens).text, pen.sent) == ("ComposerScreen", "x", [])
        assert [each.draft.text for each in session.composing.drafts()] == ["x"]
        Archive(find_places(tmp_path).database).add_account(replace(account, scopes=("read", "write")))
        session.signing_in.set_writing(account, False)
        await screens.press("ctrl+s", "1")
        assert [each.draft.text for each in pen.sent] == ["x"]
        session.signing_in._tokens = None


class Tokens:
    """Every account has a token."""

    def find(self, key: str) -> dict[str, str]:
        return {"token": key}


def test_the_keys_of_the_composer_are_bound_as_the_user_wants() -> None:
    keys = keys_of("vim", {"write_send": "ctrl+e,f9", "write_keep": "f8", "write_poll": ""})
    assert (keys["write_send"], keys["write_keep"], keys["write_poll"]) == ("ctrl+e,f9", "escape,f8", "")
    # A key may have another action outside the composer, but global keys stay the same.
    assert keys_of("vim", {"write_send": "ctrl+d"})["write_send"] == "ctrl+d"
    assert keys_of("emacs", {})["write_thread"] == "alt+g"
    for own, words in (
        ({"write_send": "s"}, "edits the text"),
        ({"write_send": "up"}, "edits the text"),
        ({"write_send": ""}, "needs at least one key"),
        ({"write_poll": "ctrl+s"}, "both write_send and write_poll"),
        ({"write_poll": "ctrl+p"}, "both palette and write_poll"),
        ({"write_poll": "ctrl+q"}, "belongs to leaving"),
        ({"write_banana": "f9"}, "no action 'write_banana'"),
    ):
        with pytest.raises(UsageError, match=words):
            keys_of("vim", own)


async def test_a_rebound_key_sends_and_is_shown(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    pen = Pen()
    session = writing_session(
        scripted, tmp_path, pen, config={"keys": {"write_send": "f9", "write_audience": "ctrl+e"}}
    )
    async with opened(session, size=(200, 32)) as screens:
        await screens.press("?")
        assert "send the post (rebound)" in await whole(screens)
        await screens.press("escape", "C")
        await screens.type("Hello")
        assert "f9 send" in screens.line("keys")
        await screens.press("ctrl+s", "ctrl+e")
        assert pen.sent == []
        assert "unlisted" in screens.line("count")
        await screens.press("ctrl+p")
        await screens.type("publish")
        await screens.settled()
        assert "key: f9" in screens.text()
        await screens.press("escape", "f9")
        assert [each.draft.text for each in pen.sent] == ["Hello"]


async def whole(screens: "Screens") -> str:
    """The whole help, including the part below the screen."""
    return str(screens.app.screen.query_one("#panel-text", Static).render())


SHOWS = {
    "write_send": "There is nothing to send",
    "write_complete": "nothing to complete",
    "write_audience": "unlisted",
    "write_warning": "Content warning",
    "write_language": "Language of the post",
    "write_account": "no other account",
    "write_attach": "Attach which file?",
    "write_poll": "The options of a poll",
    "write_thread": "the text fits into one post",
    "write_settings": "Settings of this post",
}
"""The effect of each key on an empty post, except `write_keep`, which closes it, and `write_editor`."""


@pytest.mark.parametrize("keyset", ["vim", "emacs"])
async def test_every_key_of_the_composer_does_its_action(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, keyset: str
) -> None:
    assert SHOWS.keys() == {each.id for each in COMPOSER_ACTIONS} - {"write_keep", "write_editor"}
    session = writing_session(scripted, tmp_path, Pen(), config={"keyset": keyset})
    async with opened(session) as screens:
        await screens.press("C")
        for name, words in SHOWS.items():
            await screens.press(screens.app.keys[name])
            assert words in screens.text(), (name, screens.text())
            if screens.names[-1] != "ComposerScreen":
                await screens.press("escape")
        await screens.press(screens.app.keys["write_keep"])
        assert screens.names == ["HomeScreen"]
