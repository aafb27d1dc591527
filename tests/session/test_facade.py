"""The facade only contains services; services use each other's public methods."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import quietfeed.session
from quietfeed.models.account import Account
from quietfeed.session import Session

FILES = sorted(Path(quietfeed.session.__file__).parent.glob("*.py"))
WRITES = {
    "posts": {"save", "save_page", "save_detached", "update", "set_gap_kind", "forget_filters"},
    "people": {"save", "save_profiles", "write"},
    "rechecks": {"checked", "remove", "remove_unmarked"},
    "ties": {"save_interactions", "save_relationships", "save_imported", "save_from_file"},
    "relationships": {"save_partial", "save_restrictions"},
    "subscriptions": {"update"},
    "outbox": {"done"},
    "_store": {"done"},
}
"""The methods of the archive's parts that store what comes from outside."""


STEPS = {"train_pending", "make_job", "purge", "purged", "store_page", "add_new"}
"""Methods that are one step of a service's work. A user interface does not call them."""


def attributes(path: Path) -> Iterator[ast.Attribute]:
    """All attributes that a file names."""
    return (each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.Attribute))


def test_the_session_inherits_nothing_and_has_few_members(demo_world: Callable[..., Session]) -> None:
    assert Session.__bases__ == (object,)
    members = {name for name in dir(demo_world()) if not name.startswith("_")}
    assert len(members) < 40


def test_no_service_uses_private_members_of_another() -> None:
    own = {"self", "cls"}
    for path in FILES:
        for each in attributes(path):
            private = each.attr.startswith("_") and not each.attr.startswith("__")
            foreign = not (isinstance(each.value, ast.Name) and each.value.id in own)
            assert not (private and foreign), f"{path.name}:{each.lineno} {ast.unparse(each)}"


def test_data_from_outside_enters_the_store_only_through_ingest() -> None:
    for path in FILES:
        writes = [
            f"{path.name}:{each.lineno} {each.attr}"
            for each in attributes(path)
            if isinstance(each.value, ast.Attribute) and each.attr in WRITES.get(each.value.attr, ())
        ]
        assert bool(writes) == (path.name == "ingest.py"), writes


def test_user_interfaces_leave_the_steps_of_a_service_to_it() -> None:
    root = FILES[0].parent.parent
    for path in (*(root / "cli").glob("*.py"), *(root / "tui").rglob("*.py")):
        used = {each.attr for each in attributes(path)} & STEPS
        assert not used, f"{path.name}: {used}"


def test_the_documentation_lists_every_service(demo_world: Callable[..., Session]) -> None:
    page = (FILES[0].parent.parent / "docs" / "architecture.md").read_text("utf-8")
    session = demo_world()
    services = {name: getattr(session, name) for name in dir(session) if not name.startswith("_")}
    for name, value in services.items():
        module = type(value).__module__
        if module.startswith("quietfeed.session."):
            assert f"| `{name}` | `{module.rpartition('.')[2]}.py` |" in page, name


def test_every_service_knows_an_account_once_it_is_added(demo_world: Callable[..., Session]) -> None:
    session = demo_world()
    added = session.signing_in.add(Account("demo", "https://other.example", "me@other.example", "7"))
    assert session._contexts.is_own(added.key, "7")
