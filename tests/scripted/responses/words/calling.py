"""Calls: of functions, of custom tools, of the tools of other servers."""

from dataclasses import replace

from ...parts import Json
from ..moves import Spell, Tell, Use

_BEGUN: Json = {"status": "in_progress"}
_ENDED: Json = {"status": "completed"}


def call(
    name: str,
    arguments: str,
    output: str | None,
    *,
    in_deltas: bool = True,
    status: str = "completed",
) -> Use:
    """A function call.  `output` is what a recording answers it with."""
    spell = Spell(
        "function_call_arguments", ("arguments",), arguments, "arguments", in_deltas=in_deltas
    )
    begin = {**_BEGUN, "arguments": "", "name": name}
    return Use("function_call", begin, (spell,), {"status": status}, "asks", output)


def call_custom(name: str, text: str, output: str) -> Use:
    """A call of a tool that takes plain text."""
    spell = Spell("custom_tool_call_input", ("input",), text, "input")
    begin = {**_BEGUN, "input": "", "name": name}
    return Use("custom_tool_call", begin, (spell,), _ENDED, "asks", output)


def list_tools(server: str, *tools: Json, error: str | None = None) -> Use:
    end = "failed" if error else "completed"
    steps = (Tell("mcp_list_tools.in_progress"), Tell(f"mcp_list_tools.{end}"))
    failure = {"error": error} if error else {}
    begin = {"server_label": server, "tools": []}
    return Use("mcp_list_tools", begin, steps, {"tools": list(tools), **failure})


def ask_for_approval(server: str, name: str, arguments: str, output: str) -> Use:
    """A person has to allow the call.  `output` is `true` or `false`."""
    begin = {"arguments": arguments, "name": name, "server_label": server}
    return Use("mcp_approval_request", begin, output=output)


def call_mcp(
    server: str, name: str, arguments: str, output: str | None = None, error: Json | None = None
) -> Use:
    """A call that OpenAI makes, so nobody has to answer it."""
    status = "failed" if error else "completed"
    nothing_yet = {"approval_request_id": None, "arguments": "", "error": None, "output": None}
    begin = {**_BEGUN, **nothing_yet, "name": name, "server_label": server}
    steps = (
        Tell("mcp_call.in_progress"),
        Spell("mcp_call_arguments", ("arguments",), arguments, "arguments"),
        Tell(f"mcp_call.{status}"),
    )
    return Use("mcp_call", begin, steps, {"status": status, "output": output, "error": error})


def approved(move: Use) -> Use:
    """A call that someone was asked about."""
    return replace(move, call="approved")


def search_tools(goal: str, *tools: Json, output: str | None = None) -> tuple[Use, ...]:
    """A search for tools: by the server, which tells what it found, or by the client."""
    who = "client" if output else "server"
    arguments = {"goal": goal}
    begin = {**_BEGUN, "arguments": arguments, "execution": who}
    found = {"execution": who, "tools": list(tools)}
    if output:
        return (Use("tool_search_call", begin, (), _ENDED, "asks", output),)
    return (
        Use("tool_search_call", {**begin, "call_id": None}, (), _ENDED),
        Use("tool_search_output", {**_BEGUN, "call_id": None, **found}, (), _ENDED),
    )
