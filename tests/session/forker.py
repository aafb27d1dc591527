"""Runs a function repeatedly in a new process that a test kills; the modules are imported once.

The script calls `serve`; the test starts it as a `Forker`. kill -9 of a forked process has the same effect as of a
started one: it has opened its own files and connections.
"""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from quietfeed.session import Session


def patient(session: Session) -> Session:
    """A session that waits for a minute while another process locks the database, whose disk may be slow."""
    session._archive._db.rows("pragma busy_timeout = 60000")
    return session


def serve(run: Callable[[], None]) -> None:
    """For each line on standard input, call `run` in a fork; print the id of its process, then its exit code."""
    # Modules that a run would import lazily.
    import quietfeed.sources.bluesky.source
    import quietfeed.sources.mastodon.source  # noqa: F401

    for _ in sys.stdin:
        process = os.fork()
        if process == 0:
            try:
                run()
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(process, flush=True)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


class Forker:
    """A script that serves forks. One run at a time."""

    def __init__(self, script: Path, home: Path, wanted: Sequence[str]) -> None:
        home.joinpath("wanted").write_text("\n".join(wanted), "utf-8")
        environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        self._script = subprocess.Popen([sys.executable, str(script), str(home)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=environment, text=True)  # fmt: skip
        self._run = 0

    def start(self) -> None:
        """Begin a run."""
        assert self._script.stdin is not None
        self._script.stdin.write("go\n")
        self._script.stdin.flush()
        self._run = self._read()

    def alive(self) -> bool:
        """Whether the run is still going on."""
        try:
            os.kill(self._run, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> int:
        """Kill the run; returns its exit code, -9 unless it had ended already."""
        # It may end at this moment.
        with suppress(ProcessLookupError):
            os.kill(self._run, signal.SIGKILL)
        return self.wait()

    def wait(self) -> int:
        """The exit code of the run."""
        return self._read()

    def close(self) -> None:
        """End the script."""
        assert self._script.stdin is not None
        assert self._script.stdout is not None
        self._script.stdin.close()
        self._script.wait()
        self._script.stdout.close()

    def _read(self) -> int:
        assert self._script.stdout is not None
        return int(self._script.stdout.readline())
