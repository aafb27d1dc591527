"""Invisible display names are replaced by the handle, on every screen and in --plain."""

import pytest

from quietfeed.models.person import Person
from quietfeed.models.post import Post, links_of
from quietfeed.models.text import is_blank


@pytest.mark.parametrize(
    "name", ["", " ", "\u200b", "\u3164", "\u2800 \u00a0", "\u115f\u1160", "\ufe0f", "\u200d\u0301"]
)
def test_a_name_without_a_look_falls_back_to_the_handle(name: str) -> None:
    assert is_blank(name)
    assert Person("1", "ada@example.social", name).shown_name == "ada@example.social"


@pytest.mark.parametrize("name", ["Ada", "愛", "😀", "·", "☕\ufe0f", "\u200bx", "ا", "①"])
def test_a_name_with_one_sign_is_a_name(name: str) -> None:
    assert not is_blank(name)
    assert Person("1", "ada@example.social", name).shown_name == name


def test_a_kept_link_in_capitals_can_be_opened() -> None:
    links = ("Https://walks.example", "javascript:alert(1)", "HTTP://b.example")
    post = Post("1", Person("1", "ada@example.social"), "", links=links)
    assert links_of(post) == ["Https://walks.example", "HTTP://b.example"]
