"""Finds the people that several of the user's accounts on one network have seen.

The user may know somebody through one account and meet them as a stranger through another. The network identifies
them, so no link has to be confirmed.
"""

from collections.abc import Mapping, Sequence

from ..models.account import Account
from ..models.joined import Handle
from ..sources.registry import has_global_ids, label_of
from ..store.archive import Archive


class SamePeople:
    """Looks up the handles of a person on the user's other accounts."""

    def __init__(self, archive: Archive, accounts: Sequence[Account]) -> None:
        """`accounts`: those that share their network with another one."""
        self._archive = archive
        self._networks = {account.key: account.network for account in accounts}
        self.names: Mapping[str, str] = {account.key: account.handle for account in accounts}
        """The user's own handle by account."""

    def of(self, account: str, people: Mapping[str, str]) -> dict[str, list[Handle]]:
        """The handles of these people (id -> handle) on the other accounts; only people who have some.

        Where ids differ between servers, the handle with its server identifies a person. It does not if an account has
        seen it with two ids: then somebody else has taken it over.
        """
        network = self._networks.get(account)
        if network is None:
            return {}
        others = [key for key, name in self._networks.items() if name == network and key != account]
        if has_global_ids(network):
            found = self._archive.people.with_ids(others, people)
            return {person: [_named(each, network) for each in handles] for person, handles in found.items()}
        seen = self._archive.people.with_handles([account, *others], people.values())
        same: dict[str, list[Handle]] = {}
        for person, handle in people.items():
            those = seen.get(handle.lower(), [])
            accounts = [each.account for each in those]
            if len(accounts) == len(set(accounts)):
                same[person] = [_named(each, network) for each in those if each.account != account]
        return {person: handles for person, handles in same.items() if handles}


def _named(handle: Handle, network: str) -> Handle:
    return Handle(handle.account, handle.person_id, handle.handle, label_of(network))
