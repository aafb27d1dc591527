"""The lock file, from which a release is installed by its hashes."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def test_every_requirement_is_locked_at_an_allowed_version_with_hashes() -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK)
    locked = {}
    for block in blocks:
        if found := re.match(r"([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", block):
            locked[canonicalize_name(found[1])] = found[2]
            hashes = re.findall(r"--hash=(\S+)", block)
            assert hashes, block
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), block
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for line in (*project["dependencies"], *project["optional-dependencies"]["images"]):
        wanted = Requirement(line)
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), line
    assert "--index-url" not in LOCK
