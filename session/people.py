"""People and the user: vouches, mutes, ties and contacts."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ..filters.ties import name_of, strength
from ..models.errors import NotFound, UsageError
from ..models.joined import Handle, PersonKey
from ..models.mark import Mute, PersonMark, PersonWord
from ..models.person import Person
from ..models.post import Post
from ..models.text import clean_handle
from ..models.tie import NO_TIE, UNTIL_OVER, TieName
from ..models.view import Change, ChangeKind, PostKey, TieView
from ..sources import handle_in
from ..sources.registry import label_of
from ..store.archive import Archive
from .clock import Clock
from .history import Command, History
from .links import PersonLinks
from .loaded import LoadedPosts
from .takeovers import ended_mutes, renewed
from .timeline import TimelineService, not_loaded

if TYPE_CHECKING:
    from .handle_questions import HandleQuestions


class KnownPerson(msgspec.Struct, frozen=True):
    """A person the user knows: the handle, and the strength of the tie in [0, 1] with its name."""

    handle: Handle
    strength: float
    tie_name: TieName


class PeopleService:
    """Vouches, mutes and ties. If a method raises StoreError, nothing has changed."""

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

    @cached_property
    def handle_questions(self) -> "HandleQuestions":
        """Asks about handles that changed."""
        from .handle_questions import HandleQuestions

        return HandleQuestions(self._archive, self.set_mark)

    def find(self, name: str) -> list[Handle]:
        """All handles with this name that an account has seen; several accounts may have seen the same person."""
        people = self._archive.people.with_handle(handle_of(name))
        return [Handle(account, person.id, person.handle, label_of(person.network)) for account, person in people]

    def find_seen(self, name: str) -> list[Handle]:
        """The same. Raises NotFound if no account has seen the name."""
        found = self.find(name)
        if not found:
            raise NotFound(f"No account has seen {handle_of(name)} yet: `quietfeed sync` fetches new people.")
        return found

    def known(self, account: str, minimum: float) -> list[KnownPerson]:
        """The people of an account whose tie is at least that strong, the strongest first."""
        people = {each.id: each for each in self._archive.people.all(account)}
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
        stored = self._archive.people.get(person)
        handle = ""
        if stored is not None:
            handle = stored.handle
        if self._loaded.judge.contexts.is_own(*person):
            return TieView(handle, NO_TIE, "close", own=True)
        tie = self._links.ties(person[0], {person[1]: handle})[person[1]]
        known = not self._links.pending_relationships(person[0], [person[1]])
        name = name_of(strength(tie, self._clock.today()))
        return TieView(handle, tie, name, relationship_known=known)

    def contacts(self, account: str, person_id: str) -> list[tuple[datetime, bool]]:
        """The interactions with a person's handles, oldest first: the time, and whether towards the user."""
        people = self._links.keys((account, person_id))
        return sorted(chain.from_iterable(self._archive.ties.contacts(*person) for person in people))

    def imitated_by(self, handle: Handle) -> Person | None:
        """The known person that somebody imitates, if any. The user and known people imitate nobody."""
        view = self.tie_to(handle.key)
        if view.own or view.name in ("known", "close"):
            return None
        person = self._archive.people.get(handle.key) or Person(handle.person_id, handle.handle)
        return self._loaded.judge.contexts.imitations.looks_like(handle.account, person)

    def check_other(self, person: PersonKey) -> None:
        """Raise UsageError for one of the user's own accounts, which nobody mutes, vouches for or does not know."""
        if self._loaded.judge.contexts.is_own(*person):
            raise UsageError("This is you: choose somebody else.")

    def vouch(self, key: PostKey) -> Change:
        """Always show the author of a post (for a boost, of the original); a second call removes the vouch."""
        return self._toggle(key, "vouched")

    def not_known(self, key: PostKey) -> Change:
        """Never count the author of a post as known; a second call removes this."""
        return self._toggle(key, "not_known")

    def _toggle(self, key: PostKey, word: PersonWord) -> Change:
        author = self._post(key).author
        tie = self._loaded.judge.ties.get(key[0], author.id)
        if (word == "vouched" and tie.vouched) or (word == "not_known" and tie.not_known and not tie.vouched):
            return self.set_mark(Handle(key[0], author.id, author.handle), None, key)
        return self.set_mark(Handle(key[0], author.id, author.handle), word, key)

    def set_mark(self, person: Handle, word: PersonWord | None, key: PostKey | None = None) -> Change:
        """Store the user's mark on a person (None removes it), and rejudge all their posts.

        It applies to all linked handles: a mark on one of them replaces those on the others. `key` is the post on which
        the user set it.
        """
        if word is not None:
            self.check_other(person.key)
        handles = self._links.handles(*person_parts(person))
        before = self._links.person_marks(handles)
        after = []
        if word is not None:
            after = [PersonMark(*person_parts(person), word, self._clock.now())]
        change = self._history.run(
            Command(
                word or "person",
                person.handle,
                lambda: self._replace_marks(handles, person.handle, after, key),
                lambda: self._replace_marks(handles, person.handle, before, key),
            )
        )
        # A new vouch or mark also answers the question about a changed handle.
        self._archive.set_handle_answered(*person_parts(person))
        return change

    def _replace_marks(
        self, handles: Sequence[Handle], name: str, marks: Sequence[PersonMark], key: PostKey | None
    ) -> Change:
        shown = self._timeline.shown()
        kind: ChangeKind = "not_marked"
        if marks:
            kind = marks[-1].word
        elif self._links.person_marks(tuple(handles)):
            kind = "person"
        self._archive.person_marks.replace(handles, marks)
        self._loaded.judge.contexts.imitations.reload()
        self._loaded.reread_ties()
        return replace(self._timeline.compare(shown, kind, key), names=(name,))

    def mute(self, key: PostKey, end: datetime | None) -> Change:
        """Hide the author of a post (for a boost, of the original) until then; None removes the mute."""
        author = self._post(key).author
        return self.set_mute(Handle(key[0], author.id, author.handle), end, key)

    def mute_until_over(self, key: PostKey) -> Change:
        """Hide the author of a post, whose account may have been taken over, until it posts as usual again."""
        return self.mute(key, UNTIL_OVER)

    def set_mute(self, person: Handle, end: datetime | None, key: PostKey | None = None) -> Change:
        """Store a mute until then, or remove it (None, or a time in the past). It applies to all linked handles."""
        now = self._clock.now()
        if end is not None and end > now:
            self.check_other(person.key)
        handles = self._links.handles(*person_parts(person))
        before = self._links.mutes(handles)
        after = []
        if end is not None and end > now:
            after = [Mute(*person_parts(person), end, now)]
        return self._history.run(
            Command(
                "mute",
                person.handle,
                lambda: self._replace_mutes(handles, person.handle, after, key),
                lambda: self._replace_mutes(handles, person.handle, before, key),
            )
        )

    def end_due_mutes(self) -> list[Change]:
        """Remove the mutes whose time is over, and those of accounts that seemed taken over and post as usual again.

        For an interface that stays open. Undo restores the latter.
        """
        changes = []
        expired = self._expire_mutes()
        if expired is not None:
            changes.append(expired)
        while (ended := self._end_takeover_mute()) is not None:
            changes.append(ended)
        return changes

    def _end_takeover_mute(self) -> Change | None:
        now = self._clock.now()
        for mute in ended_mutes(self._archive, self._loaded.judge.scorer, now):
            handles = self._links.handles(mute.account, mute.person_id, mute.handle)
            again = [renewed(each, now) for each in self._links.mutes(handles)]
            others = [each for each in again if each.until != UNTIL_OVER]
            return self._history.run(
                Command(
                    "takeover_over",
                    mute.handle,
                    partial(self._replace_mutes, handles, mute.handle, others, None, "takeover_over"),
                    partial(self._replace_mutes, handles, mute.handle, again, None),
                )
            )
        return None

    def _replace_mutes(
        self,
        handles: Sequence[Handle],
        name: str,
        mutes: Sequence[Mute],
        key: PostKey | None,
        ended: ChangeKind = "unmute",
    ) -> Change:
        """Replace all mutes of these handles."""
        shown = self._timeline.shown()
        now = self._clock.now()
        mutes = [mute for mute in mutes if mute.until > now]
        was_muted = self._archive.mutes.replace(handles, mutes)
        self._loaded.reread_ties()
        end = None
        kind: ChangeKind = "not_muted"
        if mutes:
            end, kind = mutes[-1].until, "mute"
        elif was_muted:
            kind = ended
        change = self._timeline.compare(shown, kind, key)
        return replace(change, names=(name,), until=end)

    def _expire_mutes(self) -> Change | None:
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
    """The handle for a typed or pasted name: a handle in any form, or else the cleaned text itself."""
    return handle_in(name)[1] or clean_handle(name).removeprefix("@")


def is_whole_handle(name: str) -> bool:
    """Whether a typed or pasted name is a complete handle of a network."""
    return bool(handle_in(name)[0])


def person_parts(person: Handle) -> tuple[str, str, str]:
    """Account, person id and handle."""
    return person.account, person.person_id, person.handle
