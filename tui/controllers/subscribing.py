"""Subscribes to blogs, and shows the subscriptions."""

from collections.abc import Mapping

from ...models.subscription import FoundFeed
from ...models.view import Change
from ...phrases.changes import change_text, count
from ..guard import run_task
from ..messages import ShowPosts
from .view import Command, View

_NOT_STORED = "nothing is stored here: start quietfeed without a demo or preview to subscribe to blogs"


class Subscribing:
    """The commands for blogs."""

    def __init__(self, view: View) -> None:
        self._view = view

    def commands(self) -> Mapping[str, Command]:
        """The commands by the ids of their actions."""
        return {"subscribe": self._ask, "subscriptions": self._list}

    def _ask(self) -> None:
        from ..screens.subscribe import SubscribeScreen

        if not self._view.session.is_stored:
            self._view.show_message(_NOT_STORED)
            return
        self._view.ask(SubscribeScreen(self._view.session), self._subscribe)

    def _subscribe(self, feeds: tuple[FoundFeed, ...]) -> None:
        view = self._view

        async def work() -> None:
            result = await view.session.subscriptions.subscribe_and_fetch(feeds, self._show_change)
            if result is not None:
                view.redraw()
                fetched = f"{count(len(result.new), 'post')} fetched"
                view.show_message(result.errors[0] if result.errors else fetched)

        run_task(view.screen, work, name="fetching the posts", group="network")

    def _show_change(self, change: Change) -> None:
        sentence = change_text(change, self._view.session.clock.now())
        if change.kind == "subscribed":
            sentence = f"{sentence}; fetching the posts …"
        self._view.show_message(sentence)

    def _list(self) -> None:
        from ..screens.subscriptions import SubscriptionsScreen, Wish

        view = self._view
        if not view.session.is_stored:
            view.show_message(_NOT_STORED)
            return

        def then(wish: Wish) -> None:
            if wish.kind == "subscribe":
                self._ask()
            elif wish.subscription is not None:
                keys = view.session.subscriptions.load_posts(wish.subscription)
                if keys:
                    view.screen.post_message(ShowPosts(wish.subscription.shown_name, keys))
                else:
                    view.show_message(f"no posts of {wish.subscription.shown_name} yet")

        view.ask(SubscriptionsScreen(view.session, view.redraw), then)
