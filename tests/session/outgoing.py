"""Records every request that leaves the program, and compares it with the table in docs/requests.md."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from json import JSONDecodeError, loads
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
import pytest

TABLE = Path(__file__).parents[2] / "docs" / "requests.md"
_ROW = re.compile(r"\| `(GET|POST|PUT|PATCH|DELETE) ([^`]+)` \|([^|]*)\|([^|]*)\|")
_NETWORK = re.compile(r"## (.+)")
_NAMES = (
    "accept accept-encoding atproto-accept-labelers atproto-proxy authorization connection content-length content-type"
    " host idempotency-key if-modified-since if-none-match user-agent"
)
HEADERS = frozenset(_NAMES.split())
_FORM = "application/x-www-form-urlencoded"


class Sent(msgspec.Struct, frozen=True):
    """A request as it left: `fields` are the names and values of its query and body."""

    method: str
    origin: str
    path: str
    headers: dict[str, str]
    fields: tuple[tuple[str, str], ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields; of a JSON body those of its outermost object."""
        return frozenset(name.partition("/")[0] for name, _ in self.fields)

    @property
    def text(self) -> str:
        """Everything in it that a server can read, except its token."""
        headers = [value for name, value in self.headers.items() if name not in ("authorization", "connection", "host")]
        return "\n".join([self.path, *headers, *(f"{name}={value}" for name, value in self.fields)])


class Allowed(msgspec.Struct, frozen=True):
    """A row of the table: a request that may be sent, with these fields at most; `when` is the occasion."""

    method: str
    pattern: str
    fields: frozenset[str]
    when: str

    def fits(self, sent: Sent) -> bool:
        """Whether this row is about a request."""
        return sent.method == self.method and bool(re.fullmatch(self.pattern, sent.path))


class Server(msgspec.Struct, frozen=True):
    """A server that may be requested, the rows of its network, and the tokens that it issued."""

    origin: str
    rows: tuple[Allowed, ...]
    tokens: frozenset[str] = frozenset()


def allowed(network: str) -> list[Allowed]:
    """The rows of a network."""
    found, here = [], ""
    for line in TABLE.read_text("utf-8").splitlines():
        if heading := _NETWORK.match(line):
            here = heading[1].casefold()
        if (row := _ROW.match(line)) and here == network:
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(row[2]))
            found.append(Allowed(row[1], pattern, frozenset(re.findall(r"`([^`]+)`", row[3])), row[4]))
    # A row without a placeholder takes precedence over one with a placeholder.
    return sorted(found, key=lambda each: each.pattern.count("[^/]+"))


def problems(sent: Sent, servers: Sequence[Server], occasions: Sequence[str]) -> list[str]:
    """What a request contains that is not in the table, or not for these occasions."""
    server = next((each for each in servers if each.origin == sent.origin), None)
    if server is None:
        return [f"{sent.origin} was asked"]
    name = f"{sent.method} {sent.path}"
    found = [f"{name} has the header {each}" for each in sorted(sent.headers.keys() - HEADERS)]
    given = sent.headers.get("authorization", "").rpartition(" ")[2]
    if given and given not in server.tokens:
        found.append(f"{name} has a token of another server")
    row = next((each for each in server.rows if each.fits(sent)), None)
    if row is None:
        return [*found, f"{name} is not in the table"]
    if not any(each in row.when for each in occasions):
        found.append(f"{name} was sent on another occasion than {row.when}")
    return [*found, *(f"{name} has the field {each}" for each in sorted(sent.names - row.fields))]


class Recorder:
    """The sent requests, and the addresses of the connections."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.connected: set[tuple[str, int]] = set()

    def take(self) -> list[Sent]:
        """The requests since the last call."""
        taken, self.sent = self.sent, []
        return taken


_recorders: list[Recorder] = []


def _hear(event: str, values: tuple[Any, ...]) -> None:
    """Record each connection of any library. An audit hook cannot be removed, so all tests share one."""
    if event == "socket.connect" and _recorders and isinstance(values[1], tuple):
        for recorder in _recorders:
            recorder.connected.add((str(values[1][0]), int(values[1][1])))


_hooked: list[bool] = []


@contextmanager
def recording(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Record what every client sends until the end of the block."""
    recorder, send = Recorder(), httpx.AsyncHTTPTransport.handle_async_request
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hear)

    async def noted(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        parts = urlsplit(str(request.url))
        fields = (*parse_qsl(parts.query, keep_blank_values=True), *_fields(request, body))
        headers = {name.casefold(): value for name, value in request.headers.items()}
        recorder.sent.append(Sent(request.method, f"{parts.scheme}://{parts.netloc}", parts.path, headers, fields))
        return await send(transport, request)

    _recorders.append(recorder)
    with monkeypatch.context() as patched:
        patched.setattr(httpx.AsyncHTTPTransport, "handle_async_request", noted)
        try:
            yield recorder
        finally:
            _recorders.remove(recorder)


def _fields(request: httpx.Request, body: bytes) -> Iterator[tuple[str, str]]:
    kind = request.headers.get("content-type", "").partition(";")[0]
    text = body.decode("utf-8", "replace")
    if kind == _FORM:
        yield from parse_qsl(text, keep_blank_values=True)
    elif kind == "multipart/form-data":
        yield from ((name, "") for name in re.findall(r'form-data; name="([^"]+)"', text))
    elif text:
        try:
            yield from _flat("", loads(text))
        except JSONDecodeError:
            yield "(body)", text


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The fields of a JSON value by their paths, without the numbers of lists: "record/embed/images"."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _flat(f"{name}/{key}".lstrip("/"), each)
    elif isinstance(value, list):
        for each in value:
            yield from _flat(name, each)
    else:
        yield name, str(value)
