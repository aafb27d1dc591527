"""Changes that another process makes to the same database, such as `quietfeed mark` beside the screens."""

from ..store.archive import Archive
from .linking import LinkService
from .loaded import LoadedPosts
from .marks import MarkService
from .subscriptions import SubscriptionService


class ExternalChanges:
    """Notices that another process wrote to the store, and reloads the marks, links and ties it changed."""

    def __init__(
        self,
        archive: Archive,
        loaded: LoadedPosts,
        marks: MarkService,
        links: LinkService,
        subscriptions: SubscriptionService,
    ) -> None:
        self._archive = archive
        self._loaded = loaded
        self._marks = marks
        self._links = links
        self._subscriptions = subscriptions
        self._version = archive.version()

    def reload(self) -> bool:
        """Rejudge with the changes of other processes since the last call. Returns whether there were any."""
        version = self._archive.version()
        if version == self._version:
            return False
        self._version = version
        self.reload_all()
        return True

    def reload_subscriptions(self) -> None:
        """Rejudge with the current subscriptions after a sync."""
        self._subscriptions.reload()

    def reload_all(self) -> None:
        """Rejudge with everything that is stored."""
        self._links.reload()
        self._subscriptions.reload()
        self._marks.reload()
        self._loaded.reread_ties()
