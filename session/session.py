"""The Session: refresh, mark, undo, why, learn; everything the screens and the command line can do to data."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from ..models.account import Account
from ..models.config import Config
from ..models.verdict import Category, Level
from ..models.view import Arrival, Counts, Effect, Gap, Judged, PostKey, Progress, Why

Report = Callable[[Progress], None]


def open_session(home: Path | None = None) -> "Session":
    """The user's session, from QUIETFEED_HOME or the system's own places. Quick: reads nothing but the schema."""
    raise NotImplementedError


def open_demo(seed: int = 1, now: datetime | None = None) -> "Session":
    """The demo world as a session of its own, in memory: nothing is kept."""
    raise NotImplementedError


class Session:
    """One run of quietfeed. All methods answer at once except the `async` ones and `Lesson.run`."""

    config: Config
    demo: bool
    level: Level

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The signed-in accounts; empty on the first run."""
        raise NotImplementedError

    def load(self, count: int = 200) -> int:
        """Load the newest kept posts (first call) or that many older ones (further calls); how many came."""
        raise NotImplementedError

    @property
    def timeline(self) -> Sequence[Judged]:
        """All loaded posts of all accounts, newest first, shown and hidden."""
        raise NotImplementedError

    @property
    def gaps(self) -> Sequence[Gap]:
        """Holes among or below the loaded posts, newest first."""
        raise NotImplementedError

    def judged(self, key: PostKey) -> Judged | None:
        """One loaded post as it is judged now."""
        raise NotImplementedError

    def counts(self, level: Level | None = None) -> Counts:
        """How many loaded posts are shown and hidden at a level (default: the current one)."""
        raise NotImplementedError

    def set_level(self, level: Level) -> Effect:
        """Switch how quiet the timeline is; kept for the next start."""
        raise NotImplementedError

    async def refresh(self, report: Report) -> Arrival:
        """Ask every account for news, keep it, judge it. Trouble with one account does not stop the others."""
        raise NotImplementedError

    async def more(self, want: int, report: Report) -> Arrival:
        """Older posts, kept ones first, then from the networks, until `want` more are shown (bounded, and said)."""
        raise NotImplementedError

    async def fill(self, gap: Gap, report: Report) -> Arrival:
        """Fetch what a gap left out (bounded: what remains stays a gap)."""
        raise NotImplementedError

    def mark(self, key: PostKey, category: Category) -> Effect:
        """The user's word on a post: on disk before this returns, judged again at once. The same mark again takes it back."""
        raise NotImplementedError

    def unmark(self, key: PostKey) -> Effect:
        """Take the mark on a post back."""
        raise NotImplementedError

    def vouch(self, key: PostKey) -> Effect:
        """Always show the author of this post (of the original, where it was boosted); again takes it back."""
        raise NotImplementedError

    def undo(self) -> Effect | None:
        """Take back the last mark, vouch or level switch of this session; None when nothing is left to undo."""
        raise NotImplementedError

    def lesson(self) -> "Lesson":
        """What is to be learned from the marks as they are now. Call its `run()` off the UI's loop, then `take()`."""
        raise NotImplementedError

    def take(self, lesson: "Lesson") -> Effect | None:
        """Judge with what was learned: "hid 14 more like this, from 6 accounts". None when the lesson is stale."""
        raise NotImplementedError

    @property
    def unlearned(self) -> bool:
        """Whether marks were made since the last lesson that was taken."""
        raise NotImplementedError

    def why(self, key: PostKey) -> Why:
        """Why a post is shown or hidden, for shown posts too."""
        raise NotImplementedError

    async def thread(self, key: PostKey) -> tuple[list[Judged], list[Judged]]:
        """What stands before and after a post in its conversation, judged."""
        raise NotImplementedError

    def place(self) -> PostKey | None:
        """Where the user was reading, at this level, when quietfeed was last left."""
        raise NotImplementedError

    def keep_place(self, key: PostKey | None) -> None:
        """Remember where the user is reading, at this level."""
        raise NotImplementedError

    async def sign_in_url(self, server: str, *, loopback: bool) -> str:
        """Begin signing in to a Mastodon server: the address to open. With `loopback` a local port waits for the code."""
        raise NotImplementedError

    async def sign_in_wait(self) -> Account:
        """Wait for the browser to come back with the code (bounded), and finish signing in."""
        raise NotImplementedError

    async def sign_in_code(self, code: str) -> Account:
        """Finish signing in with a pasted code."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close sources and store."""
        raise NotImplementedError


class Lesson:
    """A learning job: pure data in, weights out; safe in any thread."""

    def run(self) -> None:
        """Learn (imports scikit-learn; may take a second the first time)."""
        raise NotImplementedError
