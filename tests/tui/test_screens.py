"""The screens above the feed: tray, why, detail, person, report, training, help, links and the command palette."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual.command import CommandPalette

from quietfeed.models.view import hide_cause
from quietfeed.phrases.action_table import NOT_HERE, SCREEN_ACTIONS
from quietfeed.phrases.changes import NOTHING_TO_UNDO
from quietfeed.phrases.reasons import reason_text
from quietfeed.phrases.ties import tie_line
from quietfeed.phrases.verdicts import headline, reason_lines
from quietfeed.session.browser import Browser
from quietfeed.tui.widgets.rows import NoteRow

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Screens, Scripted


def hidden(screens: "Screens") -> list[tuple[str, str]]:
    level = screens.session.timeline.level
    return [judged.key for judged in screens.session.timeline.posts if not judged.verdict.shown_at(level)]


async def test_the_tray_lists_every_hidden_post_newest_first_with_its_reason(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("h")
        assert [judged.key for judged in screens.posts()] == hidden(screens)
        first = screens.posts()[0]
        assert f"hidden as {hide_cause(first.verdict)}: {reason_text(first.verdict.reasons[0])}" in screens.text()
        assert str(len(hidden(screens))) in screens.line("title")


async def test_one_key_shows_a_hidden_post_and_undo_hides_it_again(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("h")
        judged = screens.posts()[0]
        await screens.press("p")
        assert judged.key not in hidden(screens)
        assert "back in the timeline" in screens.text()
        assert screens.timeline.cursor == 1
        await screens.press("u")
        assert judged.key in hidden(screens)
        assert screens.selected() == judged.key


async def test_vouching_in_the_tray_shows_the_author(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("h")
        judged = screens.posts()[0]
        await screens.press("v", "h")
        assert screens.names == ["HomeScreen"]
        assert judged.key in {each.key for each in screens.posts()}


@pytest.mark.parametrize(("key", "kind"), [("1", "celebrity"), ("2", "sales"), ("3", "spam")])
async def test_the_tray_shows_one_kind(opened: "Open", key: str, kind: str) -> None:
    async with opened() as screens:
        await screens.press("h", key)
        assert {hide_cause(judged.verdict) for judged in screens.posts()} == {kind}
        assert kind in screens.line("title")
        await screens.press(key)
        assert len(screens.posts()) == len(hidden(screens))


async def test_tab_goes_through_the_kinds_and_back_to_all(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("h")
        everything = len(screens.posts())
        kinds = {hide_cause(judged.verdict) for judged in screens.posts()}
        seen = []
        for _ in kinds:
            await screens.press("tab")
            seen.append(len(screens.posts()))
        await screens.press("tab")
        assert sum(seen) == everything
        assert len(screens.posts()) == everything


async def test_marks_from_the_tray_are_trained_after_returning_to_the_timeline(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("h", "p", "escape")
        assert screens.session.learning.pending
        assert screens.names == ["HomeScreen"]


async def test_why_shows_the_reasons_the_scores_and_the_levels(opened: "Open") -> None:
    async with opened(size=(120, 44)) as screens:
        await screens.press("h")
        judged = screens.posts()[0]
        await screens.press("w")
        why, text = screens.session.timeline.why(judged.key), screens.line("panel-text")
        assert screens.names[-1] == "WhyScreen"
        assert headline(why.verdict, why.level) in text
        assert all(sentence in text for sentence, _ in reason_lines(why.verdict))
        assert "celebrity" in text
        assert "3 quiet: hidden" in text


async def test_why_explains_shown_posts_too_with_the_tie(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(lambda each: each.tie_name == "close")
        await screens.press("w")
        assert "Shown at level quiet" in screens.line("panel-text")
        assert tie_line(screens.session.timeline.why(judged.key).tie) in screens.line("panel-text")


async def test_a_mark_made_in_the_why_panel_is_made_on_the_post(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(lambda each: each.tie_name == "stranger")
        await screens.press("w", "x")
        found = screens.session.timeline.get(judged.key)
        assert found is not None
        assert found.mark == "spam"
        assert screens.names == ["HomeScreen"]


@pytest.mark.parametrize("key", ["w", "escape", "q", "enter"])
async def test_the_why_panel_closes(opened: "Open", key: str) -> None:
    async with opened() as screens:
        screens.go_to(lambda each: True)
        await screens.press("w", key)
        assert screens.names == ["HomeScreen"]


async def test_the_detail_shows_the_conversation_and_who_the_author_is(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(lambda each: each.post.reply_to is not None and each.tie_name == "close")
        await screens.press("enter")
        assert screens.names[-1] == "DetailScreen"
        assert len(screens.posts()) > 1
        assert screens.selected() == judged.key
        assert tie_line(screens.session.timeline.why(judged.key).tie) in screens.line("title")
        assert "more in this conversation" in screens.line("message")
        await screens.press("escape")
        assert screens.selected() == judged.key


async def test_marks_work_in_the_detail(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(lambda each: each.tie_name == "stranger")
        await screens.press("enter", "x", "escape")
        found = screens.session.timeline.get(judged.key)
        assert found is not None
        assert found.mark == "spam"


async def test_the_person_view_shows_the_tie_and_the_posts(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(lambda each: each.tie_name == "close")
        await screens.press("a")
        assert screens.names[-1] == "PersonScreen"
        assert judged.post.author.handle in screens.line("title")
        assert "they replied" in screens.line("title")
        assert {each.post.author.id for each in screens.posts()} == {judged.post.author.id}
        await screens.press("a")
        assert screens.names == ["HomeScreen"]


async def test_the_report_names_who_makes_the_noise(opened: "Open") -> None:
    async with opened(size=(120, 60)) as screens:
        await screens.press("h")
        counts: dict[str, int] = {}
        for judged in screens.posts():
            counts[judged.post.author.handle] = counts.get(judged.post.author.handle, 0) + 1
        await screens.press("escape", "S")
        loudest = max(counts, key=lambda handle: counts[handle])
        text = screens.text()
        assert f"{counts[loudest]:>4} " in text
        assert loudest in text
        assert f"{sum(counts.values())} of {len(screens.session.timeline.posts)} loaded posts are hidden" in text


@pytest.mark.parametrize(("key", "screen"), [("h", "TrayScreen"), ("t", "TrainingScreen")])
async def test_the_report_opens_its_subjects(opened: "Open", key: str, screen: str) -> None:
    async with opened() as screens:
        await screens.press("S", key)
        assert screens.names == ["HomeScreen", screen]


async def test_the_palette_over_a_panel_acts_on_the_screen_below(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("question_mark", "ctrl+p")
        await screens.press(*"all hidden posts")
        await screens.settled()
        await screens.press("enter")
        while screens.names[-1] == "CommandPalette":
            await screens.press("enter")
        assert screens.names == ["HomeScreen", "TrayScreen"]


async def test_training_shows_the_queue_and_counts_the_marks(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("t")
        queue = [judged.key for judged in screens.posts()]
        assert queue == screens.session.timeline.training_queue()
        assert "0 of 20 marks" in screens.line("title")
        await screens.press("s", "x", "p")
        assert "3 of 20 marks" in screens.line("title")
        assert "too few to tell" in screens.line("title")
        assert screens.timeline.cursor == 3
        await screens.press("u")
        assert "2 of 20 marks" in screens.line("title")
        assert screens.timeline.cursor == 2


async def test_the_first_posts_of_training_are_of_different_authors_and_of_several_kinds(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("t")
        first = screens.posts()[:10]
        # The filter is sure of the other posts of the demo.
        assert len(first) >= 8
        assert len({judged.post.author.handle for judged in first}) == len(first)
        assert len({judged.verdict.category for judged in first[:3]}) == 3


async def test_each_mark_in_training_shows_a_message(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("t")
        for _ in range(12):
            await screens.press("s")
            said = screens.line("message")
            assert "the filter had guessed" in said or "more like this" in said or "brought back" in said


async def test_training_ends_with_a_note_and_the_next_key_undoes_nothing(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    authors = [replace(scripted.friend, id=name, handle=f"{name}@example.social") for name in ("cleo", "zed")]
    texts = ("our new album is out, and we play in your town", "the next episode of the podcast is about old maps")
    network = scripted.network([scripted.post(n, author, texts[n]) for n, author in enumerate(authors)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        assert len(screens.session.timeline.training_queue()) == 2
        marks = screens.session.marks
        await screens.press("t", "s", "s")
        assert marks.count == 2
        assert isinstance(screens.timeline.selected, NoteRow)
        assert "The filter would learn little from the other loaded posts" in screens.timeline.selected.text
        await screens.press("s", "s", "x")
        assert marks.count == 2
        assert "goes back" in screens.line("message")
        await screens.press("u")
        assert marks.count == 1
        assert screens.timeline.cursor == 1


async def test_marking_at_the_end_of_any_list_undoes_nothing(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("h", "G", "p", "p", "p")
        assert screens.session.marks.count == 1
        assert "already marked person" in screens.line("message")
        await screens.press("s")
        assert [mark.category for mark in screens.session.marks.all()] == ["sales"]


@pytest.mark.usefixtures("learning")
async def test_the_rest_of_the_training_queue_follows_what_was_learned(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("t", "s", "x")
        await screens.learned()
        marked = [judged for judged in screens.posts() if judged.mark]
        assert len(marked) == 2
        assert screens.timeline.cursor == 2


async def test_help_lists_every_action(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("question_mark")
        text = " ".join(screens.line("panel-text").split())
        assert screens.names[-1] == "HelpScreen"
        assert all(action.text in text and action.id in text for action in SCREEN_ACTIONS)
        await screens.press("question_mark")
        assert screens.names == ["HomeScreen"]


async def test_one_of_several_links_is_chosen_by_number(opened: "Open") -> None:
    came: list[str] = []

    def recorded(url: str) -> bool:
        came.append(url)
        return True

    browser = Browser(can_open=lambda: True, draws_on_terminal=lambda: False, open=recorded)
    async with opened(browser=browser) as screens:
        await screens.press("1")
        judged = screens.go_to(lambda each: bool(each.post.links))
        await screens.press("o")
        assert screens.names[-1] == "ChoiceScreen"
        await screens.press("1")
        assert came == [(judged.post.links or ("",))[0]]


async def test_without_a_browser_the_address_is_copied_and_shown(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(lambda each: not each.post.links and bool(each.post.url))
        await screens.press("o")
        assert judged.post.url in screens.line("message")
        assert screens.app.clipboard == judged.post.url


async def test_the_palette_finds_an_action_by_its_words(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("ctrl+p")
        assert isinstance(screens.app.screen, CommandPalette)
        await screens.press(*"all hidden posts")
        await screens.settled()
        await screens.press("enter")
        while screens.names[-1] != "TrayScreen":
            await screens.press("enter")
        assert screens.names[-1] == "TrayScreen"


async def test_keys_for_the_timeline_show_a_message_elsewhere(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("h", "S")
        assert screens.line("message") == NOT_HERE


PLACES = {
    "feed": [],
    "tray": ["h"],
    "person": ["a"],
    "found": ["F", "t", "h", "e", "enter"],
    "training": ["t"],
    "conversation": ["enter"],
}
DEEDS = {
    "marks": ["s", "x"],
    "a bulk": ["V", "j", "c"],
    "a vouch": ["v"],
    "not known": ["d"],
    "a mute": ["m", "2"],
    "no longer muted": ["m", "4", "m", "5"],
    "a mark undone": ["p", "k", "p"],
}
NOTHING_IN_THE_END = ("no longer muted", "a mark undone")


@pytest.mark.parametrize("place", PLACES)
async def test_undo_reverts_every_change_made_on_any_screen(opened: "Open", place: str) -> None:
    async with opened() as screens:
        screens.go_to(lambda judged: judged.tie_name == "stranger")
        await screens.press(*PLACES[place])

        def state() -> dict[tuple[str, str], object]:
            return {judged.key: (judged.verdict, judged.mark, judged.tie) for judged in screens.session.timeline.posts}

        before, depth = state(), len(screens.names)
        for deed, keys in DEEDS.items():
            screens.go_to(lambda judged: judged.mark is None and judged.tie_name == "stranger")
            if place == "conversation" and deed == "a mark undone":
                # A post without a next one keeps its mark when the key is pressed again; u undoes it.
                continue
            await screens.press(*keys)
            assert len(screens.names) == depth, deed
            assert (state() == before) == (deed in NOTHING_IN_THE_END), deed
            while screens.line("message") != NOTHING_TO_UNDO:
                await screens.press("u")
            assert state() == before, deed
            assert screens.session.marks.count == 0


async def test_another_level_is_not_what_the_last_mark_changed(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("1", "3", "u", "e")
        assert screens.names == ["HomeScreen"]
        assert "no change has hidden" in screens.line("message")


async def test_an_old_message_does_not_return(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("T")
        assert screens.line("message")
        await screens.press("h", "escape")
        assert screens.names == ["HomeScreen"]
        assert not screens.line("message")


async def test_the_person_view_shows_their_words_and_since_when(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(lambda each: bool(each.post.author.bio) and each.post.author.created_at is not None)
        await screens.press("a")
        assert (judged.post.author.bio or "")[:20] in screens.line("title")
        assert "joined " in screens.line("title")
