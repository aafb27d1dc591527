"""Pruning by the settings: bounded in a command, never of posts on the screen, and off if the user disables it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.clock import Clock
from quietfeed.store.archive import Archive

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ME = Account("mastodon", "https://one.example", "me@one.example", "me")


def _session(config: Config) -> Session:
    archive = Archive(None)
    archive.add_account(ME)
    ada = Person("ada", "ada@one.example")
    posts = [Post(f"{day:04}", ada, "words", ME.key, "mastodon", NOW - timedelta(days=day)) for day in range(700, 800)]
    archive.posts.save(ME.key, posts, NOW - timedelta(days=60))
    return Session(archive, config, Accounts(archive, None, {}), None, clock=Clock(lambda: NOW))


@pytest.mark.parametrize(
    ("config", "left"),
    [
        (Config(), 31),
        (Config(keep_days=0), 100),
        (Config(keep_days=0, keep_posts=40), 40),
        (Config(keep_posts=0), 31),
        (Config(keep_days=10**12), 100),
    ],
)
async def test_upkeep_prunes_by_the_settings(config: Config, left: int) -> None:
    session = _session(config)
    assert await session.upkeep.run() == []
    assert session.timeline.stored(ME.key) == left


async def test_loaded_posts_stay() -> None:
    session = _session(replace(Config(), keep_days=1))
    session.timeline.load(12)
    await session.upkeep.run()
    assert session.timeline.stored(ME.key) == 12
    assert len(session.timeline.posts) == 12
