"""Builds the PostContext of a post: filters, ties, habits, and the user's own part in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from .. import __version__
from ..filters.habits import HabitBook
from ..filters.score import Scorer
from ..models.account import Account
from ..models.context import Habits, PostContext
from ..models.joined import PersonKey
from ..models.post import Post
from ..models.subscription import Subscription
from ..store.archive import Archive
from .account_filters import AccountFilters
from .clock import Clock
from .imitations import Imitations
from .second_hop import SecondHop
from .tie_cache import TieCache


class AuthorHabits:
    """The habits of authors, from all stored posts once the tally has counted them, before that from loaded posts."""

    def __init__(self, archive: Archive, base_scorer: Scorer) -> None:
        self._archive = archive
        self._book = HabitBook(base_scorer)
        self._counted: dict[PersonKey, Habits | None] = {}
        self._requested: set[PersonKey] = set()

    def read(self, authors: Iterable[PersonKey]) -> None:
        """Read the stored habits of these authors, each once."""
        if missing := set(authors) - self._requested:
            self._requested |= missing
            self._counted |= self._archive.tally.habits(missing, __version__)

    def add(self, post: Post) -> None:
        """Count a loaded post."""
        self._book.add(post)

    def set(self, author: PersonKey, habits: Habits | None) -> bool:
        """Set the habits over all stored posts of a loaded author. Returns whether they changed."""
        if author not in self._requested:
            return False
        before = self.of(author)
        self._counted[author] = habits
        return habits != before

    def of(self, author: PersonKey) -> Habits | None:
        """The habits of an author; None if too few posts are known."""
        if author in self._counted:
            return self._counted[author]
        return self._book.of(author)


class ContextMaker:
    """Builds contexts. It holds the filters of the accounts, and the user's own ids."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._clock = clock
        self.own: dict[str, str] = {}
        """The person id of each account's user."""
        self._subscribed: dict[str, frozenset[str]] = {}
        """The ids of the feeds that the user subscribed to, by account."""
        self._own_blogs: frozenset[PersonKey] = frozenset()
        self._fingerprint = "[]"
        self.filters = AccountFilters(archive)
        self.imitations = Imitations(archive)
        self._second_hop = SecondHop(archive)

    def set_own_accounts(self, accounts: Iterable[Account]) -> None:
        """Set the accounts, so that the user's own posts are recognised."""
        self.own = {account.key: account.remote_id for account in accounts}

    def set_subscriptions(self, feeds: Mapping[str, Iterable[Subscription]]) -> None:
        """Set the user's subscriptions by account. Accounts with an entry have no replies."""
        each_of = [(account, each) for account, those in feeds.items() for each in those]
        self._subscribed = {account: frozenset(each.id for each in those) for account, those in feeds.items()}
        self._own_blogs = frozenset((account, each.id) for account, each in each_of if each.mine)
        self._fingerprint = repr(sorted((account, each.id, each.mine, each.lists_you) for account, each in each_of))

    def reload(self, now: datetime) -> set[str]:
        """Reload the inputs of contexts after a sync. Returns the accounts whose filters changed."""
        self.imitations.reload()
        self._second_hop.reload()
        return self.filters.reload(now)

    def subscriptions_fingerprint(self) -> str:
        """The parts of subscriptions that verdicts depend on, as one text."""
        return self._fingerprint

    def is_own(self, account: str, person_id: str) -> bool:
        """Whether a person is the user, on one of their accounts."""
        return bool(person_id) and (self.own.get(account) == person_id or (account, person_id) in self._own_blogs)

    def make(self, post: Post, ties: TieCache, habits: Habits | None) -> PostContext:
        """The context of a post, whose ties must have been read."""
        account, author = post.account, post.author
        booster_tie = None
        if post.booster is not None:
            booster_tie = ties.get(account, post.booster.id)
        tie = ties.get(account, author.id)
        filtered = self.filters.apply(post, self._clock.now(), followed=bool(tie.you_follow))
        known = ties.relationship_known(account, author.id)
        feeds = self._subscribed.get(account)
        return PostContext(
            filtered,
            tie,
            booster_tie,
            habits,
            known,
            self._own_part(post),
            # A site has no follower count.
            counts_known=author.followers is not None or feeds is not None,
            subscribed=feeds is not None and author.id.partition("#")[0] in feeds,
            answerable=feeds is None,
            imitates=None if feeds is not None else self.imitations.imitated_by(account, author),
            followed_by=self._second_hop.of(post),
        )

    def _own_part(self, post: Post) -> Literal["author", "booster"] | None:
        """Whether the user wrote the post or boosted it."""
        if self.is_own(post.account, post.author.id):
            return "author"
        boosted = post.booster is not None and self.is_own(post.account, post.booster.id)
        if boosted:
            return "booster"
        return None
