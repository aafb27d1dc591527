"""A session closes everything that it opened, even if one part of it cannot be closed."""

from pathlib import Path

import pytest

from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.errors import QuietfeedError, SourceError, StoreError
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.training_job import TrainingJob
from quietfeed.sources.demo import Demo
from quietfeed.store.archive import Archive
from quietfeed.store.places import find_places
from quietfeed.store.tokens import TokenStore


class FailingSource(Demo):
    """A source whose connection cannot be closed."""

    closed = 0

    async def close(self) -> None:
        FailingSource.closed += 1
        raise SourceError("not closed")


class FailingTrainer:
    """A trainer whose process cannot be ended."""

    def learn(self, job: TrainingJob) -> None:
        raise AssertionError(job)

    def close(self) -> None:
        raise QuietfeedError("not ended")


def is_closed(archive: Archive) -> bool:
    try:
        archive.accounts()
    except StoreError:
        return True
    return False


@pytest.fixture
def session() -> Session:
    FailingSource.closed = 0
    archive, source = Archive(None), FailingSource()
    archive.add_account(source.account)
    other = Account("demo", "https://other.example", "me@other.example", "7")
    opened = {source.account.key: source, other.key: FailingSource()}
    return Session(archive, Config(), Accounts(archive, None, opened), None, trainer=FailingTrainer())


async def test_a_source_that_cannot_be_closed_leaves_nothing_else_open(session: Session) -> None:
    with pytest.raises(SourceError):
        await session.close()
    assert FailingSource.closed == 2
    assert is_closed(session._archive)


async def test_a_trainer_that_cannot_be_ended_leaves_nothing_else_open(session: Session) -> None:
    assert not session.learning.pending
    with pytest.raises(QuietfeedError):
        await session.close()
    assert FailingSource.closed == 2
    assert is_closed(session._archive)
    # A second call has nothing left to close but the trainer.
    with pytest.raises(QuietfeedError, match="not ended"):
        await session.close()
    assert FailingSource.closed == 2


async def test_signing_out_deletes_a_token_that_closing_the_source_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    archive, tokens = Archive(None), TokenStore(find_places(tmp_path))
    account = archive.add_account(Account("mastodon", "http://127.0.0.1:9", "me@here.example", "7"))

    class Renewing(Demo):
        """A source whose token is being renewed: closing waits until the new one is stored."""

        async def close(self) -> None:
            tokens.save(account.key, {"token": "renewed"}, allow_file=True)

    accounts = Accounts(archive, tokens, {account.key: Renewing()})
    await accounts.remove(account)
    assert tokens.find(account.key) is None
    assert accounts.all() == ()


async def test_signing_out_goes_on_if_the_source_cannot_be_closed(session: Session) -> None:
    (account,) = session.accounts
    with pytest.raises(SourceError):
        await session.signing_in.remove(account)
    assert session.accounts == ()
