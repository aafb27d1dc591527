"""`quietfeed --plain`: one post at a time in plain lines, for screen readers, slow connections and pipes.

It only reads and prints lines, without drawing, cursor movement or colours. The keys are those of the screens, each
followed by Enter.
"""

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TextIO

from ..models.errors import NotFound, QuietfeedError, StoreError
from ..models.verdict import Level
from ..phrases.changes import change_text
from ..phrases.errors import error_text
from ..phrases.plain_keys import no_key, plain_help
from ..session import Session
from ..session.browser import can_open
from ..session.logfile import report_unexpected
from ..session.networks import sign_in_commands
from .plain_actions import action_commands
from .plain_changes import Changing
from .plain_keys import parse, takes, words_of
from .plain_links import open_or_list
from .plain_look import look_commands
from .plain_outbox import waiting_lines
from .plain_reader import Reader
from .plain_review import offer_line
from .plain_words import counts_text

PlainCommand = Callable[[int, str], None]
"""Runs an action with the count before its key and the text after it."""


def run_plain(session: Session) -> int:
    """Run until the user quits or the input ends. Raises QuietfeedError without an account."""
    with asyncio.Runner() as runner:
        try:
            if not session.accounts:
                raise NotFound(
                    f"There is no account yet: {sign_in_commands()} signs in,"
                    " `quietfeed --plain --demo` opens a demo world."
                )
            return Plain(session, runner, sys.stdin, interactive=sys.stdin.isatty()).run()
        finally:
            runner.run(session.close())


class Plain:
    """The loop of --plain over a session.

    With `interactive` (a terminal) it prints a prompt, opens links, and does not wait for training. With a pipe the
    output of each command is complete before the next line is read.
    """

    def __init__(self, session: Session, runner: asyncio.Runner, typed: TextIO, *, interactive: bool) -> None:
        self.session = session
        self.reader = Reader(session, runner, typed)
        self._changing = Changing(self.reader)
        self._interactive = interactive
        self.commands = self._commands()

    def _commands(self) -> Mapping[str, PlainCommand]:
        """The functions of the actions, by their ids in phrases/action_table.py."""
        return {
            **self.reader.commands(),
            **look_commands(self.reader),
            **self._changing.commands(),
            **action_commands(self.reader),
            "open_link": self._open_link,
            **{f"level_{level.value}": partial(self._switch, level) for level in Level},
            "help": self._help,
        }

    def run(self) -> int:
        """Run the loop, and always store the position at its end."""
        session = self.session
        words = words_of(session.config.keys)
        self._changing.report_training()
        try:
            self._begin()
            while not self.reader.leaving:
                if self._interactive:
                    sys.stdout.write("> ")
                sys.stdout.flush()
                line = self.reader.typed.readline()
                if not line:
                    break
                session.learning.advance(wait=not self._interactive)
                self._dispatch(line.strip(), words)
        finally:
            # Reading succeeded even if the position cannot be stored.
            with suppress(StoreError):
                session.timeline.save_reading(self.reader.feed.here)
        return 0

    def _begin(self) -> None:
        session = self.session
        if not session.timeline.posts:
            session.timeline.load()
        self.reader.feed.update()
        if not session.signing_in.is_demo:
            self.reader.print_lines("Fetching new posts; Ctrl+C stops and reads the stored ones.")
            self.reader.print_lines(self.reader.arrived(self.reader.ask(session.fetching.refresh(self.reader.report))))
            notices = self.reader.ask(session.upkeep.run()) or []
            self.reader.print_lines(*waiting_lines(session), *notices, *offer_line(session))
            for change in session.people.end_due_mutes():
                self.reader.print_lines(change_text(change, session.clock.now()))
            self.reader.feed.update()
        counts = session.timeline.settled_counts()
        self.reader.print_lines(f"quietfeed at level {session.timeline.level.name}: {counts_text(counts)}.")
        self.reader.print_lines("Type a key and Enter; Enter alone reads the next post, ? and Enter lists all keys.")
        if not self.reader.feed.keys:
            self.reader.more()
        place = session.timeline.place()
        place = next((first for first, group in self.reader.feed.folds.items() if place in group), place)
        if place in self.reader.feed.keys:
            self.reader.feed.go(place)
        else:
            self.reader.feed.at = 0
        self.reader.read()
        session.learning.start_without_loop()

    def _dispatch(self, line: str, words: dict[str, str]) -> None:
        action, count, rest = parse(line, words)
        command = self.commands.get(action)
        if command is None:
            self.reader.print_lines(no_key(line[:40]))
            return
        if not takes(action, rest):
            word = line[: len(line) - len(rest)].strip()
            self.reader.print_lines(f"Nothing was done: {word} and Enter works without the text {rest[:40]!r}.")
            return
        try:
            command(count, rest)
        except QuietfeedError as error:
            self.reader.print_lines(error_text(error))
        except OSError:
            # Standard output is closed, so no error can be printed.
            raise
        except Exception as error:
            self.reader.print_lines(report_unexpected(error, f"--plain {action}"))

    def _open_link(self, _count: int, rest: str) -> None:
        """Open a link; if there are several, list them with their numbers."""
        open_or_list(self.reader, rest, opens=self._interactive and can_open())

    def _switch(self, level: Level, _count: int, _rest: str) -> None:
        self.session.timeline.set_level(level)
        counts = self.session.timeline.settled_counts()
        self.reader.print_lines(f"Level {level.name}: {counts_text(counts)}.")
        self.reader.feed.update(stay=False)
        self.reader.walk.update()
        self.reader.read()

    def _help(self, _count: int, _rest: str) -> None:
        """Print all keys."""
        self.reader.print_lines(*plain_help())
