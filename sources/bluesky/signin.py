"""Signing in to the AT Protocol."""

from collections.abc import Mapping
from typing import NoReturn

from ...models.errors import UsageError
from ...models.signin import Authorization


async def begin(server: str, redirect: str) -> NoReturn:
    """Where the user allows quietfeed to read."""
    raise UsageError(_unready(server, redirect))


async def finish(authorization: Authorization, code: str) -> NoReturn:
    """Finish with the code."""
    raise UsageError(_unready(authorization, code))


async def with_token(server: str, token: str) -> NoReturn:
    """Sign in with an app password."""
    raise UsageError(_unready(server, token))


async def revoke(server: str, secret: Mapping[str, str]) -> NoReturn:
    """End the session."""
    raise UsageError(_unready(server, secret))


def _unready(*_: object) -> str:
    return "This version cannot sign in to Bluesky yet: `quietfeed judge --from bluesky` reads its posts."
