"""The person view: who somebody is to the user, with the evidence, and all of their posts that are loaded."""

from collections.abc import Sequence

from ..models.view import Judged, hidden_as
from ..models.words import contact_lines, numbers, shares
from ..session import Session
from .listing import ListingScreen
from .rows import PostRow
from .status import counts_line


class PersonScreen(ListingScreen):
    """One author: what passed between you, and what of theirs is shown and hidden."""

    EMPTY = "No post of theirs is loaded."

    def __init__(self, session: Session, judged: Judged) -> None:
        super().__init__(session)
        self._judged = judged

    def listed(self) -> Sequence[PostRow]:
        """Everything the author wrote, whoever passed it on."""
        author, account = self._judged.post.author, self._judged.post.account
        theirs = [
            judged
            for judged in self.session.timeline
            if judged.post.account == account and judged.post.author.id == author.id
        ]
        return [PostRow(judged, note=self.why_hidden(judged)) for judged in theirs]

    def title_line(self) -> str:
        """Name, numbers, the tie's evidence, its time, and how their posts are judged."""
        now = self.session.judged(self._judged.key) or self._judged
        person = now.post.author
        posts = [row.judged for row in self.listed()]
        counts: dict[str, int] = {}
        for judged in posts:
            if self.hidden(judged):
                kind = hidden_as(judged.verdict)
                counts[kind] = counts.get(kind, 0) + 1
        hidden = sum(counts.values())
        lines = [
            " · ".join([f"{person.shown_name} @{person.handle}", *numbers(person)]),
            f"{now.tie_name} · {self.session.why(now.key).tie}",
            *contact_lines(now.tie),
            f"{len(posts) - hidden} shown · {hidden} hidden" + (f": {shares(counts)}" if hidden else ""),  # type: ignore[arg-type]
        ]
        whole = counts_line(self.session.counts(), self.session.level, max(self.size.width - 12, 28))
        return "\n".join([*lines, f"all: {whole}"])

    def do_author(self) -> None:
        """The key that opened the view closes it."""
        self.leave()
