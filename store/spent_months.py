"""The charges of paid networks in each month, in a separate file.

The sums are also in the database, but a database can be damaged or deleted (`forget --all`), and the network charges
nevertheless. The budget of a month continues from these sums. The file contains amounts and months, nothing else.
"""

import json
import os
from pathlib import Path
from typing import Any

from ..models.errors import StoreError

_KEPT_MONTHS = 13


class SpentMonths:
    """The sums of each network and month. `path` None stores nothing, for a database in memory."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def get(self, network: str, month: str) -> tuple[int, int]:
        """The amount and the number of posts of a month; zeros if the file is missing or damaged."""
        return _sums(self._read(), network, month)

    def set(self, network: str, month: str, amount: int, posts: int) -> None:
        """Store the sums of a month, durably. Call it in a transaction that other processes wait for.

        Raises StoreError.
        """
        if self._path is None:
            return
        networks = self._read()
        months = networks.get(network)
        months = months if isinstance(months, dict) else {}
        months[month] = [amount, posts]
        networks[network] = {each: months[each] for each in sorted(months)[-_KEPT_MONTHS:]}
        part = self._path.with_name(f"{self._path.name}-part")
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(networks, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            raise StoreError(
                f"The spending cannot be stored in {self._path} ({error.strerror}), so no request was sent: check the"
                " disk and the folder."
            ) from error

    def _read(self) -> dict[str, Any]:
        if self._path is None:
            return {}
        try:
            networks = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return networks if isinstance(networks, dict) else {}


def _sums(networks: dict[str, Any], network: str, month: str) -> tuple[int, int]:
    months = networks.get(network)
    sums = months.get(month) if isinstance(months, dict) else None
    if isinstance(sums, list) and len(sums) == 2 and all(type(each) is int and each >= 0 for each in sums):
        return sums[0], sums[1]
    return 0, 0


def spent_months_path(database: Path) -> Path:
    """The path of the file next to a database. It is named so that it is not deleted with the database."""
    return database.with_name(f"{database.stem}-spending.json")
