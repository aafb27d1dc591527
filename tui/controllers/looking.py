"""Opens details of the post under the cursor: its reasons, author and links. Also opens the help."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...models.link import Link, link_at, without_tracking
from ...models.post import PLAYED, Media, links_of
from ...models.text import clean_line
from ...phrases.links import host_words, link_words, refused_words, trick_sentences
from ...phrases.posts import COVERED
from ...session.clipboard import copy
from ..context import app_of
from ..guard import run_task
from ..messages import ShowAuthor, ShowHelp
from ..widgets.beside import Beside
from ..widgets.rows import PostRow
from ..widgets.timeline import Timeline
from .view import Command, View

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_ADDRESS = 300


class Looking:
    """The commands that show something. `run` runs a command of this screen, for panels that return one."""

    def __init__(self, view: View, run: "Callable[[str], None]") -> None:
        self._view = view
        self._run = run

    def commands(self) -> Mapping[str, Command]:
        return {
            "open": self._view.timeline.open_selected,
            "why": self._why,
            "author": self._author,
            "open_link": self._open_link,
            "open_media": self._open_media,
            "pictures": lambda: self._view.show_message(
                f"{self._view.key_of('open')} opens the post, with its pictures"
            ),
            "help": self._help,
            "copy_link": self._copy_link,
            "copy_text": self._copy_text,
            "private": self._toggle_private,
            "theme": lambda: self._view.show_message(f"theme {app_of(self._view.screen).toggle_theme()}"),
        }

    def open_address(self, url: str) -> None:
        """Open a link of the post. If it has several, ask which."""
        row = self._view.timeline.selected
        if isinstance(row, PostRow):
            link = link_at(row.judged.post, url)
        else:
            link = Link(url)
        self._open(link, asks=bool(link.tricks) or not link.shows_host)

    def _open(self, link: Link, *, asks: bool) -> None:
        if not link.opens:
            self._view.show_message(refused_words(link))
        elif asks:
            self._confirm(link)
        else:
            self._open_or_copy(link)

    def _confirm(self, link: Link) -> None:
        """Show the target of a link and its warnings before opening it."""
        from ..screens.choice import ChoiceScreen

        host = host_words(link)
        question = "\n".join((f"Open {host}?", *trick_sentences(link), clean_line(link.url)[:_LONGEST_ADDRESS]))
        steps: list[tuple[str, Callable[[], None]]] = [
            ("open it", lambda: self._open_or_copy(link)),
            ("copy the address", lambda: self._copy(self._address(link), f"copied {self._address(link)}")),
        ]
        # For a misleading link, the first choice is not to open it.
        steps.insert(0 if link.tricks else 2, ("do not open it", lambda: self._view.show_message("not opened")))
        panel = ChoiceScreen(question, [name for name, _ in steps], "a number or enter chooses · esc closes")
        self._view.ask(panel, lambda number: steps[number][1]())

    def _address(self, link: Link) -> str:
        if self._view.session.config.strip_tracking:
            return without_tracking(link.url)
        return link.url

    def _open_or_copy(self, link: Link) -> None:
        """Open an address in the browser, in a thread; without a browser, copy it."""
        url, browser = self._address(link), app_of(self._view.screen).browser
        if browser.can_open() and browser.draws_on_terminal():
            self._copy(url, f"the browser would draw over this screen; copied {url}")
        elif browser.can_open():
            self._in_browser(url)
            self._view.show_message(f"opening {host_words(link)}: {url}")
        else:
            self._copy(url, f"no browser here; copied {url}")

    def _in_browser(self, url: str) -> None:
        async def work() -> None:
            await asyncio.to_thread(app_of(self._view.screen).browser.open, url)

        run_task(self._view.screen, work, name="opening the browser", group="browser")

    def _copy_link(self) -> None:
        """Copy the address of the post under the cursor."""
        row = self._uncovered_post()
        if row is None:
            return
        if row.judged.post.url:
            self._copy(row.judged.post.url, "copied the link to the post")
        else:
            self._view.show_message("this post has no address")

    def _copy_text(self) -> None:
        """Copy the text of the post under the cursor."""
        row = self._uncovered_post()
        if row is None:
            return
        post = row.judged.post
        text = "\n\n".join(part for part in (post.warning, post.text) if part)
        if text:
            self._copy(text, "copied the text")
        else:
            self._view.show_message("this post has no text")

    def _copy(self, text: str, sentence: str) -> None:
        # OSC 52 also works over ssh. The desktop's own program is for terminals without it.
        self._view.screen.app.copy_to_clipboard(text)

        async def work() -> None:
            await asyncio.to_thread(copy, text)

        run_task(self._view.screen, work, name="copying", group="clipboard")
        self._view.show_message(sentence)

    def _uncovered_post(self) -> PostRow | None:
        """The post under the cursor; None, with a message, if it is covered or there is none."""
        row = self._view.selected_post()
        if row is None or not self._view.hides(row.judged.post):
            return row
        self._view.show_message(f"{COVERED}: {self._view.key_of('private')} shows it")
        return None

    def _toggle_private(self) -> None:
        """Cover private posts on every screen, or show them again."""
        preferences = self._view.session.preferences
        covers = not preferences.covers_private()
        try:
            preferences.save_covers_private(covers)
        finally:
            # Cover them even if the setting cannot be stored.
            for screen in self._view.screen.app.screen_stack:
                for timeline in screen.query(Timeline):
                    timeline.draw_anew()
                for beside in screen.query(Beside):
                    beside.draw_anew()
        key = self._view.key_of("private")
        if covers:
            self._view.show_message(f"private posts are covered · {key} shows them")
        else:
            self._view.show_message("private posts are shown")

    def _help(self) -> None:
        self._view.screen.post_message(ShowHelp(self._run))

    def _why(self) -> None:
        """Show the reasons of this post. A mark made in the panel applies here."""
        from ..screens.why import WhyScreen

        row = self._uncovered_post()
        if row is not None:
            self._view.ask(WhyScreen(self._view.session.timeline.why(row.key), row.judged), self._run)

    def _author(self) -> None:
        row = self._view.selected_post()
        if row is not None:
            self._view.screen.post_message(ShowAuthor(row.judged))

    def _open_media(self) -> None:
        """Open a picture, video or sound of the post. If it has several, ask which."""
        from ..screens.choice import ChoiceScreen

        row = self._uncovered_post()
        if row is None:
            return
        media = [each for each in row.judged.post.media or () if each.url]
        if not media:
            self._view.show_message("this post has no picture, video or sound")
        elif len(media) == 1:
            self._show_medium(media[0])
        else:
            words = [f"{each.kind}: {each.alt or 'without a description'}" for each in media]
            panel = ChoiceScreen("Open which?", words, "a number or enter opens · esc closes")
            self._view.ask(panel, lambda number: self._show_medium(media[number]))

    def _show_medium(self, medium: Media) -> None:
        """A video or a sound goes to the user's command, if there is one; all else to the browser."""
        link, viewer = Link(medium.url), self._view.session.config.viewer
        if medium.kind not in PLAYED or not viewer or link.scheme not in ("http", "https"):
            self._open(link, asks=False)
        elif app_of(self._view.screen).browser.play(viewer, medium.url):
            self._view.show_message(f"playing from {host_words(link)}: {medium.url}")
        else:
            self._view.show_message(f"{viewer!r} cannot be started: see `viewer` in config.toml")

    def _open_link(self) -> None:
        """Open a link of the post. If it has several, ask which."""
        from ..screens.choice import ChoiceScreen

        row = self._uncovered_post()
        if row is None:
            return
        post = row.judged.post
        links = [link_at(post, url) for url in links_of(post)]
        if not links:
            self._view.show_message("this post contains no link")
        elif len(links) == 1:
            # The address of the post itself is on the server that it was read from.
            own = links[0].url == post.url
            self._open(links[0], asks=bool(links[0].tricks) or not (own or links[0].shows_host))
        else:
            words = [link_words(link) for link in links]
            panel = ChoiceScreen("Open which link?", words, "a number or enter opens · esc closes")
            self._view.ask(panel, lambda number: self._open(links[number], asks=bool(links[number].tricks)))
