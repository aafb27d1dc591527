"""Keyrings that fail or hang: the token is stored anyway, and the program says where."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend

from quietfeed.store.places import find_places
from quietfeed.store.tokens import TokenFileNeeded, TokenStore

Use = Callable[["Working"], None]
SECRET = {"token": "secret"}


class Working(KeyringBackend):
    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.released = Event()

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Locked(Working):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("locked")

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("locked")


class Forgetful(Working):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Hanging(Working):
    asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.released.wait(60)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.released.wait(60)


@pytest.fixture
def use() -> Iterator[Callable[[Working], None]]:
    """Use another keyring for one test: `use(Locked())`."""
    used: list[Working] = []

    def _use(backend: Working) -> None:
        used.append(backend)
        keyring.set_keyring(backend)

    yield _use
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    for backend in used:
        backend.released.set()


def store(home: Path, seconds: float = 30.0) -> TokenStore:
    return TokenStore(find_places(home), seconds)


def test_a_working_keyring_keeps_the_token_and_the_file_does_not(tmp_path: Path, use: Use) -> None:
    use(Working())
    tokens = store(tmp_path)
    assert tokens.save("a", SECRET, allow_file=False) == "keyring"
    assert (tokens.find("a"), tokens.place("a"), tokens.file.exists()) == (SECRET, "keyring", False)
    assert tokens.where("a").startswith("the keyring (")


def test_a_keyring_that_stores_nothing_is_detected(tmp_path: Path, use: Use) -> None:
    use(Forgetful())
    tokens = store(tmp_path)
    assert tokens.save("a", SECRET) == "file"
    assert tokens.find("a") == SECRET


def test_a_keyring_that_fails_needs_the_users_yes_for_the_file(tmp_path: Path, use: Use) -> None:
    use(Locked())
    tokens = store(tmp_path)
    with pytest.raises(TokenFileNeeded):
        tokens.save("a", SECRET, allow_file=False)
    assert tokens.find("a") is None
    assert tokens.save("a", SECRET) == "file"
    assert (tokens.find("a"), tokens.place("a")) == (SECRET, "file")
    assert str(tokens.file) in tokens.where("a")
    assert "mode 0600" in tokens.where("a")
    assert tokens.save("a", {"token": "renewed"}, allow_file=False) == "file", "a renewed token is never lost"


@pytest.mark.parametrize(("backend", "place"), [(Working, "keyring"), (Locked, "file"), (Forgetful, "file")])
def test_the_place_of_new_tokens_is_tried_and_not_guessed(
    backend: type[Working], place: str, tmp_path: Path, use: Use
) -> None:
    used = backend()
    use(used)
    assert store(tmp_path).where().startswith(f"the {place} ")
    assert used.kept == {}


def test_a_hanging_keyring_is_called_once(tmp_path: Path, use: Use) -> None:
    hanging = Hanging()
    use(hanging)
    tokens = store(tmp_path, seconds=0.05)
    for _ in range(20):
        assert tokens.find("a") is None
    assert hanging.asked <= 1
    with pytest.raises(TokenFileNeeded, match="did not respond"):
        tokens.save("a", SECRET, allow_file=False)
    assert tokens.save("a", SECRET) == "file"
    assert "does not respond" in tokens.where("a")


def test_a_readable_token_file_is_reported(tmp_path: Path, use: Use) -> None:
    use(Locked())
    tokens = store(tmp_path)
    tokens.save("a", SECRET)
    tokens.file.chmod(0o644)
    assert "mode 0644" in tokens.where("a")


@pytest.mark.parametrize("content", ['{"a": 5}', '{"a": {"token": 5}}', '{"a": null}'])
def test_an_entry_of_another_type_is_no_token(content: str, tmp_path: Path, use: Use) -> None:
    use(Locked())
    tokens = store(tmp_path)
    tokens.save("b", SECRET)
    tokens.file.write_text(content)
    assert tokens.find("a") is None


def test_a_token_with_a_lone_surrogate_is_read(tmp_path: Path, use: Use) -> None:
    use(Locked())
    tokens = store(tmp_path)
    tokens.save("b", SECRET)
    tokens.file.write_text('{"a": {"token": "aaaaaa\\ud800"}}')
    assert tokens.find("a") == {"token": "aaaaaa\ud800"}
