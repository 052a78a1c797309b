"""Tools of other servers, which a person may have to allow."""

from ...parts import Json
from ..moves import Script, say
from ..words.calling import approved, ask_for_approval, call_mcp, list_tools

_SCHEMA: Json = {"type": "object", "properties": {"shelf": {"type": "string"}}}
_LOOK: Json = {
    "name": "look",
    "description": "What stands on a shelf.",
    "input_schema": _SCHEMA,
    "annotations": {"read_only": True},
}
_LEND: Json = {**_LOOK, "name": "lend", "description": "Lend a book."}
_ADDRESS = "https://library.example.org/mcp"


def _library(approval: str) -> Json:
    return {
        "type": "mcp",
        "server_label": "library",
        "server_url": _ADDRESS,
        "require_approval": approval,
    }


MCP_CALL = Script(
    id="mcp-call",
    name="Tools of another server",
    description="A list of tools, a call that fails, and one that does not.",
    question="Is there a book about moss?",
    tools=(_library("never"),),
    turns=(
        (
            list_tools("library", _LOOK, _LEND),
            call_mcp(
                "library",
                "look",
                '{"shelf":"cellar"}',
                error={"type": "http_error", "code": 424, "message": "424: the cellar is locked"},
            ),
            call_mcp("library", "look", '{"shelf":"botany"}', '["Moss", "More Moss"]'),
            say("There are two: “Moss”, and for those who liked it, “More Moss”."),
        ),
    ),
)

MCP_APPROVAL = Script(
    id="mcp-approval",
    name="Approval",
    description="Asks whether it may call a tool, and goes on with your answer.",
    question="Lend me the book about moss, please.",
    tools=(_library("always"),),
    turns=(
        (
            list_tools("library", _LOOK, _LEND),
            ask_for_approval("library", "lend", '{"title":"Moss"}', '{"approve":true}'),
        ),
        (
            approved(call_mcp("library", "lend", '{"title":"Moss"}', "until 1 May")),
            say("“Moss” is yours until the first of May."),
        ),
    ),
    declined=(say("As you like. “Moss” stays on its shelf."),),
)

MCP_FAILED = Script(
    id="mcp-failed",
    name="Another server is away",
    description="A list of tools that could not be had.",
    question="Is the library open?",
    tools=(_library("never"),),
    turns=(
        (
            list_tools("library", error="The server did not answer."),
            say("I cannot reach the library. Perhaps it is Sunday there."),
        ),
    ),
)

REMOTE = (MCP_CALL, MCP_APPROVAL, MCP_FAILED)
