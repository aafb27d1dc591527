"""Shows pictures in a strip. They are fetched in the background when they come into view."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from textual.containers import Horizontal

from ...models.errors import ExtraMissing, QuietfeedError, StoreError
from ...models.link import Link
from ...models.view import JudgedPost
from ...phrases.errors import error_text
from ...phrases.links import host_words, pictures_sentence
from ..guard import run_task
from ..widgets.images import Way, check_extra, decode, fitted, forget, way_of, widget
from .view import View

_MOST = 4
_SECONDS = 15.0
"""Seconds that the notice about the first request is shown."""

_PAUSE = 0.12
"""Seconds without a motion before pictures are fetched, so that scrolling fetches nothing."""


class Pictures:
    """The strip of pictures.

    `wanted` returns the addresses to show now, as `may_show` allows. `account` is the account of the posts. `height`
    is the maximum height of a picture. `make_room` reserves lines for pictures of a height; 0 releases them.
    """

    def __init__(
        self,
        view: View,
        strip: Horizontal,
        account: str,
        *,
        wanted: Callable[[], Sequence[str]],
        height: Callable[[], int],
        make_room: Callable[[int], None],
    ) -> None:
        self._view = view
        self._strip = strip
        self._account = account
        self._wanted = wanted
        self._height = height
        self._make_room = make_room
        self._in_view: Sequence[str] = ()
        self._asked_here = False

    def may_show(self, judged: JudgedPost) -> bool:
        """Whether to show pictures of a post or its author. Those of hidden posts need a key press."""
        session = self._view.session
        if self._view.hides(judged.post):
            return False
        return self._asked_here or (session.pictures.shown and judged.verdict.shown_at(session.timeline.level))

    def toggle(self) -> None:
        """Show or hide pictures. With data saving, only those requested here."""
        pictures = self._view.session.pictures
        if self._strip.children:
            self._asked_here = pictures.shown = False
            self._view.show_message(f"pictures are off; {self._view.key_of('pictures')} shows them")
        else:
            # The strip may be empty because a picture failed. Try again.
            self._in_view = ()
            self._asked_here = True
            pictures.shown = not self._view.session.config.data_saving
            if not self._wanted():
                self._view.show_message("there is no picture here")
        self.look(requested=True)

    def look(self, *, requested: bool = False) -> None:
        """Update the strip. `requested`: the user pressed the key, so report errors."""
        wanted = tuple(self._wanted()[:_MOST])
        if wanted == self._in_view:
            return
        self._in_view = wanted

        async def show() -> None:
            await self._show(wanted, requested=requested)

        run_task(self._view.screen, show, name="showing pictures", group="pictures", exclusive=True)

    def fit_again(self) -> None:
        """Redraw the pictures for a new size of the screen."""
        if self._in_view:
            self._in_view = ()
            self.look()

    def forget(self) -> None:
        """Remove the pictures from the memory of the terminal."""
        for shown in self._strip.children:
            forget(shown)

    async def _show(self, wanted: Sequence[str], *, requested: bool) -> None:
        strip = self._strip
        if wanted and not requested:
            await asyncio.sleep(_PAUSE)
        self.forget()
        await strip.remove_children()
        strip.display = False
        self._make_room(0)
        for address in wanted:
            try:
                check_extra()
                self._announce(address)
                data = await self._view.session.pictures.get(self._account, address)
                picture = await asyncio.to_thread(decode, data)
                shown = widget(picture, self._way())
            except QuietfeedError as error:
                # Report a missing extra only if the user requested pictures.
                if requested or not isinstance(error, ExtraMissing):
                    self._view.show_message(error_text(error))
                continue
            height = self._height()
            width = self._view.screen.size.width // len(wanted) - 4
            shown.styles.width, shown.styles.height = fitted(picture, width, height)
            await strip.mount(shown)
            strip.display = True
            self._make_room(height)

    def _announce(self, address: str) -> None:
        """Warn once, before the first request, that the server of a picture sees the user's address."""
        session = self._view.session
        if session.preferences.knows_pictures() or not session.pictures.would_fetch(address):
            return
        sentence = pictures_sentence(host_words(Link(address)), self._view.key_of("pictures"))
        self._view.screen.app.notify(sentence, timeout=_SECONDS, markup=False)
        # On a full disk it is shown again at the next start.
        with suppress(StoreError):
            session.preferences.save_knows_pictures()

    def _way(self) -> Way:
        way = self._view.session.config.pictures
        if way in ("auto", "off"):
            return way_of()
        return way  # type: ignore[return-value]
