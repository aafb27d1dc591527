"""A changed handle and forgetting, by the commands and in the linear mode."""

import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from quietfeed.models.account import Account
from quietfeed.models.mark import PersonMark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_changed_handle_is_a_question_that_can_be_answered(run: Run, home: Path) -> None:
    me = Account("mastodon", "http://127.0.0.1:1", "me@here.example", "9")
    with closing(Archive(find_places(home).database)) as archive:
        archive.add_account(me)
        for number, handle in enumerate(("ada@here.example", "bea@here.example")):
            at = datetime(2026, 11, 23, number, tzinfo=UTC)
            author = Person("1", handle, "Ada", network="mastodon", created_at=at - timedelta(days=900))
            archive.posts.save(me.key, [Post(f"{number}", author, "hello", me.key, "mastodon", at)], at)
            archive.person_marks.set(PersonMark(me.key, "1", handle, "vouched", at))
    question = "Is @bea@here.example still the person you vouched for as @ada@here.example?"
    assert question in run("join").stdout
    assert '"kind": "renamed"' in run("join", "--json").stdout
    said = run("--plain", stdin="proposals\nproposals 1 yes\nproposals\nforget\nforget yes\nq\n").stdout
    assert f"1: {question}" in said
    assert "bea@here.example is the person you vouched for: the vouch stays." in said
    assert "No proposals." in said
    assert "Forget bea@here.example" in said
    assert "Type forget yes to do it." in said
    assert "Forgot bea@here.example: 2 posts" in said
    assert question not in run("join").stdout
