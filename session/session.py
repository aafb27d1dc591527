"""The session: builds the services over one store, and closes what they opened."""

from collections.abc import Sequence

from ..models.account import Account
from ..models.config import Config
from ..models.tuning import Tuning
from ..models.verdict import Category, Level
from ..models.view import Gap, PostKey
from ..store.archive import Archive
from ..store.places import AppPaths
from .accounts import Accounts
from .clock import Clock
from .events import Events
from .external import ExternalChanges
from .fetching import FetchingService
from .history import History
from .learning import LearningService, TrainsJobs
from .linking import LinkService
from .links import PersonLinks
from .loaded import LoadedPosts
from .mark_index import MarkIndex
from .marks import MarkService
from .people import PeopleService
from .pictures import Pictures
from .preferences import Preferences
from .timeline import TimelineService
from .training_job import kept_weights
from .transfer import TransferService
from .unread import UnreadTracker


class Session:
    """One run of quietfeed. The services do the work; this class only holds them."""

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
    ) -> None:
        """`places` is None where nothing is stored: in the demo, and in a preview of a public timeline."""
        clock, tuning = clock or Clock(), tuning or Tuning()
        archive.mutes.expire(clock.now())
        self.config = config
        self.places = places
        self.clock = clock
        self.signing_in = accounts
        self.events = Events()
        self.history = History(self.events)
        links = PersonLinks(archive)
        index = MarkIndex(archive.marks.heads(), links.groups)
        weights, trained_from = kept_weights(archive)
        loaded = LoadedPosts(archive, weights, index.snapshot, links, clock)
        self.timeline = TimelineService(archive, loaded, self.history, clock, tuning, config)
        self.marks = MarkService(archive, loaded, index, links, self.timeline, self.history, clock)
        self.people = PeopleService(archive, loaded, links, self.timeline, self.history, clock)
        self.links = LinkService(archive, loaded, index, links, self.timeline, self.history, clock)
        self.unread = UnreadTracker(archive, self.history, tuning)
        external = ExternalChanges(archive, loaded, self.marks, self.links)
        self.learning = LearningService(
            archive, loaded, index, links, self.timeline, external, self.events, tuning, clock, trained_from, trainer
        )
        self.fetching = FetchingService(
            archive, accounts, loaded, self.timeline, self.unread, external, self.events, clock, tuning, config
        )
        self.pictures = Pictures(places, accounts, shown=config.pictures != "off" and not config.data_saving)
        self.transfer = TransferService(archive, clock)
        self.preferences = Preferences(archive)
        self._archive = archive
        self._loaded = loaded
        self.accounts_changed()
        self._add_former_names()

    @property
    def demo(self) -> bool:
        """Whether this is the demo world."""
        return all(account.network == "demo" for account in self.accounts) and not self.kept

    @property
    def kept(self) -> bool:
        """Whether anything is stored on the disk: not in the demo, and not in a preview of a public timeline."""
        return self.places is not None

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The signed-in accounts; empty on the first run."""
        return self.signing_in.all()

    def accounts_changed(self) -> None:
        """Take up that an account was added or removed."""
        self._loaded.set_own_accounts(self.accounts)
        self.links.accounts_changed()

    async def close(self) -> None:
        """End the training, and close the sources and the store."""
        self.learning.close()
        await self.signing_in.close()
        self._archive.close()

    # Former names, which the screens use until they are moved over to the services.

    def _add_former_names(self) -> None:
        timeline, marks, people, links = self.timeline, self.marks, self.people, self.links
        learning, fetching = self.learning, self.fetching
        self.load, self.load_newer, self.trim, self.around = (
            timeline.load,
            timeline.load_newer,
            timeline.trim,
            timeline.around,
        )
        self.start_at, self.start_at_newest = timeline.start_at, timeline.start_at_newest
        self.start_at_oldest, self.rejudge_stale = timeline.start_at_oldest, timeline.rejudge_stale
        self.look_up, self.get_or_load, self.judged = timeline.look_up, timeline.get_or_load, timeline.get
        self.find, self.counts, self.set_level = timeline.search, timeline.counts, timeline.set_level
        self.why, self.training_queue = timeline.why, timeline.training_queue
        self.place, self.keep_place = timeline.place, timeline.keep_place
        self.mark, self.mark_all, self.unmark, self.marked = marks.set, marks.set_all, marks.remove, marks.all
        self.vouch, self.not_known, self.mute = people.vouch, people.not_known, people.mute
        self.expire_mutes, self.tie_to, self.contacts = people.expire_mutes, people.tie_to, people.contacts
        self.joined_with, self.handles_of, self.proposed = links.linked_with, links.handles_of, links.proposed
        self.link, self.unlink, self.mark_distinct = links.link, links.unlink, links.mark_distinct
        self.link_candidates, self.undo = links.candidates, self.history.undo
        self.training_job, self.trainer = learning.job, learning.trainer
        self.apply, self.apply_incrementally = learning.apply, learning.apply_incrementally
        self.refresh, self.more, self.fill = fetching.refresh, fetching.more, fetching.fill
        self.thread, self.feeds, self.feed_page = fetching.thread, fetching.feeds, fetching.feed_page
        self.reading, self.read_all = self.unread, self.unread.read_all
        self.picture = self.pictures.get
        self.kept_theme, self.keep_theme = self.preferences.theme, self.preferences.save_theme

    @property
    def revision(self) -> int:
        """The former name."""
        return self.timeline.revision

    @property
    def complete(self) -> bool:
        """The former name."""
        return self.timeline.complete

    @property
    def newest(self) -> bool:
        """The former name."""
        return self.timeline.newest

    @property
    def above(self) -> int:
        """The former name."""
        return self.timeline.above

    @property
    def has_stale(self) -> bool:
        """The former name."""
        return self.timeline.has_stale

    @property
    def gaps(self) -> Sequence[Gap]:
        """The former name."""
        return self.timeline.gaps

    @property
    def level(self) -> Level:
        """The former name."""
        return self.timeline.level

    @property
    def unlearned(self) -> bool:
        """The former name."""
        return self.learning.pending

    @property
    def archive(self) -> Archive:
        """The former name."""
        return self._archive

    @property
    def last_mark(self) -> Category | None:
        """The former name."""
        return self.marks.last

    @last_mark.setter
    def last_mark(self, category: Category | None) -> None:
        self.marks.last = category

    @property
    def last_change(self) -> tuple[PostKey, ...]:
        """The former name."""
        return self.timeline.last_change

    @last_change.setter
    def last_change(self, keys: tuple[PostKey, ...]) -> None:
        self.timeline.last_change = keys
