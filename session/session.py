"""The session: builds the services over one store, and closes their resources."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..filters.judge import judge_all
from ..filters.score import Scorer
from ..filters.ties import KNOWN
from ..models.account import Account
from ..models.config import Config
from ..models.tuning import Tuning
from ..store.archive import Archive
from ..store.places import AppPaths
from .above import PostsAbove
from .accounts import Accounts
from .action_states import ActionStates, recent_entries
from .clock import Clock
from .contexts import ContextMaker
from .crossposts import CrossPosts
from .events import Events
from .external import ExternalChanges
from .fetching import FetchingService
from .history import History
from .linking import LinkService
from .links import PersonLinks
from .loaded import LoadedPosts
from .mark_index import MarkIndex
from .marks import MarkService
from .people import PeopleService
from .post_judge import JudgeAll, PostJudge
from .preferences import Preferences
from .subscriptions import SubscriptionService
from .tally import Tally
from .timeline import TimelineService
from .training_job import stored_weights
from .unread import UnreadTracker

# Services that the first screen does not need are imported when they are first used.
if TYPE_CHECKING:
    from .actions import ActionService
    from .composing import ComposingService
    from .contradictions import ContradictionService
    from .delivery import DeliveryService
    from .directory import Directory
    from .forgetting import ForgetService
    from .full_sync import FullSync
    from .importing import ImportService
    from .learning import LearningService, TrainsJobs
    from .menu import Menu
    from .outbox import OutboxService
    from .permissions import Permissions
    from .pictures import Pictures
    from .publishing import PublishingService
    from .queries import QueryService
    from .reading import ReadingService
    from .safety import SafetyService
    from .transfer import TransferService
    from .upkeep import UpkeepService


class Session:
    """One run of quietfeed. It builds the services and holds them."""

    def __init__(
        self,
        archive: Archive,
        config: Config,
        accounts: Accounts,
        places: AppPaths | None,
        *,
        clock: Clock | None = None,
        tuning: Tuning | None = None,
        trainer: "TrainsJobs | None" = None,
        judge_all: JudgeAll = judge_all,
        exposed: Sequence[Path] = (),
    ) -> None:
        """`places` is None if nothing is stored: in the demo, and in a preview of a public timeline.

        `exposed`: see UpkeepService.
        """
        clock, tuning = clock or Clock(), tuning or Tuning()
        archive.mutes.expire(clock.now())
        self.config = config
        self.places = places
        self.clock = clock
        self.tuning = tuning
        self.signing_in = accounts
        self.events = Events()
        self.history = History(self.events)
        links = PersonLinks(archive, accounts.has_relationships)
        index = MarkIndex(archive.marks.heads(), links.groups)
        weights, self._trained_from = stored_weights(archive)
        self._contexts = ContextMaker(archive, clock)
        states = ActionStates(clock, recent_entries(archive, clock))
        judge = PostJudge(
            archive, Scorer(weights), index.snapshot, links, self._contexts, clock, states, judge_all, config.hide_above
        )
        loaded = LoadedPosts(archive, judge, clock, self.events)
        self.tally = Tally(archive, loaded, self._contexts, links, clock)
        self.unread = UnreadTracker(archive, self.history, tuning)
        self.above = PostsAbove(loaded, self.tally, self.unread)
        self.timeline = TimelineService(
            archive, loaded, self.tally, self.history, self.events, clock, tuning, config, self.unread
        )
        self.crossposts = CrossPosts(loaded, links)
        self.marks = MarkService(archive, loaded, index, links, self.crossposts, self.timeline, self.history, clock)
        self.people = PeopleService(archive, loaded, links, self.timeline, self.history, clock)
        self.links = LinkService(archive, loaded, index, links, self.timeline, self.history, clock)
        self.subscriptions = SubscriptionService(
            archive,
            accounts,
            loaded,
            self._contexts,
            links,
            self.timeline,
            self.history,
            clock,
            lambda account: self.fetching.refresh(lambda _progress: None, [account]),
        )
        self._external = ExternalChanges(archive, loaded, self.marks, self.links, self.subscriptions)
        self.fetching = FetchingService(
            archive,
            accounts,
            loaded,
            self.timeline,
            self.tally,
            self.unread,
            self._external,
            self.events,
            clock,
            tuning,
            config,
            lambda account: [each.handle for each in self.people.known(account, KNOWN)],
        )
        self.preferences = Preferences(archive)
        self._archive = archive
        self._loaded = loaded
        self._links = links
        self._index = index
        self._trainer = trainer
        self._exposed = exposed
        self._accounts_changed()
        accounts.on_change = self._accounts_changed

    @cached_property
    def contradictions(self) -> "ContradictionService":
        """Marks that contradict each other."""
        from .contradictions import ContradictionService

        return ContradictionService(self._archive, self._index, self._links, self.marks)

    @cached_property
    def safety(self) -> "SafetyService":
        """The weekly safety check."""
        from .safety import SafetyService

        return SafetyService(self._archive, self._index, self.timeline, self.history, self.clock)

    @cached_property
    def _permissions(self) -> "Permissions":
        from .permissions import Permissions

        return Permissions(self.signing_in)

    @cached_property
    def outbox(self) -> "OutboxService":
        """The queue of actions."""
        from .outbox import OutboxService

        return OutboxService(
            self._archive, self.signing_in, self._loaded, self.history, self.events, self.clock, self.tuning
        )

    @cached_property
    def actions(self) -> "ActionService":
        """The user's actions on servers."""
        from .actions import ActionService

        return ActionService(
            self._archive,
            self._permissions,
            self.outbox,
            self._loaded,
            self.timeline,
            self.history,
            self.events,
            self.clock,
        )

    @cached_property
    def delivery(self) -> "DeliveryService":
        """Runs actions and waits for their results."""
        from .delivery import DeliveryService

        return DeliveryService(self.actions, lambda: self.publishing, lambda: self.composing, self.outbox, self.tuning)

    @cached_property
    def publishing(self) -> "PublishingService":
        """The people the user knows as lists on servers."""
        from .publishing import PublishingService

        return PublishingService(
            self._archive,
            self.signing_in,
            self.people,
            self._links,
            self._permissions,
            self.actions,
            self.outbox,
        )

    @cached_property
    def directory(self) -> "Directory":
        """Finds people."""
        from .directory import Directory

        return Directory(self._archive, self.signing_in)

    @cached_property
    def menu(self) -> "Menu":
        """The available actions on a post and its author."""
        from .menu import Menu

        return Menu(
            lambda kind, target: self.actions.is_done(kind, target),
            self._permissions,
            lambda key: self.composing.can_quote(key),
            lambda account: self.composing.translates(account),
        )

    @cached_property
    def learning(self) -> "LearningService":
        """The training loop."""
        from .learning import LearningService

        return LearningService(
            self._archive,
            self._loaded,
            self._index,
            self._links,
            self.timeline,
            self._external,
            self.events,
            self.tuning,
            self.clock,
            self._trained_from,
            self._trainer,
        )

    @cached_property
    def pictures(self) -> "Pictures":
        """Pictures of posts."""
        from .pictures import Pictures

        shown = self.config.pictures != "off" and not self.config.data_saving
        return Pictures(self.places, self.signing_in, shown=shown)

    @cached_property
    def reading(self) -> "ReadingService":
        """Conversations, feeds and lists."""
        from .reading import ReadingService

        return ReadingService(self._archive, self.signing_in, self._loaded, self.timeline, self.fetching, self.clock)

    @cached_property
    def queries(self) -> "QueryService":
        """Stored posts for commands."""
        from .queries import QueryService

        return QueryService(self.learning, self.timeline, self.crossposts, lambda: self.reading)

    @cached_property
    def sync(self) -> "FullSync":
        """One sync of everything, for commands."""
        from .full_sync import FullSync

        return FullSync(
            self.signing_in, self.outbox, self.fetching, self.timeline, self.tally, self.upkeep, self.learning
        )

    @cached_property
    def transfer(self) -> "TransferService":
        """Export and import."""
        from .transfer import TransferService

        return TransferService(self._archive, self.clock)

    @cached_property
    def importing(self) -> "ImportService":
        """Imports of files."""
        from .importing import ImportService

        return ImportService(
            self._archive,
            self.signing_in,
            self.transfer,
            self.subscriptions,
            self._external,
            self.timeline,
            self.history,
            self.clock,
        )

    @cached_property
    def forgetting(self) -> "ForgetService":
        """Deletes a person, an account or everything."""
        from .forgetting import ForgetService

        return ForgetService(
            self._archive,
            self.signing_in,
            self.people,
            self.links,
            self._links,
            self._loaded,
            self.marks,
            self.unread,
            self.subscriptions,
            self.learning,
            self.history,
            self.events,
            self.clock,
            self.places,
            self.close,
        )

    @cached_property
    def upkeep(self) -> "UpkeepService":
        """Backups, and restoring marks after damage."""
        from .upkeep import UpkeepService

        return UpkeepService(
            self._archive,
            self._loaded,
            self.marks,
            self.links,
            self.clock,
            self.config,
            lambda: self.forgetting,
            self.signing_in.sources_opened,
            self._exposed,
        )

    @cached_property
    def composing(self) -> "ComposingService":
        """Drafts, and sending them."""
        from .composing import ComposingService

        return ComposingService(
            self._archive,
            self.signing_in,
            self.timeline,
            self.people,
            self._permissions,
            self.outbox,
            self.history,
            self.clock,
            self.config,
        )

    @property
    def is_stored(self) -> bool:
        """Whether anything is stored on disk: False in the demo and in a preview of a public timeline."""
        return self.places is not None

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The signed-in accounts; empty on the first run."""
        return self.signing_in.all()

    def _accounts_changed(self) -> None:
        """Update the services after an account was added or removed."""
        self._contexts.set_own_accounts(self.accounts)
        self.subscriptions.reload()
        self.links.accounts_changed()

    async def close(self) -> None:
        """End the sending and the training, and close the sources and the store.

        Each is closed even if another cannot be closed.
        """
        async with AsyncExitStack() as closing:
            closing.callback(self._archive.close)
            closing.push_async_callback(self.signing_in.close)
            if "learning" in vars(self):
                closing.callback(self.learning.close)
            if "outbox" in vars(self):
                closing.push_async_callback(self.outbox.close)
