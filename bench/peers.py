"""Runs bogofilter, spamprobe and crm114 as programs, each with its own folder."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class Peer(Protocol):
    """A filter that runs as a program, one process per call."""

    name: str

    def judge(self, text: str) -> float:
        """The probability of noise, in [0, 1]."""

    def learn(self, text: str, *, noise: bool) -> None:
        """Learn the true mark."""


def _run(command: list[str], text: str) -> str:
    # These programs need a message with a header.
    message = f"Subject: post\n\n{text}\n"
    done = subprocess.run(
        command, input=message.encode("utf-8", "replace"), capture_output=True, check=False, timeout=60
    )
    return done.stdout.decode("utf-8", "replace")


class Bogofilter:
    """bogofilter: Robinson-Fisher over words."""

    name = "bogofilter"

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)

    def judge(self, text: str) -> float:
        """Its spamicity."""
        found = re.search(
            r"spamicity=([\d.eE+-]+)|^\S+ ([\d.eE+-]+)", _run(["bogofilter", "-d", self._folder, "-T", "-v"], text)
        )
        return float(found.group(1) or found.group(2)) if found else 0.5

    def learn(self, text: str, *, noise: bool) -> None:
        """Register as spam or not."""
        _run(["bogofilter", "-d", self._folder, "-s" if noise else "-n"], text)


class Spamprobe:
    """spamprobe: naive Bayes over words and pairs of words."""

    name = "spamprobe"

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        subprocess.run(["spamprobe", "-d", self._folder, "create-db"], capture_output=True, check=False)

    def judge(self, text: str) -> float:
        """Its score."""
        found = re.search(r"(?:SPAM|GOOD) ([\d.]+)", _run(["spamprobe", "-d", self._folder, "score"], text))
        return float(found.group(1)) if found else 0.5

    def learn(self, text: str, *, noise: bool) -> None:
        """Train as spam or good."""
        _run(["spamprobe", "-d", self._folder, "spam" if noise else "good"], text)


class Crm114:
    """crm114: OSB unique, trained on every message."""

    name = "crm114"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("good.css", "bad.css"):
            subprocess.run(["cssutil", "-b", "-r", str(folder / name)], capture_output=True, check=False)

    def judge(self, text: str) -> float:
        """Its probability of the bad class."""
        code = "-{ isolate (:stats:); { classify <osb unique> ( good.css | bad.css ) (:stats:) } output /:*:stats:/ }"
        done = subprocess.run(
            ["crm", code], input=text.encode(), capture_output=True, check=False, timeout=60, cwd=self._folder
        )
        found = re.search(r"bad\.css\):? .*?prob: ([\d.e+-]+)", done.stdout.decode("utf-8", "replace"))
        return float(found.group(1)) if found else 0.5

    def learn(self, text: str, *, noise: bool) -> None:
        """Learn into one of two files."""
        code = f"-{{ learn <osb unique> ( {'bad' if noise else 'good'}.css ) }}"
        subprocess.run(
            ["crm", code], input=text.encode(), capture_output=True, check=False, timeout=60, cwd=self._folder
        )


def available() -> list[Callable[[Path], Peer]]:
    """The installed filters."""
    needed: list[tuple[Callable[[Path], Peer], str]] = [
        (Bogofilter, "bogofilter"),
        (Spamprobe, "spamprobe"),
        (Crm114, "crm"),
    ]
    return [peer for peer, program in needed if shutil.which(program)]
