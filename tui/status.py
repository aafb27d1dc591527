"""The status line: what is shown and hidden, what is being fetched, what the last action did. In plain words."""

from rich.cells import cell_len

from ..models.verdict import Level
from ..models.view import HIDDEN_AS, Counts, Progress
from .wrap import clip

_PLURAL = {"celebrity": "celebrity", "sales": "sales", "spam": "spam", "stranger": "strangers", "filtered": "filtered"}


def counts_line(counts: Counts, level: Level, width: int, *, waiting: int = 0, fetching: Progress | None = None) -> str:
    """ "41 shown · 212 hidden: 120 celebrity, 61 sales, 31 spam · quiet", as much of it as fits."""
    total = counts.hidden_total
    shares = ", ".join(f"{counts.hidden[kind]} {_PLURAL[kind]}" for kind in HIDDEN_AS if counts.hidden.get(kind))
    news = f" · {waiting} new above" if waiting else ""
    busy = f" · {progress_words(fetching)}" if fetching else ""
    whole = f"{counts.shown} shown · {total} hidden{f': {shares}' if shares else ''} · level {level.name}{news}{busy}"
    if cell_len(whole) <= width:
        return whole
    return clip(f"{counts.shown} shown · {total} hidden · {level.name}{news}{busy}", width)


def progress_words(progress: Progress) -> str:
    """ "fetching posts 80/400"."""
    if progress.total:
        return f"{progress.what} {min(progress.done, progress.total)}/{progress.total}"
    return f"{progress.what} {progress.done}" if progress.done else f"{progress.what} …"
