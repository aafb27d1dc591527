"""Publishes the people the user knows as a list on the server of an account, so that other clients can show them.

quietfeed compares the list with the server, and adds and removes only people that it added itself.
"""

from collections.abc import Mapping, Sequence

from ..filters.ties import ACQUAINTANCE, CLOSE, KNOWN
from ..models.account import Account, accounts_named
from ..models.action import OPEN_STATES, ChangeList, ListMember, Target
from ..models.action_kinds import reverse_of
from ..models.errors import NotFound, NotPossible, UsageError
from ..models.pages import ServerList
from ..models.published import LeftOut, ListPlan
from ..models.source import ListSource, has_list_members, has_ties
from ..models.text import clean_line
from ..models.tie import NO_TIE, Relationship, Tie
from ..models.view import Change
from ..phrases.permissions import lacking_sentence
from ..phrases.publishing import NOTHING_TO_TAKE_BACK
from ..sources import write_rules
from ..sources.registry import label_of
from ..store.archive import Archive
from ..store.published import PublishedList
from .accounts import Accounts
from .actions import ActionService
from .links import PersonLinks
from .outbox import OutboxService
from .people import PeopleService
from .permissions import Permissions

MINIMUMS: Mapping[str, float] = {"close": CLOSE, "known": KNOWN, "acquaintance": ACQUAINTANCE}
"""The names of the weakest tie to include in a list, with their strengths."""

_LONGEST_NAME = 64
"""The maximum length of a list's name: https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/graph/defs.json"""


class PublishingService:
    """Plans and queues changes of lists. A method that raises has changed nothing."""

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        people: PeopleService,
        links: PersonLinks,
        permissions: Permissions,
        actions: ActionService,
        outbox: OutboxService,
    ) -> None:
        self._archive = archive
        self._accounts = accounts
        self._people = people
        self._links = links
        self._permissions = permissions
        self._actions = actions
        self._outbox = outbox

    def accounts(self) -> list[Account]:
        """The accounts whose network has lists."""
        return self._permissions.accounts_for("list")

    def account(self, name: str | None) -> Account:
        """The account with this name, or the only one that can publish. Raises NotFound, NotPossible and UsageError."""
        able = self.accounts()
        if name is not None:
            named = accounts_named(self._accounts.all(), name)
            if not named:
                raise NotFound(f"There is no account {name}: `quietfeed account list` lists them.")
            able = [each for each in named if each in able]
            if not able:
                raise NotPossible(lacking_sentence("list", named[0].name, label_of(named[0].network)))
        writing = [each for each in able if each.writing]
        if len(able) > 1 and len(writing) == 1:
            return writing[0]
        if len(able) > 1:
            raise UsageError(f"Several accounts have lists: choose one, for example with --to {able[0].name}.")
        if not able:
            raise NotFound(
                "None of your accounts has lists: `quietfeed account add NETWORK` signs in to one that does."
            )
        return able[0]

    async def plan(self, account: Account, name: str, minimum: str) -> ListPlan:
        """Compare the people the user knows with the list on the server. Raises UsageError and SourceError.

        Due actions of an earlier run are sent first, because they may change the list.
        """
        target = self._target(account, name)
        await self._outbox.send_due()
        self._check_waiting(target)
        source = await self._accounts.source(account)
        if not has_list_members(source):
            raise NotPossible(lacking_sentence("list", account.name, label_of(account.network)))
        stored = self._archive.published.get(account.key, target.list_name)
        found = await source.find_list(target.list_name, stored.list_id if stored else "")
        if found is None and stored is not None:
            # The user deleted the list; another one may have its name.
            stored, found = None, await source.find_list(target.list_name, "")
        known = {
            each.handle.person_id: each.handle.handle
            for each in self._people.known(account.key, MINIMUMS[minimum])
            if each.handle.person_id != account.remote_id
        }
        reasons = await self._left_out(source, account, known, found, stored)
        return _plan(account, target, known, reasons, found, stored)

    def undo_plan(self, account: Account, name: str) -> ListPlan:
        """The change that undoes the last change of a list. Raises NotPossible if there is none."""
        target, public = self._target(account, name), write_rules(account.network).public_lists
        newest = self._outbox.newest(ChangeList(target))
        if newest is not None and newest.state in OPEN_STATES and isinstance(newest.action, ChangeList):
            back = reverse_of(newest.action)
            if newest.action.undoes or not isinstance(back, ChangeList):
                self._check_waiting(target)
                raise NotPossible(NOTHING_TO_TAKE_BACK)
            return ListPlan(account, back, public)
        stored = self._archive.published.get(account.key, target.list_name)
        if stored is None or not (stored.added or stored.removed):
            raise NotPossible(NOTHING_TO_TAKE_BACK)
        action = ChangeList(target, stored.removed, stored.added, stored.list_id, stored.own, True)
        return ListPlan(account, action, public, len(stored.members) - len(stored.added))

    async def publish(self, plan: ListPlan) -> Change:
        """Queue a planned change; undo undoes it. Raises WritingOff if the account may not write."""
        if not plan.changes:
            return Change("already_done", names=(f'the list "{plan.action.target.list_name}"',), action="list")
        return await self._actions.do(plan.action)

    def check(self, account: Account) -> None:
        """Check that an account may write. Raises NotPossible and WritingOff."""
        self._permissions.check(account.key, "list")

    def _target(self, account: Account, name: str) -> Target:
        name = clean_line(name).strip()
        if not name or len(name) > _LONGEST_NAME:
            raise UsageError(f"The name of a list has 1 to {_LONGEST_NAME} letters.")
        return Target(account.key, list_name=name)

    def _check_waiting(self, target: Target) -> None:
        newest = self._outbox.newest(ChangeList(target))
        if newest is not None and newest.state in OPEN_STATES:
            raise NotPossible(
                f"An earlier change of this list is pending: `quietfeed outbox retry {newest.id}` sends it,"
                f" `quietfeed outbox drop {newest.id}` removes it."
            )

    async def _left_out(
        self,
        source: ListSource,
        account: Account,
        known: Mapping[str, str],
        found: ServerList | None,
        stored: PublishedList | None,
    ) -> dict[str, LeftOut]:
        """The reason why each known person is left out. People who are included are missing from the result."""
        rules = write_rules(account.network)
        ties = self._links.ties(account.key, dict(known))
        own_ties = self._archive.ties.of(account.key, dict(known))
        current: dict[str, Relationship] = {}
        if has_ties(source) and known:
            current = {each.person_id: each for each in await source.relationships(list(known))}
        asked: frozenset[str] = frozenset()
        if rules.public_lists and known:
            asked = await source.unlisted(list(known))
        put = {each.person_id for each in stored.members} if stored else set()
        members = found.members if found else frozenset()
        reasons: dict[str, LeftOut] = {}
        for person in known:
            answered = current.get(person, Relationship(person))
            follows = answered.you_follow
            if follows is None:
                follows = own_ties.get(person, NO_TIE).you_follow
            if _is_hidden(ties.get(person, NO_TIE), answered):
                reasons[person] = "hidden"
            elif person in asked:
                reasons[person] = "asked"
            elif rules.lists_need_follow and not follows:
                reasons[person] = "not_followed"
            elif person in put and person not in members:
                reasons[person] = "removed"
        return reasons


def _is_hidden(tie: Tie, current: Relationship) -> bool:
    """Whether the user hides a person, or one of the two blocks the other."""
    restricted = (tie.blocking, tie.blocked_by, tie.muting, tie.domain_blocking)
    answered = (current.blocking, current.blocked_by, current.muting, current.domain_blocking)
    return tie.not_known or tie.muted is not None or any(restricted) or any(answered)


def _plan(
    account: Account,
    target: Target,
    known: Mapping[str, str],
    reasons: Mapping[str, LeftOut],
    found: ServerList | None,
    stored: PublishedList | None,
) -> ListPlan:
    members = found.members if found else frozenset()
    put: Sequence[ListMember] = stored.members if stored else ()
    wanted = [ListMember(person, handle) for person, handle in known.items() if person not in reasons]
    add = tuple(each for each in wanted if each.person_id not in members)
    ids = {each.person_id for each in wanted}
    remove = tuple(each for each in put if each.person_id in members and each.person_id not in ids)
    own = stored.own if stored else found is None
    action = ChangeList(target, add, remove, found.id if found else "", own)
    by_hand = members - {each.person_id for each in put}
    left: dict[LeftOut, list[str]] = {}
    for person, reason in reasons.items():
        left.setdefault(reason, []).append(known[person])
    left_out = tuple((reason, tuple(handles)) for reason, handles in left.items())
    public = write_rules(account.network).public_lists
    return ListPlan(account, action, public, len(members) - len(remove), len(by_hand), left_out)
