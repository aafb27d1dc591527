"""The actions that a menu offers: those that the server of the account has."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.tests.session.conftest import Net


@pytest.mark.parametrize(
    ("configuration", "offered"),
    [
        ({"translation": {"enabled": True}}, True),
        ({"translation": {"enabled": False}}, False),
        ({}, False),
    ],
)
async def test_translation_is_offered_where_the_server_translates(
    open_net: Callable[[str], Awaitable[Net]], configuration: dict[str, Any], offered: bool
) -> None:
    net = await open_net("mastodon")
    session = net.session
    post = session.actions.judged(net.someone())
    assert "translate" in session.menu.of(post)
    net.server.posts.quirks.instance = {"configuration": configuration}
    await session.composing.rules.refresh(session.composing.account(post.post.account))
    assert ("translate" in session.menu.of(post)) is offered
    await session.close()


async def test_a_private_post_of_somebody_else_is_not_offered_for_a_boost(
    open_net: Callable[[str], Awaitable[Net]],
) -> None:
    net = await open_net("mastodon")
    public = net.session.actions.judged(net.someone())
    assert "boost" in net.session.menu.of(public)
    private = replace(public, post=replace(public.post, visibility="private"))
    assert "boost" not in net.session.menu.of(private)
    assert "like" in net.session.menu.of(private)
    await net.session.close()
