"""The Trainer: runs trainings in a separate process, which loads scikit-learn.

scikit-learn takes 110 MB, which a process never releases, and a second to load, in which a thread would block keys
(measured in docs/benchmarks.md). The process starts with the first mark, receives only marks that it does not have
yet, and ends after a minute without training.
"""

import json
import os
import subprocess
import sys
from base64 import b64decode
from contextlib import suppress
from threading import Lock, Timer

from ..filters.examples import Unmarked
from ..models.errors import QuietfeedError, RecordError
from ..models.mark import Mark
from .trainer_worker import encode_request
from .training_job import TrainingJob

_RUN = "from quietfeed.session.trainer_worker import serve; serve()"


class TrainingError(QuietfeedError):
    """No model could be trained. The marks are stored; the next one triggers a new attempt."""


class Trainer:
    """Trains jobs one after the other. `learn` blocks, so call it in a thread."""

    def __init__(self, idle: float, program: str = _RUN) -> None:
        """`idle`: seconds without a job after which the process ends. `program`: the Python code that it runs."""
        self._program = program
        self._idle = idle
        self._lock = Lock()
        """Held during a training."""
        self._starting = Lock()
        """Held while the process starts, so that `close` cannot miss it."""
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._sent: dict[int, tuple[Mark, int]] = {}
        self._end: Timer | None = None
        self._trainings = 0

    def learn(self, job: TrainingJob) -> None:
        """Train a job and set its weights. Raises TrainingError, and StoreError from reading marks."""
        with self._lock:
            if self._end is not None:
                self._end.cancel()
            self._trainings += 1
            marks = job.marks
            try:
                data = b""
                if marks:
                    data = self._train(marks, job.examples(marks))
                job.set_weights(data)
            except (OSError, EOFError, ValueError, RecordError) as error:
                self._end_process()
                raise TrainingError(
                    f"Your marks are stored, but the training process ended ({error}): the next mark starts it again."
                ) from None
            self._end = Timer(self._idle, self._end_if_idle, (self._trainings,))
            self._end.daemon = True
            self._end.start()

    def close(self) -> None:
        """End the process, even during a training. A job that a thread still holds starts no other one."""
        with self._starting:
            self._closed = True
        if self._end is not None:
            self._end.cancel()
        self._end_process()

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    # Closing flushes what the ended process did not read, which fails; the pipe is closed even so.
                    with suppress(OSError):
                        pipe.close()

    def _end_if_idle(self, trainings: int) -> None:
        """End the process unless a training began after so many trainings."""
        with self._lock:
            if self._trainings == trainings:
                self._end_process()

    def _train(self, marks: list[Mark], unmarked: Unmarked) -> bytes:
        """The encoded weights trained from the marks. Marks that the process already has are sent as numbers."""
        process = self._process
        if process is None or process.poll() is not None:
            self._end_process()
            with self._starting:
                if self._closed:
                    raise EOFError("quietfeed is closing")
                self._process = process = _start(self._program)
            self._sent = {}
        assert process.stdin is not None
        assert process.stdout is not None
        new = [mark for mark in marks if id(mark) not in self._sent]
        # Storing the mark with its number keeps it alive, so that its id is not reused.
        self._sent |= {id(mark): (mark, len(self._sent) + number) for number, mark in enumerate(new)}
        process.stdin.write(encode_request(new, [self._sent[id(mark)][1] for mark in marks], unmarked))
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise EOFError("no response")
        response = json.loads(line)
        if "learned" not in response:
            raise OSError(response["error"])
        return b64decode(response["learned"])


def _start(program: str) -> "subprocess.Popen[bytes]":
    # The same import path without the current folder, and one thread, which suffices for so few rows.
    path = os.pathsep.join(part for part in sys.path if part)
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        # Ctrl+C in the terminal must not reach this process.
        start_new_session=True,
    )
