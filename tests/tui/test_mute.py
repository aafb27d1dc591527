"""Muting from the screens: the question, the hidden posts, the messages, and undo."""

from typing import TYPE_CHECKING

import pytest

from quietfeed.models.tie import FOREVER

if TYPE_CHECKING:
    from quietfeed.models.view import JudgedPost
    from quietfeed.tests.tui.conftest import Open


def a_friend(judged: "JudgedPost") -> bool:
    return judged.tie_name == "close" and judged.post.booster is None


async def test_a_friend_is_muted_for_a_day_and_one_key_undoes_it(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(a_friend)
        handle = judged.post.author.handle
        await screens.press("m")
        assert screens.names[-1] == "ChoiceScreen"
        await screens.press("2")
        assert screens.names[-1] == "HomeScreen"
        assert screens.line("message").startswith(f"{handle} is muted until ")
        assert screens.line("message").endswith("u undoes")
        assert "muted" in screens.line("status")
        assert "muted by you · m ends it" in screens.text()
        assert screens.session.marks.count == 0
        await screens.press("w")
        assert "muted by you until" in screens.line("panel-text")
        await screens.press("escape", "h", "6")
        assert f"@{handle}" in screens.text()
        assert "hidden: muted by you until" in screens.text()
        await screens.press("escape", "u")
        assert "muted" not in screens.line("status")
        assert screens.selected() == judged.key


@pytest.mark.parametrize(("key", "forever"), [("1", False), ("3", False), ("4", True)])
async def test_each_span_has_its_number(opened: "Open", key: str, forever: bool) -> None:
    async with opened() as screens:
        judged = screens.go_to(a_friend)
        await screens.press("m", key)
        found = screens.session.timeline.get(judged.key)
        assert found is not None
        assert found.tie.muted is not None
        assert (found.tie.muted == FOREVER) is forever


async def test_a_mute_is_ended_from_the_same_question_or_left_as_it_is(opened: "Open") -> None:
    async with opened() as screens:
        judged = screens.go_to(a_friend)
        await screens.press("m", "escape")
        assert judged == screens.session.timeline.get(judged.key)
        await screens.press("m", "4", "m")
        assert "is muted until you unmute them." in screens.text()
        await screens.press("5")
        assert screens.line("message").startswith(f"{judged.post.author.handle} is no longer muted")
        assert judged == screens.session.timeline.get(judged.key)
