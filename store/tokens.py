"""Tokens rest in the operating system's keyring, or, where there is none, in a file that only the user may read."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from ..models.errors import StoreError
from .places import AppPaths, make_private


class TokenStore:
    """Secrets by account key. A secret is a small JSON object; it is never written to a log or an error."""

    def __init__(self, places: AppPaths) -> None:
        self._file = places.token_file
        self._folder = places.data
        self._service = f"quietfeed ({places.home})" if places.home else "quietfeed"

    def where(self) -> str:
        """Where tokens rest on this machine, in words, for `doctor` and the sign-in."""
        keyring = _keyring()
        if keyring is None:
            return f"the file {self._file} (mode 0600), because there is no keyring here"
        return f"the keyring ({keyring.get_keyring().name})"

    def keep(self, account: str, secret: dict[str, str]) -> None:
        """Keep a secret; raises StoreError when neither keyring nor file takes it."""
        keyring = _keyring()
        if keyring is not None:
            try:
                keyring.set_password(self._service, account, json.dumps(secret))
            except Exception:
                # Backends raise what they like when they are locked or have no display: the file is always there.
                pass
            else:
                self._write({key: value for key, value in self._read().items() if key != account})
                return
        self._write({**self._read(), account: secret})

    def find(self, account: str) -> dict[str, str] | None:
        """The secret of an account; None when there is none (or the keyring is locked and keeps it)."""
        secret = self._read().get(account)
        if secret is not None:
            return secret
        keyring = _keyring()
        if keyring is None:
            return None
        try:
            found = keyring.get_password(self._service, account)
            value = json.loads(found) if found else None
        except Exception:
            return None
        return value if isinstance(value, dict) else None

    @contextmanager
    def alone(self, account: str) -> Iterator[None]:
        """Keep other processes out while a secret is renewed; blocks until they are done.

        Some secrets may be renewed once only. Where the folder takes no lock, none is held.
        """
        from hashlib import sha256

        name = sha256(account.encode()).hexdigest()[:16]
        with ExitStack() as held:
            with suppress(OSError, StoreError):
                make_private(self._folder)
                file = held.enter_context(open(self._folder / f"renewing-{name}.lock", "a+b"))
                _lock(file.fileno())
            yield

    def forget(self, account: str) -> None:
        """Remove a secret wherever it rests."""
        keyring = _keyring()
        if keyring is not None:
            # Nothing to delete, or a locked keyring: the account is gone from the store either way.
            with suppress(Exception):
                keyring.delete_password(self._service, account)
        kept = self._read()
        if account in kept:
            self._write({key: value for key, value in kept.items() if key != account})

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            value = json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise StoreError(f"The token file {self._file} cannot be read: remove it and sign in again.") from None
        return value if isinstance(value, dict) else {}

    def _write(self, secrets: dict[str, dict[str, str]]) -> None:
        if not secrets and not self._file.exists():
            return
        make_private(self._folder)
        try:
            _write_private(self._file, json.dumps(secrets))
        except OSError as error:
            raise StoreError(f"The token file {self._file} cannot be written ({error.strerror}).") from error


def _write_private(path: Path, text: str) -> None:
    # Written beside and renamed: a full disk leaves the old tokens whole, and the mode is right from the first byte.
    beside = path.with_suffix(".new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        """Lock a file until it is closed; gives up after ten seconds."""
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        """Lock a file until it is closed."""
        fcntl.flock(file, fcntl.LOCK_EX)


def _keyring() -> Any:
    """The keyring module where it has a usable backend, else None. Imported late: it costs a tenth of a second."""
    try:
        import keyring
        import keyring.backends.fail

        backend = keyring.get_keyring()
        if isinstance(backend, keyring.backends.fail.Keyring) or backend.priority <= 0:
            return None
    except Exception:
        return None
    return keyring
