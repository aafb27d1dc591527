"""New posts while the user reads: the position stays, new posts are counted, failures are reported."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietfeed.models.post import Post
from quietfeed.models.tuning import Tuning
from quietfeed.session import Session
from quietfeed.store.archive import Archive
from quietfeed.tui.screens.home import HomeScreen
from quietfeed.tui.screens.person import PersonScreen
from quietfeed.tui.widgets.rows import GapRow

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted


async def test_the_first_sync_fills_the_screen_and_counts_the_posts(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    posts = [scripted.post(number, scripted.star if number % 3 == 0 else scripted.friend) for number in range(30)]
    async with opened(scripted.session(scripted.network(posts), tmp_path)) as screens:
        counts = screens.session.timeline.counts()
        shown, hidden = counts.shown, counts.hidden_total
        assert len(screens.posts()) == shown
        assert screens.line("message") == f"30 new: {shown} shown, {hidden} hidden"
        assert screens.line("status") == f"{shown} shown · {hidden} hidden: {hidden} celebrity · quiet"


async def test_the_second_start_shows_the_stored_timeline_without_a_network(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(10)])
    async with opened(scripted.session(network, tmp_path)):
        pass
    network.down = True
    async with opened(scripted.session(network, tmp_path)) as screens:
        assert len(screens.posts()) == 10
        assert screens.line("message") == "example.social cannot be reached: try again later."


async def arrive(session: Session, archive: Archive, posts: Sequence[Post]) -> None:
    """Store posts one by one, as a fast server sends them."""
    for post in posts:
        page = archive.posts.save_page(post.account, [post], session.clock.now(), below=None, filled=None)
        session.fetching._add(page.new)


async def test_a_burst_of_arrivals_is_one_drawing(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path, tuning: Tuning
) -> None:
    archive = scripted.store(tmp_path, [scripted.post(number) for number in range(20)])
    # With a pause that is too long even for a slow machine.
    session = scripted.session(scripted.network([]), tmp_path, archive, tuning=replace(tuning, news_each=3600.0))
    async with opened(session) as screens:
        drawn = {len(screens.posts())}
        for number in range(100, 130):
            await arrive(session, archive, [scripted.post(number)])
            await screens.settled()
            drawn.add(len(screens.posts()))
        assert len(drawn) <= 2


async def test_arrivals_need_no_refresh_key(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    archive = scripted.store(tmp_path, [scripted.post(number) for number in range(20)])
    async with opened(scripted.session(scripted.network([]), tmp_path, archive)) as screens:
        await arrive(screens.session, archive, [scripted.post(number) for number in range(100, 130)])
        while len(screens.posts()) < 50:
            await screens.pilot.pause(0.02)


async def test_marks_made_under_another_screen_are_drawn_once_when_it_closes(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    archive = scripted.store(tmp_path, [scripted.post(number) for number in range(20)])
    async with opened(scripted.session(scripted.network([]), tmp_path, archive)) as screens:
        await screens.press("question_mark")
        key = screens.session.timeline.posts[3].key
        screens.session.marks.set(key, "spam")
        await screens.press("escape")
        assert {each.key: each.mark for each in screens.posts()}.get(key, "spam") == "spam"


async def test_a_refresh_moves_neither_the_cursor_nor_its_line(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(30)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        await screens.press("5", "j")
        reading = screens.timeline.line(3)
        selected = screens.selected()
        network.posts += [scripted.post(number) for number in range(100, 112)]
        await screens.press("R")
        assert screens.selected() == selected
        assert screens.timeline.line(3) == reading
        assert "↑ 12 unread above" in screens.line("status")


async def test_news_count_as_seen_once_they_were_on_the_screen(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(30)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        network.posts += [scripted.post(number) for number in range(100, 103)]
        await screens.press("R")
        assert "↑ 3 unread above" in screens.line("status")
        await screens.press("g")
        assert "unread above" not in screens.line("status")


async def test_hidden_news_are_counted_as_hidden(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    network = scripted.network([scripted.post(number) for number in range(10)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        network.posts += [scripted.post(100, scripted.star)]
        await screens.press("R")
        assert screens.line("message") == "1 new: 0 shown, 1 hidden"
        assert "unread above" not in screens.line("status")
        await screens.press("R")
        assert screens.line("message") == "nothing new"


async def test_a_refresh_by_itself_keeps_the_message_if_there_is_nothing_new(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(10)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        assert isinstance(screens.app.screen, HomeScreen)
        await screens.press("s")
        marked = screens.line("message")
        assert "u undoes" in marked
        screens.app.screen.fetching.refresh()
        await screens.settled()
        assert screens.app.screen.fetching.progress is None
        assert screens.line("message") == marked


async def test_older_posts_come_from_the_server_as_the_end_comes_near(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(40)], page=10)
    async with opened(scripted.session(network, tmp_path, first_sync_posts=10)) as screens:
        assert len(screens.posts()) == 10
        assert isinstance(screens.timeline.rows[-1], GapRow)
        await screens.press("7", "j")
        reading = screens.selected()
        assert len(screens.posts()) > 10
        assert screens.selected() == reading


async def test_the_end_of_an_offline_timeline_requests_once_and_enter_again(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(40)], page=10)
    async with opened(scripted.session(network, tmp_path, first_sync_posts=10)) as screens:
        network.down = True
        await screens.press("G")
        assert screens.line("message") == "example.social cannot be reached: try again later."
        network.down = False
        await screens.press("k", "G")
        assert len(screens.posts()) == 10
        await screens.press("enter")
        assert len(screens.posts()) > 10


async def test_marks_are_there_at_the_next_start(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    network = scripted.network([scripted.post(number) for number in range(10)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        key = screens.posts()[2].key
        screens.go_to(lambda judged: judged.key == key)
        await screens.press("x")
    again = scripted.session(network, tmp_path)
    again.timeline.load()
    judged = again.timeline.get(key)
    assert judged is not None
    assert judged.mark == "spam"


async def test_the_position_is_restored_after_a_restart(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(30)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        await screens.press("9", "j")
        place = screens.selected()
    async with opened(scripted.session(network, tmp_path)) as screens:
        assert screens.selected() == place


async def test_a_failed_worker_is_reported_and_the_screen_stays(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    def fall() -> None:
        raise ZeroDivisionError("oh")

    network = scripted.network([scripted.post(1)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        network.on_request = fall
        await screens.press("R")
        while "failed unexpectedly" not in screens.line("message"):
            await screens.settled()
        assert "ZeroDivisionError" in screens.line("message")
        assert "asking" not in screens.line("status")
        await screens.press("j")


async def test_a_conversation_that_cannot_be_fetched_is_one_sentence(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(3)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        network.down = True
        await screens.press("enter")
        assert screens.line("message") == "example.social cannot be reached: try again later."


async def test_a_post_known_only_from_a_conversation_is_explained_and_can_be_marked(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(3)])
    sells = scripted.post(
        -5, scripted.star, "Buy now! Use code SAVE20, limited offer, link in bio: https://shop.example"
    )
    network.before = (sells,)
    async with opened(scripted.session(network, tmp_path)) as screens:
        await screens.press("enter", "k")
        assert screens.selected() == sells.key
        await screens.press("w")
        assert screens.names[-1] == "WhyScreen"
        await screens.press("escape", "x")
        marked = screens.session.timeline.get(sells.key)
        assert marked is not None
        assert marked.mark == "spam"
        assert "hidden as spam: you marked this post as spam" in screens.text()
        await screens.press("u", "a")
        assert screens.names[-1] == "PersonScreen"
        assert "The Star" in screens.line("title")
        await screens.press("escape", "escape")
        assert sells.key not in [judged.key for judged in screens.session.timeline.posts]
        assert screens.session.timeline.counts().hidden_total == 0


async def test_a_refresh_shows_what_another_process_fetched_and_marked(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(5)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        network.posts += [scripted.post(number, text="by the timer") for number in (10, 11)]
        other = scripted.session(network, tmp_path)
        await other.fetching.refresh(lambda _progress: None)
        other.marks.set(scripted.post(3).key, "spam")
        await other.close()
        assert "by the timer" not in screens.text()
        await screens.press("R", "g")
        assert screens.text().count("by the timer") == 2
        assert screens.session.timeline.counts().hidden_total == 1
        assert "1 hidden: 1 spam" in screens.text()


async def test_the_person_view_works_after_its_post_was_evicted(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    network = scripted.network([scripted.post(number) for number in range(30)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        first, last = screens.session.timeline.posts[0].key, screens.session.timeline.posts[-1].key
        judged = screens.go_to(lambda each: each.key == last)
        screens.session.timeline.trim(0, 1, first, first)
        assert screens.session.timeline.get(last) is None
        screens.app.push_screen(PersonScreen(screens.session, judged))
        await screens.settled()
        assert "you follow each other" in screens.line("title")


async def test_hostile_text_is_drawn_as_text(opened: "Open", scripted: "type[Scripted]", tmp_path: Path) -> None:
    hostile = "[bold red]not markup[/] [@click=app.exit]no[/] [/] [link"
    network = scripted.network([scripted.post(1, text=hostile, warning="[/x]"), scripted.post(2, text=hostile)])
    async with opened(scripted.session(network, tmp_path)) as screens:
        assert hostile in screens.text()
        await screens.press("enter", "w", "escape", "escape", "slash")
        await screens.type("[bold")
        await screens.press("enter", "a", "escape", "h")
        assert screens.names[-1] == "TrayScreen"
