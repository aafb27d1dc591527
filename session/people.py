"""What the user says of people, and what people are to the user: vouches, mutes, ties and contacts."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

import msgspec
from msgspec.structs import replace

from ..filters.ties import name_of, strength
from ..models.errors import NotFound
from ..models.joined import Handle, PersonKey
from ..models.mark import Mute, PersonMark, PersonWord
from ..models.post import Post
from ..models.text import clean_handle
from ..models.tie import NO_TIE, TieName
from ..models.view import Change, ChangeKind, PostKey, TieView
from ..sources import handle_in
from ..sources.registry import label_of
from ..store.archive import Archive
from .clock import Clock
from .history import Command, History
from .links import PersonLinks
from .loaded import LoadedPosts
from .timeline import TimelineService, not_loaded


class KnownPerson(msgspec.Struct, frozen=True):
    """Somebody the user knows: their handle, and the strength of the tie in [0, 1] with its name."""

    handle: Handle
    strength: float
    tie_name: TieName


class PeopleService:
    """Vouches, mutes and ties. What writes raises StoreError, and has then changed nothing."""

    def __init__(
        self,
        archive: Archive,
        loaded: LoadedPosts,
        links: PersonLinks,
        timeline: TimelineService,
        history: History,
        clock: Clock,
    ) -> None:
        self._archive = archive
        self._loaded = loaded
        self._links = links
        self._timeline = timeline
        self._history = history
        self._clock = clock

    def find(self, name: str) -> list[Handle]:
        """Every handle of this name that an account has seen; one person may be seen by several. Empty for none."""
        people = self._archive.posts.find_people(handle_of(name))
        return [Handle(account, person.id, person.handle, label_of(person.network)) for account, person in people]

    def find_seen(self, name: str) -> list[Handle]:
        """The same. Raises NotFound where no account has seen the name."""
        found = self.find(name)
        if not found:
            raise NotFound(f"Nobody called {handle_of(name)} was seen yet: `quietfeed sync` fetches who is new.")
        return found

    def known(self, account: str, minimum: float) -> list[KnownPerson]:
        """The people of an account whose tie is at least that strong, the strongest first."""
        people = {each.id: each for each in self._archive.posts.people(account)}
        ties = self._links.ties(account, {each.id: each.handle for each in people.values()})
        today = self._clock.today()
        found = []
        for person_id, tie in ties.items():
            value = strength(tie, today)
            if value >= minimum:
                handle = Handle(account, person_id, people[person_id].handle)
                found.append(KnownPerson(handle, value, name_of(value)))
        return sorted(found, key=lambda each: (-each.strength, each.handle.handle))

    def tie_to(self, person: PersonKey) -> TieView:
        """The tie to a person, loaded or not."""
        stored = self._archive.posts.person(person)
        handle = stored.handle if stored else ""
        if self._loaded.is_own(*person):
            return TieView(handle, NO_TIE, "close", own=True)
        tie = self._links.ties(person[0], {person[1]: handle})[person[1]]
        known = not self._links.pending_relationships(person[0], [person[1]])
        name = name_of(strength(tie, self._clock.today()))
        return TieView(handle, tie, name, relationship_known=known)

    def contacts(self, account: str, person_id: str) -> list[tuple[datetime, bool]]:
        """The interactions with a person: when, and whether towards the user; oldest first. Linked handles count."""
        people = self._links.keys((account, person_id))
        return sorted(chain.from_iterable(self._archive.ties.contacts(*person) for person in people))

    def vouch(self, key: PostKey) -> Change:
        """Always show the author of a post (of the original, where it was boosted); again takes it back."""
        return self._toggle(key, "vouched")

    def not_known(self, key: PostKey) -> Change:
        """Never count the author of a post as known; again takes it back."""
        return self._toggle(key, "not_known")

    def _toggle(self, key: PostKey, word: PersonWord) -> Change:
        author = self._post(key).author
        tie = self._loaded.tie(key[0], author.id)
        if (word == "vouched" and tie.vouched) or (word == "not_known" and tie.not_known and not tie.vouched):
            return self.set_mark(Handle(key[0], author.id, author.handle), None, key)
        return self.set_mark(Handle(key[0], author.id, author.handle), word, key)

    def set_mark(self, person: Handle, word: PersonWord | None, key: PostKey | None = None) -> Change:
        """Store the user's word on a person (None takes it back), and judge everything of theirs again.

        It holds for all linked handles: a word on one of them replaces those on the others. `key` is the post it was
        said at.
        """
        handles = self._links.handles(*person_parts(person))
        before = self._links.person_marks(handles)
        if word is None:
            mark = None
        else:
            mark = PersonMark(*person_parts(person), word, self._clock.now())
        after = [] if mark is None else [mark]
        return self._history.run(
            Command(
                word or "person",
                person.handle,
                lambda: self._replace_marks(handles, person.handle, after, key),
                lambda: self._replace_marks(handles, person.handle, before, key),
            )
        )

    def _replace_marks(
        self, handles: Sequence[Handle], name: str, marks: Sequence[PersonMark], key: PostKey | None
    ) -> Change:
        shown = self._timeline.shown()
        self._archive.ties.replace(handles, marks)
        self._loaded.reread_ties()
        word = marks[-1].word if marks else None
        return replace(self._timeline.compare(shown, word or "person", key), names=(name,))

    def mute(self, key: PostKey, end: datetime | None) -> Change:
        """Hide the author of a post (of the original, where it was boosted) until then; None lifts the mute."""
        author = self._post(key).author
        return self.set_mute(Handle(key[0], author.id, author.handle), end, key)

    def set_mute(self, person: Handle, end: datetime | None, key: PostKey | None = None) -> Change:
        """Store a mute until then, or lift it (None, or a time in the past). It holds for all linked handles."""
        now = self._clock.now()
        handles = self._links.handles(*person_parts(person))
        before = self._links.mutes(handles)
        if end is not None and end > now:
            after = [Mute(*person_parts(person), end, now)]
        else:
            after = []
        return self._history.run(
            Command(
                "mute",
                person.handle,
                lambda: self._replace_mutes(handles, person.handle, after, key),
                lambda: self._replace_mutes(handles, person.handle, before, key),
            )
        )

    def _replace_mutes(
        self, handles: Sequence[Handle], name: str, mutes: Sequence[Mute], key: PostKey | None
    ) -> Change:
        """Put these mutes in place of all that these handles have."""
        shown = self._timeline.shown()
        now = self._clock.now()
        mutes = [mute for mute in mutes if mute.until > now]
        was_muted = self._archive.mutes.replace(handles, mutes)
        self._loaded.reread_ties()
        end = mutes[-1].until if mutes else None
        kind: ChangeKind = "unmute" if was_muted else "not_muted"
        change = self._timeline.compare(shown, kind if end is None else "mute", key)
        return replace(change, names=(name,), until=end)

    def expire_mutes(self) -> Change | None:
        """Lift the mutes that have expired; None where there are none. For an interface that stays open."""
        if not self._archive.mutes.expire(self._clock.now()):
            return None
        shown = self._timeline.shown()
        self._loaded.reread_ties()
        return self._timeline.compare(shown, "mutes_expired")

    def _post(self, key: PostKey) -> Post:
        context = self._loaded.context(key)
        if context is None:
            raise not_loaded(key)
        return context.post


def handle_of(name: str) -> str:
    """The handle that a typed or pasted name means: a handle in any form, or the cleaned text itself."""
    return handle_in(name)[1] or clean_handle(name).removeprefix("@")


def is_whole_handle(name: str) -> bool:
    """Whether a typed or pasted name is a handle that one network could have, and not only a part of one."""
    return bool(handle_in(name)[0])


def person_parts(person: Handle) -> tuple[str, str, str]:
    """Account, person id and handle."""
    return person.account, person.person_id, person.handle
