"""Tokens in their file: their accounts, file permissions, and renewal in one process at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quietfeed.store.places import find_places
from quietfeed.store.tokens import TokenStore


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


def test_a_renewed_secret_replaces_the_old_one(tmp_path: Path) -> None:
    tokens = TokenStore(find_places(tmp_path))
    tokens.save("bluesky:ada", {"refresh": "one"})
    tokens.save("bluesky:kate", {"refresh": "hers"})
    tokens.save("bluesky:ada", {"refresh": "two"})
    assert (tokens.find("bluesky:ada"), tokens.find("bluesky:kate")) == ({"refresh": "two"}, {"refresh": "hers"})
    assert find_places(tmp_path).token_file.stat().st_mode & 0o777 == 0o600


def test_one_renews_a_secret_at_a_time_and_nobody_waits_for_another_account(tmp_path: Path) -> None:
    first, second = (TokenStore(find_places(tmp_path)) for _ in range(2))
    inside = threading.Event()

    def renew() -> None:
        with second.lock("bluesky:ada"):
            inside.set()

    other = threading.Thread(target=renew, daemon=True)
    with first.lock("bluesky:ada"):
        with second.lock("bluesky:kate"):
            other.start()
        assert not inside.is_set()
    other.join(30)
    assert inside.is_set()


def test_no_secret_is_lost_when_two_accounts_are_renewed_at_once(tmp_path: Path) -> None:
    def renew(account: str) -> None:
        for number in range(30):
            TokenStore(find_places(tmp_path)).save(account, {"refresh": f"token {number}"})

    accounts = ["bluesky:ada", "bluesky:kate", "x:june"]
    with ThreadPoolExecutor(3) as threads:
        for each in [threads.submit(renew, account) for account in accounts]:
            each.result(60)
    tokens = TokenStore(find_places(tmp_path))
    assert [tokens.find(each) for each in accounts] == [{"refresh": "token 29"}] * 3


def test_a_folder_without_locks_blocks_nobody(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with TokenStore(find_places(tmp_path)).lock("bluesky:ada"):
        assert (tmp_path / "data").read_text() == "no folder"
