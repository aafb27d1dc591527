"""The facade holds services and does no work of its own."""

from collections.abc import Callable

from quietfeed.session import Session


def test_the_session_inherits_nothing_and_has_few_members(demo_world: Callable[..., Session]) -> None:
    assert Session.__bases__ == (object,)
    members = {name for name in dir(demo_world()) if not name.startswith("_")}
    assert len(members) < 40
