"""A server on loopback that speaks Responses and Conversations."""

from functools import partial
from typing import Unpack

from ..events import Event
from ..server import Options, Route, ScriptedServer
from . import conversation_routes, response_routes
from .account import Account
from .acts import tell
from .conversation import Conversation
from .manners import Manners
from .response import Response
from .response_routes import ACCOUNT
from .scripts import SCRIPTS

_RESPONSE = "/v1/responses/{response}"
_CONVERSATION = "/v1/conversations/{conversation}"
_ITEMS = f"{_CONVERSATION}/items"
_CONTAINER_FILE = "/v1/containers/{container}/files/{file}/content"

ROUTES: list[Route] = [
    ("POST", "/v1/responses", "responses.create", response_routes.create_response),
    ("GET", _RESPONSE, "responses.retrieve", response_routes.retrieve_response),
    ("DELETE", _RESPONSE, "responses.delete", response_routes.delete_response),
    ("POST", f"{_RESPONSE}/cancel", "responses.cancel", response_routes.cancel_response),
    (
        "GET",
        f"{_RESPONSE}/input_items",
        "responses.input_items",
        response_routes.list_input_items,
    ),
    (
        "POST",
        "/v1/conversations",
        "conversations.create",
        conversation_routes.create_conversation,
    ),
    ("GET", _CONVERSATION, "conversations.retrieve", conversation_routes.retrieve_conversation),
    ("POST", _CONVERSATION, "conversations.update", conversation_routes.update_conversation),
    ("DELETE", _CONVERSATION, "conversations.delete", conversation_routes.delete_conversation),
    ("POST", _ITEMS, "items.create", conversation_routes.create_items),
    ("GET", _ITEMS, "items.list", conversation_routes.list_items),
    ("GET", f"{_ITEMS}/{{item}}", "items.retrieve", conversation_routes.retrieve_item),
    ("DELETE", f"{_ITEMS}/{{item}}", "items.delete", conversation_routes.delete_item),
    ("GET", "/v1/models", "models.list", response_routes.list_models),
    ("GET", "/v1/files/{file}/content", "files.content", conversation_routes.file_content),
    (
        "GET",
        _CONTAINER_FILE,
        "containers.files.content",
        conversation_routes.container_file_content,
    ),
]


class ScriptedResponses(ScriptedServer[Response, Account]):
    """Conversations and responses, each model a script."""

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(partial(Account, scripts=SCRIPTS), ACCOUNT, ROUTES, **options)

    @property
    def manners(self) -> Manners:
        return self.account.manners

    @property
    def responses(self) -> list[Response]:
        """All that were started, in order."""
        return [*self.account.responses.values()]

    def conversation(self, conversation_id: str) -> Conversation:
        return self.account.conversation(conversation_id)

    def response(self, response_id: str) -> Response:
        return self.account.response(response_id)

    async def finished(self, response_id: str) -> None:
        """Wait until a response has ended, whoever listens."""
        await self.stage.finished(self.response(response_id))

    def keep_alive(self, response_id: str) -> None:
        """Send a sign of life, which takes a number as every event does."""
        response = self.response(response_id)
        response.told.add(tell(response, Event("keepalive", {})))
