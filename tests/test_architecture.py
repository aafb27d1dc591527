"""Checks the architecture: layers, packaging, and modules that must not be loaded before they are needed."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def modules_after(code: str, *, home: Path) -> set[str]:
    """The names in sys.modules after running code in a fresh interpreter with an empty home."""
    answer = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint('MODULES', *sys.modules)"],
        capture_output=True,
        text=True,
        env={**os.environ, "QUIETFEED_HOME": str(home)},
        check=True,
    )
    return set(answer.stdout.rsplit("MODULES", 1)[1].split())


def test_no_layer_imports_a_higher_one() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


def test_every_folder_with_modules_is_packaged() -> None:
    outside = {"tests", "bench", "build", "dist", "docs"}
    folders = {
        ".".join(("quietfeed", *path.parent.relative_to(ROOT).parts))
        for path in ROOT.rglob("__init__.py")
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        and path.relative_to(ROOT).parts[0] not in outside
    }
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == folders


def test_only_the_entry_point_is_at_the_root() -> None:
    assert sorted(path.name for path in ROOT.glob("*.py")) == ["__init__.py", "__main__.py"]


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_session_loads_no_screen_no_network_and_no_trainer(tmp_path: Path) -> None:
    loaded = modules_after("import quietfeed.session.session, quietfeed.session.opening", home=tmp_path)
    assert not loaded & {"textual", "httpx", "sklearn", "numpy", "scipy", "keyring", "feedparser", "selectolax"}


@pytest.mark.parametrize("arguments", [["--help"], ["judge", "--help"], ["--version"], ["frobnicate"]])
def test_help_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code = f"from quietfeed.__main__ import main\ntry:\n    main({arguments!r})\nexcept SystemExit:\n    pass"
    loaded = modules_after(code, home=tmp_path)
    assert not loaded & {"textual", "httpx", "sklearn", "numpy", "asyncio", "sqlite3", "msgspec"}
    assert not loaded & {"quietfeed.session.session", "quietfeed.sources.registry"}


def test_judging_loads_no_screen_no_network_and_no_trainer(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"id": "1", "text": "see you at seven?"}\n', "utf-8")
    loaded = modules_after(f"from quietfeed.__main__ import main\nmain(['judge', {str(posts)!r}])", home=tmp_path)
    assert "quietfeed.filters.judge" in loaded
    assert not loaded & {"textual", "httpx", "sklearn", "numpy", "scipy"}


def test_the_screens_load_no_pictures_before_one_is_shown(tmp_path: Path) -> None:
    loaded = modules_after("import quietfeed.tui.app, quietfeed.tui.screens.detail", home=tmp_path)
    assert "quietfeed.tui.widgets.images" in loaded
    assert not loaded & {"PIL", "textual_image", "httpx", "sklearn", "feedparser", "selectolax"}


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"]["dev"]]
    for dependency in listed:
        line = next(line for line in text.splitlines() if f'"{dependency}"' in line)
        assert "# " in line, f"{dependency} has no reason beside it"


def test_no_module_is_pickled_and_no_file_is_too_long() -> None:
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).parts
        if any(part.startswith(".") for part in parts) or parts[0] in {"build", "dist"}:
            continue
        text = path.read_text("utf-8")
        if parts[0] != "tests":
            assert "import pickle" not in text, path
            assert len(text.splitlines()) <= 420, f"{path} has grown out of one module"


def test_no_network_is_named_outside_the_sources() -> None:
    """The registry knows the networks. Docstrings may name them, and the model's build script names data sets."""
    networks = re.compile(
        r"mastodon|bluesky|bsky|at://|atproto|fediverse|activitypub|brid\.gy|threads\.(net|com)|flipboard|twitter"
        r"|\bx\.com|\brss\b|\batom\b",
        re.IGNORECASE,
    )
    named = []
    for package in ("cli", "tui", "session", "phrases", "filters", "store", "models", "codec"):
        for path in (ROOT / package).rglob("*.py"):
            if path.relative_to(ROOT).parts[:2] == ("filters", "base_model"):
                continue
            tree = ast.parse(path.read_text("utf-8"))
            prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in prose:
                    continue
                if networks.search(node.value):
                    named.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value[:60]!r}")
            for compared in (each for each in ast.walk(tree) if isinstance(each, ast.Compare | ast.MatchValue)):
                values = [each.value for each in ast.walk(compared) if isinstance(each, ast.Constant)]
                if {"x", "blogs", "demo"} & {each for each in values if isinstance(each, str)}:
                    named.append(f"{path.relative_to(ROOT)}:{compared.lineno} {ast.unparse(compared)}")
            for name in (each for each in ast.walk(tree) if isinstance(each, ast.Name | ast.Attribute | ast.arg)):
                written = ast.unparse(name).rpartition(".")[2]
                if networks.search(written):
                    named.append(f"{path.relative_to(ROOT)}:{name.lineno} {written}")
    # Help shows example commands, users search the palette for "rss", OPML uses it as a type, links have parameters.
    allowed = re.compile(r"cli/usage\.py|phrases/action_table\.py:\d+ '(rss|atom)'|codec/opml\.py:|models/link\.py:")
    assert [each for each in named if not allowed.match(each)] == []


PACKAGES = ("models", "codec", "phrases", "sources", "filters", "store", "session", "cli", "tui")

ONLY_IN = {
    "sqlite3": ("store/",),
    "keyring": ("store/",),
    "httpx": ("sources/",),
    "feedparser": ("sources/blogs/",),
    "sklearn": ("filters/learn.py", "filters/base_model/"),
    "textual": ("tui/",),
    "argparse": ("cli/", "__main__.py", "filters/base_model/", "sources/demo/simulate.py"),
}
"""The table of CONTRIBUTING.md: libraries, and where they may be imported."""


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """The dots, the module and the name of each import in a tree, also those in functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, node.module or "", each.name) for each in node.names)


def test_each_library_is_imported_where_it_belongs() -> None:
    for path in (ROOT / "__main__.py", *(each for package in PACKAGES for each in (ROOT / package).rglob("*.py"))):
        file = path.relative_to(ROOT).as_posix()
        for dots, module, _ in imports_of(ast.parse(path.read_text("utf-8"))):
            allowed = ONLY_IN.get(module.partition(".")[0])
            assert dots or allowed is None or file.startswith(allowed), f"{file} imports {module}"


def loaded_with(tree: ast.Module) -> ast.Module:
    """A module without what runs later or only for types: functions and TYPE_CHECKING blocks."""
    later = ast.FunctionDef | ast.AsyncFunctionDef
    now = [each for each in tree.body if not isinstance(each, later)]
    return ast.Module([each for each in now if "TYPE_CHECKING" not in ast.unparse(each).partition("\n")[0]], [])


def test_no_modules_import_each_other_while_they_are_loaded() -> None:
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        folder = path.relative_to(ROOT).parent.parts
        graph[name] = set()
        for dots, module, imported in imports_of(loaded_with(ast.parse(path.read_text("utf-8")))):
            base = ".".join((*folder[: len(folder) - dots + 1], *filter(None, (module,))))
            graph[name] |= {f"{base}.{imported}", base} & modules.keys() - {name} if dots else set()
    # A package and its modules: an import of a module loads the package first, which imports none of them.
    packages = {name for name, path in modules.items() if path.name == "__init__.py"}
    graph = {name: found - packages if name not in packages else found for name, found in graph.items()}
    TopologicalSorter(graph).prepare()


def test_no_class_inherits_from_another_of_ours_and_no_method_is_left_to_a_subclass() -> None:
    """Errors share bases, and protocols of sources extend each other. Everything else is composed."""
    classes: list[ast.ClassDef] = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text("utf-8")
            assert "NotImplementedError" not in text, path
            classes += [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.ClassDef)]
    bases = {each.name: {ast.unparse(base).split("[")[0].split(".")[-1] for base in each.bases} for each in classes}

    def is_error(name: str) -> bool:
        return name == "QuietfeedError" or any(map(is_error, bases.get(name, ())))

    found = {
        name: base
        for name, named in bases.items()
        for base in named & bases.keys()
        if not is_error(name) and "Protocol" not in named
    }
    assert not found


_EMPTY = re.compile(r"\{\}|\[\]|(set|dict|list|deque|Counter|OrderedDict|WeakKeyDictionary)(\[.*\])?\(\)|defaultdict.*")


def test_no_module_holds_a_cache_that_grows() -> None:
    """Caches have owners. `lru_cache` needs a bound, and `cache` is for loaders without arguments."""
    filled: list[str] = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            for node in tree.body:
                constant = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation).startswith("Mapping")
                value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
                if not constant and value is not None and _EMPTY.fullmatch(ast.unparse(value)):
                    filled.append(str(path.relative_to(ROOT)))
            for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
                for decorator in map(ast.unparse, function.decorator_list):
                    assert not decorator.startswith("lru_cache") or "maxsize=" in decorator, (path, function.name)
                    assert decorator != "cache" or not function.args.args, (path, function.name)
    assert filled == ["models/secrets.py"]


def test_the_data_flow_of_the_documentation_names_what_is_in_the_code() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    flow = page.partition("## Data flow")[2]
    code = [path.read_text("utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    for file in re.findall(r"`([a-z_/]+\.py)`", page):
        assert (ROOT / file).exists() or (ROOT / "session" / file).exists(), file
    for name in re.findall(r"`([A-Za-z_]+(?:\.[A-Za-z_]+)?)`", flow):
        owner, _, member = name.rpartition(".")
        definition = re.compile(rf"(?:def|class) {member}\b|^ *{member}\b ?[:=]", re.MULTILINE)
        files = [text for text in code if not owner or f"class {owner}" in text]
        assert any(definition.search(text) for text in files), name
