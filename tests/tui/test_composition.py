"""Screens are composed: they inherit only from Textual, and each message has one handler."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from textual.dom import DOMNode
from textual.screen import Screen

import quietfeed.tui
from quietfeed.session import open_demo
from quietfeed.tui.screens.home import HomeScreen

TUI = Path(quietfeed.tui.__file__).parent


def our_nodes() -> Iterator[type[DOMNode]]:
    """Every screen, widget and app class of ours."""
    for found in pkgutil.walk_packages(quietfeed.tui.__path__, "quietfeed.tui."):
        for each in vars(importlib.import_module(found.name)).values():
            if inspect.isclass(each) and issubclass(each, DOMNode) and each.__module__ == found.name:
                yield each


def test_no_screen_of_ours_derives_from_another_of_ours() -> None:
    for node in our_nodes():
        if issubclass(node, Screen):
            assert [base.__module__.split(".")[0] for base in node.__bases__] == ["textual"], node


def test_no_class_overrides_a_handler_of_another_class_of_ours() -> None:
    for node in our_nodes():
        for base in node.__mro__[1:]:
            if base.__module__.startswith("quietfeed"):
                both = {name for name in vars(node) if name.startswith("on_")} & set(vars(base))
                assert not both, f"{node.__name__} overrides {both} of {base.__name__}"


def test_every_handler_of_ours_catches_errors() -> None:
    for node in our_nodes():
        for name, handler in vars(node).items():
            if name.startswith("on_") and name != "on_event" and inspect.isfunction(handler):
                assert hasattr(handler, "__wrapped__"), f"{node.__name__}.{name}: see tui/guard.py"


def test_no_method_only_raises_not_implemented_error_and_none_is_found_by_a_made_up_name() -> None:
    for path in TUI.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
        assert "NotImplementedError" not in names, path
        assert "getattr(self.app" not in path.read_text("utf-8"), path
        assert "do_{" not in path.read_text("utf-8"), path


def test_the_home_screen_has_fewer_than_forty_public_members() -> None:
    screen = HomeScreen(open_demo())
    ours = {*vars(HomeScreen), *vars(screen)} - set(dir(Screen))
    assert len({name for name in ours if not name.startswith("_")}) < 40
