"""Models are msgspec structs, which by default would print secrets and compare labels."""

from rich.pretty import pretty_repr

from quietfeed.models.account import Account
from quietfeed.models.joined import Handle
from quietfeed.models.signin import Authorization, Credentials

SECRETS = ("planted-id", "planted-secret", "planted-verifier", "planted-state", "planted-key")


def test_secrets_stay_out_of_every_repr() -> None:
    client_id, client_secret, verifier, state, key = SECRETS
    begun = Authorization(
        "https://here.example", "https://here.example/go", "", client_id, client_secret, verifier, state, key=key
    )
    finished = Credentials(Account("demo", "https://here.example", "you@here.example", "1"), {"token": "planted-token"})
    for shown in (repr(begun), str([begun]), pretty_repr(begun), repr(finished), pretty_repr(finished)):
        assert "here.example" in shown
        assert "planted" not in shown


def test_handles_are_equal_under_every_name_of_their_network() -> None:
    one, other = Handle("a", "1", "ada@here.example", "Here"), Handle("a", "1", "ada@here.example")
    assert one == other
    assert len({one, other}) == 1
    assert one != Handle("a", "2", "ada@here.example", "Here")
