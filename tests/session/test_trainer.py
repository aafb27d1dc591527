"""The Trainer: training in a separate process has the same result as here, and the process ends when idle or killed."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quietfeed.filters.base_model import base_model
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Category
from quietfeed.session.trainer import Trainer, TrainingError
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
