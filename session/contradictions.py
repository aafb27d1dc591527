"""Finds marks that contradict each other or look careless, so that the user can correct them."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from ..filters.duplicates import NearCopies
from ..models.joined import PersonKey
from ..models.mark import Mark
from ..models.review import Contradiction
from ..models.verdict import Category
from ..models.view import Change, PostKey
from ..store.archive import Archive
from ..store.marks import load_readable
from .links import PersonLinks
from .mark_index import MarkIndex
from .marks import LEAST_CONTRADICTORY, MarkService

_STATE = "settled_contradictions"
_COMPARED = 500
"""How many of the newest marks are compared with each other for near-copies."""
_BURST = 5
_BURST_GAP = timedelta(seconds=0.4)
"""Marks of one kind that follow each other faster than anybody reads."""


class ContradictionService:
    """Finds contradictions and settles them. Each is asked about once: the answers are stored."""

    def __init__(self, archive: Archive, index: MarkIndex, links: PersonLinks, marks: MarkService) -> None:
        self._archive = archive
        self._index = index
        self._links = links
        self._marks = marks

    def find(self) -> list[Contradiction]:
        """The contradictions that were not settled yet: those of authors, of texts, and bursts."""
        marks = sorted(load_readable(self._index.marks), key=lambda mark: mark.at)
        settled = self._settled()
        found = [*self._by_author(marks), *_by_text(marks[-_COMPARED:]), *_bursts(marks)]
        new: list[Contradiction] = []
        asked: set[PostKey] = set()
        for each in found:
            # Do not ask about the same marks twice, as one author's and as copies.
            if each.id not in settled and not asked.issuperset(each.keys):
                asked.update(each.keys)
                new.append(each)
        return new

    def keep(self, contradiction: Contradiction) -> None:
        """Record that all these marks are right. Raises StoreError."""
        settled = [*self._settled(), contradiction.id]
        self._archive.set_state(**{_STATE: json.dumps(settled)})

    def settle(self, contradiction: Contradiction, category: Category | None) -> Change:
        """Give all these posts one category, or remove their marks. One undo restores them. Raises StoreError."""
        change = self._marks.replace_all(contradiction.keys, category)
        self.keep(contradiction)
        return change

    def _settled(self) -> list[str]:
        stored = self._archive.get_state(_STATE)
        try:
            settled = json.loads(stored or "[]")
        except ValueError:
            # Damaged: ask again.
            return []
        if isinstance(settled, list):
            return [each for each in settled if isinstance(each, str)]
        return []

    def _by_author(self, marks: Sequence[Mark]) -> list[Contradiction]:
        groups: dict[PersonKey, list[Mark]] = {}
        for mark in marks:
            if mark.author:
                groups.setdefault(min(self._links.keys((mark.key[0], mark.author))), []).append(mark)
        return [
            _contradiction("author", json.dumps(["author", *person]), group)
            for person, group in groups.items()
            if len(group) >= LEAST_CONTRADICTORY and _is_both(group)
        ]


def _by_text(marks: Sequence[Mark]) -> list[Contradiction]:
    texts = NearCopies()
    groups: dict[int, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(texts.add(mark.context.post.text), []).append(mark)
    return [
        _contradiction("text", json.dumps(["text", *group[0].key]), group)
        for group in groups.values()
        if len(group) >= LEAST_CONTRADICTORY and _is_both(group)
    ]


def _bursts(marks: Sequence[Mark]) -> list[Contradiction]:
    """Bursts of marks of one category. Marks with the same time were made together on purpose, so they count as one."""
    found: list[Contradiction] = []
    run: list[Mark] = []

    def end() -> None:
        if len({mark.at for mark in run}) >= _BURST:
            found.append(_contradiction("burst", json.dumps(["burst", run[0].at.isoformat()]), run))
        run.clear()

    for mark in marks:
        if run and (mark.category != run[-1].category or mark.at - run[-1].at > _BURST_GAP):
            end()
        run.append(mark)
    end()
    return found


def _contradiction(kind: Literal["author", "text", "burst"], name: str, marks: Sequence[Mark]) -> Contradiction:
    counts = Counter(mark.category for mark in marks)
    return Contradiction(
        name,
        kind,
        tuple(mark.key for mark in marks),
        tuple(counts.most_common()),
        marks[0].context.post.author.handle,
        (marks[-1].at - marks[0].at).total_seconds(),
    )


def _is_both(marks: Sequence[Mark]) -> bool:
    return 0 < sum(mark.category == "person" for mark in marks) < len(marks)
