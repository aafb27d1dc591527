"""The session: builds the services over one store, and closes what they opened."""

from collections.abc import Sequence
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
from .accounts import Accounts
from .action_states import ActionStates, recent_entries
from .actions import ActionService
from .clock import Clock
from .contexts import ContextMaker
from .contradictions import ContradictionService
from .crossposts import CrossPosts
from .directory import Directory
from .events import Events
from .external import ExternalChanges
from .fetching import FetchingService
from .forgetting import ForgetService
from .handle_questions import HandleQuestions
from .history import History
from .importing import ImportService
from .learning import LearningService, TrainsJobs
from .linking import LinkService
from .links import PersonLinks
from .loaded import LoadedPosts
from .mark_index import MarkIndex
from .marks import MarkService
from .menu import Menu
from .outbox import OutboxService
from .people import PeopleService
from .pictures import Pictures
from .post_judge import JudgeAll, PostJudge
from .preferences import Preferences
from .safety import SafetyService
from .subscriptions import SubscriptionService
from .tally import Tally
from .timeline import TimelineService
from .training_job import stored_weights
from .transfer import TransferService
from .unread import UnreadTracker
from .upkeep import UpkeepService

if TYPE_CHECKING:
    from .composing import ComposingService


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
        trainer: TrainsJobs | None = None,
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
        weights, trained_from = stored_weights(archive)
        self._contexts = ContextMaker(archive, clock)
        states = ActionStates(clock, recent_entries(archive, clock))
        judge = PostJudge(archive, Scorer(weights), index.snapshot, links, self._contexts, clock, states, judge_all)
        loaded = LoadedPosts(archive, judge, clock, self.events)
        self.tally = Tally(archive, loaded, self._contexts, links, clock)
        self.timeline = TimelineService(archive, loaded, self.tally, self.history, clock, tuning, config)
        self.crossposts = CrossPosts(loaded, links)
        self.marks = MarkService(archive, loaded, index, links, self.crossposts, self.timeline, self.history, clock)
        self.contradictions = ContradictionService(archive, index, links, self.marks)
        self.safety = SafetyService(archive, index, self.timeline, self.history, clock)
        self.people = PeopleService(archive, loaded, links, self.timeline, self.history, clock)
        self.links = LinkService(archive, loaded, index, links, self.timeline, self.history, clock)
        self.unread = UnreadTracker(archive, self.history, tuning)
        self.outbox = OutboxService(archive, accounts, loaded, self.history, self.events, clock, tuning)
        self.actions = ActionService(archive, self.outbox, loaded, self.timeline, self.history, self.events, clock)
        self.directory = Directory(archive, accounts)
        self.menu = Menu(self.actions, self.outbox, lambda key: self.composing.can_quote(key))
        self.subscriptions = SubscriptionService(
            archive, accounts, loaded, self._contexts, links, self.timeline, self.history, clock
        )
        external = ExternalChanges(archive, loaded, self.marks, self.links, self.subscriptions)
        self.learning = LearningService(
            archive, loaded, index, links, self.timeline, external, self.events, tuning, clock, trained_from, trainer
        )
        self.fetching = FetchingService(
            archive,
            accounts,
            loaded,
            self.timeline,
            self.tally,
            self.unread,
            external,
            self.events,
            clock,
            tuning,
            config,
            lambda account: [each.handle for each in self.people.known(account, KNOWN)],
        )
        self.pictures = Pictures(places, accounts, shown=config.pictures != "off" and not config.data_saving)
        self.transfer = TransferService(archive, clock)
        self.importing = ImportService(
            archive, accounts, self.transfer, self.subscriptions, external, self.timeline, self.history, clock
        )
        self.handle_questions = HandleQuestions(archive, self.people)
        self.preferences = Preferences(archive)
        self.forgetting = ForgetService(
            archive,
            accounts,
            self.people,
            self.links,
            links,
            loaded,
            self.marks,
            self.unread,
            self.subscriptions,
            self.learning,
            self.history,
            self.events,
            clock,
            places,
        )
        self.upkeep = UpkeepService(archive, loaded, self.marks, self.links, clock, config, exposed)
        self._archive = archive
        self._loaded = loaded
        self.accounts_changed()
        accounts.on_change = self.accounts_changed

    @cached_property
    def composing(self) -> "ComposingService":
        """Drafts and what becomes of them. Built when it is first used: no start waits for it."""
        from .composing import ComposingService

        return ComposingService(
            self._archive,
            self.signing_in,
            self.timeline,
            self.people,
            self.outbox,
            self.history,
            self.clock,
            self.config,
        )

    @property
    def demo(self) -> bool:
        """Whether this is the demo world."""
        return all(account.network == "demo" for account in self.accounts) and not self.kept

    @property
    def kept(self) -> bool:
        """Whether anything is stored on disk: False in the demo and in a preview of a public timeline."""
        return self.places is not None

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The signed-in accounts; empty on the first run."""
        return self.signing_in.all()

    def accounts_changed(self) -> None:
        """Update the services after an account was added or removed."""
        self._contexts.set_own_accounts(self.accounts)
        self.subscriptions.reload()
        self.links.accounts_changed()

    async def close(self) -> None:
        """End the training, and close the sources and the store."""
        self.learning.close()
        await self.signing_in.close()
        self._archive.close()
