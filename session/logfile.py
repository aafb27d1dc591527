"""The log file: unexpected errors with their traceback, without messages, local variables or source data.

An error's message may quote a post or a token, so only its type and the lines of code it passed through are written.
"""

import logging
import os
import traceback
from logging import Handler, LogRecord
from pathlib import Path
from typing import Any

from ..models.errors import QuietfeedError
from ..store.places import AppPaths, find_places, make_private

_LOGGER = logging.getLogger("quietfeed")
_MAX_BYTES = 500_000
_BACKUPS = 3


def log_file(places: AppPaths) -> Path:
    """The file that unexpected errors are written to."""
    return places.log / "quietfeed.log"


def open_log(places: AppPaths) -> None:
    """Send what the "quietfeed" logger gets to the log file of these places."""
    for handler in list(_LOGGER.handlers):
        _LOGGER.removeHandler(handler)
        handler.close()
    _LOGGER.addHandler(_LogFile(log_file(places)))


def open_own_log() -> None:
    """Open the log of this user. Nothing is written or made before the first error."""
    open_log(find_places())


def log_unexpected(error: BaseException, doing: str) -> None:
    """Write an error to the log, unless it is one of ours, whose sentence says all.

    `doing` says what failed, such as "sync"; it holds no user data.
    """
    if not isinstance(error, QuietfeedError):
        _LOGGER.error("%s failed unexpectedly", doing, exc_info=error)


def sentence_for(error: BaseException, doing: str, places: AppPaths | None = None) -> str:
    """One sentence about an error, for all interfaces; of an unexpected one its type and the log file, no more.

    `places` is whose log it is in; without it, the log of this user.
    """
    if isinstance(error, QuietfeedError):
        return str(error)
    log = log_file(places or find_places())
    return (
        f"{doing} failed unexpectedly ({type(error).__name__}): the details are in {log}."
        " Your marks and posts are safe. Please report it."
    )


def report_unexpected(error: BaseException, doing: str) -> str:
    """Log an unexpected error, and say so in one sentence that names the log file."""
    if not _LOGGER.handlers:
        open_own_log()
    log_unexpected(error, doing)
    return sentence_for(error, doing)


def format_safely(error: BaseException) -> str:
    """The traceback of an error, and of its causes, without any message.

    An OSError keeps its errno's text, which never holds user data.
    """
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(_type_of(current))
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        cause = current.__cause__ or current.__context__
        if cause is not None and id(cause) not in seen:
            lines.append("caused by")
        current = cause
    return "\n".join(lines)


def _type_of(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: {os.strerror(error.errno)}"
    return name


class _LogFile(Handler):
    """Opens the rotating file at the first record: most runs write none, and logging.handlers is slow to import."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: Any = None

    def emit(self, record: LogRecord) -> None:
        """Write one record. A disk that takes no log loses the record, not the program."""
        try:
            if self._file is None:
                self._file = self._open()
            error = record.exc_info[1] if record.exc_info else None
            if error is None:
                text = record.getMessage()
            else:
                text = f"{record.getMessage()}\n{format_safely(error)}"
            self._file.emit(logging.makeLogRecord({**record.__dict__, "msg": text, "args": (), "exc_info": None}))
            # Rotation starts a new file with the usual mode.
            self._path.chmod(0o600)
        except Exception:  # a log that raises would hide the error that it is about
            self._file = None

    def _open(self) -> Handler:
        from logging.handlers import RotatingFileHandler

        class Quiet(RotatingFileHandler):
            """Raises where logging's own would print to standard error, over the screen: `emit` above catches it."""

            def handleError(self, record: LogRecord) -> None:
                del record
                raise

        make_private(self._path.parent)
        if not self._path.exists():
            os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
        file = Quiet(self._path, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8")
        file.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        return file

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        super().close()
