"""The shape of the project: which way imports run, and that the twins stay twins."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import reducer

ROOT = Path(__file__).parents[1]

# A file or package of relay/ may import only those that stand before it.
RELAY = [
    "errors", "places", "settings", "masking", "sources", "flags", "frames", "listing", "measures",
    "recording", "logs", "readiness", "upstreams", "record", "audience", "feed", "snapshot",
    "notes", "overlay", "runs", "follow", "passing", "exposition", "access", "answers", "routes",
    "app", "serve", "workers", "command", "__main__",
]  # fmt: skip

# The parts that answer requests, and so know aiohttp's handlers.
ANSWERING = {"follow", "passing", "access", "answers", "routes", "app", "serve"}

# What one language has and the other has no use for: the command line, asyncio, a browser's
# EventSource, and what JSON.parse does by itself.
ONLY_PYTHON = {"__main__"}
ONLY_JAVASCRIPT = {"listen"}
NO_TWIN = {"aread_events"}

REGISTRY = re.compile(r"https?://[^/\s\"']*(?:registry|pypi|pythonhosted|npmjs)")


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[list[str]]:
    """What a file imports, as absolute dotted names: `from ..errors import NotFound` in
    relay/upstreams/ is relay, errors, NotFound."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else ()
            module = (node.module or "").split(".") if node.module else []
            yield from ([*above, *module, alias.name] for alias in node.names)


def part_of_relay(path: Path) -> str:
    """The file or package right below relay/ that a path belongs to."""
    return path.relative_to(ROOT / "relay").parts[0].removesuffix(".py")


def twins() -> dict[str, str]:
    """Each file of the reducer that has a twin, and what the twin is called."""
    names = {path.stem for path in python_files("reducer")} - ONLY_PYTHON
    return {name: "index" if name == "__init__" else name for name in sorted(names)}


def python_names(path: Path) -> list[str]:
    """The functions and classes of a file, in order."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in ast.parse(path.read_text()).body if isinstance(node, kinds)]


def javascript_names(path: Path) -> list[str]:
    return re.findall(r"(?m)^(?:export )?(?:async )?(?:function\*?|class) (\w+)", path.read_text())


def in_javascript(name: str) -> str:
    """`_merge_part` is `mergePart`: JavaScript hides what it does not export."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name.lstrip("_"))


each_relay_file = pytest.mark.parametrize(
    "path",
    [path for path in python_files("relay") if name_of(path) != "relay/__init__.py"],
    ids=name_of,
)
each_reducer_file = pytest.mark.parametrize("path", python_files("reducer"), ids=name_of)


@each_relay_file
def test_a_relay_file_imports_only_what_stands_before_it(path: Path) -> None:
    part = part_of_relay(path)

    imported = {name[1] for name in imports(path) if name[0] == "relay"} - {part}

    assert imported <= {*RELAY[: RELAY.index(part)]}


@each_relay_file
def test_only_upstreams_knows_openai(path: Path) -> None:
    roots = {name[0] for name in imports(path)}

    assert part_of_relay(path) == "upstreams" or not roots & {"openai", "httpx", "httpx2"}


@each_relay_file
def test_only_the_parts_that_answer_requests_know_http_handlers(path: Path) -> None:
    imported = {".".join(name[:2]) for name in imports(path)}

    assert part_of_relay(path) in ANSWERING or "aiohttp.web" not in imported


def test_the_map_of_the_relay_names_what_is_there() -> None:
    there = {part_of_relay(path) for path in python_files("relay")} - {"__init__"}

    assert there == {*RELAY}


@each_reducer_file
def test_the_reducer_needs_only_the_standard_library(path: Path) -> None:
    roots = {name[0] for name in imports(path)}

    assert roots <= sys.stdlib_module_names | {"reducer"}


def test_all_lists_every_public_name_of_the_reducer() -> None:
    modules = {path.stem for path in python_files("reducer")}
    public = {name for name in vars(reducer) if not name.startswith("_")}

    assert {*reducer.__all__} - modules == public - modules


def test_each_file_of_the_reducer_has_a_twin() -> None:
    there = {path.stem for path in (ROOT / "web/reducer").glob("*.js")} - ONLY_JAVASCRIPT

    assert {*twins().values()} == there


@pytest.mark.parametrize(("name", "twin"), twins().items(), ids=twins())
def test_twins_have_the_same_functions_in_the_same_order(name: str, twin: str) -> None:
    names = python_names(ROOT / f"reducer/{name}.py")

    named = javascript_names(ROOT / f"web/reducer/{twin}.js")

    assert [in_javascript(name) for name in names if name not in NO_TWIN] == named


def test_no_committed_file_names_a_package_registry_or_this_checkout() -> None:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    # A checkout in /build is found in many a text that does not mean it.
    is_telling = len(ROOT.parts) > 2
    texts = {
        name: (ROOT / name).read_text(errors="replace")
        for name in listed.split("\0")
        if (ROOT / name).is_file()
    }

    naming = [
        name
        for name, text in texts.items()
        if REGISTRY.search(text) or (is_telling and f"{ROOT}/" in text)
    ]

    assert texts
    assert not naming
