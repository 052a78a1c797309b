"""Responses that do not end well, in every way that there is."""

from ...moves import Cancel, Fail, StopShort
from ...parts import Json
from ..accent import Accent
from ..moves import Break, Script, say
from ..words.thinking import reason

_SORRY = "An error occurred while processing your request. Sorry about that! You can retry."
_ERROR: Json = {"type": "server_error", "code": "server_error", "message": _SORRY, "param": None}

MAX_OUTPUT_TOKENS = Script(
    id="max-output-tokens",
    name="Cut short",
    description="The message reaches its limit.",
    question="Tell me a long story, in sixteen words.",
    turns=(
        (
            say(
                "Once upon a time a hedgehog set out to see the mountains, and on the first",
                end="incomplete",
            ),
            StopShort("max_output_tokens"),
        ),
    ),
)

CONTENT_FILTER = Script(
    id="content-filter",
    name="Filtered",
    description="The answer is cut off in mid-sentence, and nothing is done in good order.",
    question="What did the parrot say?",
    turns=(
        (
            reason("**Remembering the parrot**"),
            say("The parrot looked at the captain, and then it said very loudly", end="open"),
            StopShort("content_filter"),
        ),
    ),
)

FAILED = Script(
    id="failed",
    name="Failed",
    description="A failure in mid-sentence, told in good order.",
    question="How do bats find their way?",
    turns=(
        (
            say("They shout, and listen to what the trees answer, and so", end="open"),
            Fail("server_error", _SORRY),
        ),
    ),
)

RATE_LIMITED = Script(
    id="rate-limited",
    name="Rate limit",
    description="A response that fails before its first word.",
    question="One more thing?",
    turns=((Fail("rate_limit_exceeded", "You exceeded your current quota."),),),
)

ERROR_NESTED = Script(
    id="error-nested",
    name="Error in mid-stream",
    description="An error as it really is, and the failure that follows.",
    question="Which trees grow by the river?",
    turns=(
        (
            say("Alder and willow do well there, and so does the poplar, whose", end="open"),
            Break({"error": _ERROR}, then_failed=True),
        ),
    ),
)

ERROR_FLAT = Script(
    id="error-flat",
    name="Error as documented",
    description="An error as the reference has it, and nothing after it.",
    question="And in the marsh?",
    turns=(
        (
            say("In the marsh you will find birch, and under it", end="open"),
            Break({"code": "server_error", "message": _SORRY, "param": None}, then_failed=False),
        ),
    ),
)

CANCELLED = Script(
    id="cancelled",
    name="Cancelled",
    description="Someone presses stop; what was written stays, though the server clears it.",
    question="Explain everything.",
    accent=Accent(tells_of_cancel="response.cancelled"),
    turns=(
        (say("Gladly. In the beginning it was quiet, and then somebody", end="open"), Cancel()),
    ),
)

ENDINGS = (
    MAX_OUTPUT_TOKENS, CONTENT_FILTER, FAILED, RATE_LIMITED, ERROR_NESTED, ERROR_FLAT, CANCELLED,
)  # fmt: skip
