"""What a process has cost so far, read from /proc, and what machine this is."""

import os
import platform
import re
import resource
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROC = Path("/proc")


def family(pid: int) -> set[int]:
    """A process, its children and theirs."""
    parents: dict[int, int] = {}
    for folder in PROC.glob("[0-9]*"):
        stat = _read(folder / "stat")
        if stat:
            # The name, in parentheses, may hold spaces and parentheses itself.
            parents[int(folder.name)] = int(stat[stat.rindex(")") + 2 :].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def cpu_seconds(pid: int) -> float:
    return sum(cpu_of_each(pid).values())


def cpu_of_each(pid: int) -> dict[int, float]:
    """Seconds on a core of each process of a family, of all its threads.  Unlike utime and stime
    they are counted in nanoseconds."""
    return {
        member: sum(
            int((_read(thread / "schedstat") or "0").split()[0])
            for thread in (PROC / str(member) / "task").glob("*")
        )
        / 1e9
        for member in family(pid)
    }


def memory_kib(pid: int) -> float:
    """PSS: what is shared between processes counts in parts."""
    total = 0
    for member in family(pid):
        rollup = _read(PROC / str(member) / "smaps_rollup")
        found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
        total += int(found[1]) if found else 0
    return float(total)


def two_cores() -> tuple[int, int]:
    """The server's core, and that of everything which loads it."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[1 if len(cores) > 1 else 0]


def raise_file_limit(wanted: int) -> None:
    """Thousands of connections need as many files; children inherit the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def describe(server_core: int, load_core: int) -> Iterator[str]:
    model = re.search(r"^model name\s*: (.*)", _read(PROC / "cpuinfo"), re.MULTILINE)
    yield f"{model[1] if model else platform.machine()}, Linux {platform.release()}"
    if server_core == load_core:
        yield "only one core: the load generator takes part of what the server could have"
    else:
        yield f"server on core {server_core}, load generator and upstream on core {load_core}"
    others = "  ".join(map(_package, ("aiohttp", "uvloop", "openai")))
    yield f"Python {platform.python_version()}  {others}"
    node, nginx = _first_line("node", "--version"), _first_line("nginx", "-v")
    yield f"node {node or 'not installed'}  {nginx or 'nginx not installed'}"
    yield f"load average {os.getloadavg()[0]:.2f} at the start: a busy machine measures badly"


def _package(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} not installed"


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout or done.stderr).partition("\n")[0]


def _read(path: Path) -> str:
    """Nothing, where the process has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""
