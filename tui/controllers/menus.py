"""The menu of actions on a post and its author; voting, hashtags, translation and follow requests."""

from collections.abc import Callable, Mapping

from ...models.action import FollowTag, Target
from ...models.person import Person
from ...models.view import JudgedPost
from ...phrases.actions import menu_text
from ..context import app_of
from ..guard import run_task
from ..keys import shown
from .acting import Acting
from .view import Command, View

_KEYS = {"unlike": "like", "unboost": "boost", "unbookmark": "bookmark"}
"""The actions whose key has the id of another action."""
_ELSEWHERE = ("follow", "unfollow", "mute", "unmute", "report")
"""Their keys work only in the person view, or do something else here."""
_CLOSES = "esc closes, nothing is sent"


class Menus:
    """The commands that ask what to do before they act."""

    def __init__(self, view: View, acting: Acting, run: Callable[[str], None]) -> None:
        """`run` runs a command of the screen by the id of its action."""
        self._view = view
        self._acting = acting
        self._run = run

    def commands(self) -> Mapping[str, Command]:
        return {
            "act_menu": self._menu,
            "vote": self._vote_here,
            "follow_tag": self._tag_here,
            "translate": self._translate_here,
            "follow_requests": self._requests,
        }

    def _menu(self) -> None:
        from ..screens.choice import ChoiceScreen

        judged = self._acting.here()
        if judged is None:
            return
        menu = self._view.session.menu
        beside, kinds = menu.other_actions(judged), menu.of(judged)
        writes = [name for name in beside if name in ("reply", "quote", "edit")]
        entries = [*writes, *kinds, *(name for name in beside if name not in writes)]
        choices = [self._label(name, judged) for name in entries]

        def take(number: int) -> None:
            if entries[number] in beside:
                self._run(entries[number])
            else:
                self._do(entries[number], judged)

        author = judged.post.author
        hint = "enter, a number, a letter or the key in brackets · esc closes"
        keys = [self._key(name) for name in entries]
        self._view.ask(ChoiceScreen(f"The post of {author.handle}", choices, hint, keys), take)

    def _label(self, kind: str, judged: JudgedPost) -> str:
        label = menu_text(kind, judged)
        key = self._key(kind)
        if key:
            return f"{label}  ({shown(key)})"
        return label

    def _key(self, kind: str) -> str:
        """The first key of an action, as Textual names it; "" if it has none, or does something else at a post."""
        if kind in _ELSEWHERE:
            return ""
        return app_of(self._view.screen).keys.get(_KEYS.get(kind, kind), "").split(",")[0]

    def _do(self, kind: str, judged: JudgedPost) -> None:
        if kind == "vote":
            self._vote(judged, frozenset())
        elif kind == "follow_tag":
            self._tag(judged)
        elif kind == "translate":
            self._translate(judged)
        else:
            self._acting.do(kind, judged)

    def _vote_here(self) -> None:
        judged = self._acting.here()
        if judged is not None:
            self._vote(judged, frozenset())

    def _vote(self, judged: JudgedPost, chosen: frozenset[int]) -> None:
        """Ask for an option. A multiple-choice poll asks again until the user sends the choices."""
        from ..screens.choice import ChoiceScreen

        poll, actions = judged.post.poll, self._view.session.actions
        if poll is None:
            self._view.show_message("this post has no poll")
            return
        options = [f"{'✓ ' if number in chosen else ''}{each.text}" for number, each in enumerate(poll.options)]
        send = []
        if poll.multiple and chosen:
            send.append("send these")

        def take(number: int) -> None:
            if number == len(options):
                self._acting.start(lambda: actions.vote(judged.key, [each + 1 for each in chosen]))
            elif poll.multiple:
                self._vote(judged, chosen ^ {number})
            else:
                self._acting.start(lambda: actions.vote(judged.key, [number + 1]))

        panel = ChoiceScreen(
            "Vote (cannot be undone)", [*options, *send], _CLOSES, confirms=not poll.multiple or bool(send)
        )
        self._view.ask(panel, take)

    def _tag_here(self) -> None:
        judged = self._acting.here()
        if judged is not None:
            self._tag(judged)

    def _tag(self, judged: JudgedPost) -> None:
        from ..screens.choice import ChoiceScreen

        tags, actions = judged.post.tags or (), self._view.session.actions
        if not tags:
            self._view.show_message("this post has no hashtag")
            return

        def take(number: int) -> None:
            action = FollowTag(Target(judged.post.account, item_id=judged.post.id, tag=tags[number]))
            self._acting.start(lambda: actions.do(action))

        self._view.ask(ChoiceScreen("Follow which hashtag?", [f"#{tag}" for tag in tags], _CLOSES), take)

    def _translate_here(self) -> None:
        judged = self._acting.here()
        if judged is not None:
            self._translate(judged)

    def _translate(self, judged: JudgedPost) -> None:
        from ..screens.translation import TranslationScreen

        async def ask() -> None:
            found = await self._view.session.directory.translate(judged.post)
            self._view.ask(TranslationScreen(judged.post.author.handle, found), lambda _: None)

        self._view.show_message("translating …")
        run_task(self._view.screen, ask, name="translating", group="acting")

    def _requests(self) -> None:
        """List the follow requests of all accounts."""
        session = self._view.session

        async def ask() -> None:
            found = [(account.key, person) for account, person in await session.directory.follow_requests()]
            if found:
                self._choose_request(found)
            else:
                self._view.show_message("you have no follow requests")

        run_task(self._view.screen, ask, name="reading the requests", group="acting")

    def _choose_request(self, found: list[tuple[str, Person]]) -> None:
        from ..screens.choice import ChoiceScreen

        def take(number: int) -> None:
            account, person = found[number]
            self._answer_request(Target(account, person_id=person.id, handle=person.handle))

        names = [f"{person.handle}  {person.shown_name}" for _, person in found]
        self._view.ask(ChoiceScreen("Follow requests", names, "you accept or reject next · esc closes"), take)

    def _answer_request(self, target: Target) -> None:
        from ...models.action import AcceptFollow, RejectFollow
        from ..screens.choice import ChoiceScreen

        actions = self._view.session.actions

        def take(number: int) -> None:
            action = RejectFollow(target) if number else AcceptFollow(target)
            self._acting.start(lambda: actions.on_person(action))

        question = f"{target.handle} wants to follow you"
        self._view.ask(ChoiceScreen(question, ["accept", "reject"], _CLOSES, confirms=True), take)
