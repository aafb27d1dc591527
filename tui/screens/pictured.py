"""A screen that shows pictures in a strip: fetched when they come into view, off with a key, never waited for."""

import asyncio
from collections.abc import Sequence

from textual import events
from textual.containers import Horizontal
from textual.worker import Worker

from ...models.errors import QuietfeedError
from ...models.view import JudgedPost
from ...session import Session
from ..widgets.images import MISSING, Way, decode, fitted, forget, way_of, widget
from .listing import ListingScreen

_MOST = 4
_TALLEST = 24
_PAUSE = 0.12
"""Seconds the cursor rests before pictures are asked for, so that moving on asks for nothing."""


class PicturedScreen(ListingScreen):
    """A subclass says which pictures belong to what is looked at, in `pictures`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._in_view: Sequence[str] = ()
        self._asked_here = False

    def pictures(self) -> Sequence[str]:
        """The addresses of the pictures that are to be shown now, as `may_show` allows."""
        raise NotImplementedError

    def may_show(self, judged: JudgedPost) -> bool:
        """Whether pictures of a post or its author are shown: those of hidden posts only when they are asked for."""
        return self._asked_here or (self.session.pictures.shown and not self.hidden(judged))

    def picture_height(self) -> int:
        """The height of a picture in lines: what the posts leave free, and at least some."""
        head = self.query_one("#title").size.height + 2
        room = self.size.height - head
        return max(min(room - self.timeline.virtual_size.height, _TALLEST), room // 3, 4)

    def do_pictures(self) -> None:
        """Show pictures, or no longer; where data is saved, only those asked for here."""
        if self.query("#pictures > *"):
            self._asked_here = self.session.pictures.shown = False
            self.say(f"pictures are off; {self.key_of('pictures')} shows them")
        else:
            # Nothing may stand there because it could not be had: it is tried again.
            self._in_view = ()
            self._asked_here = True
            self.session.pictures.shown = not self.session.config.data_saving
            if not self.pictures():
                self.say("there is no picture here")
        self.look(told=True)

    def look(self, *, told: bool = False) -> None:
        """Bring the strip up to date; `told`: the user asked for it, so that trouble is told."""
        wanted = tuple(self.pictures()[:_MOST])
        if wanted == self._in_view:
            return
        self._in_view = wanted

        async def show() -> None:
            await self._show(wanted, told=told)

        # Handed over as a function: a worker that a newer one replaces before it began leaves nothing behind.
        _: Worker[None] = self.run_worker(show, name="pictures", group="pictures", exclusive=True, exit_on_error=False)

    async def _show(self, wanted: Sequence[str], *, told: bool) -> None:
        strip = self.query_one("#pictures", Horizontal)
        if wanted and not told:
            await asyncio.sleep(_PAUSE)
        self._forget()
        await strip.remove_children()
        strip.display = False
        self.make_room(0)
        for address in wanted:
            try:
                data = await self.session.picture(self.account, address)
                picture = await asyncio.to_thread(decode, data)
                shown = widget(picture, self._way())
            except QuietfeedError as error:
                # That the extra is missing is only told to those who ask for pictures.
                if told or str(error) != MISSING:
                    self.say(str(error))
                continue
            height = self.picture_height()
            shown.styles.width, shown.styles.height = fitted(picture, self.size.width // len(wanted) - 4, height)
            await strip.mount(shown)
            strip.display = True
            self.make_room(height)

    def _forget(self) -> None:
        for shown in self.query("#pictures > *"):
            forget(shown)

    def leave(self) -> None:
        """A terminal keeps pictures until it is told otherwise."""
        self._forget()
        super().leave()

    def on_resize(self, event: events.Resize) -> None:
        """What fits has changed."""
        super().on_resize(event)
        if self._in_view:
            self._in_view = ()
            self.look()

    def make_room(self, height: int) -> None:
        """Give pictures of a height their place on the screen; 0 takes it back."""
        raise NotImplementedError

    @property
    def account(self) -> str:
        """The key of the account whose posts these are."""
        raise NotImplementedError

    def _way(self) -> Way:
        way = self.session.config.pictures
        return way_of() if way in ("auto", "off") else way  # type: ignore[return-value]
