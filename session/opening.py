"""Opening sessions: the user's own, the demo world, and a preview of a public timeline."""

from collections.abc import Callable, Coroutine
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from ..models.config import Config
from ..models.errors import UsageError
from ..models.text import clean_handle
from ..models.tuning import Tuning
from ..sources import handle_in, network
from ..sources.bridges import returns_replies
from ..sources.facts import example_handles
from ..store.archive import Archive
from ..store.places import find_places, secure
from ..store.settings import read_config
from ..store.tokens import TokenStore
from .accounts import Accounts
from .clock import Clock
from .session import Session

T = TypeVar("T")


def open_session(home: Path | None = None, clock: Clock | None = None, tuning: Tuning | None = None) -> Session:
    """The user's session, from QUIETFEED_HOME or the system's own folders. Raises StoreError and UsageError."""
    paths = find_places(home)
    exposed = secure(paths)
    config = read_config(paths.config_file)
    with ExitStack() as opened:
        archive = opened.enter_context(closing(Archive(paths.database, returns_replies)))
        accounts = Accounts(archive, TokenStore(paths), config=config, clock=clock)
        session = Session(archive, config, accounts, paths, clock=clock, exposed=exposed, tuning=tuning)
        # The session closes the archive from now on.
        opened.pop_all()
    return session


def own_settings(home: Path | None = None) -> Config:
    """The user's settings alone, for sessions that store nothing. Raises UsageError."""
    return read_config(find_places(home).config_file)


def open_demo(
    seed: int = 1, now: datetime | None = None, settings: Config | None = None, *, first_page: bool = False
) -> Session:
    """The demo world as a session in memory: nothing is stored, and its posts are loaded.

    With `first_page` only the newest posts are loaded, so that a screen shows them at once; `fetching.finish` loads the
    rest. Only keys and theme are taken from `settings`; level and pictures keep their defaults.
    """
    from ..sources.demo import Demo

    archive = Archive(None)
    demo = Demo(seed=seed, now=now, pauses=first_page)
    archive.add_account(demo.account)
    config = replace(_ui_settings(settings), first_sync_posts=1000)
    session = Session(archive, config, Accounts(archive, None, {demo.account.key: demo}), None)
    if first_page:
        session.fetching.begin()
    else:
        run_without_loop(session.fetching.refresh(lambda _progress: None))
    return session


class Openers(NamedTuple):
    """The functions with which the entry point opens the user's session and the demo world. Tests replace them."""

    own: Callable[[], Session] = open_session
    demo: Callable[..., Session] = open_demo


async def open_public(handle: str, server: str = "", settings: Config | None = None) -> Session:
    """A public timeline as a session in memory: no sign-in, nothing stored.

    The form of the handle determines the network. `settings` as in `open_demo`. Raises SourceError and UsageError.
    """
    name, found = handle_in(handle)
    if not name:
        raise UsageError(f"{clean_handle(handle)[:80]!r} is not a handle, such as {example_handles()}.")
    source = await network(name).look(found, clean_handle(server))
    archive = Archive(None, returns_replies)
    archive.add_account(source.account)
    config = replace(_ui_settings(settings), first_sync_posts=5000, pictures="off")
    return Session(archive, config, Accounts(archive, None, {source.account.key: source}), None)


def _ui_settings(settings: Config | None) -> Config:
    if settings is None:
        return Config()
    return Config(theme=settings.theme, keyset=settings.keyset, keys=settings.keys)


def run_without_loop(request: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, with or without an event loop: the demo world needs no I/O."""
    try:
        request.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    raise RuntimeError("the demo world suspended")
