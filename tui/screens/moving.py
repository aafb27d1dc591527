"""A screen with a timeline to move in: motions, counts before them, search, links, and the panels of every screen."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from ...models.errors import QuietfeedError
from ...models.words import links_of
from ...session import Session
from ...session.browser import can_open, open_in_browser
from ...session.training import is_unsure
from ..keyed import Keyed
from ..keys import bindings, first_key
from ..messages import OpenLink, ShowAuthor, ShowFound, ShowHelp
from ..widgets.paint import paint, utc_now
from ..widgets.rows import HiddenRow, PostRow
from ..widgets.timeline import Timeline

_MOST_COUNT = 9999
_ALL_SURE = "the filter is sure of everything here"
_LEVEL_DIGITS = ("1", "2", "3", "4")


class MovingScreen(Screen[None], Keyed):
    """Runs the actions of the keys table by their ids: `do_down` for "down". A subclass speaks in `say`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(),
        Binding("escape", "back", show=False),
        *(Binding(digit, f"count('{digit}')", show=False) for digit in "567890"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._count = ""
        self._times = 1
        self._counted = False
        self._query = ""

    @property
    def timeline(self) -> Timeline:
        """The rows of this screen."""
        return self.query_one(Timeline)

    @property
    def on_top(self) -> bool:
        """Whether no screen lies over this one; for Textual, the screen right below another is current too."""
        return self.app.screen_stack[-1:] == [self]

    def say(self, sentence: str) -> None:
        """Say what happened, where the user looks for it."""
        raise NotImplementedError

    def key_of(self, action: str) -> str:
        """The key that an action is bound to, for sentences that name one."""
        return first_key(getattr(self.app, "keys", {}), action)

    def selected_post(self) -> PostRow | None:
        """The post under the cursor; None, and a word about it, on a quiet line or a gap."""
        row = self.timeline.selected
        if isinstance(row, PostRow):
            return row
        if row is None:
            self.say("there is no post here")
            return None
        what, does = ("hidden", "shows") if isinstance(row, HiddenRow) else ("not fetched", "fetches")
        self.say(f"here are posts that are {what}: {self.key_of('open')} {does} them")
        return None

    def action_do(self, name: str) -> None:
        """Run an action by its id; an error becomes one sentence."""
        if self._count and name.startswith("level_") and name[-1] in self._keys_of(name):
            self.action_count(name[-1])
            return
        self._times, self._counted, self._count = int(self._count or 1) or 1, bool(self._count), ""
        if self._counted:
            self.say("")
        found: Callable[[], None] | None = getattr(self, f"do_{name}", None)
        if found is None:
            self.say("that is for the timeline: esc goes back to it")
            return
        try:
            found()
        except QuietfeedError as error:
            self.say(str(error))

    def action_count(self, digit: str) -> None:
        """A digit of the count before a motion. 0 begins one too: 1 to 4 are levels until a count has begun."""
        self._count = str(min(int(self._count + digit), _MOST_COUNT))
        self.say(f"{self._count} …")

    def on_key(self, event: events.Key) -> None:
        """A digit that the user's own settings took from its level begins a count, as the others do."""
        if event.key in _LEVEL_DIGITS and event.key not in self._keys_of(f"level_{event.key}"):
            event.stop()
            self.action_count(event.key)

    def _keys_of(self, action: str) -> list[str]:
        return str(getattr(self.app, "keys", {}).get(action, "")).split(",")

    def action_back(self) -> None:
        """Escape takes back the smallest thing first: a count, the search line, a search; then the screen."""
        if self._count:
            self._count = ""
            self.say("")
        elif self.query("#search"):
            self.close_search()
        elif self._query:
            self._query = ""
            self.timeline.highlight("")
            self.say("")
        else:
            self.leave()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that fell is told of, never fatal."""
        if event.state is WorkerState.ERROR and event.worker.group != "browser":
            self.on_worker_failed()
            self.say(f"{event.worker.name} went wrong: {type(event.worker.error).__name__}: {event.worker.error}")

    def on_worker_failed(self) -> None:
        """Whatever waits for a worker waits no longer: a subclass says what that is."""

    def leave(self) -> None:
        """Go back to the screen below, if there is one."""
        self.dismiss(None)

    def do_down(self) -> None:
        """Next row."""
        self.timeline.move(self._times)

    def do_up(self) -> None:
        """Previous row."""
        self.timeline.move(-self._times)

    def do_page_down(self) -> None:
        """A page down."""
        self.timeline.move_page(self._times)

    def do_page_up(self) -> None:
        """A page up."""
        self.timeline.move_page(-self._times)

    def do_half_down(self) -> None:
        """Half a page down."""
        self.timeline.move_page(0.5)

    def do_half_up(self) -> None:
        """Half a page up."""
        self.timeline.move_page(-0.5)

    def do_top(self) -> None:
        """To the newest post."""
        self.timeline.select_number(0)

    def do_bottom(self) -> None:
        """To the oldest post."""
        self.timeline.select_number(len(self.timeline.rows) - 1)

    def do_why(self) -> None:
        """Why this post is shown or hidden; a mark made in the panel is made here."""
        row = self.selected_post()
        if row is not None:
            from .why import WhyScreen

            panel = WhyScreen(self.session.why(row.key), row.judged)
            self.app.push_screen(panel, self.run_below)

    def run_below(self, action: str | None) -> None:
        """Run what a panel over this screen answered with."""
        if action:
            self.action_do(action)

    def do_author(self) -> None:
        """The author of the post under the cursor."""
        row = self.selected_post()
        if row is not None:
            self.post_message(ShowAuthor(row.judged))

    def do_pictures(self) -> None:
        """Pictures belong to a post that is open."""
        self.say(f"{self.key_of('open')} opens the post, with its pictures")

    def do_help(self) -> None:
        """All keys."""
        self.post_message(ShowHelp(self.run_below))

    def do_theme(self) -> None:
        """Light or dark."""
        self.say(f"theme {getattr(self.app, 'toggle_theme')()}")  # noqa: B009

    def do_quit(self) -> None:
        """Leave the program from the timeline, and any other screen for the one below it."""
        self.leave()

    def do_open_link(self) -> None:
        """Open a link of the post; where there are several, ask which."""
        row = self.selected_post()
        if row is None:
            return
        links = links_of(row.judged.post)
        if not links:
            self.say("this post holds no link")
        elif len(links) == 1:
            self.open_address(links[0])
        else:
            from .choice import ChoiceScreen

            panel = ChoiceScreen("Open which link?", links, "a number or enter opens · esc closes")
            self.app.push_screen(panel, lambda number: None if number is None else self.open_address(links[number]))

    def on_open_link(self, message: OpenLink) -> None:
        """A link was clicked."""
        message.stop()
        self.open_address(message.url)

    def open_address(self, url: str) -> None:
        """Open an address in the browser, off the loop; where there is none, it goes to the clipboard."""
        if not url.startswith(("https://", "http://")):
            self.say(f"{url[:60]} is no web address")
        elif can_open():
            self.run_worker(
                lambda: open_in_browser(url), name="browser", group="browser", thread=True, exit_on_error=False
            )
            self.say(f"opening {url}")
        else:
            self.app.copy_to_clipboard(url)
            self.say(f"no browser here; copied {url}")

    def do_search(self) -> None:
        """Ask what to look for."""
        self._ask_for("search in what is loaded")

    def do_find(self) -> None:
        """Ask what to look for in everything that is kept."""
        self._ask_for("search in every post that is kept", everywhere=True)

    def _ask_for(self, placeholder: str, *, everywhere: bool = False) -> None:
        if not self.query("#search"):
            line = Input(placeholder=placeholder, id="search", classes="everywhere" if everywhere else "", compact=True)
            self.mount(line, before="#saying")
            line.focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Look for it, and go to the first match from here on; or open what is found everywhere."""
        query = message.value.strip()
        self.close_search()
        if message.input.has_class("everywhere"):
            if query:
                self.post_message(ShowFound(query))
            return
        self._query = query
        self.timeline.highlight(self._query)
        if self._query:
            here = self.timeline.selected
            if not (isinstance(here, PostRow) and self._matches(here)):
                self._seek(self._found(), 1, 1)
            self._say_matches()

    def close_search(self) -> None:
        """The search line goes; the keys are the timeline's again."""
        for line in self.query("#search"):
            line.remove()
        self.timeline.focus()

    def do_next_match(self) -> None:
        """The next post that holds what was searched for; without a search the next that is unread, or unsure."""
        self._say_matches(self._seek(self._found(), 1, self._times))

    def do_last_match(self) -> None:
        """The one before."""
        self._say_matches(self._seek(self._found(), -1, self._times))

    def do_next_unsure(self) -> None:
        """The next post that the filter is not sure of: where a mark teaches most."""
        rows = enumerate(self.timeline.rows)
        found = [number for number, row in rows if isinstance(row, PostRow) and is_unsure(row.judged)]
        around = self._seek(found, 1, self._times)
        at = found.index(self.timeline.cursor) + 1 if found else 0
        self.say(f"{at} of {len(found)} the filter is not sure of{around}" if found else _ALL_SURE)

    def _found(self) -> list[int]:
        rows = enumerate(self.timeline.rows)
        return [number for number, row in rows if isinstance(row, PostRow) and self._matches(row)]

    def _seek(self, found: Sequence[int], step: int, times: int) -> str:
        """Go that many of these rows on, round and round; what is to be said where that went past an end."""
        here = self.timeline.cursor
        ahead = [n for n in found if n > here] if step > 0 else [n for n in reversed(found) if n < here]
        around = [*ahead, *(found[: len(found) - len(ahead)] if step > 0 else reversed(found[len(ahead) :]))]
        if not around:
            return ""
        self.timeline.select_number(around[(times - 1) % len(around)])
        if times <= len(ahead):
            return ""
        return " · from the top again" if step > 0 else " · from the bottom again"

    def _say_matches(self, around: str = "") -> None:
        found = self._found()
        if not self._query:
            self.say(self.words_without_query(len(found)) + (around if found else ""))
            return
        at = found.index(self.timeline.cursor) + 1 if self.timeline.cursor in found else 0
        here = f"{at} of {len(found)}" if found else "nothing here"
        row = self.timeline.selected
        if at and isinstance(row, PostRow) and self._query.casefold() not in shown_text(row, self.timeline.size.width):
            around += f" · folded away: {self.key_of('open')} opens the post"
        more = self.matches_hidden(self._query.casefold())
        hidden = f" · {more} more among the hidden ({self.key_of('hidden')})" if more else ""
        self.say(f"{here} for {self._query!r}{around}{hidden}")

    def words_without_query(self, found: int) -> str:
        """What is said when `n` goes on and nothing was searched for."""
        return f"{found} the filter is not sure of" if found else _ALL_SURE

    def matches_hidden(self, query: str) -> int:
        """How many posts that hold the query are not in the rows of this screen because they are hidden."""
        del query
        return 0

    def _matches(self, row: PostRow) -> bool:
        return contains(row, self._query.casefold()) if self._query else self.is_jump_target(row)

    def is_jump_target(self, row: PostRow) -> bool:
        """Whether a post is one that `n` goes to when nothing was searched for: here, one the filter is unsure of."""
        return is_unsure(row.judged)


def contains(row: PostRow, query: str) -> bool:
    """Whether a post or its author's name holds a text (case folded)."""
    post = row.judged.post
    parts = [post.text, post.content_warning, post.author.name or "", post.author.handle]
    parts += [medium.alt for medium in post.media or ()]
    if post.booster is not None:
        parts += [post.booster.name or "", post.booster.handle]
    return any(query in part.casefold() for part in parts)


def shown_text(row: PostRow, width: int) -> str:
    """What a row shows of its post, case folded, as on one line: a warning may cover the rest, or a fold."""
    lines = ("".join(text for text, _, _ in line) for line in paint(row, width, utc_now()))
    return " ".join(" ".join(lines).split()).casefold()
