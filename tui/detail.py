"""A post whole, with the conversation around it and who its author is to the user."""

from collections.abc import Sequence

from ..models.errors import QuietfeedError
from ..models.person import Person
from ..models.view import Judged
from ..session import Session
from .listing import ListingScreen
from .rows import PostRow


class DetailScreen(ListingScreen):
    """The conversation: what stands before, the post, what stands after."""

    def __init__(self, session: Session, judged: Judged) -> None:
        super().__init__(session)
        self._key = judged.key
        self._judged = judged
        self._before: list[Judged] = []
        self._after: list[Judged] = []

    def on_mount(self) -> None:
        """The post at once, its conversation when the server has answered."""
        super().on_mount()
        self.say("fetching the conversation …")
        self.run_worker(self._fetch(), name="thread", group="thread", exclusive=True, exit_on_error=False)

    async def _fetch(self) -> None:
        try:
            self._before, self._after = await self.session.thread(self._key)
        except QuietfeedError as error:
            self.say(str(error))
            return
        others = len(self._before) + len(self._after)
        self.say(f"{others} more in this conversation" if others else "no conversation around it")
        self.timeline.set_rows(list(self.listed()), select=self._key)

    def listed(self) -> Sequence[PostRow]:
        """Everything in the order of the conversation; the post itself is open."""
        judged = self.session.judged(self._key) or self._judged
        main = PostRow(judged, open=True, note=about(judged.post.author, self.session.why(self._key).tie))
        before = [self.row(each) for each in self._before]
        after = [PostRow(each, open=each.key in self._opened, indent=1) for each in self._after]
        return [*before, main, *after]

    def title_line(self) -> str:
        """Whose post it is."""
        return f"{self._judged.post.author.shown_name} · {self._judged.post.url or 'no address'}"


def about(person: Person, tie: str) -> str:
    """An author's numbers and the tie, in one line."""
    parts = []
    if person.followers is not None:
        parts.append(f"{person.followers:,} followers")
    if person.following is not None:
        parts.append(f"follows {person.following:,}")
    if person.bot:
        parts.append("a bot")
    return " · ".join([tie, *parts])
