"""Joining the handles of one person across networks: by the user's own yes alone, undone and parted again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..filters.ties import name_of, strength
from ..models.errors import NotFound
from ..models.joined import DistinctPair, Handle, PersonKey, PersonLink
from ..models.person import Person
from ..models.tie import NO_TIE, Tie, TieName
from ..models.view import Change, PostKey
from ..phrases.ties import THIS_IS_YOU, evidence
from .effects import compare, counted
from .marking import today, utc_now
from .muting import Muting


@dataclass(frozen=True, slots=True)
class LinkCandidate:
    """Somebody who may be the same person: their handle, the name they go by, and what they are to the user."""

    handle: Handle
    name: str
    tie_name: TieName


class Joining(Muting):
    """What `Muting` does, and joined people. What writes raises StoreError, and has then changed nothing."""

    def joined_with(self, person: PersonKey) -> tuple[Handle, ...]:
        """The other handles of a person; none of somebody who is not joined."""
        return self._joins.others(person)

    def handles_of(self, person: PersonKey) -> tuple[PersonKey, ...]:
        """All handles of a person, this one first."""
        return (person, *(handle.key for handle in self._joins.others(person)))

    def proposed(self, person: PersonKey) -> list[Handle]:
        """Who may be the same person: whose profile links to this one as this one links to theirs, and no refusal."""
        from ..filters.profiles import link_each_other, named_by

        me = self.archive.posts.person(person)
        if me is None:
            return []
        apart = self._apart()
        joined = self._joins.keys(person)
        found: dict[PersonKey, Handle] = {}
        for name in sorted(named_by(me)):
            for account, other in self.archive.posts.find_named(name):
                key = (account, other.id)
                if account == person[0] or key in joined or frozenset((person, key)) in apart or key in found:
                    continue
                if link_each_other(me, other):
                    found[key] = Handle(account, other.id, other.handle)
        return list(found.values())

    def all_proposed(self) -> list[tuple[Handle, Handle]]:
        """Every pair that is proposed, once each."""
        from ..filters.profiles import named_by

        pairs: dict[frozenset[PersonKey], tuple[Handle, Handle]] = {}
        for account in self.archive.accounts():
            for person in self.archive.posts.people(account.key):
                one = Handle(account.key, person.id, person.handle)
                for other in self.proposed(one.key) if named_by(person) else ():
                    pairs.setdefault(frozenset((one.key, other.key)), (one, other))
        return list(pairs.values())

    def link_candidates(self, person: PersonKey) -> list[LinkCandidate]:
        """Everybody whom the user's other accounts have seen: who goes by the same name first, then the best known."""
        me = self.archive.posts.person(person)
        mine = _words(me) if me is not None else frozenset()
        joined = self._joins.keys(person)
        found: list[tuple[int, float, LinkCandidate]] = []
        for account in self.archive.accounts():
            if account.key == person[0]:
                continue
            people = {each.id: each for each in self.archive.posts.people(account.key) if each.id != account.id}
            ties = self._joins.ties(account.key, {each.id: each.handle for each in people.values()})
            for each in people.values():
                handle = Handle(account.key, each.id, each.handle)
                if handle.key not in joined and each.handle:
                    value = strength(ties[each.id], today())
                    alike = len(mine & _words(each))
                    found.append((alike, value, LinkCandidate(handle, each.shown_name, name_of(value))))
        found.sort(key=lambda each: (-each[0], -each[1], each[2].name.casefold()))
        return [somebody for _, _, somebody in found]

    def called(self, name: str) -> list[Handle]:
        """Every handle of this name, seen by one account or by several. Raises NotFound where there is none."""
        name = name.strip().removeprefix("@")
        people = self.archive.posts.find_people(name)
        if not people:
            raise NotFound(f"Nobody called {name} was seen yet: `quietfeed sync` fetches who is new.")
        return [Handle(account, person.id, person.handle) for account, person in people]

    def tie_to(self, person: PersonKey) -> tuple[Tie, TieName, str]:
        """What somebody is to the user, loaded or not: the tie, its name, and its evidence in a sentence."""
        if self._timeline.is_own(*person):
            return NO_TIE, "close", THIS_IS_YOU
        known = self.archive.posts.person(person)
        tie = self._joins.ties(person[0], {person[1]: known.handle if known else ""})[person[1]]
        asked = not self._joins.pending_relationships(person[0], [person[1]])
        return tie, name_of(strength(tie, today())), evidence(tie, relationship_known=asked)

    def link(self, person: PersonKey, others: Sequence[PersonKey], key: PostKey | None = None) -> Change:
        """These handles are one person from now on: one tie, and the user's words on one hold for all.

        Raises NotFound for somebody who was never seen, or where there are not two.
        """
        people = [self._handle(each) for each in dict.fromkeys((person, *others))]
        if len(people) < 2:
            raise NotFound("A person is joined with another handle of theirs: this is the same one.")
        touched = {each for handle in people for each in self._joins.keys(handle.key)}
        if len(touched) == len(self._joins.keys(person)):
            return Change(f"{_names(people)} are joined already", key)
        before = self._before(touched)
        shown = self._timeline.shown(self.level)
        self.archive.joins.link(people, utc_now())
        effect = self._rejudge_and_report(shown, touched, f"{_names(people)} are one person now", key)
        self._undo.append(lambda: self._restore(touched, before, f"{_names(people)} are as they were", key))
        return effect

    def unlink(self, person: PersonKey, key: PostKey | None = None) -> Change:
        """This handle is a person of its own again, and not proposed with those it was joined with."""
        handle = self._handle(person)
        others = self._joins.others(person)
        if not others:
            return Change(f"{handle.handle} is joined with nobody", key)
        return self._apart_from(handle, others, f"{handle.handle} and {_names(others)} are two people again", key)

    def mark_distinct(self, person: PersonKey, other: PersonKey, key: PostKey | None = None) -> Change:
        """These two are not one person: parted where they were joined, and not proposed again."""
        one, two = self._handle(person), self._handle(other)
        if other in self._joins.keys(person):
            return self.unlink(person, key)
        sentence = f"{one.handle} and {two.handle} are two people: they are not proposed again"
        return self._apart_from(one, (two,), sentence, key)

    def _apart_from(self, one: Handle, others: Sequence[Handle], sentence: str, key: PostKey | None) -> Change:
        touched = {each for handle in (one, *others) for each in self._joins.keys(handle.key)}
        before = self._before(touched)
        shown = self._timeline.shown(self.level)
        now = utc_now()
        joined = [one.key] if self._joins.others(one.key) and others[0].key in self._joins.keys(one.key) else []
        self.archive.joins.unlink(joined, [DistinctPair(one, other, now) for other in others])
        effect = self._rejudge_and_report(shown, touched, sentence, key)
        names = _names((one, *others))
        self._undo.append(lambda: self._restore(touched, before, f"{names} are as they were", key))
        return effect

    def _before(self, touched: Iterable[PersonKey]) -> "_Before":
        keys = set(touched)
        joins = [join for join in self.archive.joins.all() if any(handle.key in keys for handle in join.people)]
        apart = [pair for pair in self.archive.joins.apart() if pair.one.key in keys or pair.other.key in keys]
        return _Before(joins, apart)

    def _restore(self, touched: set[PersonKey], before: "_Before", sentence: str, key: PostKey | None) -> Change:
        shown = self._timeline.shown(self.level)
        self.archive.joins.restore(touched, before.joins, before.apart)
        return self._rejudge_and_report(shown, touched, sentence, key)

    def _rejudge_and_report(
        self, shown: set[PostKey], touched: Iterable[PersonKey], sentence: str, key: PostKey | None
    ) -> Change:
        """Everything of these people is judged again with who is joined now, and what that changed is told."""
        self._joins.reload()
        self._words.join(self._joins.groups)
        self._timeline.reread_ties(today())
        again = [post for person in touched for post in self._timeline.by_author(person)]
        self._timeline.judge_again(again, today())
        return counted(compare(self._timeline, self.level, shown, key, sentence))

    def joins_changed(self) -> None:
        """Look up again who is joined: an account that went took its people along."""
        before = self._joins.groups
        self._joins.reload()
        if self._joins.groups != before:
            self._words.join(self._joins.groups)
            self._timeline.reread_ties(today())

    def _apart(self) -> set[frozenset[PersonKey]]:
        return {frozenset((pair.one.key, pair.other.key)) for pair in self.archive.joins.apart()}

    def _handle(self, key: PersonKey) -> Handle:
        person = self.archive.posts.person(key)
        if person is None:
            raise NotFound(f"Nobody with the id {key[1]} was seen yet.")
        return Handle(*key, person.handle)


@dataclass(frozen=True, slots=True)
class _Before:
    joins: list[PersonLink]
    apart: list[DistinctPair]


def _names(people: Sequence[Handle]) -> str:
    names = list(dict.fromkeys(handle.handle for handle in people))
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _words(person: Person) -> frozenset[str]:
    """What of a name may be the same on another network: the words of it, and the first part of the handle."""
    first = person.handle.partition("@")[0] if "@" in person.handle else person.handle.partition(".")[0]
    return frozenset(word for word in (*(person.name or "").casefold().split(), first.casefold()) if len(word) > 1)
