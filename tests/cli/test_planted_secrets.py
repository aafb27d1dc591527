"""Secrets are planted and errors raised wherever a token is in reach: nothing but the token file contains one."""

import json
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.errors import SourceError, StoreError
from quietfeed.tests.cli.test_publish import vouch

Run = Callable[..., subprocess.CompletedProcess[str]]
Serve = Callable[..., Any]
TOKEN = "planted-token-0123456789"
PASSWORD = "abcd-efgh-ijkl-mnop"

MASTODON = (
    ("sync", "sources.mastodon.network", "open_source"),
    ("sync", "sources.mastodon.source", "Mastodon.__init__"),
    ("sync", "sources.mastodon.source", "Mastodon.timeline"),
    ("sync", "sources.mastodon.source", "Mastodon.relationships"),
    ("sync", "sources.mastodon.reader", "StatusReader.read"),
    ("sync", "sources.http", "Http.get"),
    ("sync", "sources.http", "Http._fetch"),
    ("sync", "sources.http", "Http._note_clock"),
    ("sync", "sources.http", "Http._resolve_same_origin"),
    ("sync", "sources.http", "fetch"),
    ("sync", "sources.http", "secrets_in"),
    ("sync", "sources.http", "decode_json"),
    ("sync", "sources.fetch", "read_body"),
    ("sync", "session.accounts", "Accounts.source"),
    ("sync", "session.accounts", "Accounts._open"),
    ("sync", "session.account_secrets", "AccountSecrets.load"),
    ("sync", "session.paging", "store_page"),
    ("sync", "store.tokens", "TokenStore.find"),
    ("sync", "store.tokens", "TokenStore._read"),
    ("sync", "store.tokens", "_checked"),
    ("sync", "store.posts", "Posts.save_page"),
    ("sync", "store.post_storing", "post_to_record"),
    ("doctor", "store.tokens", "TokenStore.place"),
    ("doctor", "store.tokens", "TokenStore.where"),
    ("doctor", "sources.mastodon.source", "Mastodon.timeline"),
    ("doctor", "session.health", "_database"),
    ("export all", "session.transfer", "export_setup"),
    ("account add", "sources.mastodon.network", "with_token"),
    ("account add", "sources.mastodon.signin", "with_token"),
    ("account add", "session.accounts", "Accounts.accept"),
    ("account add", "session.sign_in_flow", "SignInFlow._store"),
    ("account add", "store.tokens", "TokenStore.save"),
    ("account add", "store.tokens", "_write_private"),
    ("account add", "store.archive", "Archive.add_account"),
    ("account remove", "session.accounts", "Accounts.remove"),
    ("account remove", "sources.mastodon.network", "revoke"),
    ("account remove", "store.tokens", "TokenStore.forget"),
)
BLUESKY = (
    ("sync", "sources.bluesky.client", "Client._call"),
    ("sync", "sources.bluesky.client", "Client._ask"),
    ("sync", "sources.renewal", "lifetime"),
    ("sync", "sources.renewal", "TokenRenewal.renew_if_expiring"),
    ("sync", "sources.bluesky.source", "Bluesky.timeline"),
    ("sync", "sources.bluesky.source", "Bluesky.interactions"),
    ("account add", "sources.bluesky.signin", "create_session"),
    ("account add", "sources.bluesky.signin", "_own_server"),
    ("account add", "sources.bluesky.signin", "tokens_of"),
    ("account add", "store.tokens", "TokenStore.save"),
    ("account remove", "sources.bluesky.signin", "delete_session"),
)
X = (
    ("sync", "store.spent_months", "SpentMonths.set"),
    ("sync", "sources.x.client", "Client._counted"),
    ("sync", "sources.http", "Http.request"),
    ("sync", "sources.x.network", "open_source"),
    ("sync", "sources.x.source", "X.news"),
    ("sync", "sources.x.source", "X.interactions"),
    ("doctor", "session.spending", "BudgetMeter.state"),
    ("account add", "session.spending", "BudgetMeter.reserve"),
)
LISTS = (
    ("publish --dry-run", "session.publishing", "PublishingService.plan"),
    ("publish --yes", "session.publishing", "PublishingService.publish"),
    ("publish --yes", "sources.http", "Http.send"),
    ("publish --undo", "session.publishing", "PublishingService.undo_plan"),
)
PROXY = "ada:proxy-password-0123@127.0.0.1:9"
ERRORS: tuple[Callable[[str], Exception], ...] = (RuntimeError, SourceError, StoreError, OSError)


def leaking(secrets: list[str], error: Callable[[str], Exception], called: list[str]) -> Callable[..., Any]:
    """A function that fails with all secrets in its message, its arguments and its local variables."""

    def fail(*arguments: object, **more: object) -> Any:
        local = " ".join(secrets)
        called.append(local)
        raise error(f"failed with {local}") from ValueError(f"caused by {local} of {arguments!r} {more!r}")

    return fail


def replaced(patch: pytest.MonkeyPatch, module: str, name: str, function: Callable[..., Any]) -> None:
    owner: Any = import_module(f"quietfeed.{module}")
    *outer, attribute = name.split(".")
    for each in outer:
        owner = getattr(owner, each)
    patch.setattr(owner, attribute, function)


def outputs(answer: subprocess.CompletedProcess[str], home: Path) -> str:
    """Everything that a command wrote, except the token file."""
    files = [path for path in home.rglob("*") if path.is_file() and path.name not in ("tokens.json", "tokens.new")]
    return answer.stdout + answer.stderr + "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


class Planted:
    """A signed-in quietfeed whose secrets are known to the test."""

    def __init__(self, run: Run, home: Path, add: tuple[str, ...], given: str) -> None:
        self.run, self.home, self.add, self.given = run, home, add, given
        self.sign_in()

    def sign_in(self) -> None:
        added = self.run(*self.add, stdin=f"{self.given}\n")
        assert added.returncode == 0, added.stderr

    @property
    def secrets(self) -> list[str]:
        kept = json.loads((self.home / "data" / "tokens.json").read_text())
        found = {value for secret in kept.values() for name, value in secret.items() if name in _SECRET}
        return sorted({self.given, *found})

    def command(self, name: str) -> subprocess.CompletedProcess[str]:
        if name == "account add":
            return self.run(*self.add, stdin=f"{self.given}\n")
        if name == "account remove":
            return self.run("account", "remove", "1")
        return self.run(*name.split())


_SECRET = ("token", "access", "refresh", "password")


def try_all(planted: Planted, points: tuple[tuple[str, str, str], ...]) -> None:
    secrets = planted.secrets
    unreached: list[str] = []
    for number, (command, module, name) in enumerate(points):
        error = ERRORS[number % len(ERRORS)]
        called: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            replaced(patch, module, name, leaking(secrets, error, called))
            answer = planted.command(command)
        where = f"{command}: {module}.{name} raising {error.__name__}"
        if not called:
            unreached.append(where)
        told = outputs(answer, planted.home)
        assert "Traceback" not in answer.stderr, where
        assert not [each for each in secrets if each in told], where
        if command == "account remove":
            planted.sign_in()
            secrets = planted.secrets
        # Renewed tokens are secrets too.
        secrets = sorted({*secrets, *planted.secrets})
    assert not unreached, "; ".join(unreached)


def test_no_output_has_a_secret_of_mastodon(run: Run, home: Path, mastodon: Serve) -> None:
    server = mastodon(posts=30, echoes=True)
    server.tokens.add(TOKEN)
    planted = Planted(run, home, ("account", "add", "mastodon", "--server", server.url, "--token-stdin"), TOKEN)
    try_all(planted, MASTODON)


def test_no_output_has_a_secret_of_bluesky(run: Run, home: Path, bluesky: Serve) -> None:
    server = bluesky(posts=20)
    handle = server.world.me["handle"]
    add = ("account", "add", "bluesky", "--server", server.url, "--handle", handle, "--token-stdin")
    planted = Planted(run, home, add, PASSWORD)
    try_all(planted, BLUESKY)


def test_no_output_has_a_secret_of_x(run: Run, home: Path, x_server: Serve) -> None:
    server = x_server()
    add = ("account", "add", "x", "--client-id", "app", "--server", server.url, "--token-stdin", "--yes")
    planted = Planted(run, home, add, "refresh-0")
    try_all(planted, X)


def test_no_output_has_a_secret_while_a_list_is_published(run: Run, home: Path, mastodon: Serve) -> None:
    server = mastodon(posts=30, echoes=True, scopes=("read", "write"))
    server.tokens.add(TOKEN)
    add = ("account", "add", "mastodon", "--server", server.url, "--token-stdin", "--write")
    planted = Planted(run, home, add, TOKEN)
    run("sync")
    vouch(run, server)
    try_all(planted, LISTS)


@pytest.mark.parametrize(
    "proxy", [f"http://{PROXY}", f"socks5://{PROXY}", PROXY, f"ftp://{PROXY}", "http://a:proxy-password-0123@"]
)
def test_no_output_has_the_password_of_a_proxy(
    run: Run, home: Path, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy)
    for command in (
        ("account", "add", "mastodon", "--server", "https://social.example", "--token-stdin"),
        ("subscribe", "https://blog.example/feed"),
        ("doctor",),
    ):
        answer = run(*command, stdin=f"{TOKEN}\n")
        assert "Traceback" not in answer.stderr
        assert "proxy-password" not in outputs(answer, home), command
