"""Runs that do not end well, in every way that there is."""

from ..moves import Break, Cancel, Expire, Fail, Script, StopShort, say

_SORRY = (
    "The server had an error processing your request. Sorry about that! You can retry your request."
)

MESSAGE_INCOMPLETE = Script(
    id="message-incomplete",
    name="Message cut short",
    description="The message reaches its limit, and the run calls itself completed.",
    question="Tell me a long story, in sixteen words.",
    moves=(
        say(
            "Once upon a time a snail set out to see the sea, and on the first",
            end="incomplete",
            reason="max_tokens",
        ),
    ),
)

RUN_INCOMPLETE = Script(
    id="run-incomplete",
    name="Run cut short",
    description="The message is cut off without a reason; the run then tells it.",
    question="Count all the stars, please.",
    moves=(
        say("One, two, three, four, five, six, seven, and over there", end="incomplete"),
        StopShort("max_completion_tokens"),
    ),
)

RUN_FAILED = Script(
    id="run-failed",
    name="Run failed",
    description="A failure in mid-sentence, told in good order.",
    question="How do owls fly without a sound?",
    moves=(
        say("The front edge of an owl's wing is combed, so that the air", end="open"),
        Fail("server_error", "Sorry, something went wrong."),
    ),
)

RATE_LIMITED = Script(
    id="rate-limited",
    name="Rate limit",
    description="A run that fails before its first word.",
    question="One more thing?",
    moves=(
        Fail("rate_limit_exceeded", "You exceeded your current quota, please check your plan."),
    ),
)

RUN_CANCELLED = Script(
    id="run-cancelled",
    name="Run cancelled",
    description="Someone presses stop; what was written stays.",
    question="Explain everything.",
    moves=(
        say("Gladly. In the beginning it was dark and rather warm, and then", end="open"),
        Cancel(),
    ),
)

RUN_EXPIRED = Script(
    id="run-expired",
    name="Run expired",
    description="Time is over, and the message is never told.",
    question="What is the slowest thing in the world?",
    moves=(
        say("A good candidate is a drop of pitch, which takes about ten years to", end="open"),
        Expire(),
    ),
)

ERROR_MIDSTREAM = Script(
    id="error-midstream",
    name="Error in mid-stream",
    description="An error event, and nothing after it: no end of the message, none of the run.",
    question="Which trees grow on chalk?",
    moves=(
        say("Beech and yew do well on chalk, and so does the whitebeam, whose", end="open"),
        Break({"error": {"message": _SORRY, "type": "server_error", "param": None, "code": None}}),
    ),
)

ERROR_FLAT = Script(
    id="error-flat",
    name="Error as documented",
    description="The same, but the error looks as the reference says.",
    question="And on sand?",
    moves=(
        say("On sand you will find pine and birch, and under them", end="open"),
        Break({"code": "server_error", "message": _SORRY, "param": None, "type": "server_error"}),
    ),
)

ENDINGS = (
    MESSAGE_INCOMPLETE,
    RUN_INCOMPLETE,
    RUN_FAILED,
    RATE_LIMITED,
    RUN_CANCELLED,
    RUN_EXPIRED,
    ERROR_MIDSTREAM,
    ERROR_FLAT,
)
