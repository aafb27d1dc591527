"""The user's own account is not judged: own posts are never unread, and its view says that it is the user."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.cli.plain_words import person_lines
from quietfeed.models.errors import UsageError
from quietfeed.models.tie import FOREVER
from quietfeed.phrases.ties import tie_line
from quietfeed.session import open_session
from quietfeed.session.sync import ignore_progress

Serve = Callable[..., Any]


async def test_own_posts_are_never_unread_and_labelled_as_yours(
    mastodon: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    server = mastodon(posts=3)
    world = server.world
    world.home = [world.status(5, "7")]
    session = open_session()
    await session.signing_in.flow.with_token("mastodon", server.url, "good")
    session.signing_in.reload()
    await session.fetching.refresh(ignore_progress)
    boost = world.status(-3, "1") | {"id": "boost", "reblog": world.status(40, "8"), "content": ""}
    world.home = [boost, world.status(-2, "1") | {"id": "mine"}, world.status(-1, "7") | {"id": "theirs"}, *world.home]
    await session.fetching.refresh(ignore_progress)
    key = session.accounts[0].key
    assert {post for _, post in session.unread.unread} & {"boost", "mine", "theirs"} == {"theirs"}
    mine = session.timeline.get((key, "mine"))
    assert mine is not None
    assert session.people.tie_to((key, "1")).own
    why = session.timeline.why(mine.key)
    assert tie_line(why.tie).endswith(": this is you")
    assert "This is you." in person_lines(mine, why.tie)
    changes: list[Callable[[], object]] = [
        lambda: session.people.vouch(mine.key),
        lambda: session.people.not_known(mine.key),
        lambda: session.people.mute(mine.key, FOREVER),
    ]
    for change in changes:
        with pytest.raises(UsageError, match="This is you"):
            change()
    assert not session.people.mute(mine.key, None).hid
    await session.close()
