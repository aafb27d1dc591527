"""Reads config.toml into a Config. Each error names the setting."""

from pathlib import Path
from typing import Any

from ..models.config import Config
from ..models.errors import UsageError
from ..models.verdict import Level

_AMOUNTS = (
    *("refresh_minutes", "compose_delay", "first_sync_posts", "keep_days", "keep_posts"),
    *("monthly_budget", "monthly_posts", "hide_above"),
)
_LARGEST_BUDGET = 100_000
"""A larger budget is a typing mistake, or infinite."""
_LONGEST_DELAY = 3600
_LEAST_SURE = 50
_PICTURES = ("auto", "kitty", "sixel", "blocks", "off")


def read_config(path: Path) -> Config:
    """Read the user's settings; without a file, the defaults. Raises UsageError."""
    try:
        with path.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
    # Imported only if there is a settings file.
    import tomllib

    try:
        values = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(f"{path} is not UTF-8 (line {line}): save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.") from None
    return _config(values, path)


def _config(values: dict[str, Any], path: Path) -> Config:
    unknown = sorted(values.keys() - set(Config.__struct_fields__))
    if unknown:
        known = ", ".join(Config.__struct_fields__)
        raise UsageError(f"{path}: there is no setting {unknown[0]!r}; there are {known}.")
    if "level" in values:
        if values["level"] not in Level.__members__:
            raise UsageError(f"{path}: level is one of {', '.join(Level.__members__)}, not {values['level']!r}.")
        values["level"] = Level[values["level"]]
    if isinstance(values.get("pictures"), bool):
        values["pictures"] = {True: "auto", False: "off"}[values["pictures"]]
    if values.get("pictures", "auto") not in _PICTURES:
        raise UsageError(f"{path}: pictures is true, false or one of {', '.join(_PICTURES[:-1])}.")
    for name in ("data_saving", "strip_tracking", "owned_reads"):
        if not isinstance(values.get(name, False), bool):
            raise UsageError(f"{path}: {name} should be true or false.")
    for name, kinds, what in (
        ("theme", str, "a name"),
        ("keyset", str, '"vim", "arrows" or "emacs"'),
        ("keys", dict, "a table of actions and keys"),
        ("viewer", str, "a command"),
        ("refresh_minutes", (int, float), "a number of minutes"),
        ("compose_delay", (int, float), "a number of seconds"),
        ("first_sync_posts", int, "a number of posts"),
        ("keep_days", int, "a number of days"),
        ("keep_posts", int, "a number of posts"),
        ("monthly_budget", (int, float), "a number of dollars"),
        ("monthly_posts", int, "a number of posts"),
        ("hide_above", int, "a number of percent"),
    ):
        if name in values and (not isinstance(values[name], kinds) or isinstance(values[name], bool)):
            raise UsageError(f"{path}: {name} should be {what}.")
    for action, keys in values.get("keys", {}).items():
        if not isinstance(keys, str):
            raise UsageError(f'{path}: the keys of {action!r} should be written like "j,down".')
    for name in _AMOUNTS:
        if not values.get(name, 0) >= 0:
            raise UsageError(f"{path}: {name} cannot be below zero.")
    if not values.get("compose_delay", 0) <= _LONGEST_DELAY:
        raise UsageError(
            f"{path}: compose_delay cannot be above {_LONGEST_DELAY} seconds: `quietfeed post --at 2h` sends later."
        )
    if values.get("hide_above", 0) and not _LEAST_SURE <= values["hide_above"] < 100:
        raise UsageError(f"{path}: hide_above should be 0, or from {_LEAST_SURE} to 99 percent.")
    if not values.get("monthly_budget", 0) <= _LARGEST_BUDGET:
        raise UsageError(f"{path}: monthly_budget cannot be above {_LARGEST_BUDGET} dollars.")
    return Config(**values)
