"""Muting people for a time: the user's own word, which hides but teaches nothing, and runs out by itself."""

from collections.abc import Sequence
from datetime import datetime

from ..models.config import Config
from ..models.errors import NotFound
from ..models.joined import Handle
from ..models.mark import Mute, format_expiry
from ..models.view import Change, PostKey
from ..store.archive import Archive
from .effects import compare, counted
from .learning import Learning
from .marking import today, utc_now


class Muting(Learning):
    """What `Learning` does, and mutes. What writes raises StoreError, and has then changed nothing."""

    def __init__(self, archive: Archive, config: Config) -> None:
        archive.mutes.expire(utc_now())
        super().__init__(archive, config)

    def mute(self, key: PostKey, end: datetime | None) -> Change:
        """Hear nothing of the author of this post (of the original, where it was boosted) until then; None lifts it."""
        context = self._timeline.context(key)
        if context is None:
            raise NotFound(f"There is no post {key[1]} in the timeline.")
        author = context.post.author
        handles = self._joins.handles(key[0], author.id, author.handle)
        before = self._joins.mutes(handles)
        effect = self.set_mute(key[0], author.id, author.handle, end, key)
        self._undo.append(lambda: self._mute(handles, author.handle, before, key))
        return effect

    def set_mute(
        self, account: str, person_id: str, handle: str, end: datetime | None, key: PostKey | None = None
    ) -> Change:
        """Keep a mute until then, or lift it (None, or a time that has passed), and judge all of theirs again.

        It holds for all handles of a joined person.
        """
        now = utc_now()
        mutes = [Mute(account, person_id, handle, end, now)] if end is not None and end > now else []
        return self._mute(self._joins.handles(account, person_id, handle), handle, mutes, key)

    def _mute(self, handles: Sequence[Handle], name: str, mutes: Sequence[Mute], key: PostKey | None) -> Change:
        """These mutes, in the place of all that there are on these handles."""
        shown = self._timeline.shown(self.level)
        now = utc_now()
        mutes = [mute for mute in mutes if mute.until > now]
        was = self.archive.mutes.replace(handles, mutes)
        sentence = f"{name} is no longer muted" if was else f"{name} was not muted"
        if mutes:
            sentence = f"{name} is muted {format_expiry(mutes[-1].until, now)}"
        self._timeline.reread_ties(today())
        return counted(compare(self._timeline, self.level, shown, key, sentence))

    def expire_mutes(self) -> Change | None:
        """Take back what has run out; None where nothing had. For a screen that stays open."""
        if not self.archive.mutes.expire(utc_now()):
            return None
        shown = self._timeline.shown(self.level)
        self._timeline.reread_ties(today())
        return compare(self._timeline, self.level, shown, None, "a mute has run out")
