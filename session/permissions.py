"""The actions that each account's network and sign-in allow."""

from ..models.account import Account
from ..models.action_kinds import ACTION_KINDS
from ..models.errors import NotPossible, WritingOff
from ..phrases.permissions import lacking_sentence, writing_off
from ..sources import write_rules
from ..sources.registry import capabilities_of, label_of
from .accounts import Accounts


class Permissions:
    """Determines which account can do which kind of action (models/action_kinds.py)."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def check(self, account_key: str, kind: str) -> None:
        """Check that an account can do an action and may write. Raises NotPossible and WritingOff."""
        account = self._accounts.find(account_key)
        if account is None or not self.acts(account_key):
            raise NotPossible("This timeline is only a preview: sign in to act on posts.")
        if not self.can(account_key, kind):
            raise NotPossible(lacking_sentence(kind, account.name, label_of(account.network)))
        if not account.writing:
            raise WritingOff(writing_off(account.name), account.key)

    def can(self, account_key: str, kind: str) -> bool:
        """Whether the network of an account has an action."""
        account = self._accounts.find(account_key)
        return account is not None and ACTION_KINDS[kind].capability in write_rules(account.network).capabilities

    def accounts_for(self, kind: str) -> list[Account]:
        """The accounts whose network has an action, in the order they were added."""
        return [each for each in self._accounts.all() if self.can(each.key, kind)]

    def may(self, account_key: str, kind: str) -> bool:
        """Whether an account may do an action now."""
        account = self._accounts.find(account_key)
        return account is not None and account.writing and self.can(account_key, kind)

    def acts(self, account_key: str) -> bool:
        """Whether an account may act, or could after the user allowed it; a preview cannot."""
        account = self._accounts.find(account_key)
        return account is not None and (account.writing or self._accounts.can_sign_in)

    def can_translate(self, account_key: str) -> bool:
        """Whether the network of an account has translations."""
        account = self._accounts.find(account_key)
        return account is not None and "translate" in capabilities_of(account.network)

    def is_self(self, account_key: str, person_id: str) -> bool:
        """Whether a person is the user of this very account."""
        account = self._accounts.find(account_key)
        return account is not None and account.remote_id == person_id
