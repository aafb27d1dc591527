"""Other terminal clients to compare with, configured for the loopback server.

They are searched in PATH, or in the folder QUIETFEED_BENCH_CLIENTS. `pip install toot toot-tooi mastui` in a separate
environment installs them.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = "good"
PORT, SECURE = 8931, 8932


@dataclass
class Client:
    """A program, its environment, and its key for the next post."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    down: bytes = b"j"


def find(name: str) -> str | None:
    """The path of an installed client."""
    return shutil.which(name, path=os.environ.get("QUIETFEED_BENCH_CLIENTS")) or shutil.which(name)


def clients(folder: Path, port: int, secure_port: int) -> tuple[list[Client], list[str]]:
    """The installed clients, each with a home under a folder, and a sentence for each missing one."""
    found, missing = [], []
    for name, make in (("toot", _toot), ("tooi", _tooi), ("mastui", _mastui)):
        program = find(name)
        if program is None:
            missing.append(f"{name} is not installed: not measured (QUIETFEED_BENCH_CLIENTS names its bin folder).")
        else:
            home = folder / name
            environment = {
                "HOME": str(home),
                "XDG_CONFIG_HOME": str(home / "config"),
                "XDG_DATA_HOME": str(home / "data"),
            }
            home.mkdir()
            found.append(make(program, home, environment, port, secure_port))
    return found, missing


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a self-signed certificate for loopback."""
    paths = folder / "loopback.pem", folder / "loopback.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command, *names, "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    return paths


@contextmanager
def serving(folder: Path, posts: int) -> Iterator[None]:
    """Run the loopback server (bench/serve.py) during the `with` block."""
    program = Path(__file__).with_name("serve.py")
    command = [sys.executable, str(program), str(PORT), str(posts), *map(str, certificate(folder)), str(SECURE)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            time.sleep(0.1)
            if process.poll() is not None:
                raise SystemExit(f"The loopback server did not start: is port {PORT} or {SECURE} taken?")
            with suppress(OSError), socket.create_connection(("127.0.0.1", PORT), 1):
                break
        yield
    finally:
        process.kill()
        process.wait()


def _toot(program: str, home: Path, environment: dict[str, str], port: int, _secure: int) -> Client:
    instance = f"127.0.0.1:{port}"
    url = f"http://{instance}"
    _write(
        home / "config" / "toot" / "config.json",
        {
            "active_user": f"you@{instance}",
            "apps": {instance: {"instance": instance, "base_url": url, "client_id": "i", "client_secret": "s"}},
            "users": {f"you@{instance}": {"instance": instance, "username": "you", "access_token": TOKEN}},
            "dismiss_tui_deprecation_notice": True,
        },
    )
    return Client("toot tui", [program, "tui"], environment)


def _tooi(program: str, home: Path, environment: dict[str, str], port: int, _secure: int) -> Client:
    instance = f"127.0.0.1:{port}"
    app = {"title": "Loopback", "domain": instance, "base_url": f"http://{instance}"}
    account = {"acct": f"you@{instance}", "username": "you", "instance": instance, "access_token": TOKEN}
    _write(
        home / "data" / "tooi" / "credentials.json",
        {
            "active_acct": account["acct"],
            "accounts": {account["acct"]: account},
            "apps": {instance: app | {"client_id": "i", "client_secret": "s"}},
        },
    )
    return Client("tooi", [program], environment)


def _mastui(program: str, home: Path, environment: dict[str, str], _port: int, secure: int) -> Client:
    profile = home / ".config" / "mastui" / "profiles" / "you"
    profile.mkdir(parents=True)
    others = ("LOCAL", "FEDERATED", "NOTIFICATIONS", "DIRECT")
    lines = [
        f"MASTODON_HOST=127.0.0.1:{secure}",
        "MASTODON_CLIENT_ID=i",
        "MASTODON_CLIENT_SECRET=s",
        f"MASTODON_ACCESS_TOKEN={TOKEN}",
        *(f"{each}_TIMELINE_ENABLED=off" for each in others),
        "HOME_AUTO_REFRESH=off",
    ]
    profile.joinpath(".env").write_text("\n".join(lines) + "\n", "utf-8")
    profile.parent.parent.joinpath("last_profile.txt").write_text("you", "utf-8")
    # The certificate is its own issuer.
    environment["REQUESTS_CA_BUNDLE"] = str(home.parent / "loopback.pem")
    return Client("mastui", [program], environment)


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content), "utf-8")
