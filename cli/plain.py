"""`quietfeed --plain`: one post at a time in plain lines, for screen readers, slow lines and pipes.

Nothing is drawn, moved or coloured: a line is read, what happened is said, the next line is waited for. The keys are
those of the screens, each with Enter after it.
"""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from ..models.errors import NotFound, QuietfeedError
from ..models.tie import FOREVER
from ..models.verdict import CATEGORIES, Category, Level
from ..models.view import Change
from ..models.words import links_of
from ..session import Session
from ..session.browser import can_open, open_in_browser
from ..session.report import make_report
from ..session.training_job import TrainingJob
from .plain_feeds import tell_or_read
from .plain_keys import HELP, parse, words_of
from .plain_list import by_author, fixed, hidden
from .plain_reader import Reader
from .plain_words import joined_lines, person_lines, report_lines, why_lines

_FOUND = 200
_SPANS: dict[str, timedelta | datetime | None] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "ever": FOREVER,
    "off": None,
}
_MARKS: dict[str, Category] = {f"mark_{category}": category for category in CATEGORIES}
_LEVELS = {f"level_{level.value}": level for level in Level}


def run_plain(session: Session) -> int:
    """Read and answer until the user leaves or the input ends. Raises QuietfeedError where nobody is signed in."""
    runner = asyncio.Runner()
    try:
        if not session.accounts:
            raise NotFound(
                "There is no account yet: `quietfeed account add mastodon` signs in,"
                " `quietfeed --plain --demo` is a made-up world to try."
            )
        return Plain(session, runner, interactive=sys.stdin.isatty()).run()
    finally:
        runner.run(session.close())
        runner.close()


class Plain(Reader):
    """The linear mode over a session. `interactive`: somebody sits there, so a prompt is written, links are opened,
    and learning is not waited for; under a pipe every answer is complete before the next line is read.
    """

    def __init__(self, session: Session, runner: asyncio.Runner, *, interactive: bool) -> None:
        super().__init__(session, runner)
        self._interactive = interactive
        self._executor = ThreadPoolExecutor(1)
        self._job: tuple[TrainingJob, Future[None]] | None = None
        self._done = ""

    def run(self) -> int:
        """The loop. The place is kept when it ends, however it ends."""
        words = words_of(self.session.config.keys)
        try:
            self._begin()
            while not self.leaving:
                if self._interactive:
                    sys.stdout.write("> ")
                sys.stdout.flush()
                line = sys.stdin.readline()
                if not line:
                    break
                self._apply_job()
                self._dispatch(line.strip(), words)
        finally:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self.session.keep_place(self.feed.here)
            self.session.reading.keep()
        return 0

    def _begin(self) -> None:
        session = self.session
        if not session.timeline:
            session.load()
        self.feed.update()
        if not session.demo:
            self.say("Asking for news; Ctrl+C reads what is kept.")
            self.say(self.arrived(self.ask(session.refresh(self.report))))
            self.feed.update()
        counts = session.counts()
        self.say(f"quietfeed at level {session.level.name}: {counts.shown} shown, {counts.hidden_total} hidden.")
        self.say("A key and Enter does something, Enter alone reads the next post, ? and Enter tells all keys.")
        if not self.feed.keys:
            self.more()
        place = session.place()
        if place in self.feed.keys:
            self.feed.go(place)
        else:
            self.feed.at = 0
        self.read()
        if session.unlearned:
            self._learn()

    def _dispatch(self, line: str, words: dict[str, str]) -> None:
        action, count, rest = parse(line, words)
        found: Callable[..., None] | None = getattr(self, f"do_{action}", None)
        try:
            if action in _MARKS:
                self._mark(_MARKS[action])
            elif action in _LEVELS:
                self._switch(_LEVELS[action])
            elif found is not None:
                found(count, rest)
            else:
                self.say(f"There is no key {line[:40]!r}: ? and Enter tells all keys.")
        except QuietfeedError as error:
            self.say(str(error))

    def do_repeat(self, _count: int, _rest: str) -> None:
        """The last mark again."""
        if self.session.last_mark is None:
            self.say("There is no mark to repeat yet.")
        else:
            self._mark(self.session.last_mark)

    def _mark(self, category: Category) -> None:
        judged = self.here()
        if judged is None:
            return
        taking_back = judged.mark == category
        self._say_effect(self.session.mark(judged.key, category))
        self.session.last_mark = category
        self._done = "The mark is taken back" if taking_back else f"Marked {category}"
        self._learn()
        if taking_back:
            self.read()
        else:
            self.do_down(1, "")

    def do_vouch(self, _count: int, _rest: str) -> None:
        """Always show this author."""
        judged = self.here()
        if judged is not None:
            self._say_effect(self.session.vouch(judged.key))
            self._done = f"Vouched for {judged.post.author.shown_name}"
            self._learn()

    def do_not_known(self, _count: int, _rest: str) -> None:
        """Never count this author as known."""
        judged = self.here()
        if judged is not None:
            self._say_effect(self.session.not_known(judged.key))

    def do_mute(self, _count: int, rest: str) -> None:
        """Hear nothing of this author for a time."""
        judged = self.here()
        if judged is None:
            return
        if rest not in _SPANS:
            self.say("For how long? m hour, m day, m week or m ever, and Enter; m off ends it.")
            return
        span = _SPANS[rest]
        end = span if isinstance(span, datetime) or span is None else datetime.now(UTC) + span
        self._say_effect(self.session.mute(judged.key, end))

    def do_join(self, _count: int, rest: str) -> None:
        """The author is somebody on another network too, or is no longer."""
        judged = self.here()
        if judged is None:
            return
        person = (judged.post.account, judged.post.author.id)
        proposed = self.session.proposed(person)
        if rest == "off":
            self._say_effect(self.session.unlink(person, judged.key))
        elif rest == "no" and proposed:
            self._say_effect(self.session.mark_distinct(person, proposed[0].key, judged.key))
        elif rest and rest != "no":
            others = [handle.key for handle in self.session.called(rest)]
            self._say_effect(self.session.link(person, others, judged.key))
        else:
            self.say(*joined_lines(judged, self.session.joined_with(person), proposed))
        self._learn()

    def do_undo(self, _count: int, _rest: str) -> None:
        """Take the last action back, and go to its post."""
        effect = self.session.undo()
        if effect is None:
            self.say("Nothing is left to undo.")
            return
        self._say_effect(effect)
        self.walk.update()
        if effect.key is not None and self.judged(effect.key) is not None:
            self.walk.go(effect.key)
        self._done = "Undone"
        self._learn()
        self.read()

    def _say_effect(self, effect: Change) -> None:
        changed = (*effect.hid, *effect.showed)
        parts = effect.sentence.split(" · ")
        self.say(" ".join(f"{part[:1].upper()}{part[1:]}." for part in parts) + (" e lists them." if changed else ""))
        if changed:
            self.session.last_change = changed

    def do_changed(self, _count: int, _rest: str) -> None:
        """The posts that the last mark hid or brought back."""
        if self.session.last_change:
            self.open(fixed("what the last mark changed", "changed", self.session.last_change))
        else:
            self.say("No mark has hidden or brought back another post yet.")

    def do_why(self, _count: int, _rest: str) -> None:
        """Why this post is shown or hidden."""
        judged = self.here()
        if judged is not None:
            self.say(*why_lines(self.session.why(judged.key)))

    def do_hidden(self, _count: int, _rest: str) -> None:
        """Everything that is hidden."""
        self.open(hidden(self.session))

    def do_train(self, _count: int, _rest: str) -> None:
        """The posts whose mark teaches most."""
        self.open(fixed("training, the posts whose mark teaches most", "train", self.session.training_queue()))

    def do_author(self, _count: int, _rest: str) -> None:
        """The author, then their posts."""
        judged = self.here()
        if judged is None:
            return
        if self.walk.opened_by != "author":
            person = (judged.post.account, judged.post.author.id)
            self.say(*person_lines(judged, self.session.why(judged.key).tie))
            joined, proposed = self.session.joined_with(person), self.session.proposed(person)
            self.say(*(joined_lines(judged, joined, proposed) if joined or proposed else ()))
        self.open(by_author(self.session, judged))

    def do_open(self, _count: int, _rest: str) -> None:
        """The conversation around the post."""
        judged = self.here()
        if judged is None:
            return
        before, after = self.ask(self.session.thread(judged.key)) or ([], [])
        if not before and not after:
            self.say("There is no conversation around it.")
            return
        self.conversation.update((each.key, each) for each in (*before, *after))
        self.open(fixed("the conversation", "open", [each.key for each in (*before, judged, *after)]))

    def do_find(self, _count: int, rest: str) -> None:
        """Search in every kept post."""
        if not rest:
            self.say("A slash, what to look for, and Enter: /garden.")
            return
        found, total = self.session.find(rest, _FOUND)
        if found:
            self.open(fixed(f"{total} found for {rest!r}, newest first", "find", [judged.key for judged in found]))
        else:
            self.say(f"No kept post holds {rest!r}.")

    def do_feeds(self, _count: int, rest: str) -> None:
        """Custom feeds and lists; with a number, the posts of one."""
        tell_or_read(self, rest)

    def do_report(self, _count: int, _rest: str) -> None:
        """The quiet report."""
        session = self.session
        report = make_report(session.timeline, session.level, session.handles_of)
        self.say(*report_lines(report, session.counts(), session.level.name, session.marks))

    def do_open_link(self, count: int, rest: str) -> None:
        """Open a link; where there are several, tell them with their numbers."""
        judged = self.here()
        if judged is None:
            return
        links = links_of(judged.post)
        if not links:
            self.say("This post holds no link.")
        elif rest.isdecimal() and 0 < int(rest) <= len(links):
            self._open_address(links[int(rest) - 1])
        elif len(links) == 1 and not rest:
            self._open_address(links[0])
        else:
            self.say(f"{len(links)} links; o1 and Enter opens the first.")
            self.say(*(f"Link {number}: {url}" for number, url in enumerate(links, 1)))
        del count

    def _open_address(self, url: str) -> None:
        if self._interactive and can_open() and open_in_browser(url):
            self.say(f"Opened {url}")
        else:
            self.say(f"The address is {url}")

    def _switch(self, level: Level) -> None:
        self.session.set_level(level)
        counts = self.session.counts()
        self.say(f"Level {level.name}: {counts.shown} shown, {counts.hidden_total} hidden.")
        self.feed.update(stay=False)
        self.walk.update()
        self.read()

    def do_help(self, _count: int, _rest: str) -> None:
        """All keys."""
        self.say(*HELP)

    def _learn(self) -> None:
        """Learn what was marked, beside the reading; under a pipe the next line waits for it."""
        if self._job is None and self.session.unlearned:
            job = self.session.training_job()
            self._job = (job, self._executor.submit(self.session.trainer.learn, job))

    def _apply_job(self) -> None:
        if self._job is None or (self._interactive and not self._job[1].done()):
            return
        job, running = self._job
        self._job = None
        try:
            running.result()
            effect = self.session.apply(job)
        except (QuietfeedError, ImportError) as error:
            self.say(f"What was marked could not be learned yet: {error}")
            return
        if effect is None:
            self._learn()
        elif effect.hid or effect.showed:
            self._say_effect(Change(f"{self._done or 'Learned'}: {effect.sentence}", None, effect.hid, effect.showed))
            self.walk.update()
