"""The Trainer: a process of its own in which scikit-learn is loaded and marks are learned.

scikit-learn takes 110 MB, which no process gives back, and a second to load, in which a thread beside the screens lets
keys wait. Measured both ways (docs/benchmarks.md); so what learns is started at the first mark, told only of marks that
it does not know yet, and ended when nothing was learned for a minute.
"""

import json
import os
import subprocess
import sys
from base64 import b64decode
from threading import Lock, Timer

from ..models.context import PostContext
from ..models.errors import QuietfeedError, RecordError
from ..models.mark import Mark
from .trainer_worker import encode_request
from .training_job import TrainingJob

_RUN = "from quietfeed.session.trainer_worker import serve; serve()"


class TrainingFailed(QuietfeedError):
    """No model could be trained; the marks are stored, and the next one tries again."""


class Trainer:
    """Trains one job after the other. `learn` blocks, so it is called in a thread."""

    def __init__(self, idle: float, program: str = _RUN) -> None:
        """`idle`: seconds without a job after which the process ends. `program`: the Python code that it runs."""
        self._program = program
        self._idle = idle
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._told: dict[int, tuple[Mark, int]] = {}
        self._end: Timer | None = None

    def learn(self, job: TrainingJob) -> None:
        """Bring a job its weights. Raises TrainingFailed, and what reading kept marks raises."""
        with self._lock:
            if self._end is not None:
                self._end.cancel()
            marks = job.marks
            try:
                job.learned(self._ask(marks, job.examples(marks)) if marks else b"")
            except (OSError, EOFError, ValueError, RecordError) as error:
                self.close()
                raise TrainingFailed(
                    f"What was marked is kept, but the process that learns from it ended ({error}):"
                    " the next mark tries again."
                ) from None
            self._end = Timer(self._idle, self._close_if_idle)
            self._end.daemon = True
            self._end.start()

    def close(self) -> None:
        """End the process, also while it trains. It starts again when it is needed."""
        if self._end is not None:
            self._end.cancel()
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _close_if_idle(self) -> None:
        if self._lock.acquire(blocking=False):
            try:
                self.close()
            finally:
                self._lock.release()

    def _ask(self, marks: list[Mark], examples: list[PostContext]) -> bytes:
        """What was learned from the marks. Of those that the process knows already, only their numbers are sent."""
        process = self._process
        if process is None or process.poll() is not None:
            process, self._told = _start(self._program), {}
            self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        new = [mark for mark in marks if id(mark) not in self._told]
        # The mark is kept beside its number, so that its id stays its own.
        self._told |= {id(mark): (mark, len(self._told) + number) for number, mark in enumerate(new)}
        process.stdin.write(encode_request(new, [self._told[id(mark)][1] for mark in marks], examples))
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise EOFError("it is gone")
        told = json.loads(line)
        if "learned" not in told:
            raise OSError(told["error"])
        return b64decode(told["learned"])


def _start(program: str) -> "subprocess.Popen[bytes]":
    # It finds the same modules, and none in the folder it happens to be started in; on one core, for so few rows.
    path = os.pathsep.join(part for part in sys.path if part)
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        # ctrl+c at a terminal is meant for the reader.
        start_new_session=True,
    )
