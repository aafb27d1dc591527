"""Imports: archives, lists, repositories, address books, and malicious files."""

import importlib.util
import io
import json
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from quietfeed.models.errors import QuietfeedError, RecordError, UsageError
from quietfeed.models.imported import ImportedFile, ImportedPerson
from quietfeed.sources.importing import read_file
from quietfeed.sources.registry import handles_in
from quietfeed.sources.x.scan import objects

FILES = Path(__file__).parent.parent / "files"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    """The script that made the files."""
    spec = importlib.util.spec_from_file_location("make", FILES / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def people(file: ImportedFile) -> dict[str, ImportedPerson]:
    return {each.handle or each.id: each for each in file.people}


def at(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize("name", ["x-2018.zip", "x-2020.zip", "x-2022.zip"])
def test_every_layout_of_the_archive_gives_the_same_ties(name: str) -> None:
    file = read_file(FILES / name)
    assert (file.kind, file.network, file.skipped) == ("archive", "x", 0)
    assert file.account is not None
    assert (file.account.handle, file.account.remote_id) == ("me", "1")
    assert dict(file.counts) == {"post": 4, "following": 3, "follower": 2, "block": 1, "conversation": 1, "like": 2}
    found = people(file)
    assert found.keys() == {"ada", "bob", "13", "14"}
    ada = found["ada"].tie
    assert (ada.you_follow, ada.follows_you, ada.replies_from_you) == (True, True, 2)
    assert (ada.direct_to_you, ada.direct_from_you) == (1, 1)
    assert (ada.first_contact, ada.last_to_you) == (at(2009, 3, 7, 10), at(2015, 1, 15, 12))
    assert ada.last_from_you == at(2015, 1, 14, 12)
    bob = found["bob"].tie
    assert (bob.mentions_from_you, bob.boosts_from_you, bob.follows_you) == (1, 1, None)
    assert found["14"].muted


def test_the_repository_is_read_through_its_tree() -> None:
    file = read_file(FILES / "repository.car")
    assert (file.kind, file.owner) == ("repository", "did:plc:" + "m" * 24)
    found = people(file)
    ada, bob = found["did:plc:" + "a" * 24].tie, found["did:plc:" + "b" * 24].tie
    assert (ada.you_follow, ada.likes_from_you, ada.replies_from_you) == (True, 2, 1)
    assert (ada.first_contact, ada.last_from_you) == (at(2023, 6, 1, 10), at(2023, 9, 1, 10))
    assert (bob.boosts_from_you, bob.mentions_from_you) == (1, 1)
    assert found["did:plc:" + "c" * 24].muted
    assert "did:plc:" + "m" * 24 not in found


@pytest.mark.parametrize(
    ("name", "kind", "handles"),
    [
        ("following_accounts.csv", "follows", ["ada@there.example", "bob@here.example"]),
        ("lists.csv", "lists", ["ada@there.example", "carla@there.example"]),
        ("muted_accounts.csv", "mutes", ["loud@there.example"]),
        ("blocked_accounts.csv", "blocks", ["rude@there.example"]),
        ("bookmarks.csv", "bookmarks", []),
        ("domain_blocks.csv", "domains", []),
    ],
)
def test_each_list_is_recognised(name: str, kind: str, handles: list[str]) -> None:
    file = read_file(FILES / name)
    assert file.kind == kind
    assert list(people(file)) == handles
    assert all(each.muted == (kind in ("mutes", "blocks")) for each in file.people)
    assert all(each.muted or each.tie.you_follow for each in file.people)


def test_a_list_without_header_and_name_needs_a_question(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("ada@there.example\n", "utf-8")
    with pytest.raises(UsageError, match=r"--as"):
        read_file(path)
    assert read_file(path, "follows").people[0].tie.you_follow


def test_contacts_of_both_versions_name_handles() -> None:
    (ada,) = read_file(FILES / "contacts-3.vcf").contacts
    assert (ada.name, ada.mails) == ("Ada Example", ("ada@mail.example",))
    assert [handles_in(each) for each in ada.addresses] == [[("mastodon", "ada@there.example")], [("x", "ada")]]
    file = read_file(FILES / "contacts-4.vcf")
    assert file.skipped == 1
    assert file.contacts[0].name == "Bob, the other"
    assert {pair for each in file.contacts[0].addresses for pair in handles_in(each)} == {
        ("mastodon", "bob@here.example"),
        ("bluesky", "bob.example"),
    }


def test_objects_are_split_wherever_a_read_ends() -> None:
    values = [{"text": 'a "quoted\\" ] } [', "n": [1, {"m": "ü{"}]}, {}, {"x": "\\"}]
    data = ("window.x = " + json.dumps(values, ensure_ascii=False)).encode()
    for size in (1, 2, 3, 7, 1000):
        file = io.BytesIO(data)
        parts = objects(lambda _, file=file, size=size: file.read(size))  # type: ignore[misc]
        assert [json.loads(each) for each in parts] == values


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in {"account.js": b'x = [{"account":{"accountId":"1","username":"me"}}]', **files}.items():
            out.writestr(name, data)
    return path


def test_names_in_a_zip_are_never_used_as_paths(tmp_path: Path) -> None:
    tweets = b'x = [{"tweet":{"created_at":"Sat Mar 07 10:00:00 +0000 2009","full_text":"hi"}}]'
    path = zipped(tmp_path / "a.zip", {"../../../evil/tweets.js": tweets, "/etc/tweets.js": tweets})
    assert dict(read_file(path).counts)["post"] == 2
    assert list(tmp_path.iterdir()) == [path]


def test_impossible_times_and_ids_are_skipped(tmp_path: Path) -> None:
    times = ("Sat Mar 07 10:00:99999999999999999999 +0000 2009", "Sat Mar 07 10:00:00 +0000 99999999999", "soon", "")
    tweets = [{"created_at": each, "full_text": "hi", "in_reply_to_user_id_str": "7"} for each in times]
    tweets.append({"created_at": "Sat Mar 07 10:00:00 +0000 2009", "in_reply_to_user_id_str": "9" * 100})
    headers = [{"senderId": "1", "recipientId": "8", "createdAt": "0001-01-01T00:00:00+14:00"}]
    messages = {"dmConversation": {"messages": [{"messageCreate": each} for each in headers]}}
    path = zipped(
        tmp_path / "a.zip",
        {
            "tweets.js": f"x = {json.dumps(tweets)}".encode(),
            "direct-message-headers.js": f"x = {json.dumps([messages])}".encode(),
        },
    )
    file = read_file(path)
    assert (dict(file.counts)["post"], file.skipped) == (1, 4)
    assert list(people(file)) == ["8"]


HARMFUL: dict[str, Callable[[], bytes]] = {
    "endless string": lambda: b'x = [{"tweet": "' + b"a" * 70_000_000,
    "deep nesting": lambda: b"x = [" + b"[" * 1_000_000,
    "cut off": lambda: b'x = [{"tweet": {',
    "no list": lambda: b"x = 7",
}


@pytest.mark.parametrize("what", HARMFUL)
def test_harmful_scripts_end_in_a_sentence(what: str, tmp_path: Path) -> None:
    start = time.process_time()
    with pytest.raises(RecordError, match=r"cannot be read|absurd"):
        read_file(zipped(tmp_path / "a.zip", {"tweets.js": HARMFUL[what]()}))
    assert time.process_time() - start < 20


def test_a_bomb_a_broken_and_an_encrypted_zip_end_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("account.js", b"x = []")
        with out.open("tweets.js", "w") as file:
            for _ in range(110):
                file.write(b" " * 1_000_000)
    with pytest.raises(RecordError, match=r"account|absurd"):
        read_file(path)
    whole = (FILES / "x-2020.zip").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RecordError, match=r"broken"):
        read_file(path)
    encrypted = bytearray(whole)
    for place in (each for each in range(len(whole) - 4) if whole[each : each + 4] in (b"PK\1\2", b"PK\3\4")):
        encrypted[place + (8 if whole[place + 2] == 1 else 6)] |= 1
    path.write_bytes(encrypted)
    with pytest.raises(RecordError, match=r"encrypted"):
        read_file(path)


def test_harmful_lists_and_contacts_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "following.csv"
    path.write_text("Account address,Show boosts\n" + "x," * 1_000_000 + "\nada@there.example,true\n", "utf-8")
    file = read_file(path)
    assert (list(people(file)), file.skipped) == (["ada@there.example"], 1)
    path.write_text(
        "BEGIN:VCARD\nFN:Ada\nPHOTO:" + "A" * 1_000_000 + "\nURL:" + "x" * 30_000 + "\nEND:VCARD\n", "utf-8"
    )
    assert read_file(path).contacts[0].addresses == ()
    path.write_bytes(b"\0\xff\xfe" * 1000)
    with pytest.raises(UsageError, match=r"does not support this kind"):
        read_file(path)


def test_harmful_repositories_end_in_a_sentence(make: ModuleType, tmp_path: Path) -> None:
    whole = (FILES / "repository.car").read_bytes()
    header = make.varint(100) + b"\xa2eroots\x81\xd8\x2a"
    loop = make.cbor({"l": make.Link(b"\x01\x71\x12\x20" + b"a" * 32), "e": []})
    nested = b"\x81" * 100_000
    huge = b"\x9b" + (2**62).to_bytes(8, "big")
    texts = [
        header + b"\xff" * 200 + b"gversion",
        *(whole[:length] for length in range(100, len(whole), 211)),
        whole[:200] + b"\xff" * 9 + whole[200:],
        make.varint(2**40) + whole[1:],
    ]
    path = tmp_path / "a.car"
    for text in texts:
        path.write_bytes(text)
        with pytest.raises(QuietfeedError):
            read_file(path)
    for record in (nested, huge, loop):
        start = make.cbor({"roots": [make.link(record)], "version": 1})
        path.write_bytes(make.varint(len(start)) + start + make.varint(36 + len(record)) + make.link(record) + record)
        with pytest.raises(RecordError, match=r"broken"):
            read_file(path)
