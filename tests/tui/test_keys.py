"""The keys table: bindings, invalid bindings, and that help and README are generated from it."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.binding import BindingsMap
from textual.containers import VerticalScroll
from textual.keys import Keys
from textual.widgets import Input, OptionList

from quietfeed.models.config import Config
from quietfeed.models.errors import UsageError
from quietfeed.phrases.action_table import COMPOSER_ACTIONS, SCREEN_ACTIONS
from quietfeed.session import open_demo, own_settings
from quietfeed.store.settings import read_config
from quietfeed.tui.keys import KEYSETS, footer, keys_of, shown_keys, table
from quietfeed.tui.screens.choice import ChoiceScreen
from quietfeed.tui.screens.help import HelpScreen
from quietfeed.tui.screens.home import HomeScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from quietfeed.tests.tui.conftest import Open, Scripted

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.mark.parametrize("number", range(2))
def test_the_settings_that_the_page_shows_are_taken(number: int, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (README.parent / "docs" / "config.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 2
    file = tmp_path / "config.toml"
    file.write_text(blocks[number], "utf-8")
    config = read_config(file)
    assert keys_of(config.keyset, config.keys) != keys_of(config.keyset, {})


@pytest.mark.parametrize("setting", ["refresh_minutes = -1", "refresh_minutes = nan", "first_sync_posts = -1"])
def test_an_invalid_number_is_reported(setting: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(setting, "utf-8")
    with pytest.raises(UsageError, match="cannot be below zero"):
        read_config(file)


@pytest.mark.parametrize("seconds", ["inf", "3601"])
def test_a_post_is_not_held_back_for_more_than_an_hour(seconds: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"compose_delay = {seconds}\n", "utf-8")
    with pytest.raises(UsageError, match="compose_delay cannot be above 3600 seconds"):
        read_config(file)


@pytest.mark.parametrize("keyset", KEYSETS)
def test_no_key_of_a_keyset_is_given_twice(keyset: str) -> None:
    found = keys_of(keyset, {})
    for actions in (SCREEN_ACTIONS, COMPOSER_ACTIONS):
        keys = [key for action in actions for key in found[action.id].split(",") if key]
        assert len(keys) == len(set(keys))
        assert all(found[action.id] for action in COMPOSER_ACTIONS)


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ({"why": "h"}, "[keys] gives 'h' to both why and hidden: change one of them."),
        ({"wy": "h"}, "[keys] has no action 'wy'; the help screen (?) lists all of them."),
        ({"why": "ctl+w"}, '[keys] why: there is no key \'ctl+w\'; "s", "$" or "ctrl+s" would be one.'),
        (
            {"why": "alt+<", "top": "alt+less_than_sign"},
            "[keys] gives 'alt+<' to both top and why: change one of them.",
        ),
        ({"why": "ctrl+p"}, "[keys] gives 'ctrl+p' to both why and palette: change one of them."),
        ({"why": "escape"}, "[keys] why: 'esc' belongs to going back; choose another key."),
        ({"write_send": "ctrl+m"}, "[keys] write_send: terminals send 'ctrl+m' as 'enter'; choose another key."),
        ({"why": "f9,ctrl+i"}, "[keys] why: terminals send 'ctrl+i' as 'tab'; choose another key."),
        ({"why": "ctrl+["}, "[keys] why: terminals send 'ctrl+[' as 'esc'; choose another key."),
        (
            {"write_poll": "alt+ctrl+h"},
            "[keys] write_poll: terminals send 'alt+ctrl+h' as 'backspace'; choose another key.",
        ),
        ({"why": "ctrl+-"}, "[keys] why: terminals send 'ctrl+-' as 'ctrl+_'; choose another key."),
        ({"why": "ctrl+/"}, "[keys] why: terminals send 'ctrl+/' as 'ctrl+_'; choose another key."),
        ({"write_send": "ctrl+X"}, "[keys] write_send: terminals send 'ctrl+X' as 'ctrl+x'; choose another key."),
        ({"why": "7"}, "[keys] why: '7' belongs to counts such as 5j; choose another key."),
    ],
)
def test_an_invalid_binding_is_reported_in_one_sentence(own: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        keys_of("vim", own)
    assert str(raised.value) == sentence


def test_an_unknown_keyset_is_reported() -> None:
    with pytest.raises(UsageError, match='keyset is "vim", "arrows" or "emacs", not \'wordstar\''):
        keys_of("wordstar", {})


def test_own_keys_replace_the_usual_ones() -> None:
    keys = keys_of("vim", {"mark_sales": "$, f5", "why": ""})
    assert shown_keys(keys["mark_sales"]) == "$ f5"
    assert keys["why"] == ""


def test_two_actions_can_exchange_their_keys() -> None:
    keys = keys_of("vim", {"mark_sales": "x", "mark_spam": "s"})
    assert (keys["mark_sales"], keys["mark_spam"]) == ("x", "s")


def test_keys_are_written_as_people_write_them() -> None:
    assert shown_keys("full_stop,space,question_mark,slash,pagedown,G,ctrl+d") == ". space ? / pgdn G ctrl+d"
    assert shown_keys("plus,minus,at,backslash,delete,backspace,f5") == "+ - @ \\ delete backspace f5"


def test_every_key_has_a_visible_name() -> None:
    names = [str(key.value) for key in Keys if not str(key.value).startswith("<")]
    assert [name for name in names if not shown_keys(name).isprintable()] == []


@pytest.mark.parametrize("width", [30, 50, 80, 120])
def test_the_footer_fits_its_width_and_keeps_help_and_the_marks_longest(width: int) -> None:
    parts = footer(keys_of("vim", {}), width)
    assert len("  ".join(f"{key} {word}" for key, word, _ in parts)) <= width
    names = {name for _, _, name in parts}
    assert "help" in names
    if width >= 50:
        assert {"mark_person", "mark_celebrity", "mark_sales", "mark_spam"} <= names
    if width >= 80:
        assert "quit" in names


def test_the_table_holds_every_action_once() -> None:
    names = [name for _, rows in table(keys_of("vim", {})) for _, _, name in rows]
    assert names == [action.id for action in (*SCREEN_ACTIONS, *COMPOSER_ACTIONS)]


def test_the_readme_names_every_key() -> None:
    text = README.read_text("utf-8") if README.exists() else ""
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    found = {words.strip(): keys.replace("`", "").strip() for keys, words in rows}
    if not any(action.text in found for action in SCREEN_ACTIONS):
        pytest.skip("the README has no table of keys")
    assert {action.text: shown_keys(action.vim) for action in SCREEN_ACTIONS}.items() <= found.items()


async def test_rebound_keys_act_and_the_old_ones_do_not(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(5)])
    session = scripted.session(network, tmp_path, keys={"down": "f7", "mark_sales": "x", "mark_spam": "s", "why": ""})
    async with opened(session) as screens:
        await screens.press("j", "w")
        assert screens.timeline.cursor == 0
        assert screens.names == ["HomeScreen"]
        await screens.press("f7")
        assert screens.timeline.cursor == 1
        key = screens.selected()
        await screens.press("x")
        assert key is not None
        judged = screens.session.timeline.get(key)
        assert judged is not None
        assert judged.mark == "sales"


async def test_digits_taken_from_the_levels_are_counts(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(30)])
    keys = {f"level_{number}": "" for number in range(1, 5)}
    async with opened(scripted.session(network, tmp_path, keys=keys)) as screens:
        await screens.press("1", "2", "j")
        assert screens.timeline.cursor == 12
        await screens.press("4", "k")
        assert screens.timeline.cursor == 8
        await screens.press("2", "L")
        assert screens.session.timeline.level.name == "noise"
        await screens.press("L", "L", "L")
        assert screens.session.timeline.level.name == "everything"
        await screens.press("slash")
        await screens.type("number 14")
        await screens.press("enter")
        assert "14" in screens.line("message")


async def test_a_level_keeps_its_digit_unless_a_count_has_begun(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("2")
        assert screens.session.timeline.level.name == "noise"
        await screens.press("0", "3")
        assert screens.session.timeline.level.name == "noise"
        assert screens.line("message") == "3 …"


async def test_the_arrows_keyset_moves_without_letters(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(5)])
    async with opened(scripted.session(network, tmp_path, keyset="arrows")) as screens:
        await screens.press("j", "k")
        assert screens.timeline.cursor == 0
        await screens.press("down", "down", "up")
        assert screens.timeline.cursor == 1


async def test_the_emacs_keyset_has_the_keys_of_the_arrows_too_and_their_own_clash_with_nothing() -> None:
    keys = keys_of("emacs", {})
    assert keys["down"] == "down,ctrl+n"
    assert keys["up"] == "up,ctrl+p"
    assert keys["palette"] == "alt+x"
    assert keys_of("arrows", {})["palette"] == "ctrl+p"
    assert shown_keys(keys["top"]) == "home < alt+<"
    assert shown_keys(keys["select"]) == "V ctrl+space"


async def test_the_demo_world_has_the_users_own_keys_and_theme_and_nothing_else_of_theirs(
    opened: "Open", tmp_path: Path
) -> None:
    (tmp_path / "config").mkdir()
    settings = tmp_path / "config" / "config.toml"
    settings.write_text('keyset = "emacs"\ntheme = "quiet-light"\nlevel = "everything"\n[keys]\nwhy = "f7"\n', "utf-8")
    async with opened(open_demo(settings=own_settings(tmp_path))) as screens:
        assert screens.app.theme == "quiet-light"
        assert screens.session.timeline.level.name == "quiet"
        await screens.press("ctrl+n", "ctrl+n", "f7")
        assert screens.names == ["HomeScreen", "WhyScreen"]
    assert [path.name for path in tmp_path.rglob("*")] == ["config", "config.toml"]


async def test_no_key_of_a_keyset_is_called_rebound(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    async with opened(scripted.session(scripted.network([]), tmp_path, keyset="emacs")) as screens:
        await screens.press("f1")
        assert "alt+x" in screens.line("panel-text")
        assert "rebound" not in screens.line("panel-text").split("Rebinding")[0]


async def test_a_letter_for_the_palette_or_for_going_back_can_be_typed_in_a_search(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(5)])
    session = scripted.session(network, tmp_path, keys={"palette": ":", "back": "ü"})
    async with opened(session) as screens:
        await screens.press("slash")
        await screens.type("y:y")
        assert screens.app.screen.query_one("#search", Input).value == "y:y"
        await screens.press("escape", "h", "ü")
        assert screens.names == ["HomeScreen"]
        await screens.press(":")
        assert screens.names[-1] == "CommandPalette"
        await screens.press("escape", "ctrl+p")
        assert screens.names == ["HomeScreen"]


async def test_rebound_motions_move_in_panels_and_choices_too(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(5)])
    session = scripted.session(network, tmp_path, keys={"down": "ü", "quit": "f10", "bottom": "f9"})
    async with opened(session, size=(80, 24)) as screens:
        await screens.press("question_mark", "j")
        panel = screens.app.screen.query_one(".panel")
        assert panel.scroll_y == 0
        await screens.press("ü")
        assert panel.scroll_y == 1
        await screens.press("f9")
        assert panel.scroll_y == panel.max_scroll_y > 10
        await screens.press("f10", "m", "ü")
        assert screens.app.screen.query_one(OptionList).highlighted == 1
        await screens.press("q")
        assert screens.names[-1] == "ChoiceScreen"
        await screens.press("f10")
        assert screens.names == ["HomeScreen"]


async def test_help_shows_rebound_keys_as_rebound(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    session = scripted.session(scripted.network([]), tmp_path, keys={"mark_sales": "$"})
    async with opened(session) as screens:
        await screens.press("question_mark")
        line = next(each for each in screens.line("panel-text").splitlines() if "advertising or selling" in each)
        assert line.split()[0] == "$"
        assert "rebound" in line


@pytest.mark.parametrize("screen", [HomeScreen, HelpScreen, ChoiceScreen])
def test_screens_are_made_with_the_keys_of_the_first_set(screen: "type[Screen[Any]]") -> None:
    keys = keys_of("vim", {})
    bound: dict[str, list[str]] = {}
    for key, binding in BindingsMap(screen.BINDINGS):
        if binding.id is not None:
            bound.setdefault(binding.id, []).append(key)
    assert bound
    assert {name: ",".join(each) for name, each in bound.items()} == {name: keys[name] for name in bound}


async def test_a_panel_pages_with_the_keys_of_the_set(opened: "Open") -> None:
    config = Config(keyset="emacs", keys={"bottom": "f9"})
    async with opened(open_demo(settings=config), size=(80, 14)) as screens:
        await screens.press("question_mark")
        panel = screens.app.screen.query_one(VerticalScroll)
        await screens.press("ctrl+v")
        assert panel.scroll_offset.y > 0
        await screens.press("alt+v")
        assert panel.scroll_offset.y == 0
        await screens.press("G")
        assert panel.scroll_offset.y == 0
        await screens.press("f9")
        assert panel.scroll_offset.y == panel.max_scroll_y > 0
