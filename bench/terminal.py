"""Runs a program in a pseudo-terminal and measures what it shows, when, and at what cost."""

import os
import pty
import re
import select
import struct
import subprocess
import time
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from types import TracebackType

_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_].*?\x1b\\|.)", re.DOTALL)
_ASKS = re.compile(rb"\x1b\[6n")


class Terminal:
    """A running program with 100x36 characters. The end of the `with` block kills it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], rows: int = 36) -> None:
        self._leader, follower = pty.openpty()
        ioctl(follower, TIOCSWINSZ, struct.pack("HHHH", rows, 100, 0, 0))
        whole = {**os.environ, "TERM": "xterm-256color", **environment}
        whole.pop("PYTHONDONTWRITEBYTECODE", None)
        self.seen = b""
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=follower, stdout=follower, stderr=follower, env=whole, start_new_session=True
        )
        os.close(follower)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._leader)

    def press(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self._leader, keys)

    def read(self, seconds: float) -> bytes:
        """The next output within a number of seconds; b"" if there is none or the program has ended."""
        if not select.select([self._leader], [], [], max(seconds, 0))[0]:
            return b""
        try:
            new = os.read(self._leader, 65_536)
        except OSError:
            return b""
        if _ASKS.search(new):
            self.press(b"\x1b[1;1R")
        self.seen += new
        return new

    def until(self, text: bytes, seconds: float = 30) -> float:
        """The seconds from the program's start until it drew a text. Raises TimeoutError."""
        while time.perf_counter() - self.begun < seconds:
            self.read(0.1)
            if text in words(self.seen):
                return time.perf_counter() - self.begun
            if self._process.poll() is not None:
                break
        raise TimeoutError(f"{text!r} was not drawn; the last was {words(self.seen)[-400:]!r}")

    def quiet(self, seconds: float = 0.3) -> None:
        """Wait until nothing was drawn for a number of seconds."""
        while self.read(seconds):
            pass

    def processor(self) -> float:
        """The processor time of the program in seconds (Linux)."""
        fields = self._about("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident memory in MB (Linux)."""
        return resident(self._process.pid)

    def _about(self, what: str) -> str:
        with open(f"/proc/{self._process.pid}/{what}", encoding="utf-8") as file:
            return file.read()


def resident(process: int | str = "self") -> float:
    """The resident memory of a process in MB (Linux)."""
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def words(drawn: bytes) -> bytes:
    """The drawn text without escape sequences."""
    return _ESCAPES.sub(b"", drawn)
