"""Runs a program at a pseudo-terminal: reads its output and types keys, without sleeping."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

SECONDS = 60.0
"""How long something may take on a busy machine."""


class Terminal:
    """Runs a command as a session leader with a terminal of 30 lines and 100 columns.

    It is the controlling terminal of the command, unless `controls` is false.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, controls: bool = True) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", **environment},
            start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if controls else None,
        )
        os.close(theirs)
        self.seen = ""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.close()

    def close(self) -> None:
        """Close the terminal, as its window does."""
        if self._ours >= 0:
            os.close(self._ours)
        self._ours = -1

    def read_until(self, pattern: str) -> re.Match[str]:
        """Wait for a pattern in the output since the last `forget`."""
        end = time.monotonic() + SECONDS
        while (found := re.search(pattern, self.seen)) is None:
            assert time.monotonic() < end, self.seen[-2_000:]
            assert self._read() or re.search(pattern, self.seen), self.seen[-2_000:]
        return found

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 1)
        if not ready:
            return True
        try:
            text = os.read(self._ours, 65536).decode(errors="replace")
        except OSError:
            # The other end is closed.
            return False
        self.seen += text
        return bool(text)

    def forget(self) -> None:
        """Forget the output up to now."""
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def ended(self) -> int:
        """The exit status, once all output was read."""
        end = time.monotonic() + SECONDS
        while self._read():
            assert time.monotonic() < end, self.seen[-2_000:]
        return self.process.wait(SECONDS)
