"""The person view: who somebody is to the user, with the evidence, and all of their posts that are loaded."""

from collections import Counter
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from ...models.view import JudgedPost, hide_cause
from ...models.words import contact_lines, numbers, shares
from ...phrases.ties import THIS_IS_YOU
from ...session import Session
from ..widgets.charts import Line, bars_down, bars_up, years
from ..widgets.paint import TIES, utc_now
from ..widgets.rows import PostRow
from ..widgets.selecting import SelectableTimeline
from ..widgets.status import counts_line
from ..widgets.wrap import clip
from .join import also, person_of
from .panels import QUIET
from .pictured import PicturedScreen

THEIRS, YOURS = "$secondary", "$primary"
TIE_STYLES = {"close": "bold $secondary", "known": "$secondary", "acquaintance": QUIET, "stranger": QUIET}
_STRIP, _TALL = 16, 30
"""From so many lines of the screen on, the years of contact are drawn, and drawn twice as high with words beside."""


class PersonScreen(PicturedScreen):
    """One author: what passed between you, and what of theirs is shown and hidden."""

    EMPTY = "No post of theirs is loaded."

    def __init__(self, session: Session, judged: JudgedPost) -> None:
        super().__init__(session)
        self._judged = judged

    def listed(self) -> Sequence[PostRow]:
        """Everything the author wrote under any of their joined handles, whoever passed it on."""
        handles = self.session.handles_of(person_of(self._judged))
        theirs = [judged for judged in self.session.timeline if person_of(judged) in handles]
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
        self.look()

    def title_line(self) -> str:
        """The title without its colours."""
        return "".join(piece if isinstance(piece, str) else piece[0] for piece in self.title_pieces())

    def title_pieces(self) -> list[Line]:
        """Name and numbers, the tie with its evidence, the years of contact, and how their posts are judged.

        On a very small terminal each of them is one line at most: the posts need the rest.
        """
        now = self.session.judged(self._judged.key) or self._judged
        person = now.post.author
        tie = self.session.tie_to(person_of(now))[2]
        standing = "" if tie == THIS_IS_YOU else f"{TIES[now.tie_name]} {now.tie_name}"
        separator = " · " if standing else ""
        numbers_of = "".join(f" · {each}" for each in numbers(person))
        if self.size.height < _STRIP:
            room = max(self.size.width - 3, 8)
            evidence = f"{standing}{separator}{tie}"
            others = "".join(f" = @{handle.handle}" for handle in self.session.joined_with(person_of(now)))
            return [
                (clip(f"{person.shown_name} @{person.handle}{others}", room), "bold"),
                (f"\n{clip(evidence, room)}\n", TIE_STYLES[now.tie_name]),
                clip(self._theirs(), room),
            ]
        whole = counts_line(self.session.counts(), self.session.level, max(self.size.width - 12, 28))
        return [
            (person.shown_name, "bold"),
            (f" @{person.handle}{numbers_of}\n", QUIET),
            *self._elsewhere(),
            (standing, TIE_STYLES[now.tie_name]),
            f"{separator}{tie}\n",
            *self._contact(now),
            self._theirs(),
            (f"\nall: {whole}", QUIET),
        ]

    def _elsewhere(self) -> list[Line]:
        """Their joined handles, and who may be the same person: that alone joins nobody."""
        person = person_of(self._judged)
        joined, proposed = self.session.joined_with(person), self.session.proposed(person)
        key = self.key_of("join")
        lines: list[Line] = [(f"also {also(joined)}\n", QUIET)] if joined else []
        if proposed:
            asked = f" ({key})" if key else ""
            lines.append((f"perhaps also {also(proposed)}: they link to each other{asked}\n", "$accent"))
        return lines

    def do_join(self) -> None:
        """It is about whose view this is, whatever post is under the cursor."""
        self.ask_join(self.session.judged(self._judged.key) or self._judged)

    def _theirs(self) -> str:
        posts = [row.judged for row in self.listed()]
        counts = Counter(hide_cause(judged.verdict) for judged in posts if self.hidden(judged))
        hidden = counts.total()
        return f"{len(posts) - hidden} shown · {hidden} hidden" + (f": {shares(counts)}" if hidden else "")

    def _contact(self, judged: JudgedPost) -> list[Line]:
        """What passed between you: what they did stands on the line of years, what you did hangs from it.

        In words too, where there is room.
        """
        words = contact_lines(judged.tie)
        post = judged.post
        drawn = years(self.session.contacts(post.account, post.author.id), utc_now(), self.size.width - 20)
        height = self.size.height
        if drawn is None:
            return [f"{line}\n" for line in words]
        rows = 1 if height < _TALL else 2
        lines: list[Line] = []
        for number, row in enumerate(bars_up(drawn.theirs, drawn.most, rows, drawn.cell), 1):
            lines.append((f"{'they' if number == rows else '':<5}{row}\n", THEIRS))
        lines.append((f"     {drawn.axis}\n", QUIET))
        solid = not getattr(self.app, "no_color", False)
        for number, row in enumerate(bars_down(drawn.yours, drawn.most, rows, drawn.cell, solid=solid)):
            lines += [(f"{'' if number else 'you':<5}", YOURS), (row, f"$panel on {YOURS}" if solid else YOURS), "\n"]
        if height < _TALL:
            return lines
        said = [line for line in words if not line.startswith("first")]
        return [*(piece for line in said for piece in _coloured(line)), *lines]

    def do_author(self) -> None:
        """The key that opened the view closes it."""
        self.leave()


def _coloured(line: str) -> list[Line]:
    """A sentence on what passed, its first word in the colour of its side."""
    who, _, rest = line.partition(" ")
    return [(who, THEIRS if who == "they" else YOURS), f" {rest}\n"]
