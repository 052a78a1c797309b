"""Commands, patches and clicks: at the server, or at the client."""

from ...parts import Json
from ..moves import Spell, Tell, Use

_BEGUN: Json = {"status": "in_progress"}
_ENDED: Json = {"status": "completed"}


def run_in_container(container: str, *commands: str) -> Use:
    """Shell commands that OpenAI runs."""
    environment = {"type": "container_reference", "container_id": container}
    return _shell(environment, commands, None)


def run_in_shell(output: str, *commands: str) -> Use:
    """Shell commands that the client runs."""
    return _shell({"type": "local"}, commands, output)


def _shell(environment: Json, commands: tuple[str, ...], output: str | None) -> Use:
    steps = [step for index in range(len(commands)) for step in _command(commands, index)]
    action: Json = {"commands": [], "max_output_length": None, "timeout_ms": None}
    begin = {**_BEGUN, "action": action, "environment": environment}
    end = {**_ENDED, "action": {**action, "commands": list(commands)}}
    return Use("shell_call", begin, tuple(steps), end, "asks", output)


def _command(commands: tuple[str, ...], index: int) -> list[Tell | Spell]:
    place = {"command_index": index}
    begun = {
        "commands": [*commands[:index], ""],
        "max_output_length": None,
        "timeout_ms": None,
    }
    added = Tell(
        "shell_call_command.added", {**place, "command": ""}, {"action": begun}, names_item=False
    )
    path = ("action", "commands", index)
    spell = Spell("shell_call_command", path, commands[index], "command", place, names_item=False)
    return [added, spell]


def shell_output(*outputs: str) -> Use:
    """What the commands of the container gave."""
    done = [
        {"stdout": text, "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}
        for text in outputs
    ]
    name = "shell_call_output_content"
    steps: list[Tell] = []
    for index, output in enumerate(done):
        place = {"command_index": index}
        so_far = {"output": done[: index + 1]}
        steps.append(Tell(f"{name}.delta", {**place, "delta": {"stdout": outputs[index]}}))
        steps.append(Tell(f"{name}.done", {**place, "output": [output]}, so_far))
    begin = {**_BEGUN, "output": [], "max_output_length": None}
    return Use("shell_call_output", begin, tuple(steps), {**_ENDED, "output": done}, "answers")


def run_locally(command: list[str], output: str) -> Use:
    """A command that the client runs, as older models ask for it."""
    action: Json = {"type": "exec", "command": command, "env": {}, "timeout_ms": None}
    begin = {**_BEGUN, "action": action}
    return Use("local_shell_call", begin, (), _ENDED, "asks", output)


def patch(path: str, diff: str, output: str) -> Use:
    """A change of a file that the client makes.  The SDK does not know the deltas yet."""
    operation = {"type": "update_file", "path": path, "diff": ""}
    spell = Spell("apply_patch_call_operation_diff", ("operation", "diff"), diff, "diff")
    begin = {**_BEGUN, "operation": operation}
    return Use("apply_patch_call", begin, (spell,), _ENDED, "asks", output)


def use_computer(action: Json, output: str) -> Use:
    """Something to be done on a screen, of which the client sends a picture."""
    begin = {**_BEGUN, "action": action, "pending_safety_checks": []}
    return Use("computer_call", begin, (), _ENDED, "asks", output)
