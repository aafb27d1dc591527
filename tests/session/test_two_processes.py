"""Two processes on one file, as `quietfeed sync` by a timer with open screens: each sees the other's changes."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.verdict import Level
from quietfeed.phrases.reasons import reason_text
from quietfeed.session import Session, open_session
from quietfeed.session.sync import ignore_progress
from quietfeed.store.archive import Archive

Two = tuple[Session, Session, Any]


@pytest.fixture
async def two(mastodon: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Two]:
    """The screens, which have fetched ten posts; another process, and the server of both."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    server = mastodon(posts=10)
    screens = open_session()
    await screens.signing_in.flow.with_token("mastodon", server.url, "good")
    screens.signing_in.reload()
    await screens.fetching.refresh(ignore_progress)
    other = open_session()
    other.timeline.load()
    yield screens, other, server
    await screens.close()
    await other.close()


async def test_posts_that_another_process_fetched_come_with_the_next_refresh(two: Two) -> None:
    screens, other, server = two
    server.world.home[:0] = [server.world.status(-n) for n in range(5, 0, -1)]
    assert len((await other.fetching.refresh(ignore_progress)).new) == 5
    arrival = await screens.fetching.refresh(ignore_progress)
    assert len(arrival.new) == 5
    assert [judged.key for judged in screens.timeline.posts] == [judged.key for judged in other.timeline.posts]
    assert set(arrival.new) <= set(screens.unread.unread)
    assert (await screens.fetching.refresh(ignore_progress)).new == ()


async def test_posts_outside_the_loaded_range_are_not_added(two: Two) -> None:
    screens, other, server = two
    keys = [judged.key for judged in screens.timeline.posts]
    screens.timeline.trim(1, 2, keys[4], keys[5])
    server.world.home[:0] = [server.world.status(-1)]
    await other.fetching.refresh(ignore_progress)
    above = screens.timeline.above
    assert (await screens.fetching.refresh(ignore_progress)).new == ()
    assert [judged.key for judged in screens.timeline.posts] == keys[3:8]
    assert screens.timeline.above == above
    screens.timeline.start_at_newest()
    assert (await screens.fetching.refresh(ignore_progress)).new == ()
    assert screens.timeline.posts == []


async def test_marks_of_another_process_count_and_are_trained(two: Two) -> None:
    screens, other, _ = two
    marked, mine = (other.timeline.posts[number] for number in (6, 3))
    other.marks.set(marked.key, "spam")
    other.people.vouch(screens.timeline.posts[8].key)
    screens.marks.set(mine.key, "sales")
    job = screens.learning.make_job()
    assert {mark.context.post.key for mark in job.marks if mark.category != "person"} == {marked.key, mine.key}
    job.set_weights(b"")
    screens.learning.apply(job)
    assert not screens.learning.pending
    judged = screens.timeline.get(marked.key)
    assert judged is not None
    assert (judged.mark, judged.verdict.strictest_level) == ("spam", Level.everything)
    assert reason_text(screens.timeline.posts[8].verdict.reasons[0]).startswith("you vouched for")
    other.marks.remove(marked.key)
    await screens.fetching.refresh(ignore_progress)
    again = screens.timeline.get(marked.key)
    assert again is not None
    assert again.mark is None
    assert screens.learning.pending


START_AT_ONCE = """
import os, sys
from pathlib import Path
from quietfeed.store.archive import Archive

start, go = os.pipe()
children = []
for number in range(3 * 5):
    children.append(os.fork())
    if not children[-1]:
        os.close(go)
        os.read(start, 1)
        archive = Archive(Path(sys.argv[1]) / str(number // 3) / "quietfeed.db")
        archive.set_state(**{f"process{number}": "started"})
        print(archive.notice, end="", flush=True)
        os._exit(0)
os.close(go)
assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * len(children)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_processes_that_start_at_once_for_the_first_time_share_one_file(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", START_AT_ONCE, str(tmp_path)], capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    for home in tmp_path.iterdir():
        with closing(Archive(home / "quietfeed.db")) as archive:
            states = [archive.get_state(f"process{number}") for number in range(15)]
        assert states.count("started") == 3
