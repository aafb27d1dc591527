"""Subscribes to blogs, and shows the subscriptions."""

from collections.abc import Mapping

from ...models.subscription import FoundFeed
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

        if not self._view.session.kept:
            self._view.show_message(_NOT_STORED)
            return
        self._view.ask(SubscribeScreen(self._view.session), self._subscribe)

    def _subscribe(self, feeds: tuple[FoundFeed, ...]) -> None:
        view = self._view
        change = view.session.subscriptions.subscribe(feeds)
        sentence = change_text(change, view.session.clock.now())
        if change.kind != "subscribed":
            view.show_message(sentence)
            return
        view.show_message(f"{sentence}; fetching the posts …")
        run_task(view.screen, self._fetch, name="fetching the posts", group="network")

    async def _fetch(self) -> None:
        from ...session.sync import ignore_progress

        session = self._view.session
        account = session.subscriptions.account
        if account is None:
            return
        result = await session.fetching.refresh(ignore_progress, [account])
        self._view.redraw()
        fetched = f"{count(len(result.new), 'post')} fetched"
        self._view.show_message(result.errors[0] if result.errors else fetched)

    def _list(self) -> None:
        from ..screens.subscriptions import SubscriptionsScreen, Wish

        view = self._view
        if not view.session.kept:
            view.show_message(_NOT_STORED)
            return

        def then(wish: Wish) -> None:
            if wish.kind == "subscribe":
                self._ask()
            elif wish.subscription is not None:
                keys = view.session.subscriptions.post_keys(wish.subscription)
                view.session.timeline.get_or_load(keys)
                if keys:
                    view.screen.post_message(ShowPosts(wish.subscription.shown_name, keys))
                else:
                    view.show_message(f"no posts of {wish.subscription.shown_name} yet")

        view.ask(SubscriptionsScreen(view.session, view.redraw), then)
