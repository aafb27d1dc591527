"""The log file: unexpected errors with their traceback, without messages, local variables or source data.

An error message may quote a post or a token, so only its type and the lines of its traceback are written.
"""

import logging
import os
import traceback
from logging import Handler, LogRecord
from pathlib import Path
from typing import Any

from ..models.errors import QuietfeedError
from ..phrases.errors import error_text
from ..store.places import AppPaths, find_places, make_private

_LOGGER = logging.getLogger("quietfeed")
_MAX_BYTES = 500_000
_BACKUPS = 3


def log_file(places: AppPaths) -> Path:
    """The file that unexpected errors are written to."""
    return places.log / "quietfeed.log"


def open_log(places: AppPaths) -> None:
    """Write the messages of the "quietfeed" logger to the log file of these paths."""
    for handler in list(_LOGGER.handlers):
        _LOGGER.removeHandler(handler)
        handler.close()
    _LOGGER.addHandler(_LogFile(log_file(places)))


def open_own_log() -> None:
    """Open the log of this user. The file is created with the first error."""
    open_log(find_places())


def log_unexpected(error: BaseException, doing: str) -> None:
    """Write an error to the log, unless it is one of ours, whose message is complete.

    `doing` names the failed operation, such as "sync"; it contains no user data.
    """
    if not isinstance(error, QuietfeedError):
        _LOGGER.error("%s failed unexpectedly", doing, exc_info=error)


def sentence_for(error: BaseException, doing: str, places: AppPaths | None = None) -> str:
    """One sentence about an error, for all interfaces; for an unexpected one only its type and the log file.

    `places` are the paths of the log; None means the log of this user.
    """
    if isinstance(error, QuietfeedError):
        return error_text(error)
    log = log_file(places or find_places())
    return (
        f"{doing} failed unexpectedly ({type(error).__name__}): the details are in {log}."
        " Your marks and posts are safe. Please report it."
    )


def report_unexpected(error: BaseException, doing: str) -> str:
    """Log an unexpected error, and return one sentence that names the log file."""
    if not _LOGGER.handlers:
        open_own_log()
    log_unexpected(error, doing)
    return sentence_for(error, doing)


def format_safely(error: BaseException) -> str:
    """The traceback of an error and its causes, without any message.

    For an OSError the text of its errno is included, which never contains user data.
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
        """Write one record. If that fails, the record is lost and the program continues."""
        try:
            if self._file is None:
                self._file = self._open()
            text = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                text = f"{text}\n{format_safely(record.exc_info[1])}"
            self._file.emit(logging.makeLogRecord({**record.__dict__, "msg": text, "args": (), "exc_info": None}))
            # Rotation starts a new file with the usual mode.
            self._path.chmod(0o600)
        except Exception:  # an exception here would hide the error that is logged
            self._file = None

    def _open(self) -> Handler:
        from logging.handlers import RotatingFileHandler

        class Quiet(RotatingFileHandler):
            """Raises errors, which `emit` above catches; logging's own class would print them over the screen."""

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
