"""Every stored post can be found by its words in any script, with any query."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from quietfeed.models.person import Person
from quietfeed.models.post import Media, Poll, PollOption, Post, Quote
from quietfeed.models.query import matches, terms
from quietfeed.store import schema
from quietfeed.store.archive import Archive
from quietfeed.store.migrate import migrate

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ME = "mastodon:me@here.example"
ADA = Person(id="1", handle="ada@here.example", name="Ada Çelik", network="mastodon")
BO = Person(id="2", handle="bo@there.example", name="Bo", network="mastodon")
TEXTS = {
    "coffee": "Coffee at the Café, 9 o'clock; bring the good crisps",
    "japanese": "明日は京都で友達とラーメンを食べます",
    "thai": "พรุ่งนี้ฉันจะไปตลาดกับเพื่อน",
    "hindi": "नमस्ते दोस्तों, कल मिलते हैं",
    "korean": "내일 서울에서 만나요",
    "greek": "Καλημέρα από την Αθήνα",
    "russian": "Завтра едем на дачу",
    "party": "party 🎉 tonight, 100% fun, well-known band",
}


def a_post(post_id: str, text: str, **more: object) -> Post:
    at = NOW + timedelta(minutes=list(TEXTS).index(post_id) if post_id in TEXTS else 99)
    return replace(Post(post_id, ADA, text, ME, "mastodon", at), **more)


@pytest.fixture
def archive() -> Archive:
    archive = Archive(None)
    archive.posts.save(ME, [a_post(name, text) for name, text in TEXTS.items()], NOW + timedelta(days=1))
    return archive


def found(archive: Archive, query: str) -> list[str]:
    keys, total = archive.search.find(query, 50)
    assert total == len(keys)
    return [post_id for _, post_id in keys]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("coffee", ["coffee"]),
        ("COFFEE crisps", ["coffee"]),
        ("cafe", ["coffee"]),
        ("caf", ["coffee"]),
        ("offee", []),
        ('"good crisps"', ["coffee"]),
        ('"crisps good"', []),
        ("crisps good", ["coffee"]),
        ('"good cri', ["coffee"]),
        ("京都", ["japanese"]),
        ("都", ["japanese"]),
        ("ラーメンを", ["japanese"]),
        ("京都 celik", ["japanese"]),
        ("ตลาด", ["thai"]),
        ("नमस्ते", ["hindi"]),
        ("서울", ["korean"]),
        ("καλημέρα", ["greek"]),
        ("дачу", ["russian"]),
        ("🎉", ["party"]),
        ("100%", ["party"]),
        ("%", ["party"]),
        ("_", []),
        ("well-known", ["party"]),
        ("ada çelik coffee", ["coffee"]),
        ("@ada@here.example coffee", ["coffee"]),
        ("coffee party", []),
        ("", []),
        ("   ", []),
    ],
)
def test_words_of_any_script_are_found(archive: Archive, query: str, names: list[str]) -> None:
    assert found(archive, query) == names


def test_the_newest_come_first_and_all_are_counted(archive: Archive) -> None:
    keys, total = archive.search.find("ada", 3)
    assert [post_id for _, post_id in keys] == list(reversed(TEXTS))[:3]
    assert total == len(TEXTS)


def test_many_finds_come_in_the_same_order_as_few(archive: Archive) -> None:
    few = archive.search.find("ada", 5)
    assert archive.search.find("ada", 5, many=1) == few


@pytest.mark.parametrize(
    "query", ['"', '""', "*", "^a", "NEAR(a b)", "a OR", "AND", "text : a", "-a", "(", "a + b", "\\", "\0", "'", "a*b"]
)
def test_no_query_is_an_operator_or_an_error(archive: Archive, query: str) -> None:
    archive.search.find(query, 5)


ANY = Archive(None)
ANY.posts.save(ME, [a_post(name, text) for name, text in TEXTS.items()], NOW)


@given(st.text(max_size=30))
def test_search_accepts_any_text(query: str) -> None:
    keys, total = ANY.search.find(query, 50)
    assert len(keys) == total


@given(st.text(max_size=30), st.text(max_size=30))
def test_matches_are_inside_the_text_and_in_order(text: str, query: str) -> None:
    end = 0
    for start, stop in matches(text, terms(query)):
        assert end <= start < stop <= len(text)
        end = stop


def test_matches_can_be_highlighted() -> None:
    text = TEXTS["coffee"]
    shown = [text[start:stop] for start, stop in matches(text, terms('cafe "good crisps" o offee'))]
    assert shown == ["Café", "o", "good crisps"]
    assert [TEXTS["japanese"][a:b] for a, b in matches(TEXTS["japanese"], terms("京都"))] == ["京都"]


def test_search_also_covers_the_other_fields(archive: Archive) -> None:
    more = a_post(
        "more",
        "look",
        warning="spiders",
        media=(Media("image", "a tabby cat", ""),),
        poll=Poll((PollOption("tea"),)),
        quote=Quote("eve@far.example", "what Eve said"),
        booster=BO,
        boosted_at=NOW,
    )
    archive.posts.save(ME, [more], NOW)
    for query in ("spiders", "tabby", "tea", "eve said", "bo there look"):
        assert found(archive, query) == ["more"], query


def test_the_index_follows_edits_new_names_and_removals(archive: Archive) -> None:
    archive.posts.save(ME, [a_post("coffee", "now it is tea 東京都")], NOW)
    assert found(archive, "crisps") == []
    assert found(archive, "tea") == found(archive, "東京都") == ["coffee"]
    archive.posts.save(ME, [a_post("coffee", "juice")], NOW)
    assert found(archive, "東京都") == []
    archive.people.save(ME, [replace(ADA, name="Ada Lovelace 本田")])
    assert found(archive, "celik") == []
    assert found(archive, "lovelace juice") == found(archive, "本田 juice") == ["coffee"]
    archive.remove_account(ME)
    assert found(archive, "ada") == []
    for index in ("word_index", "piece_index"):
        archive._db.run(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")


def test_an_older_database_is_filled_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "quietfeed.db"
    db = sqlite3.connect(path, isolation_level=None)
    migrate(db, {"first_tables": schema.MIGRATIONS["first_tables"]})
    db.execute("insert into person values (?, '1', 'ada@here.example', '{\"name\": \"Ada\"}')", (ME,))
    db.execute(
        "insert into post (account, id, at, author, data) values (?, 'old', 5, '1', ?)",
        (ME, '{"id": "old", "text": "an old 日本語 post"}'),
    )
    db.close()
    archive = Archive(path)
    assert found(archive, "ada old") == found(archive, "日本") == ["old"]
    # Posts from before the unread state existed count as read.
    assert archive.posts.unread_places(10) == []
