"""`quietfeed join` and `unjoin` as scripts use them: their output and their exit status."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quietfeed.models.account import Account
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Relationship
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places

Run = Callable[..., subprocess.CompletedProcess[str]]
NOW = datetime.now(UTC) - timedelta(hours=1)
ME = Account("mastodon", "http://127.0.0.1:9", "me@here.example", "1")
MINE = Account("bluesky", "http://127.0.0.1:9", "me.example", "did:plc:me")
ADA = Person("7", "ada@here.example", "Ada", "tea", "mastodon", links=("https://bsky.app/profile/ada.example",))
SKY = Person("did:plc:ada", "ada.example", "Ada", "@ada@here.example", "bluesky")


@pytest.fixture(autouse=True)
def _store(home: Path) -> None:
    """A store in which Ada is a friend on Mastodon and a stranger on Bluesky."""
    archive = Archive(find_places(home).database)
    for number, (account, person) in enumerate(((ME, ADA), (MINE, SKY))):
        archive.add_account(account)
        post = Post(person.handle, person, "hello", account.key, account.network, NOW - timedelta(minutes=number))
        archive.posts.save(account.key, [post], NOW)
    archive.ties.save_relationships(ME.key, [Relationship("7", True, True)], NOW)
    archive.close()


def said(answer: subprocess.CompletedProcess[str]) -> str:
    assert answer.returncode == 0, answer.stderr
    assert not answer.stderr
    return answer.stdout.strip()


def test_two_handles_are_joined_listed_and_parted(run: Run) -> None:
    assert said(run("join")) == (
        "ada@here.example (Mastodon) and ada.example (Bluesky): their profiles link to each other;"
        " `quietfeed join ada@here.example ada.example` joins them"
    )
    assert said(run("join", "@ada@here.example", "ADA.example")).startswith(
        "ada@here.example and ada.example are one person now"
    )
    assert said(run("join")) == (
        "ada.example (Bluesky) and ada@here.example (Mastodon): known; you follow each other; all of it on Mastodon"
    )
    ties = [json.loads(line)["tie"] for line in said(run("timeline", "--json", "--all")).splitlines()]
    assert [tie["follows_you"] for tie in ties] == [True, True]
    assert said(run("unjoin", "ada.example")) == "ada.example and ada@here.example are separate people again"
    assert said(run("join")) == "no joined people and no proposals"


def test_a_file_joins_the_handles_of_each_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "same.txt"
    file.write_text("# mine\n\nada@here.example, ada.example  # Ada\nnobody@here.example x.example\nalone.example\n")
    answer = run("join", "--file", str(file))
    assert answer.returncode == 1
    assert answer.stdout.startswith("ada@here.example and ada.example are one person now")
    assert [line.partition(":")[0] for line in answer.stderr.splitlines()] == ["quietfeed"] * 2
    assert "line 4: No account has seen" in answer.stderr
    assert "line 5: a line needs two handles" in answer.stderr


def test_machine_output_is_an_object_a_person(run: Run) -> None:
    two = [
        {"handle": "ada.example", "person": "did:plc:ada", "account": MINE.key},
        {"handle": "ada@here.example", "person": "7", "account": ME.key},
    ]
    assert json.loads(said(run("join", "--json"))) == {"proposed": two[::-1], "reason": "mutual"}
    joined = {
        "joined": two,
        "tie": {"you_follow": True, "follows_you": True},
        "tie_name": "known",
        "evidence": "you follow each other; all of it on Mastodon",
    }
    assert json.loads(said(run("join", "ada.example", "ada@here.example", "--json"))) == joined
    assert json.loads(said(run("join", "--json"))) == joined
    exported = said(run("export", "marks"))
    assert json.loads(exported)["joined"] == two
    alone = json.loads(said(run("unjoin", "ada.example", "--json")))
    # No request was sent to her server yet.
    evidence = "your relationship is not known yet"
    assert alone == {"joined": two[:1], "tie": {}, "tie_name": "stranger", "evidence": evidence}
    assert said(run("import", "-", stdin=exported)) == "1 marks, 0 ties, 0 posts"


def test_a_proposal_is_rejected_for_good(run: Run) -> None:
    assert "does not propose them again" in said(run("unjoin", "ada.example", "ada@here.example"))
    assert said(run("join", "--json")) == ""


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["join", "ada.example", "nobody.example"], 1, "No account has seen nobody.example yet"),
        (["unjoin", "nobody.example"], 1, "No account has seen nobody.example yet"),
        (["join", "ada.example", "@ada.example"], 1, "These are the same handle"),
        (["join", "ada.example"], 2, "join needs two handles of one person"),
        (["unjoin", "ada.example", "ada.example"], 2, "unjoin needs two different people"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run: Run, arguments: list[str], status: int, sentence: str) -> None:
    answer = run(*arguments)
    assert answer.returncode == status
    assert answer.stdout == ""
    assert sentence in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_the_linear_mode_joins_parts_and_undoes(run: Run) -> None:
    answer = run(
        "--plain", stdin="\n".join(["J", "J no", "u", "a", "q", "J ada.example", "J", "J off", "J x.y", "q", ""])
    )
    assert answer.returncode == 0
    assert "Traceback" not in answer.stderr
    told = answer.stdout.splitlines()
    assert sum("their profiles link to each other. J ada" in line for line in told) == 2
    assert any("does not propose them again" in line for line in told)
    assert any("are one person now" in line for line in told)
    assert any(line.endswith("joined by you; J off unjoins them.") for line in told)
    assert any("are separate people again" in line for line in told)
    assert any(line.startswith("No account has seen x.y yet") for line in told)
