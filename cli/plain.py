"""`quietfeed --plain`: one post at a time in plain lines, for screen readers, slow lines and pipes.

It only reads and prints lines, without drawing, cursor movement or colours. The keys are
those of the screens, each with Enter after it.
"""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ..models.errors import NotFound, QuietfeedError
from ..models.verdict import CATEGORIES, Category, Level
from ..models.view import UNCHANGED, Change, PostKey
from ..phrases.action_table import plain_help
from ..phrases.changes import change_parts, learned_text, others
from ..phrases.errors import error_text
from ..phrases.mutes import MUTE_SPANS, UNMUTE, mute_end
from ..phrases.training import guess_text, last_is_marked, progress
from ..session import Session
from ..session.browser import can_open
from ..session.events import ActionChanged, Learned, TrainingFailed
from ..session.logfile import report_unexpected
from ..session.networks import sign_in_commands
from ..session.report import guesses, make_report
from ..session.tally import SCRIPT_STEPS
from ..session.training import GOAL
from .plain_feeds import tell_or_read
from .plain_keys import parse, words_of
from .plain_links import open_or_tell
from .plain_list import by_author, fixed, hidden, training
from .plain_reader import Reader
from .plain_subscriptions import subscribe, tell_subscriptions
from .plain_words import counts_text, joined_lines, person_lines, report_lines, why_lines
from .plain_writing import write_post

_FOUND = 200
_MUTE_LENGTHS = {span.name: span for span in MUTE_SPANS}

PlainCommand = Callable[[int, str], None]
"""Runs an action with the count before its key and what was typed behind it."""


def run_plain(session: Session) -> int:
    """Run until the user quits or the input ends. Raises QuietfeedError without an account."""
    runner = asyncio.Runner()
    try:
        if not session.accounts:
            raise NotFound(
                f"There is no account yet: {sign_in_commands()} signs in,"
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
        session.events.subscribe(ActionChanged, self._on_action)
        self._interactive = interactive
        self._last: Change | None = None
        """The last change by the user, from which the filter learns."""
        self._last_of_list: PostKey | None = None
        """The last post of the list, if the last mark was on it."""
        self.commands = self._commands()

    def _commands(self) -> Mapping[str, PlainCommand]:
        """The functions of the actions, by the ids of phrases/action_table.py."""
        return {
            "next": self.do_next,
            "down": self.do_down,
            "up": self.do_up,
            "top": self.do_top,
            "bottom": self.do_bottom,
            "next_match": self.do_next_match,
            "next_unsure": self.do_next_unsure,
            "read": self.do_read,
            **{f"mark_{category}": partial(self._mark, category) for category in CATEGORIES},
            "like": self.do_like,
            **{kind: partial(self._write, kind) for kind in ("reply", "compose", "quote")},
            "vouch": self.do_vouch,
            "not_known": self.do_not_known,
            "mute": self.do_mute,
            "join": self.do_join,
            "undo": self.do_undo,
            "repeat": self.do_repeat,
            "changed": self.do_changed,
            "train": self.do_train,
            "why": self.do_why,
            "hidden": self.do_hidden,
            "open": self.do_open,
            "open_link": self.do_open_link,
            "copy_link": self.do_copy_link,
            "private": self.do_private,
            "author": self.do_author,
            "report": self.do_report,
            "feeds": self.do_feeds,
            "subscriptions": lambda _count, rest: tell_subscriptions(self, rest),
            "subscribe": lambda _count, rest: subscribe(self, rest),
            "find": self.do_find,
            **{f"level_{level.value}": partial(self._switch, level) for level in Level},
            "refresh": self.do_refresh,
            "fill": self.do_fill,
            "help": self.do_help,
            "quit": self.do_quit,
        }

    def run(self) -> int:
        """Run the loop. The position is always stored at its end."""
        session = self.session
        words = words_of(session.config.keys)
        session.events.subscribe(Learned, self._on_learned)
        session.events.subscribe(TrainingFailed, self._on_training_failed)
        try:
            self._begin()
            while not self.leaving:
                if self._interactive:
                    sys.stdout.write("> ")
                sys.stdout.flush()
                line = sys.stdin.readline()
                if not line:
                    break
                session.learning.advance(wait=not self._interactive)
                self._dispatch(line.strip(), words)
        finally:
            session.timeline.save_place(self.feed.here)
            session.unread.save()
        return 0

    def _begin(self) -> None:
        session = self.session
        if not session.timeline.posts:
            session.timeline.load()
        self.feed.update()
        if not session.demo:
            self.say("Fetching new posts; Ctrl+C stops and reads the stored ones.")
            self.say(self.arrived(self.ask(session.fetching.refresh(self.report))))
            self.say(*session.upkeep.run())
            self.feed.update()
        session.tally.finish(SCRIPT_STEPS)
        counts = session.timeline.counts()
        self.say(f"quietfeed at level {session.timeline.level.name}: {counts_text(counts)}.")
        self.say("Type a key and Enter; Enter alone reads the next post, ? and Enter lists all keys.")
        if not self.feed.keys:
            self.more()
        place = session.timeline.place()
        if place in self.feed.keys:
            self.feed.go(place)
        else:
            self.feed.at = 0
        self.read()
        session.learning.start_without_loop()

    def _dispatch(self, line: str, words: dict[str, str]) -> None:
        action, count, rest = parse(line, words)
        command = self.commands.get(action)
        if command is None:
            self.say(f"There is no key {line[:40]!r}: ? and Enter lists all keys.")
            return
        try:
            command(count, rest)
        except QuietfeedError as error:
            self.say(error_text(error))
        except OSError:
            # Standard output is gone: nothing can be said any more.
            raise
        except Exception as error:
            self.say(report_unexpected(error, f"--plain {action}"))

    def do_repeat(self, _count: int, _rest: str) -> None:
        """The last mark again."""
        if self.session.marks.last is None:
            self.say("There is no mark to repeat yet.")
        else:
            self._mark(self.session.marks.last, 1, "")

    def _mark(self, category: Category, _count: int, _rest: str) -> None:
        judged = self.here()
        if judged is None:
            return
        if judged.mark == category and judged.key == self._last_of_list:
            self.say(f"{last_is_marked(category, 'u').capitalize()}.")
            return
        change = self.session.marks.set(judged.key, category)
        self._say_change(change)
        if change.kind == "unmark":
            self.read()
            return
        if self.walk.opened_by == "train":
            self.walk.update()
        self.do_down(1, "")
        if self.walk.here == judged.key:
            self._last_of_list = judged.key
        else:
            self._last_of_list = None

    def do_vouch(self, _count: int, _rest: str) -> None:
        """Always show this author."""
        judged = self.here()
        if judged is not None:
            self._say_change(self.session.people.vouch(judged.key))

    def do_not_known(self, _count: int, _rest: str) -> None:
        """Never count this author as known."""
        judged = self.here()
        if judged is not None:
            self._say_change(self.session.people.not_known(judged.key))

    def do_mute(self, _count: int, rest: str) -> None:
        """Hear nothing of this author for a time."""
        judged = self.here()
        if judged is None:
            return
        span = _MUTE_LENGTHS.get(rest)
        if span is None and rest != UNMUTE:
            self.say(f"For how long? {_mute_choices()}, and Enter; m {UNMUTE} unmutes.")
            return
        if span is None:
            end = None
        else:
            end = mute_end(span, self.session.clock.now())
        self._say_change(self.session.people.mute(judged.key, end))

    def do_join(self, _count: int, rest: str) -> None:
        """The author is somebody on another network too, or is no longer."""
        judged = self.here()
        if judged is None:
            return
        person = judged.post.author_key
        proposed = self.session.links.proposed(person)
        if rest == "off":
            self._say_change(self.session.links.unlink(person, judged.key))
        elif rest == "no" and proposed:
            self._say_change(self.session.links.mark_distinct(person, proposed[0].key, judged.key))
        elif rest and rest != "no":
            others = [handle.key for handle in self.session.people.find_seen(rest)]
            self._say_change(self.session.links.link(person, others, judged.key))
        else:
            self.say(*joined_lines(judged, self.session.links.linked_with(person), proposed))

    def do_undo(self, _count: int, _rest: str) -> None:
        """Take the last action back, and go to its post."""
        effect = self._undone()
        if effect is None:
            self.say("Nothing to undo.")
            return
        self._say_change(effect)
        self.walk.update()
        if effect.key is not None and self.judged(effect.key) is not None:
            self.walk.go(effect.key)
        self.read()

    def _undone(self) -> Change | None:
        if not self.session.history.newest_is_remote:
            return self.session.history.undo()
        change = self.ask(self.session.history.undo_any())
        self._send()
        return change

    def do_copy_link(self, _count: int, _rest: str) -> None:
        """Write the address of this post on a line of its own."""
        judged = self.here()
        if judged is not None:
            self.say(judged.post.url or "This post has no address.")

    def do_private(self, _count: int, _rest: str) -> None:
        """Cover private posts, or show them again."""
        preferences = self.session.preferences
        covers = not preferences.covers_private()
        preferences.save_covers_private(covers)
        self.say("Private posts are covered; P shows them." if covers else "Private posts are shown.")
        self.read()

    def do_like(self, _count: int, _rest: str) -> None:
        """Like the post on its server, or take the like back."""
        judged = self.here()
        if judged is None:
            return
        change = self.ask(self.session.actions.toggle("like", judged.key))
        if change is not None:
            if change.kind in UNCHANGED:
                self._say_change(change)
            self._send()
            self.walk.update()

    def _write(self, kind: str, _count: int, _rest: str) -> None:
        write_post(self, kind, self.here() if kind != "compose" else None)

    def _send(self) -> None:
        """Send due actions; their results are printed."""
        self.ask(self.session.outbox.send_due())

    def _on_action(self, event: ActionChanged) -> None:
        if event.message:
            self.say(f"{event.message[:1].upper()}{event.message[1:]}".rstrip(".") + ".")

    def _say_change(self, change: Change) -> None:
        self._last = change
        parts = change_parts(change, self.session.clock.now())
        if self.walk.opened_by == "train" and not others(change):
            parts += filter(None, [guess_text(change)])
        self._say_parts(parts, change)

    def _say_parts(self, parts: Sequence[str], change: Change) -> None:
        """Say phrases as sentences, and how the posts that changed are listed."""
        changed = (*change.hid, *change.showed)
        if changed and change.kind != "level":
            self.session.timeline.last_change = changed
            parts = [*parts, "e lists them"]
        self.say(" ".join(f"{part[:1].upper()}{part[1:]}." for part in parts))

    def do_changed(self, _count: int, _rest: str) -> None:
        """The posts that the last mark hid or brought back."""
        if self.session.timeline.last_change:
            self.open(fixed("what the last change hid or brought back", "changed", self.session.timeline.last_change))
        else:
            self.say("No change has hidden or brought back another post yet.")

    def do_why(self, _count: int, _rest: str) -> None:
        """Why this post is shown or hidden."""
        judged = self.here()
        if judged is not None:
            self.say(*why_lines(self.session.timeline.why(judged.key)))

    def do_hidden(self, _count: int, _rest: str) -> None:
        """Everything that is hidden."""
        self.open(hidden(self.session))

    def do_train(self, _count: int, _rest: str) -> None:
        """The posts whose mark teaches most."""
        if self.walk.opened_by != "train":
            found = guesses(self.session.marks.all(), 1)
            self.say(f"Training: {progress(self.session.marks.count, GOAL, found.right, found.of)}.")
        self.open(training(self.session))

    def do_author(self, _count: int, _rest: str) -> None:
        """The author, then their posts."""
        judged = self.here()
        if judged is None:
            return
        if self.walk.opened_by != "author":
            person = judged.post.author_key
            self.say(*person_lines(judged, self.session.timeline.why(judged.key).tie))
            joined, proposed = self.session.links.linked_with(person), self.session.links.proposed(person)
            self.say(*(joined_lines(judged, joined, proposed) if joined or proposed else ()))
        self.open(by_author(self.session, judged))

    def do_open(self, _count: int, _rest: str) -> None:
        """The conversation around the post."""
        judged = self.here()
        if judged is None:
            return
        before, after = self.ask(self.session.fetching.thread(judged.key)) or ([], [])
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
        found, total = self.session.timeline.search(rest, _FOUND)
        if found:
            self.open(fixed(f"{total} found for {rest!r}, newest first", "find", [judged.key for judged in found]))
        else:
            self.say(f"No stored post contains {rest!r}.")

    def do_feeds(self, _count: int, rest: str) -> None:
        """Custom feeds and lists; with a number, the posts of one."""
        tell_or_read(self, rest)

    def do_report(self, _count: int, _rest: str) -> None:
        """The quiet report."""
        session = self.session
        report = make_report(session.timeline.posts, session.timeline.level, session.links.handles_of)
        session.tally.finish(SCRIPT_STEPS)
        self.say(*report_lines(report, session.timeline.counts(), session.timeline.level.name, session.marks.count))

    def do_open_link(self, _count: int, rest: str) -> None:
        """Open a link; where there are several, tell them with their numbers."""
        open_or_tell(self, rest, opens=self._interactive and can_open())

    def _switch(self, level: Level, _count: int, _rest: str) -> None:
        self.session.timeline.set_level(level)
        self.session.tally.finish(SCRIPT_STEPS)
        counts = self.session.timeline.counts()
        self.say(f"Level {level.name}: {counts_text(counts)}.")
        self.feed.update(stay=False)
        self.walk.update()
        self.read()

    def do_help(self, _count: int, _rest: str) -> None:
        """All keys."""
        self.say(*plain_help())

    def _on_learned(self, event: Learned) -> None:
        change = event.change
        if change.hid or change.showed:
            self._say_parts([learned_text(self._last, change)], change)
            self.walk.update()

    def _on_training_failed(self, event: TrainingFailed) -> None:
        self.say(f"Training failed: {event.message}")


def _mute_choices() -> str:
    words = [f"m {name}" for name in _MUTE_LENGTHS]
    return f"{', '.join(words[:-1])} or {words[-1]}"
