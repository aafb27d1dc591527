"""The rules for posts of each account's server, and the language of the user's posts."""

from collections import Counter
from datetime import timedelta

import msgspec

from ..models.account import Account
from ..models.compose import ComposeRules
from ..models.errors import SourceError
from ..models.writer import composes
from ..sources.registry import compose_rules
from ..store.archive import Archive
from .accounts import Accounts
from .clock import Clock

_AGE = timedelta(days=1)
_OWN_POSTS = 20


class PostingRules:
    """The rules of each account: the defaults of its network, until its server has returned its own."""

    def __init__(self, archive: Archive, accounts: Accounts, clock: Clock) -> None:
        self._archive = archive
        self._accounts = accounts
        self._clock = clock
        self._known: dict[str, ComposeRules] = {}

    def of(self, account: Account) -> ComposeRules:
        """The known rules of an account's server."""
        if account.key not in self._known:
            stored = self._archive.get_state(_state(account))
            self._known[account.key] = _decoded(stored) or compose_rules(account.network)
        return self._known[account.key]

    async def refresh(self, account: Account) -> ComposeRules:
        """Request the rules from the server, once a day. Without a response, the known ones stay."""
        asked = self._archive.get_state(f"compose_asked:{account.key}")
        now = self._clock.now()
        if isinstance(asked, str) and asked > (now - _AGE).isoformat():
            return self.of(account)
        try:
            source = await self._accounts.source(account)
            if not composes(source):
                return self.of(account)
            rules = await source.compose_rules()
        except SourceError:
            return self.of(account)
        self._known[account.key] = rules
        stored = msgspec.json.encode(rules).decode()
        self._archive.set_state(**{_state(account): stored, f"compose_asked:{account.key}": now.isoformat()})
        return rules

    def language(self, account: Account) -> str:
        """The language that was chosen last, or else that of the user's last posts; "" if unknown."""
        chosen = self._archive.get_state(f"compose_language:{account.key}")
        if isinstance(chosen, str) and chosen:
            return chosen
        own = self._archive.posts.by_author(account.key, account.remote_id, _OWN_POSTS)
        found = Counter(post.lang for _, post in own if post.lang)
        return next((language for language, _ in found.most_common(1)), "")

    def choose_language(self, account: Account, language: str) -> None:
        """Remember a language for the next posts."""
        self._archive.set_state(**{f"compose_language:{account.key}": language})


def _state(account: Account) -> str:
    return f"compose_rules:{account.key}"


def _decoded(stored: str | bytes | None) -> ComposeRules | None:
    if stored is None:
        return None
    try:
        return msgspec.json.decode(stored, type=ComposeRules)
    except msgspec.MsgspecError:
        return None
