"""The person view: who somebody is to the user, with the evidence, and all of their posts that are loaded."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from ..models.view import Judged, hidden_as
from ..models.words import contact_lines, numbers, shares
from ..session import Session
from .charts import years
from .paint import utc_now
from .pictured import PicturedScreen
from .rows import PostRow
from .selecting import SelectableTimeline
from .status import counts_line


class PersonScreen(PicturedScreen):
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

    def compose(self) -> ComposeResult:
        """As every list, with the avatar beside the title."""
        with Horizontal(id="head"):
            yield Horizontal(id="pictures")
            yield Static("", id="title", markup=False)
        yield SelectableTimeline(empty=self.EMPTY, id="timeline")
        yield Static("", id="saying", markup=False)
        yield Static("", id="keys", markup=False)

    def pictures(self) -> Sequence[str]:
        """Their avatar."""
        avatar = self._judged.post.author.avatar
        return [avatar] if avatar and self.may_show(self._judged) else []

    def make_room(self, height: int) -> None:
        """The avatar stands beside the title and takes nothing from the posts."""

    @property
    def account(self) -> str:
        """The account in whose timeline they are."""
        return self._judged.post.account

    def picture_height(self) -> int:
        """As high as the lines beside it."""
        return max(min(self.size.height // 6, 6), 3)

    def on_mount(self) -> None:
        """The posts at once, the avatar when it has come."""
        super().on_mount()
        self.look()

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
        tie = self.session.why(now.key).tie
        lines = [
            " · ".join([f"{person.shown_name} @{person.handle}", *numbers(person)]),
            f"{now.tie_name} · {tie.removeprefix(f'{person.handle}: ')}",
            *self._contact(now),
            f"{len(posts) - hidden} shown · {hidden} hidden" + (f": {shares(counts)}" if hidden else ""),  # type: ignore[arg-type]
        ]
        whole = counts_line(self.session.counts(), self.session.level, max(self.size.width - 12, 28))
        return "\n".join([*lines, f"all: {whole}"])

    def _contact(self, judged: Judged) -> list[str]:
        """What passed between you, in words and as a strip of years; where there is little room the strip alone."""
        words = contact_lines(judged.tie)
        post = judged.post
        strip = years(self.session.contacts(post.account, post.author.id), utc_now(), self.size.width - 20)
        if strip is None:
            return words
        label, theirs, yours = strip
        drawn = [f"     {label}", f"they {theirs}", f"you  {yours}"]
        return drawn if self.size.height < 30 else [*words, *drawn]

    def do_author(self) -> None:
        """The key that opened the view closes it."""
        self.leave()
