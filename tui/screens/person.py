"""The person view: the user's tie to a person, its evidence, and their loaded posts."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import Screen

from ...models.person import Person
from ...models.view import Change, JudgedPost, PostKey, hide_cause
from ...phrases.joins import reason_text
from ...phrases.people import contact_rows, first_contact, numbers, profile, shares
from ...phrases.ties import tie_text
from ...session import Session
from ..context import app_of, key_of
from ..controllers.controls import Controls
from ..controllers.pictures import Pictures
from ..controllers.view import View
from ..guard import catches_errors, close
from ..keys import rebind, timeline_bindings
from ..widgets.charts import Line, bars_down, bars_up, years
from ..widgets.frame import ListFrame
from ..widgets.paint import TIES
from ..widgets.rows import PostRow
from ..widgets.status import counts_line
from ..widgets.wrap import clip, wrap
from .join import also, person_of
from .listing import is_hidden, why_hidden
from .panels import QUIET

THEIRS, YOURS = "$secondary", "$primary"
TIE_STYLES = {"close": "bold $secondary", "known": "$secondary", "acquaintance": QUIET, "stranger": QUIET}
_BIO_LINES, _AVATAR = 3, 18
"""Lines of the bio on a tall screen, and cells that stay free for the avatar."""
_STRIP, _TALL = 16, 30
"""The heights from which screens show the years of contact, and show them twice as high with a text."""


@catches_errors
class PersonScreen(Screen[None]):
    """One author: the contact with the user, and their shown and hidden posts."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings()]

    def __init__(self, session: Session, judged: JudgedPost) -> None:
        super().__init__()
        self.session = session
        self._judged = judged
        self._frame = ListFrame(empty="No post of theirs is loaded.")
        self._strip = Horizontal(id="pictures")
        view = View(self, session, self._frame.timeline, self._frame.message, self.redraw)
        # Commands about a person apply to the person of this view, not to the author of the selected post.
        self.controls = Controls(view, subject=lambda: session.timeline.get(judged.key) or judged)
        self._pictures = Pictures(
            view,
            self._strip,
            judged.post.account,
            wanted=self._wanted_pictures,
            # No higher than the title beside it, so that it takes no lines from the posts.
            height=lambda: max(min(self.size.height // 6, 6), 3),
            make_room=lambda _: None,
        )
        # The key that opened the view closes it.
        own = {"pictures": self._pictures.toggle, "author": self._leave}
        self.commands = self.controls.commands(own, leave=self._leave)

    def compose(self) -> ComposeResult:
        """Compose a list with the avatar beside the title."""
        title, timeline, message, keys = self._frame.widgets()
        with Horizontal(id="head"):
            yield self._strip
            yield title
        yield timeline
        yield message
        yield keys

    def show_message(self, sentence: str) -> None:
        self._frame.message.show(sentence)

    def on_mount(self) -> None:
        """Show the posts at once, and the avatar when it arrives."""
        rebind(self, app_of(self).keys)
        self._frame.timeline.focus()
        self.redraw()
        self._pictures.look()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the title, the keys and the avatar to the new size."""
        if event.size.width:
            self._draw_title()
            self._frame.draw_keys(app_of(self).keys, event.size.width)
        self._pictures.fit_again()

    def on_screen_resume(self) -> None:
        """Redraw after a screen above closed: posts may have been marked there."""
        if self._frame.timeline.rows:
            self.redraw()

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show their posts with their current verdicts."""
        del effect
        self._frame.timeline.set_rows(self._rows(), select=select)
        self._draw_title()

    def _rows(self) -> list[PostRow]:
        """All posts by the author under any joined handle, including boosted ones."""
        handles = self.session.links.handles_of(person_of(self._judged))
        theirs = [judged for judged in self.session.timeline.posts if person_of(judged) in handles]
        return [PostRow(judged, note=why_hidden(self.session, judged)) for judged in theirs]

    def _wanted_pictures(self) -> Sequence[str]:
        """Their avatar."""
        avatar = self._judged.post.author.avatar
        if avatar and self._pictures.may_show(self._judged):
            return [avatar]
        return []

    def _leave(self) -> None:
        self._pictures.forget()
        close(self)

    def _draw_title(self) -> None:
        self._frame.draw_title(self._title_pieces())

    def _title_pieces(self) -> list[Line]:
        """Name and counts, the tie with its evidence, the years of contact, and the counts of their posts.

        On a very small terminal each is one line at most, to leave room for the posts.
        """
        now = self.session.timeline.get(self._judged.key) or self._judged
        person = now.post.author
        view = self.session.people.tie_to(person_of(now))
        tie = tie_text(view)
        standing = separator = ""
        if not view.own:
            standing, separator = f"{TIES[now.tie_name]} {now.tie_name}", " · "
        numbers_of = "".join(f" · {each}" for each in numbers(person))
        if self.size.height < _STRIP:
            room = max(self.size.width - 3, 8)
            evidence = f"{standing}{separator}{tie}"
            others = "".join(f" = @{handle.handle}" for handle in self.session.links.linked_with(person_of(now)))
            return [
                (clip(f"{person.shown_name} @{person.handle}{others}", room), "bold"),
                (f"\n{clip(evidence, room)}\n", TIE_STYLES[now.tie_name]),
                clip(self._theirs(), room),
            ]
        whole = counts_line(self.session.timeline.counts(), self.session.timeline.level, max(self.size.width - 12, 28))
        return [
            (person.shown_name, "bold"),
            (f" @{person.handle}{numbers_of}\n", QUIET),
            *self._elsewhere(),
            *self._about(person),
            (standing, TIE_STYLES[now.tie_name]),
            f"{separator}{tie}\n",
            *self._contact(now),
            self._theirs(),
            (f"\nall: {whole}", QUIET),
        ]

    def _about(self, person: Person) -> list[Line]:
        """The bio, as many lines as fit, and the rest of the profile."""
        width = max(self.size.width - _AVATAR, 8)
        bio = " ".join((person.bio or "").split())
        lines = wrap(bio, width) if bio else ()
        most = _BIO_LINES if self.size.height >= _TALL else 1
        shown = [bio[start:end] for start, end in lines[:most]]
        if len(lines) > most:
            shown[-1] = clip(bio[lines[most - 1][0] :], width)
        pieces: list[Line] = [f"{line}\n" for line in shown]
        rest = profile(person)
        if rest:
            return [*pieces, (f"{clip(' · '.join(rest), width)}\n", QUIET)]
        return pieces

    def _elsewhere(self) -> list[Line]:
        """Their linked handles, and proposed ones. A proposal alone links nothing."""
        person = person_of(self._judged)
        joined, proposals = self.session.links.linked_with(person), self.session.links.proposals(person)
        key = key_of(self, "join")
        lines: list[Line] = []
        if joined:
            lines.append((f"also {also(joined)}\n", QUIET))
        if proposals:
            others = [each.other for each in proposals]
            key_hint = f" ({key})" if key else ""
            lines.append((f"perhaps also {also(others)}: {reason_text(proposals)}{key_hint}\n", "$accent"))
        return lines

    def _theirs(self) -> str:
        posts = [row.judged for row in self._rows()]
        counts = Counter(hide_cause(judged.verdict) for judged in posts if is_hidden(self.session, judged))
        hidden = counts.total()
        text = f"{len(posts) - hidden} shown · {hidden} hidden"
        if hidden:
            return f"{text}: {shares(counts)}"
        return text

    def _contact(self, judged: JudgedPost) -> list[Line]:
        """The contact over the years: theirs above the line, yours below. Also as text, if there is room."""
        post = judged.post
        contacts = self.session.people.contacts(post.account, post.author.id)
        drawn = years(contacts, self.session.clock.now(), self.size.width - 20)
        height = self.size.height
        if drawn is None:
            texts = self._contact_text(judged)
            if first := first_contact(judged.tie):
                texts.append(f"{first}\n")
            return texts
        rows = 1 if height < _TALL else 2
        lines: list[Line] = []
        for number, row in enumerate(bars_up(drawn.theirs, drawn.most, rows, drawn.cell), 1):
            lines.append((f"{'they' if number == rows else '':<5}{row}\n", THEIRS))
        lines.append((f"     {drawn.axis}\n", QUIET))
        solid = not app_of(self).no_color
        for number, row in enumerate(bars_down(drawn.yours, drawn.most, rows, drawn.cell, solid=solid)):
            lines += [(f"{'' if number else 'you':<5}", YOURS), (row, f"$panel on {YOURS}" if solid else YOURS), "\n"]
        if height < _TALL:
            return lines
        return [*self._contact_text(judged), *lines]

    def _contact_text(self, judged: JudgedPost) -> list[Line]:
        """The interactions of each side, in the colour of the side."""
        lines: list[Line] = []
        for side, words in contact_rows(judged.tie):
            lines += [(side, THEIRS if side == "they" else YOURS), f" {words}\n"]
        return lines
