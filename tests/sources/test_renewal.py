"""Token renewal for every network that has it: once, in one process at a time, and never lost."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.errors import SignInEnded, SourceError, StoreError
from quietfeed.models.paid import Cost, Purpose
from quietfeed.session.account_secrets import AccountSecrets
from quietfeed.sources.bluesky.client import Client as BlueskyClient
from quietfeed.sources.bluesky.network import with_token
from quietfeed.sources.renewal import Secret, TokenRenewal
from quietfeed.sources.x.client import Client as XClient
from quietfeed.store.places import find_places
from quietfeed.store.tokens import TokenStore

REFRESH = "/xrpc/com.atproto.server.refreshSession"


class SharedStore:
    """A SecretStore that several processes could share."""

    def __init__(self, secret: Mapping[str, str]) -> None:
        self.secret = dict(secret)
        self.saved: list[str] = []
        self.full = False
        self._lock = threading.Lock()

    def load(self) -> Mapping[str, str]:
        return self.secret

    def save(self, secret: Mapping[str, str]) -> None:
        if self.full:
            raise StoreError("The disk is full.")
        self.secret = dict(secret)
        self.saved.append(secret["access"])

    def lock(self) -> AbstractContextManager[None]:
        return self._locked()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            yield


class TokenServer:
    """A server with one sign-in: each refresh token works once."""

    def __init__(self) -> None:
        self.refresh = "refresh-0"
        self.renewals = 0
        self.down = False

    @property
    def secret(self) -> Secret:
        return {"access": f"access-{self.renewals}", "refresh": self.refresh}

    async def renew(self, secret: Secret) -> Secret:
        await asyncio.sleep(0)
        if self.down:
            raise SourceError("The server is down.")
        if secret["refresh"] != self.refresh:
            raise SignInEnded("x.example", expired=True)
        self.renewals += 1
        self.refresh = f"refresh-{self.renewals}"
        return {**secret, **self.secret}


@pytest.mark.parametrize("save_first", [True, False])
async def test_a_failed_renewal_fails_for_all_its_callers_and_the_next_call_tries_again(save_first: bool) -> None:
    server = TokenServer()
    tokens = TokenRenewal(server.secret, SharedStore(server.secret), server.renew, save_first=save_first)
    server.down = True
    results = await asyncio.gather(*(tokens.renew("access-0") for _ in range(3)), return_exceptions=True)
    assert [str(each) for each in results] == ["The server is down."] * 3
    assert tokens.access == "access-0"
    server.down = False
    await asyncio.gather(*(tokens.renew("access-0") for _ in range(3)))
    assert (tokens.access, server.renewals) == ("access-1", 1)


async def test_a_caller_with_a_replaced_token_renews_nothing() -> None:
    server = TokenServer()
    tokens = TokenRenewal(server.secret, None, server.renew)
    await tokens.renew("access-0")
    await tokens.renew("access-0")
    assert (tokens.access, server.renewals) == ("access-1", 1)


async def test_a_rejected_refresh_token_that_another_process_replaced_meanwhile() -> None:
    server = TokenServer()
    store = SharedStore(server.secret)
    adopted: list[Secret] = []

    async def renew_late(secret: Secret) -> Secret:
        # Without locks (a network folder), another process can renew between reading the store and the request.
        store.save(await server.renew(secret))
        return await server.renew(secret)

    tokens = TokenRenewal(server.secret, store, renew_late, on_adopted=adopted.append)
    await tokens.renew("access-0")
    assert (tokens.access, server.renewals) == ("access-1", 1)
    assert adopted == [store.secret]


async def test_tokens_of_another_account_are_not_adopted() -> None:
    server = TokenServer()
    store = SharedStore({"access": "theirs", "refresh": "theirs", "did": "did:plc:other"})
    tokens = TokenRenewal({**server.secret, "did": "did:plc:me"}, store, server.renew)
    await tokens.renew("access-0")
    assert tokens.access == "access-1"


async def test_stored_tokens_that_are_about_to_expire_are_adopted_and_renewed() -> None:
    server = TokenServer()
    store = SharedStore({"access": "stale", "refresh": "refresh-0", "expires": "1"})
    tokens = TokenRenewal(server.secret, store, server.renew)
    await tokens.renew("access-0")
    assert (tokens.access, store.saved) == ("access-1", ["access-1"])


async def test_tokens_that_could_not_be_saved_are_not_replaced_by_the_old_stored_ones() -> None:
    server = TokenServer()
    store = SharedStore(server.secret)
    tokens = TokenRenewal(server.secret, store, server.renew)
    store.full = True
    with pytest.raises(SourceError, match="could not be saved"):
        await tokens.renew("access-0")
    assert tokens.access == "access-1"
    # The store still contains the used refresh token, which would end the sign-in.
    store.full = False
    await tokens.renew("access-1")
    assert (tokens.access, store.saved, server.renewals) == ("access-2", ["access-2"], 2)


@pytest.mark.parametrize("save_first", [True, False])
async def test_closing_saves_tokens_that_could_not_be_saved_before(save_first: bool) -> None:
    server = TokenServer()
    store = SharedStore(server.secret)
    tokens = TokenRenewal(server.secret, store, server.renew, save_first=save_first)
    store.full = True
    with pytest.raises(SourceError, match="could not be saved"):
        await tokens.renew("access-0")
    store.full = False
    await tokens.close()
    assert (store.saved, store.secret["refresh"]) == (["access-1"], server.refresh)


async def test_a_token_that_expires_soon_is_renewed_without_a_rejection() -> None:
    server = TokenServer()
    tokens = TokenRenewal({**server.secret, "expires": "1"}, None, server.renew)
    await asyncio.gather(tokens.renew_if_expiring(), tokens.renew_if_expiring())
    # The renewed one has the same "expires": by the local clock it is expired, but it was just issued.
    await tokens.renew_if_expiring()
    assert (tokens.access, server.renewals) == ("access-1", 1)


@dataclass
class SignIn:
    """A stored sign-in of one network over its loopback server."""

    account: Account
    secret: Mapping[str, str]
    server: Any
    open: Callable[[SharedStore], tuple[Callable[[], Any], Callable[[], Any]]]
    """Opens a client; returns how to send a request, and how to close it."""
    renewals: Callable[[], int]
    expire: Callable[[], None]
    is_accepted: Callable[[Mapping[str, str]], bool]
    """Whether the server accepts both tokens of a secret."""
    close: list[Callable[[], Any]] = field(default_factory=list)

    def client(self, store: SharedStore) -> Callable[[], Any]:
        send, close = self.open(store)
        self.close.append(close)
        return send


class FreeMeter:
    """Counts nothing: these requests are sent to a loopback server."""

    owned = False
    posts_left = None

    def left(self, purpose: Purpose) -> int:
        return 0

    def reserve(self, cost: Cost) -> int:
        return 0

    def settle(self, reservation: int, amount: int, posts: int) -> None: ...


async def bluesky_sign_in(server: Any) -> SignIn:
    found = await with_token(server.url, "abcd-efgh-ijkl-mnop", "june.here.example")

    def start(store: SharedStore) -> tuple[Callable[[], Any], Callable[[], Any]]:
        client = BlueskyClient(found.account, found.secret, store)
        return lambda: client.get("app.bsky.feed.getTimeline"), client.close

    return SignIn(
        found.account,
        found.secret,
        server,
        start,
        lambda: len(server.asked(REFRESH)),
        server.expire,
        lambda secret: secret["access"] in server.access and secret["refresh"] in server.refresh,
    )


def x_sign_in(server: Any) -> SignIn:
    account = Account("x", server.url, "june", "100")

    def start(store: SharedStore) -> tuple[Callable[[], Any], Callable[[], Any]]:
        client = XClient(account, server.secret, store)
        client.meter = FreeMeter()
        return lambda: client.get("/2/users/1/tweets", {"max_results": "5"}, Cost("posts", 0), 0), client.close

    return SignIn(
        account,
        server.secret,
        server,
        start,
        lambda: server.renewals,
        lambda: server.access.clear(),
        lambda secret: secret["access"] in server.access and secret["refresh"] == server.refresh,
    )


@pytest.fixture(params=["bluesky", "x"])
async def sign_in(
    request: pytest.FixtureRequest, bluesky_signin: Callable[..., Any], x_server: Callable[..., Any]
) -> AsyncIterator[SignIn]:
    made = await bluesky_sign_in(bluesky_signin()) if request.param == "bluesky" else x_sign_in(x_server())
    yield made
    for close in made.close:
        await close()


async def test_two_clients_with_two_callers_each_renew_once(sign_in: SignIn) -> None:
    store = SharedStore(sign_in.secret)
    sends = [sign_in.client(store) for _ in range(2)]
    sign_in.expire()
    await asyncio.gather(*(send() for send in sends * 2))
    assert sign_in.renewals() == len(store.saved) == 1
    assert sign_in.is_accepted(store.secret)


async def test_each_client_adopts_what_the_other_renewed(sign_in: SignIn) -> None:
    store = SharedStore(sign_in.secret)
    first, second = sign_in.client(store), sign_in.client(store)
    for one, other in ((first, second), (second, first)):
        sign_in.expire()
        before = sign_in.renewals()
        await one()
        await other()
        assert sign_in.renewals() == before + 1


TWO_PROCESSES = """
import asyncio, json, os, sys
from quietfeed.models.account import Account
from quietfeed.session.account_secrets import AccountSecrets
from quietfeed.sources import network
from quietfeed.store.places import find_places
from quietfeed.store.tokens import TokenStore

parts, secret = json.loads(sys.argv[1])
account = Account(*parts)
source = network(account.network).open_source(account, secret, AccountSecrets(TokenStore(find_places()), account))

async def renew():
    await source._client._tokens.renew(secret["access"])
    await source.close()

children = [os.fork() for _ in range(1)]
asyncio.run(renew())
if not all(children):
    os._exit(0)
assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0]
"""


async def test_two_processes_renew_once(sign_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    account = sign_in.account
    stored = AccountSecrets(TokenStore(find_places()), account)
    stored.save(sign_in.secret)
    sign_in.expire()
    parts = json.dumps([(account.network, account.server, account.handle, account.remote_id), dict(sign_in.secret)])
    command = [sys.executable, "-c", TWO_PROCESSES, parts]
    run = await asyncio.to_thread(subprocess.run, command, stdout=PIPE, stderr=PIPE, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert sign_in.renewals() == 1
    found = stored.load()
    assert found is not None
    assert sign_in.is_accepted(found)


async def test_a_new_sign_in_is_stored_after_a_running_renewal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The renewal of the old token would otherwise replace the new one."""
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    secrets = AccountSecrets(
        TokenStore(find_places()), Account("bluesky", "https://pds.example", "june.example", "did:plc:me")
    )
    server, asked, answer = TokenServer(), asyncio.Event(), asyncio.Event()
    secrets.save(server.secret)

    async def renew_slowly(secret: Secret) -> Secret:
        asked.set()
        await answer.wait()
        return await server.renew(secret)

    tokens = TokenRenewal(server.secret, secrets, renew_slowly)
    renewal = asyncio.create_task(tokens.renew("access-0"))
    await asked.wait()
    signed_in = {"access": "of the new sign-in", "refresh": "new"}
    saving = asyncio.create_task(asyncio.to_thread(lambda: secrets.replace(signed_in, allow_file=True)))
    assert not saving.done()
    answer.set()
    await asyncio.gather(renewal, saving)
    assert server.renewals == 1
    assert secrets.load() == signed_in
    await tokens.renew(tokens.access)
    assert tokens.secret == signed_in
