"""The Trainer: training in a separate process has the same result as here, and the process ends when idle or killed."""

import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from quietfeed.filters.base_model import base_model
from quietfeed.filters.examples import Unmarked
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Category
from quietfeed.session.trainer import Trainer, TrainingError
from quietfeed.session.trainer_worker import _decoded, _encoded
from quietfeed.session.training_job import TrainingJob

NOW = datetime(2026, 5, 4, tzinfo=UTC)
TEXTS: list[tuple[str, Category]] = [("use code A1 for 20% off", "sales"), ("the heron came back", "person")] * 6


def marks(count: int) -> list[Mark]:
    return [
        Mark(PostContext(Post(str(n), Person("", ""), f"{text} {n}")), category, NOW + timedelta(seconds=n))
        for n, (text, category) in enumerate(TEXTS[:count])
    ]


def here(of: list[Mark]) -> TrainingJob:
    job = TrainingJob("", of)
    job.run()
    return job


SERVE = "from quietfeed.session.trainer_worker import serve; serve()"


@pytest.fixture
def trainer() -> Iterator[Trainer]:
    trainer = Trainer(idle=60.0)
    yield trainer
    trainer.close()


def apart(trainer: Trainer, of: list[Mark]) -> TrainingJob:
    job = TrainingJob("", of)
    trainer.learn(job)
    return job


def process(trainer: Trainer) -> "subprocess.Popen[bytes]":
    assert trainer._process is not None
    return trainer._process


def test_the_process_learns_what_is_learned_here_and_starts_again_when_it_died(trainer: Trainer) -> None:
    twelve = marks(12)
    assert apart(trainer, twelve[:10]).data == here(twelve[:10]).data
    first = process(trainer)
    # More marks, one undone, and in another order.
    rest = [*twelve[1:], twelve[0]]
    assert apart(trainer, rest).data == here(rest).data
    assert process(trainer) is first
    assert len(trainer._sent) == 12
    # A new process gets all marks again.
    first.kill()
    first.wait()
    assert apart(trainer, twelve).data == here(twelve).data
    second = process(trainer)
    trainer.close()
    assert second.poll() is not None
    assert trainer._process is None


def test_unmarked_posts_of_the_last_training_are_the_same_objects() -> None:
    records = [_encoded(mark.context) for mark in marks(3)]
    known: dict[bytes, PostContext] = {}
    first = _decoded(records[:2], known)
    assert first == [mark.context for mark in marks(2)]
    known = dict(zip(map(bytes, records), first, strict=False))
    again = _decoded(records, known)
    assert again[0] is first[0]
    assert again[1] is first[1]
    assert again[2] == marks(3)[2].context


def test_no_marks_need_no_process(trainer: Trainer) -> None:
    job = apart(trainer, [])
    assert job.weights is base_model()
    assert trainer._process is None


def test_a_killed_process_is_one_sentence_and_an_idle_one_ends(tmp_path: Path) -> None:
    dies_once = f"""
import pathlib, sys
died = pathlib.Path({str(tmp_path / "died")!r})
if not died.exists():
    died.touch()
    sys.stdin.buffer.readline()
    sys.exit()
{SERVE}
"""
    trainer = Trainer(idle=0.01, program=dies_once)
    with pytest.raises(TrainingError, match=r"^Your marks are stored, but .*: the next mark starts it again\.$"):
        apart(trainer, marks(4))
    assert apart(trainer, marks(4)).weights is not None
    assert trainer._end is not None
    trainer._end.join()
    assert trainer._process is None


def test_a_process_that_stops_reading_is_one_sentence() -> None:
    # The request stays in the buffer of the pipe, and closing the pipe flushes it again.
    reads_once = """
import os, signal, sys, types
from quietfeed.session.trainer_worker import serve
request = sys.stdin.buffer.readline()
os.close(0)
sys.stdin = types.SimpleNamespace(buffer=[request])
serve()
signal.pause()
"""
    trainer = Trainer(idle=60.0, program=reads_once)
    apart(trainer, marks(2))
    with pytest.raises(TrainingError, match=r"Broken pipe"):
        apart(trainer, marks(4))
    assert trainer._process is None


def test_errors_in_the_training_process_are_reported() -> None:
    trainer = Trainer(idle=60.0, program=f"import sys; sys.modules['sklearn'] = None; {SERVE}")
    with pytest.raises(TrainingError, match=r"sklearn"):
        apart(trainer, marks(4))
    trainer.close()


class Slow:
    """The examples of a job, which are read until a test lets go."""

    def __init__(self) -> None:
        self.begun, self.ends = Event(), Event()

    def __call__(self, marks: Sequence[Mark]) -> Unmarked:
        self.begun.set()
        assert self.ends.wait(60)
        return Unmarked()


TRAINS_NOTHING = """
import json, sys
from base64 import b64encode
from quietfeed.codec.weights import weights_to_bytes
from quietfeed.filters.base_model import base_model
for _ in sys.stdin:
    print(json.dumps({"learned": b64encode(weights_to_bytes(base_model())).decode()}), flush=True)
"""


def test_closing_while_a_job_is_prepared_starts_no_process() -> None:
    trainer, slow = Trainer(idle=60.0, program=TRAINS_NOTHING), Slow()
    with ThreadPoolExecutor(1) as thread:
        training = thread.submit(trainer.learn, TrainingJob("", marks(2), slow))
        assert slow.begun.wait(60)
        trainer.close()
        slow.ends.set()
        with pytest.raises(TrainingError, match="closing"):
            training.result(60)
    assert trainer._process is None


def test_the_process_ends_when_idle_even_if_the_training_is_just_about_to_return() -> None:
    trainer = Trainer(idle=60.0, program=TRAINS_NOTHING)
    apart(trainer, marks(2))
    with ThreadPoolExecutor(1) as thread:
        with trainer._lock:
            end = thread.submit(trainer._end_if_idle, trainer._trainings)
            assert not end.done()
        end.result(60)
    assert trainer._process is None
    trainer.close()


def test_the_process_does_not_end_after_a_newer_training() -> None:
    trainer, slow = Trainer(idle=60.0, program=TRAINS_NOTHING), Slow()
    apart(trainer, marks(2))
    with ThreadPoolExecutor(2) as threads:
        training = threads.submit(trainer.learn, TrainingJob("", marks(2), slow))
        assert slow.begun.wait(60)
        end = threads.submit(trainer._end_if_idle, 1)
        slow.ends.set()
        training.result(60)
        end.result(60)
    assert process(trainer).poll() is None
    trainer.close()
