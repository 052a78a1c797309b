"""The README is true: its settings are those of the code, and its examples run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from relay.settings import Settings
from relay.sources import variable
from relay.upstreams.configured import read_assistants

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", README)

# What the code finds out at start; the descriptions say how.
FOUND_AT_START = {"recordings": "", "upstream": "`replay`"}


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def default_of(name: str, field: FieldInfo) -> str:
    if name in FOUND_AT_START:
        return FOUND_AT_START[name]
    return f"`{field.default}`" if field.default not in (None, (), "") else ""


def settings_table() -> str:
    rows = [
        f"| `{variable(name)}` | {default_of(name, field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| setting | default | meaning |", "| --- | --- | --- |", *rows])


def test_the_settings_table_is_that_of_the_code() -> None:
    [table] = re.findall(r"(?s)<!-- settings:.*?-->\n(.*?)\n?<!-- /settings -->", README)

    assert table == settings_table()


@pytest.mark.parametrize("code", blocks("python"))
def test_a_python_example_runs(code: str, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(code)
    # Imported, not started: an example may end in a server.
    run = f"import runpy; runpy.run_path({str(tmp_path / 'example.py')!r})"

    result = subprocess.run(
        [sys.executable, "-c", run], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("code", [code for code in blocks("js") if "'./web/" in code])
def test_a_javascript_example_for_node_runs(code: str) -> None:
    result = subprocess.run(
        ["node", "--input-type=module", "-"],
        input=code,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("code", blocks("js"))
def test_a_javascript_example_is_javascript(code: str) -> None:
    result = subprocess.run(
        ["node", "--input-type=module", "--check", "-"],
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stderr) == (0, "")


def test_the_assistants_of_the_example_are_accepted(tmp_path: Path) -> None:
    [toml] = blocks("toml")
    (tmp_path / "assistants.toml").write_text(toml)

    assistants = read_assistants(Settings(assistants=tmp_path / "assistants.toml"))

    assert [*assistants] == ["poet", "guide"]
    assert len(assistants["guide"].parameters["tools"]) == 2


@pytest.mark.parametrize("code", blocks("sh"))
def test_a_shell_example_is_shell(code: str) -> None:
    result = subprocess.run(["sh", "-n"], input=code, capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")


def test_every_file_that_the_readme_names_is_there() -> None:
    named = re.findall(r"(?<!-)(?:fixtures|tests|relay|reducer|web)/[\w./-]*\w", README)

    assert [name for name in named if not (ROOT / name).exists()] == []
