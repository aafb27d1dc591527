"""Muting people for a time: the user's own word, which hides but teaches nothing, and runs out by itself."""

from dataclasses import replace
from datetime import datetime

from ..models.config import Config
from ..models.errors import NotFound
from ..models.mark import Mute, until
from ..models.view import Effect, PostKey
from ..store.archive import Archive
from .effects import compare
from .marking import Marking, today, utc_now


class Muting(Marking):
    """What `Marking` does, and mutes. What writes raises StoreError, and has then changed nothing."""

    def __init__(self, archive: Archive, config: Config) -> None:
        archive.mutes.expire(utc_now())
        super().__init__(archive, config)

    def mute(self, key: PostKey, end: datetime | None) -> Effect:
        """Hear nothing of the author of this post (of the original, where it was boosted) until then; None lifts it."""
        case = self._timeline.case(key)
        if case is None:
            raise NotFound(f"There is no post {key[1]} in the timeline.")
        author = case.post.author
        before = self._timeline.tie(key[0], author.id).muted
        effect = self.say_mute(key[0], author.id, author.handle, end, key)
        self._undo.append(lambda: self.say_mute(key[0], author.id, author.handle, before, key))
        return effect

    def say_mute(
        self, account: str, person_id: str, handle: str, end: datetime | None, key: PostKey | None = None
    ) -> Effect:
        """Keep a mute until then, or lift it (None, or a time that has passed), and judge all of theirs again."""
        shown = self._timeline.shown(self.level)
        now = utc_now()
        if end is not None and end > now:
            self.archive.mutes.set(Mute(account, person_id, handle, end, now))
            sentence = f"{handle} is muted {until(end, now)}"
        else:
            was = self.archive.mutes.lift(account, person_id, handle)
            sentence = f"{handle} is no longer muted" if was else f"{handle} was not muted"
        self._timeline.reread_ties(today())
        effect = compare(self._timeline, self.level, shown, key, sentence)
        if effect.hid:
            sentence += f" · {len(effect.hid)} more hidden"
        if effect.showed:
            sentence += f" · {len(effect.showed)} more back"
        return replace(effect, sentence=sentence)

    def expire_mutes(self) -> Effect | None:
        """Take back what has run out; None where nothing had. For a screen that stays open."""
        if not self.archive.mutes.expire(utc_now()):
            return None
        shown = self._timeline.shown(self.level)
        self._timeline.reread_ties(today())
        return compare(self._timeline, self.level, shown, None, "a mute has run out")
