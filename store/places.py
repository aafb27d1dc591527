"""The folders for files: under QUIETFEED_HOME, or the system's own (platformdirs)."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from ..models.errors import StoreError


class AppPaths(msgspec.Struct, frozen=True):
    """The folders of one user. `home` is set if QUIETFEED_HOME or a caller specifies it."""

    config: Path
    data: Path
    cache: Path
    log: Path
    home: Path | None = None

    @property
    def config_file(self) -> Path:
        """The settings, TOML."""
        return self.config / "config.toml"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "quietfeed.db"

    @property
    def token_file(self) -> Path:
        """The token file for systems without a keyring."""
        return self.data / "tokens.json"


def find_places(home: Path | None = None) -> AppPaths:
    """Find the folders: under `home`, else QUIETFEED_HOME, else the system's own. Creates none."""
    if home is None and os.environ.get("QUIETFEED_HOME"):
        home = Path(os.environ["QUIETFEED_HOME"]).expanduser()
    if home is not None:
        home = home.absolute()
        return AppPaths(home / "config", home / "data", home / "cache", home / "log", home)
    from platformdirs import PlatformDirs

    system = PlatformDirs("quietfeed", appauthor=False)
    return AppPaths(system.user_config_path, system.user_data_path, system.user_cache_path, system.user_log_path)


def make_private(folder: Path) -> None:
    """Create a folder that only the user can access, with its missing parents. Raises StoreError."""
    try:
        # `parents=True` would create the parents with the modes of the umask.
        missing = [each for each in folder.parents if not each.exists()]
        for each in (*reversed(missing), folder):
            each.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be created ({error.strerror}): check it, or set QUIETFEED_HOME to another one."
        ) from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, which is created; blocks while another process or thread holds it.

    A lock ends with its process. If the folder supports no locks or cannot be written, none is held.
    """
    with ExitStack() as held:
        with suppress(OSError):
            file = held.enter_context(open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b"))
            _lock(file.fileno())
        yield


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


def restrict(path: Path) -> bool:
    """Remove all permissions of other users from a file or folder of ours. Returns whether there were any.

    A file of another owner stays as it is.
    """
    if sys.platform == "win32":
        return False
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077 and not path.is_symlink():
            path.chmod(mode & 0o700)
            return True
    return False


def private_paths(paths: AppPaths) -> list[Path]:
    """The existing folders and files that only the user may read. The cache folder protects the files in it."""
    folders = [paths.config, paths.data, paths.cache, paths.log]
    files = [each for folder in (paths.config, paths.data, paths.log) for each in sorted(folder.glob("*"))]
    return [each for each in (*folders, *files) if each.exists()]


def secure(paths: AppPaths) -> list[Path]:
    """Make folders and files private; returns those that others could read."""
    return [each for each in private_paths(paths) if restrict(each)]


def remove_own_files(paths: AppPaths) -> None:
    """Delete everything that quietfeed stored, except the settings. Raises StoreError.

    The files are listed one by one, because a folder that the user chose may contain other files.
    """
    names = ("quietfeed.db*", "tokens.json", "tokens.new", "renewing-*.lock")
    files = [each for name in names for each in paths.data.glob(name)]
    files += [*paths.log.glob("quietfeed.log*"), *(paths.cache / "pictures").glob("*")]
    for each in files:
        try:
            each.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{each} cannot be deleted ({error.strerror}).") from error


def mode_of(path: Path) -> str:
    """The mode of a file or folder, such as "0600"; "" if it does not exist."""
    try:
        return f"{stat.S_IMODE(path.stat().st_mode):04o}"
    except OSError:
        return ""
