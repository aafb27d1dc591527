"""The screens react to the training loop of the session."""

from typing import TYPE_CHECKING

import pytest

from quietfeed.session.events import TrainingFailed

if TYPE_CHECKING:
    from quietfeed.tests.tui.conftest import Open


async def test_a_failed_training_is_reported_on_the_topmost_timeline(opened: "Open") -> None:
    async with opened() as screens:
        screens.session.events.publish(TrainingFailed("The disk is full."))
        assert screens.line("message") == "The disk is full."


@pytest.mark.usefixtures("learning")
async def test_marks_are_learned_while_another_screen_is_open(opened: "Open") -> None:
    async with opened() as screens:
        await screens.press("t", "s", "x")
        assert screens.names[-1] == "TrainingScreen"
        await screens.learned()
        assert not screens.session.learning.pending
