"""Every key of every set runs its action: a table of checks for the keys table."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual.command import CommandPalette
from textual.widgets import Input

from quietfeed.models.account import Account
from quietfeed.models.person import Person
from quietfeed.models.view import Change
from quietfeed.phrases.action_table import SCREEN_ACTIONS
from quietfeed.session.events import VerdictsChanged
from quietfeed.store.archive import Archive
from quietfeed.tui.keys import KEYSETS, keys_of
from quietfeed.tui.widgets.rows import PostRow

if TYPE_CHECKING:
    from quietfeed.models.view import JudgedPost
    from quietfeed.session import Session
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted

    Check = Callable[[Screens, str], Awaitable[None]]

CHECKS: "dict[str, Check]" = {}
START = datetime.now(UTC) - timedelta(hours=3)


def keys_with_their_sets() -> list[tuple[str, str, str]]:
    """(keyset, action, key): every key of every action once, in the first set that has it.

    Those of the composer are in test_composer.py.
    """
    here = {action.id for action in SCREEN_ACTIONS}
    found: dict[tuple[str, str], str] = {}
    for keyset in KEYSETS:
        for action in here:
            combination = keys_of(keyset, {})[action]
            for key in combination.split(","):
                found.setdefault((action, key), keyset)
    return sorted((keyset, action, key) for (action, key), keyset in found.items())


def session_with(scripted: "type[Scripted]", home: Path, keyset: str) -> "Session":
    """Forty posts: by a friend, hidden ones by a celebrity, a reply with its parent, and one with a link."""
    posts = []
    for number in range(40):
        post = scripted.post(number, scripted.star if number % 5 == 2 else scripted.friend)
        posts.append(replace(post, created_at=START + timedelta(minutes=number)))
    posts[39] = replace(posts[39], reply_to="ada@example.social", reply_to_id=posts[38].id)
    posts[36] = replace(posts[36], links=("https://example.org/one",))
    network = scripted.network(posts)
    network.lists = {"close ones": posts[:3], "others": posts[3:]}
    return scripted.session(network, home, keyset=keyset)


@pytest.mark.parametrize(("keyset", "action", "key"), keys_with_their_sets())
async def test_the_key_does_its_action(
    opened: "Open",
    scripted: "type[Scripted]",
    tmp_path: Path,
    keyset: str,
    action: str,
    key: str,
) -> None:
    async with opened(session_with(scripted, tmp_path, keyset), size=(80, 24)) as screens:
        screens.timeline.select_number(0)
        await screens.settled()
        await CHECKS[action](screens, key)


def test_every_action_has_a_check_and_every_check_an_action() -> None:
    assert CHECKS.keys() == {action.id for action in SCREEN_ACTIONS}


def check(*actions: str) -> "Callable[[Check], Check]":
    def keep(function: "Check") -> "Check":
        for action in actions:
            CHECKS[action] = function
        return function

    return keep


def judged_first(screens: "Screens") -> "JudgedPost":
    key = screens.posts()[0].key
    judged = screens.session.timeline.get(key)
    assert judged is not None
    return judged


def moves(action: str, start: int, expected: Callable[[int, int], bool]) -> None:
    async def check_motion(screens: "Screens", key: str) -> None:
        screens.timeline.select_number(start if start >= 0 else len(screens.timeline.rows) + start)
        before = screens.timeline.cursor
        await screens.press(key)
        assert expected(before, screens.timeline.cursor)
        assert screens.timeline.selected in screens.timeline.visible_rows()

    CHECKS[action] = check_motion


moves("down", 3, lambda before, after: after == before + 1)
moves("up", 3, lambda before, after: after == before - 1)
moves("page_down", 0, lambda before, after: after - before >= 4)
moves("page_up", -1, lambda before, after: before - after >= 4)
moves("half_down", 0, lambda before, after: 2 <= after - before <= 6)
moves("half_up", -1, lambda before, after: 2 <= before - after <= 6)
moves("top", 9, lambda _, after: after == 0)
moves("bottom", 9, lambda before, after: after > before + 10)


def marks(action: str) -> None:
    async def check_mark(screens: "Screens", key: str) -> None:
        await screens.press(key)
        assert judged_first(screens).mark == action.removeprefix("mark_")

    CHECKS[action] = check_mark


for _action in ("mark_person", "mark_celebrity", "mark_sales", "mark_spam"):
    marks(_action)


@check("feeds")
async def _chooses_a_feed(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.names[-1] == "ChoiceScreen"
    await screens.press("1")
    assert screens.names[-1] == "FeedScreen"
    assert screens.line("title").startswith("Close Ones · list")


@check("safety")
async def _checks_what_is_hidden(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.names[-1] == "CheckScreen"
    count = len(screens.posts())
    await screens.press("h", "p")
    assert f"2 of {count} answered" in screens.line("title")
    await screens.press("u", "u")
    assert f"0 of {count} answered" in screens.line("title")


@check("contradictions")
async def _asks_about_marks(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.line("message") == "no marks contradict each other"
    await screens.press("s", "p", "s", key)
    assert screens.names[-1] == "ChoiceScreen"
    await screens.press("1")
    assert "you marked 3 posts both ways: 2 sales and 1 person" in screens.text()
    await screens.press("1")
    assert screens.line("message").startswith("marked 3 posts person")


@check("subscriptions")
async def _lists_the_subscriptions(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.names[-1] == "SubscriptionsScreen"


@check("subscribe")
async def _asks_for_a_blog(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.names[-1] == "SubscribeScreen"


@check("follow", "unfollow")
async def _works_in_the_person_view(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert "shows the author, where this key works" in screens.line("message")
    await screens.press("a", key)
    assert "preview" in screens.line("message")


@check("act_menu")
async def _lists_what_is_possible(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.names[-1] == "ChoiceScreen"
    assert "bookmark  (B)" in screens.text()
    await screens.press("escape")
    assert screens.names[-1] == "HomeScreen"


@check("vouch")
async def _vouches(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert judged_first(screens).tie.vouched
    await screens.press(key)
    assert not judged_first(screens).tie.vouched


@check("not_known")
async def _says_not_known(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert judged_first(screens).tie.not_known


@check("join")
async def _asks_who_it_is_elsewhere(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.line("message").startswith("no people from another network yet")
    elsewhere = Account("bluesky", "https://pds.example", "me.example", "did:plc:me")
    assert screens.session.places is not None
    archive = Archive(screens.session.places.database)
    archive.add_account(elsewhere)
    archive.people.save(elsewhere.key, [Person("did:plc:ada", "ada.example", "Ada")])
    archive.close()
    await screens.press(key)
    assert screens.names == ["HomeScreen", "PersonPicker"]
    await screens.press("enter")
    assert screens.line("message").startswith("ada@example.social and ada.example are one person now")


@check("undo")
async def _undoes(screens: "Screens", key: str) -> None:
    await screens.press("s", key)
    assert judged_first(screens).mark is None
    assert screens.line("message").startswith("undone")


@check("repeat")
async def _repeats(screens: "Screens", key: str) -> None:
    await screens.press("x", key)
    assert [judged.mark for judged in screens.posts()[:3]] == ["spam", "spam", None]


@check("select")
async def _selects(screens: "Screens", key: str) -> None:
    await screens.press(key, "down", "c")
    assert [judged.mark for judged in screens.posts()[:3]] == ["celebrity", "celebrity", None]


@check("changed")
async def _shows_what_changed(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.line("message").startswith("no change has")
    screens.session.events.publish(VerdictsChanged(Change("mark", hid=(screens.posts()[0].key,))))
    await screens.press(key)
    assert screens.names[-1] == "PostsScreen"


@check("fold")
async def _folds(screens: "Screens", key: str) -> None:
    await screens.press(key)
    row = screens.timeline.rows[0]
    assert isinstance(row, PostRow)
    assert len(row.folded) == 1
    await screens.press(key)
    row = screens.timeline.rows[0]
    assert isinstance(row, PostRow)
    assert not row.folded


@check("open_link")
async def _opens_the_link(screens: "Screens", key: str) -> None:
    screens.go_to(lambda judged: bool(judged.post.links))
    await screens.press(key)
    assert "https://example.org/one" in screens.app.clipboard or screens.names[-1] == "ChoiceScreen"


@check("pictures")
async def _speaks_of_pictures(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.line("message") == "enter opens the post, with its pictures"


def opens(action: str, screen: str) -> None:
    async def check_screen(screens: "Screens", key: str) -> None:
        await screens.press(key)
        assert screens.names == ["HomeScreen", screen]

    CHECKS[action] = check_screen


opens("mute", "ChoiceScreen")
opens("train", "TrainingScreen")
opens("why", "WhyScreen")
opens("hidden", "TrayScreen")
opens("open", "DetailScreen")
opens("author", "PersonScreen")
opens("report", "ReportScreen")
opens("help", "HelpScreen")


@check("search", "find")
async def _asks_for_words(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.app.screen.query_one("#search", Input).has_focus


@check("next_match")
async def _goes_on_to_a_match(screens: "Screens", key: str) -> None:
    await screens.press("slash")
    await screens.type("number 3")
    await screens.press("enter", key)
    assert screens.line("message").startswith("2 of ")


@check("last_match")
async def _goes_back_to_a_match(screens: "Screens", key: str) -> None:
    await screens.press("slash")
    await screens.type("number 38")
    await screens.press("enter", key)
    assert screens.line("message") == "1 of 1 for 'number 38' · from the bottom again"


@check("next_unsure")
async def _goes_to_what_is_unsure(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.line("message") == "the filter is sure about all posts here"


@check("read_all")
async def _reads_everything(screens: "Screens", key: str) -> None:
    screens.session.unread.mark_unread([judged.key for judged in screens.posts()])
    await screens.press(key)
    assert not screens.session.unread.unread
    await screens.press("u")
    assert len(screens.session.unread.unread) == len(screens.session.timeline.posts)


def switches(number: int, level: str) -> None:
    async def check_level(screens: "Screens", key: str) -> None:
        await screens.press("1" if level != "everything" else "2", key)
        assert screens.session.timeline.level.name == level

    CHECKS[f"level_{number}"] = check_level


for _number, _level in enumerate(("everything", "noise", "quiet", "known"), 1):
    switches(_number, _level)


@check("level")
async def _goes_to_the_next_level(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.session.timeline.level.name == "known"
    await screens.press(key)
    assert screens.session.timeline.level.name == "everything"


@check("refresh")
async def _asks_for_news(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.line("message") == "nothing new"


@check("theme")
async def _changes_the_theme(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.app.theme == "quiet-light"


@check("palette")
async def _opens_the_palette(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert isinstance(screens.app.screen, CommandPalette)


@check("back")
async def _goes_back_from_everywhere(screens: "Screens", key: str) -> None:
    await screens.press("slash", "x", key)
    assert not screens.app.screen.query("#search")
    await screens.press("h", "w", key)
    assert screens.names == ["HomeScreen", "TrayScreen"]
    await screens.press("V", "down", key, key)
    assert screens.names == ["HomeScreen"]


@check("quit")
async def _leaves(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.app.return_value == 0


@check("reply", "quote", "compose", "edit", "drafts")
async def _writes(screens: "Screens", key: str) -> None:
    await screens.press(key)
    if screens.names[-1] == "ComposerScreen":
        await screens.press("escape")
    else:
        assert screens.line("message").startswith(("Only your own", "no drafts", "mastodon:me@example.social"))


@check("like", "boost", "bookmark")
async def like(screens: "Screens", key: str) -> None:
    await screens.press(key)
    # Writing is not switched on in these tests, so nothing else may happen.
    assert judged_first(screens).actions == ()
    assert "preview" in screens.line("message")


@check("copy_link")
async def _copies_the_link(screens: "Screens", key: str) -> None:
    await screens.press(key)
    post = judged_first(screens).post
    assert screens.app.clipboard == post.url
    assert screens.line("message") == ("copied the link to the post" if post.url else "this post has no address")


@check("copy_text")
async def _copies_the_text(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.app.clipboard == judged_first(screens).post.text
    assert screens.line("message") == "copied the text"


@check("private")
async def _covers_private_posts(screens: "Screens", key: str) -> None:
    await screens.press(key)
    assert screens.session.preferences.covers_private()
    await screens.press(key)
    assert screens.line("message") == "private posts are shown"
