"""Posts of an account that may have been taken over are one line, which enter opens and the fold key closes."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open, Scripted


async def test_enter_opens_the_line_and_the_fold_key_closes_it(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    posts = [scripted.post(number) for number in range(12)]
    posts += [scripted.post(20 + n, text=f"free coins {n} https://win.example/{n}") for n in range(3)]
    async with opened(scripted.session(scripted.network(posts), tmp_path)) as screens:
        shown = screens.app.session.timeline.counts().shown
        assert len(screens.posts()) == 13
        assert shown == 15
        assert "3 posts unlike their others" in screens.text()
        screens.go_to(lambda judged: "free coins" in judged.post.text)
        await screens.press("enter")
        assert len(screens.posts()) == 15
        assert "the account may have been taken over" in screens.line("message")
        await screens.press("z")
        assert len(screens.posts()) == 13
        assert screens.app.session.timeline.counts().shown == shown


async def test_one_key_hides_the_posts_until_the_takeover_is_over(
    opened: "Open", scripted: "type[Scripted]", tmp_path: Path
) -> None:
    """tests/session/test_takeovers.py has the end of the mute."""
    posts = [scripted.post(number, text=f"the heron was at pond {number} again") for number in range(12)]
    posts += [scripted.post(20 + n, text=f"free coins {n} https://win.example/{n}") for n in range(3)]
    session = scripted.session(scripted.network(posts), tmp_path)
    async with opened(session) as screens:
        screens.go_to(lambda judged: "free coins" in judged.post.text)
        await screens.press("m")
        assert "is muted until this account posts as usual again" in screens.line("message")
        assert session.timeline.counts().shown == 0
