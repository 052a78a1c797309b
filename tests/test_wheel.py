"""What people install: the wheel, with and without its server extra."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files, unpacked as an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run([sys.executable, "-m", *build], cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def python(installed: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code with the wheel and the standard library alone: -S leaves out site-packages."""
    code = f"import sys; sys.path.insert(0, {str(installed)!r})\n{code}"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )


def test_the_reducer_works_with_nothing_installed(installed: Path) -> None:
    result = python(installed, "import reducer; print(reducer.replay([]))")

    assert (result.stdout, result.stderr) == ("[]\n", "")


def test_the_command_says_what_to_install_where_the_server_extra_is_missing(
    installed: Path,
) -> None:
    code = "import sys; from relay.__main__ import main; sys.argv[1:] = ['serve']; sys.exit(main())"

    result = python(installed, code)

    assert result.returncode != 0
    assert "thread-relay[server]" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_the_wheel_carries_the_page_and_every_module_that_it_loads(installed: Path) -> None:
    modules = [path for path in (ROOT / "web").rglob("*.js") if "node_modules" not in path.parts]

    result = python(installed, "from relay.places import web_folder; print(web_folder())")

    carried = Path(result.stdout.strip())
    assert carried.is_relative_to(installed)
    assert (carried / "index.html").is_file()
    assert modules
    assert [
        path for path in modules if not (carried / path.relative_to(ROOT / "web")).is_file()
    ] == []


def test_the_wheel_carries_the_recordings(installed: Path) -> None:
    recordings = {path.name for path in (ROOT / "fixtures").glob("*.sse")}

    result = python(installed, "from relay.places import recordings_folder as f; print(f())")

    carried = Path(result.stdout.strip())
    assert carried.is_relative_to(installed)
    assert recordings
    assert {path.name for path in carried.glob("*.sse")} == recordings
