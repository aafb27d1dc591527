"""Stores tokens in the operating system's keyring, or else in a file that only the user can read."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any, Literal, TypeVar

from ..models.errors import StoreError
from ..models.secrets import remember_secrets
from .places import AppPaths, locked, make_private

TokenPlace = Literal["keyring", "file"]

KEYRING_SECONDS = 5.0
"""Seconds to wait for the keyring. A locked one may wait for an invisible prompt, for example over ssh."""

_TEST_ENTRY = "test of the keyring"

T = TypeVar("T")


class TokenFileNeeded(StoreError):
    """The keyring is unavailable, and the user must agree to the token file first."""


class TokenStore:
    """Secrets by account key. A secret is a small JSON object; it is never written to a log or an error.

    `keyring_seconds` bounds each call to the keyring; after a timeout it is not called again.
    """

    def __init__(self, places: AppPaths, keyring_seconds: float = KEYRING_SECONDS) -> None:
        self.file = places.token_file
        self._folder = places.data
        if places.home:
            self._service = f"quietfeed ({places.home})"
        else:
            self._service = "quietfeed"
        self._seconds = keyring_seconds
        self._hangs = False

    def keyring_name(self) -> str:
        """The name of the keyring; "" if it is missing or does not respond in time."""
        return self._call(lambda keyring: str(keyring.get_keyring().name), "")

    def where(self, account: str = "") -> str:
        """Describe where the secret of an account is stored; without an account, where a new secret would be stored.

        Without an account, it stores a test entry in the keyring and deletes it, because a locked keyring has a name
        too.
        """
        name = self.keyring_name()
        if account:
            in_keyring = bool(name) and self.place(account) != "file"
        else:
            in_keyring = bool(name) and self._call(self._accepts, False)
        if in_keyring:
            return f"the keyring ({name})"
        because = "there is no keyring here"
        if self._hangs:
            because = "the keyring does not respond"
        elif name:
            because = "the keyring accepts no token"
        return f"the file {self.file} ({_mode(self.file)}), because {because}"

    def save(self, account: str, secret: dict[str, str], *, allow_file: bool = True) -> TokenPlace:
        """Store a secret in the keyring, or else in the file, and return where it is.

        Raises TokenFileNeeded if only the file is left and `allow_file` is false, and StoreError if the file cannot be
        written.
        """
        remember_secrets(secret)
        if self._call(lambda keyring: self._put(keyring, account, secret), False):
            self._write(account, None)
            return "keyring"
        if not allow_file and account not in self._read():
            raise TokenFileNeeded(self._keyring_problem())
        self._write(account, secret)
        return "file"

    def _keyring_problem(self) -> str:
        if self._hangs:
            return f"The keyring of this system did not respond within {self._seconds:.0f} seconds."
        if self.keyring_name():
            return "The keyring of this system accepts no token."
        return "This system has no keyring."

    def _put(self, keyring: Any, account: str, secret: dict[str, str]) -> bool:
        text = json.dumps(secret)
        keyring.set_password(self._service, account, text)
        # Some backends accept a password and do not store it.
        return bool(keyring.get_password(self._service, account) == text)

    def _accepts(self, keyring: Any) -> bool:
        accepted = self._put(keyring, _TEST_ENTRY, {})
        keyring.delete_password(self._service, _TEST_ENTRY)
        return accepted

    def place(self, account: str) -> TokenPlace | None:
        """The place of an account's secret; None if there is none or the keyring does not respond."""
        if account in self._read():
            return "file"
        if self.find(account) is not None:
            return "keyring"
        return None

    def find(self, account: str) -> dict[str, str] | None:
        """The secret of an account; None if there is none or the keyring is locked or unresponsive."""
        secret = self._read().get(account)
        if secret is not None:
            return secret
        found = self._call(lambda keyring: keyring.get_password(self._service, account), None)
        with suppress(ValueError, TypeError):
            if found:
                return _checked(json.loads(found))
            return None
        return None

    def _call(self, request: Callable[[Any], T], default: T) -> T:
        """Call the keyring. Returns `default` if it is missing, fails, or times out."""
        if self._hangs:
            return default
        result: list[T] = []

        def call() -> None:
            # Locked backends, or backends without a display, raise arbitrary exceptions.
            with suppress(Exception):
                keyring = _keyring()
                if keyring is not None:
                    result.append(request(keyring))

        # A daemon thread, so that a blocked call does not delay the exit.
        thread = Thread(target=call, name="keyring", daemon=True)
        thread.start()
        thread.join(self._seconds)
        self._hangs = thread.is_alive()
        if result:
            return result[0]
        return default

    @contextmanager
    def lock(self, account: str) -> Iterator[None]:
        """Prevent other processes from renewing the secret; blocks until they are done.

        Some secrets can be renewed only once. If the folder supports no locks, no lock is held.
        """
        from hashlib import sha256

        name = sha256(account.encode()).hexdigest()[:16]
        with suppress(StoreError):
            make_private(self._folder)
        with locked(self._folder / f"renewing-{name}.lock"):
            yield

    def forget(self, account: str) -> None:
        """Remove a secret from the keyring and the file."""
        # Ignore a missing entry or a locked keyring: the account is removed from the store anyway.
        self._call(lambda keyring: keyring.delete_password(self._service, account), None)
        self._write(account, None)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            value = json.loads(self.file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StoreError(f"The token file {self.file} cannot be read ({error.strerror}): check its mode.") from None
        except ValueError:
            raise StoreError(f"The token file {self.file} is damaged: remove it and sign in again.") from None
        if not isinstance(value, dict):
            raise StoreError(f"The token file {self.file} is damaged: remove it and sign in again.")
        found = {key: _checked(secret) for key, secret in value.items()}
        return {key: secret for key, secret in found.items() if secret is not None}

    def _write(self, account: str, secret: dict[str, str] | None) -> None:
        """Store the secret of an account in the file, or remove it if it is None. Raises StoreError."""
        if secret is None and account not in self._read():
            return
        make_private(self._folder)
        # Accounts are renewed side by side, and each change rewrites the secrets of all.
        with self.lock(self.file.name):
            secrets = self._read()
            secrets.pop(account, None)
            if secret is not None:
                secrets[account] = secret
            try:
                _write_private(self.file, json.dumps(secrets))
            except OSError as error:
                raise StoreError(f"The token file {self.file} cannot be written ({error.strerror}).") from error


def _mode(path: Path) -> str:
    """Describe the mode of a file, or the mode that a new one gets."""
    try:
        mode = path.stat().st_mode & 0o777
    except OSError:
        mode = 0o600
    readable = ""
    if mode & 0o077 and sys.platform != "win32":
        readable = ", which others can read: chmod 600 it"
    return f"mode {mode:04o}{readable}"


def _checked(value: object) -> dict[str, str] | None:
    """Parse a stored secret; None if it is invalid, for example in a file edited by hand."""
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        return None
    remember_secrets(value)
    return value


def _write_private(path: Path, text: str) -> None:
    # Write a new file and rename it, so that a full disk keeps the old tokens and the mode is right from the start.
    beside = path.with_suffix(".new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _keyring() -> Any:
    """The keyring module, or None without a usable backend. The import takes a tenth of a second."""
    try:
        import keyring
        import keyring.backends.fail

        backend = keyring.get_keyring()
        if isinstance(backend, keyring.backends.fail.Keyring) or backend.priority <= 0:
            return None
    except Exception:
        return None
    return keyring
