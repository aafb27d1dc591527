"""The feed over the demo world: every key of the screen, and its messages."""

from typing import TYPE_CHECKING

import pytest

from quietfeed.models.verdict import Level
from quietfeed.models.view import JudgedPost
from quietfeed.phrases.changes import NOTHING_TO_UNDO
from quietfeed.session.training import is_unsure
from quietfeed.tui.widgets.rows import HiddenRow, PostRow

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens


def a_stranger(judged: JudgedPost) -> bool:
    return judged.tie_name == "stranger" and judged.mark is None


def hidden_keys(screens: "Screens") -> set[tuple[str, str]]:
    level = screens.session.timeline.level
    return {judged.key for judged in screens.session.timeline.posts if not judged.verdict.shown_at(level)}


async def test_the_first_screen_counts_shown_and_hidden_posts_by_category(opened: "Open") -> None:
    async with opened() as screens:
        counts = screens.session.timeline.counts()
        assert screens.line("status").startswith(f"{counts.shown} shown · {counts.hidden_total} hidden: ")
        assert f"{counts.hidden['spam']} spam" in screens.line("status")
        assert screens.line("status").endswith("· quiet")
        assert "demo world with invented posts" in screens.line("hint")


async def test_no_hidden_post_is_in_the_rows_and_quiet_lines_replace_them(opened: "Open") -> None:
    async with opened() as screens:
        hidden = hidden_keys(screens)
        assert not {judged.key for judged in screens.posts()} & hidden
        folded = {key for row in screens.timeline.rows if isinstance(row, HiddenRow) for key in row.keys}
        assert folded == hidden


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (["j"], 1),
        (["down"], 1),
        (["j", "j", "k"], 1),
        (["j", "j", "up"], 1),
        (["5", "j"], 5),
        (["5", "j", "5", "k"], 0),
        (["6", "2", "j", "g"], 0),
        (["5", "escape", "j"], 1),
        (["0", "3", "j"], 3),
        (["0", "1", "2", "j"], 12),
        (["0", "j"], 1),
    ],
)
async def test_motions_move_the_cursor(opened: "Open", keys: list[str], number: int) -> None:
    async with opened() as screens:
        screens.timeline.select_number(0)
        await screens.press(*keys)
        assert screens.timeline.cursor == number


async def test_pages_go_down_and_up_and_the_end_is_the_oldest(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("space")
        down = screens.timeline.cursor
        assert down > 1
        await screens.press("pageup")
        assert screens.timeline.cursor < down
        await screens.press("G")
        assert screens.timeline.cursor == len(screens.timeline.rows) - 1


async def test_a_mark_hides_the_post_in_its_place_and_goes_on_to_the_next(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(a_stranger)
        here = screens.timeline.cursor
        shown = screens.session.timeline.counts().shown
        await screens.press("s")
        row = screens.timeline.rows[here]
        assert isinstance(row, PostRow)
        assert row.key == judged.key
        assert row.fading
        assert row.judged.mark == "sales"
        assert screens.timeline.cursor == here + 1
        assert screens.line("message").startswith("marked sales")
        assert "u undoes" in screens.line("message")
        assert screens.session.timeline.counts().shown < shown


async def test_mark_after_mark_goes_from_post_to_post_over_quiet_lines(opened: "Open") -> None:
    async with opened() as screens:
        rows = screens.timeline.rows
        here = next(n for n, row in enumerate(rows) if isinstance(row, PostRow) and isinstance(rows[n + 1], HiddenRow))
        screens.timeline.select_number(here)
        await screens.press("s", "s")
        assert screens.session.marks.count == 2
        assert isinstance(screens.timeline.selected, PostRow)
        screens.timeline.select_number(here + 1)
        await screens.press("s")
        assert screens.session.marks.count == 2
        assert screens.line("message") == "the posts here are hidden: enter shows them"


@pytest.mark.parametrize(("key", "category"), [("p", "person"), ("c", "celebrity"), ("s", "sales"), ("x", "spam")])
async def test_each_mark_has_its_key(opened: "Open", key: str, category: str) -> None:
    async with opened() as screens:
        judged = screens.go_to(a_stranger)
        await screens.press(key)
        found = screens.session.timeline.get(judged.key)
        assert found is not None
        assert found.mark == category


async def test_undo_brings_back_the_row_and_the_cursor(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(a_stranger)
        await screens.press("s", "j", "j", "u")
        assert screens.selected() == judged.key
        found = screens.session.timeline.get(judged.key)
        assert found is not None
        assert found.mark is None
        assert screens.line("message").startswith("undone")


@pytest.mark.usefixtures("learning")
async def test_undo_has_the_depth_of_the_session(opened: "Open") -> None:
    async with opened() as screens:
        before = {judged.key: judged.verdict for judged in screens.session.timeline.posts}
        screens.go_to(a_stranger)
        await screens.press("x", "s", "c", "v", "u", "u", "u", "u")
        await screens.learned()
        assert {judged.key: judged.verdict for judged in screens.session.timeline.posts} == before
        await screens.press("u")
        assert screens.line("message") == NOTHING_TO_UNDO


async def test_the_same_mark_again_removes_it_and_the_cursor_stays(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(a_stranger)
        here = screens.timeline.cursor
        await screens.press("s", "k", "s")
        found = screens.session.timeline.get(judged.key)
        assert found is not None
        assert found.mark is None
        assert screens.timeline.cursor == here


async def test_a_dot_repeats_the_last_mark(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("full_stop")
        assert screens.line("message") == "no mark to repeat yet"
        screens.go_to(a_stranger)
        await screens.press("x")
        second = screens.go_to(a_stranger)
        await screens.press("full_stop")
        found = screens.session.timeline.get(second.key)
        assert found is not None
        assert found.mark == "spam"


async def test_a_selection_is_marked_at_once_and_undone_at_once(opened: "Open") -> None:
    async with opened() as screens:
        first = screens.go_to(a_stranger)
        before = {judged.key: judged.verdict for judged in screens.session.timeline.posts}
        await screens.press("V", "j", "j")
        assert "selecting" in screens.line("message")
        await screens.press("c")
        marked = [judged.key for judged in screens.session.timeline.posts if judged.mark == "celebrity"]
        assert first.key in marked
        assert screens.line("message").startswith(f"marked {len(marked)} posts celebrity")
        assert len(marked) > 1
        await screens.press("u")
        assert screens.session.marks.count == 0
        assert {judged.key: judged.verdict for judged in screens.session.timeline.posts} == before
        assert screens.selected() == first.key
        await screens.press("u")
        assert screens.line("message") == NOTHING_TO_UNDO


async def test_undoing_a_bulk_restores_the_earlier_marks(opened: "Open") -> None:
    async with opened() as screens:
        first = screens.go_to(a_stranger)
        await screens.press("s", "k", "V", "j", "j", "x", "u")
        marks = {judged.key: judged.mark for judged in screens.session.timeline.posts if judged.mark}
        assert marks == {first.key: "sales"}


@pytest.mark.usefixtures("learning")
async def test_the_effect_of_a_training_is_reported_and_can_be_listed(opened: "Open") -> None:
    def of_dana(judged: JudgedPost) -> bool:
        return judged.post.author.id == "dana" and judged.mark is None and judged.verdict.shown_at(Level.quiet)

    async with opened() as screens:
        before = hidden_keys(screens)
        for _ in range(3):
            screens.go_to(of_dana)
            await screens.press("s")
        said = screens.line("message")
        assert "hidden from now on: 8 posts of @dana@crm.example" in said
        assert said.endswith("e shows them · u undoes")
        await screens.press("e")
        assert screens.names[-1] == "PostsScreen"
        assert {judged.key for judged in screens.posts()} <= hidden_keys(screens) ^ before


async def test_vouching_shows_the_author_at_every_level(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(a_stranger)
        await screens.press("v", "4")
        found = screens.session.timeline.get(judged.key)
        assert found is not None
        assert found.tie.vouched
        assert found.verdict.shown_at(Level.known)
        assert judged.key in {each.key for each in screens.posts()}


async def test_not_known_is_reported_and_undone(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(lambda each: each.tie_name in ("close", "known"))
        await screens.press("d")
        found = screens.session.timeline.get(judged.key)
        assert found is not None
        assert found.tie.not_known
        assert "no longer counts" in screens.line("message")


@pytest.mark.parametrize(("key", "level"), [("1", "everything"), ("2", "noise"), ("3", "quiet"), ("4", "known")])
async def test_levels_have_their_keys(opened: "Open", key: str, level: str) -> None:
    async with opened() as screens:
        await screens.press(key)
        assert screens.session.timeline.level is Level[level]
        assert screens.line("message").startswith(f"level {level}")
        assert screens.session.timeline.counts().shown == screens.entries()


async def test_switching_the_level_keeps_the_post_under_the_cursor(opened: "Open") -> None:
    async with opened() as screens:
        friend = screens.go_to(lambda each: each.tie_name == "close")
        await screens.press("1")
        assert screens.selected() == friend.key
        await screens.press("4")
        assert screens.selected() == friend.key


async def test_everything_hides_nothing(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("1")
        assert screens.entries() == len(screens.session.timeline.posts)
        assert "0 hidden" in screens.line("status")


async def test_enter_unfolds_hidden_posts_in_their_place(opened: "Open") -> None:
    async with opened() as screens:
        number = next(n for n, row in enumerate(screens.timeline.rows) if isinstance(row, HiddenRow))
        row = screens.timeline.rows[number]
        assert isinstance(row, HiddenRow)
        screens.timeline.select_number(number)
        await screens.press("enter")
        unfolded = screens.timeline.rows[number]
        assert isinstance(unfolded, PostRow)
        assert unfolded.key == row.keys[0]
        assert "hidden as" in unfolded.note


async def test_search_goes_through_the_matches_in_both_directions(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.posts()[3]
        word = max(judged.post.author.handle.split("@")[1].split("."), key=len)
        screens.timeline.select_number(0)
        await screens.press("slash")
        await screens.type(word)
        await screens.press("enter")
        assert f"for {word!r}" in screens.line("message")
        first = screens.selected()
        await screens.press("n", "N")
        assert screens.selected() == first
        await screens.press("escape")
        assert screens.line("message") == ""


async def test_wrapping_around_is_reported(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("slash")
        await screens.type("rain")
        await screens.press("enter", "G", "n")
        assert screens.line("message").startswith("1 of ")
        assert "from the top again" in screens.line("message")
        await screens.press("n")
        assert "again" not in screens.line("message")
        await screens.press("g", "N")
        assert "from the bottom again" in screens.line("message")


def reversed_words(screens: "Screens") -> set[str]:
    lines = screens.app.screen._compositor.render_strips()
    drawn = (piece.text.casefold() for line in lines for piece in line if piece.style and piece.style.reverse)
    return {text for text in drawn if text.isalpha()}


async def test_the_searched_words_are_marked_in_place(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("slash")
        await screens.type("RAIN")
        await screens.press("enter")
        assert reversed_words(screens) == {"rain"}
        await screens.press("escape")
        assert not reversed_words(screens)


async def test_a_match_behind_a_warning_is_labelled(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("1")
        covered = screens.go_to(lambda each: bool(each.post.warning) and len(each.post.text) > 20)
        await screens.press("slash")
        await screens.type(covered.post.text.splitlines()[0][:20].strip())
        await screens.press("enter")
        assert screens.selected() == covered.key
        assert "in the folded text: enter opens the post" in screens.line("message")
        await screens.press("slash")
        await screens.type(covered.post.author.handle)
        await screens.press("enter")
        assert "in the folded text" not in screens.line("message")


async def test_a_key_finds_uncertain_posts(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("1", "g")
        unsure = [
            n for n, row in enumerate(screens.timeline.rows) if isinstance(row, PostRow) and is_unsure(row.judged)
        ]
        assert len(unsure) > 2
        await screens.press("U", "U")
        assert screens.timeline.cursor in unsure
        assert f"of {len(unsure)} posts that the filter is not sure about" in screens.line("message")
        await screens.press("G", "U")
        assert screens.timeline.cursor == unsure[0]
        assert screens.line("message").endswith("from the top again")


async def test_search_reports_hidden_matches(opened: "Open") -> None:
    async with opened() as screens:
        hidden = next(each for each in screens.session.timeline.posts if each.key in hidden_keys(screens))
        await screens.press("slash")
        await screens.type(hidden.post.author.handle)
        await screens.press("enter")
        assert "more in hidden posts (h)" in screens.line("message")


async def test_escape_leaves_the_search_line_and_its_keys_are_no_actions(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("slash", "s", "x", "q", "escape")
        assert screens.session.marks.count == 0
        await screens.press("j")
        assert screens.names == ["HomeScreen"]


async def test_the_keys_line_fits_eighty_columns_and_names_help_and_quit(opened: "Open") -> None:
    async with opened(size=(80, 24)) as screens:
        line = screens.line("keys").rstrip()
        assert len(line) <= 80
        assert line.endswith("? keys  q quit")


async def test_a_very_small_terminal_still_shows_posts_and_counts(opened: "Open") -> None:
    async with opened(size=(30, 8)) as screens:
        await screens.press("j", "s", "u", "w", "escape", "h", "escape")
        assert "shown" in screens.text()
        assert all(len(line) <= 30 for line in screens.text().splitlines())


async def test_q_leaves(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("q")
        assert screens.app.return_value == 0


async def test_the_theme_switches_and_is_stored(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("T")
        assert screens.app.theme == "quiet-light"
        assert screens.session.preferences.theme() == "quiet-light"


async def test_a_click_selects_a_post(opened: "Open") -> None:
    async with opened() as screens:
        screens.timeline.select_number(0)
        await screens.pilot.click(screens.timeline, offset=(5, 8))
        await screens.settled()
        assert screens.timeline.cursor > 0


async def test_a_click_on_the_keys_line_acts(opened: "Open") -> None:
    async with opened() as screens:
        at = screens.line("keys").index("h hidden")
        await screens.pilot.click("#keys", offset=(at, 0))
        await screens.settled()
        assert screens.names == ["HomeScreen", "TrayScreen"]
