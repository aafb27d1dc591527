"""Receives the code of a browser sign-in on a loopback port (RFC 8252, section 7.3)."""

import asyncio
from urllib.parse import parse_qs

from ..models.errors import SignInDeclined, SignInNeeded, SourceError

_PATIENCE = 300.0
_PAGE = """<!doctype html><meta charset="utf-8"><title>quietfeed</title>
<body style="font:1.2em/1.6 system-ui;max-width:32em;margin:20vh auto;padding:0 1em">
<h1 style="font-size:1.2em">{title}</h1><p>{text}</p>"""


class Listener:
    """Listens on a free loopback port until the browser returns with the code."""

    def __init__(self, patience: float = _PATIENCE) -> None:
        """`patience`: seconds that `code` waits for the browser."""
        self._patience = patience
        self._code: asyncio.Future[str] | None = None
        self._server: asyncio.Server | None = None
        self._state = self._issuer = ""
        self.redirect = ""

    async def start(self, port: int = 0) -> None:
        """Open the port (any free one if it is 0), and set `redirect` to its address.

        Raises SourceError if it cannot be opened.
        """
        self._code = asyncio.get_running_loop().create_future()
        try:
            self._server = await asyncio.start_server(self._respond, "127.0.0.1", port)
        except OSError as error:
            raise SourceError(f"No local port for the browser is free ({error.strerror}): paste the code.") from None
        self.redirect = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    def expect(self, state: str, issuer: str = "") -> None:
        """Accept a code with this state and, if given, from this issuer (RFC 9207).

        Call it before the browser opens, because a blocking browser returns the code before `code` is awaited.
        """
        self._state, self._issuer = state, issuer

    @property
    def answered(self) -> bool:
        """Whether the browser has returned, with the code or an error."""
        return self._code is not None and self._code.done()

    async def code(self) -> str:
        """Wait for the code. Raises SignInNeeded if the sign-in was rejected, or after five minutes."""
        assert self._code is not None
        try:
            return await asyncio.wait_for(asyncio.shield(self._code), self._patience)
        except TimeoutError:
            raise SignInNeeded("The browser did not return a code within five minutes: sign in again.") from None
        finally:
            await self.close()

    async def close(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # Read the whole head, because closing a socket with unread bytes resets it, and the browser shows no page.
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        except (TimeoutError, ValueError, EOFError, OSError, asyncio.LimitOverrunError):
            writer.close()
            return
        parts = head.decode("latin-1").split(" ", 2)
        if len(parts) > 1:
            query = parse_qs(parts[1].partition("?")[2])
        else:
            query = {}
        title, text = self._take(query)
        body = _PAGE.format(title=title, text=text).encode()
        headers = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{headers}Connection: close\r\n\r\n".encode() + body)
        try:
            await writer.drain()
            writer.close()
        except OSError:
            # The browser closed the connection first, which is fine.
            return

    def _take(self, query: dict[str, list[str]]) -> tuple[str, str]:
        assert self._code is not None
        if not ({"code", "error"} & query.keys()):
            return "quietfeed is waiting", "Your server will send the browser here after the sign-in."
        issuer = query.get("iss", [""])[0]
        if not self._state or query.get("state", [""])[0] != self._state or self._issuer not in ("", issuer):
            return "Wrong sign-in", "The response belongs to another sign-in. Start again in the terminal."
        if not self._code.done():
            if "code" in query:
                self._code.set_result(query["code"][0])
            else:
                self._code.set_exception(SignInDeclined())
        if "error" in query:
            return "Not signed in", "You or the server rejected the sign-in. You can close this page."
        return "Signed in", "You can close this page and go back to the terminal."
