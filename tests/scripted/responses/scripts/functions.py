"""Functions and custom tools that the caller answers."""

from typing import Any

from ...moves import StopShort, function
from ...parts import Json, Output
from ...scripts import functions
from ..moves import Script, say
from ..words.calling import call, call_custom, search_tools
from ..words.thinking import reason


def flat(tool: Json, **more: Any) -> Json:
    """A function as Responses list it: without a level of its own, and strict."""
    said = tool["function"]
    parameters = {**said["parameters"], "additionalProperties": False}
    return {"type": "function", **said, "parameters": parameters, "strict": True, **more}


WEATHER, TIME = flat(functions.WEATHER), flat(functions.TIME)

FUNCTION_CALL = Script(
    id="function-call",
    name="Function call",
    description="Asks you for the weather, waits for your answer, and goes on with it.",
    question="Do I need an umbrella in Porto?",
    tools=(WEATHER,),
    turns=(
        (call("get_weather", '{"city":"Porto"}', "sunny, 21 °C"),),
        (say("I asked, and was told: ", Output(), ". Leave the umbrella, take the hat."),),
    ),
)

PARALLEL_CALLS = Script(
    id="parallel-calls",
    name="Two calls at once",
    description="A word on the way, and two calls; both have to be answered.",
    question="Is it a good moment to ring up Inês in Lisbon?",
    tools=(WEATHER, TIME),
    turns=(
        (
            say("I'll look at the clock and at the sky.", phase="commentary"),
            call("get_time", '{"city":"Lisbon"}', "20:10"),
            call("get_weather", '{"city":"Lisbon"}', "warm, no wind"),
        ),
        (
            say(
                "In Lisbon it is ",
                Output(0),
                ", and the weather is ",
                Output(1),
                ". She will be sitting outside with her telephone.",
            ),
        ),
    ),
)

CALL_AFTER_CALL = Script(
    id="call-after-call",
    name="Call after call",
    description="A call, a message, another call, another message: three responses, one run.",
    question="Shall I cycle to work in Ghent tomorrow?",
    tools=(TIME, WEATHER),
    turns=(
        (reason("**First the time**"), call("get_time", '{"city":"Ghent"}', "21:15")),
        (
            say("It is ", Output(), " now, so I look at the night and the morning."),
            call("get_weather", '{"city":"Ghent"}', "dry, wind from behind"),
        ),
        (say("The answer is: ", Output(), ". Yes, cycle!"),),
    ),
)

CUSTOM_TOOL = Script(
    id="custom-tool",
    name="Custom tool",
    description="A call of a tool that takes plain text and not JSON.",
    question="How many eggs are in three dozen?",
    tools=({"type": "custom", "name": "calculate", "description": "Works out a sum."},),
    turns=(
        (call_custom("calculate", "3 * 12", "36"),),
        (say("There are ", Output(), " eggs. That is a large omelette."),),
    ),
)

DISTANCE = flat(
    function(
        "get_distance",
        "How far it is between two places.",
        {"from": {"type": "string"}, "to": {"type": "string"}},
    ),
    defer_loading=True,
)

TOOL_SEARCH = Script(
    id="tool-search",
    name="Tool search",
    description="The server looks for a tool, and then calls what it found.",
    question="How far is it from Delft to Leiden?",
    tools=({"type": "tool_search"}, DISTANCE),
    turns=(
        (
            *search_tools("measure a distance", DISTANCE),
            call("get_distance", '{"from":"Delft","to":"Leiden"}', "24 km"),
        ),
        (say("It is ", Output(), ". A fine way along the canals."),),
    ),
)

TOOL_SEARCH_CLIENT = Script(
    id="tool-search-client",
    name="Tool search by the client",
    description="The client looks for a tool, which is then called.",
    question="And from Leiden to Haarlem?",
    tools=({"type": "tool_search", "execution": "client"},),
    turns=(
        search_tools(
            "measure a distance",
            output='{"tools":[{"type":"function","name":"get_distance","parameters":{},"strict":false}]}',
        ),
        (call("get_distance", '{"from":"Leiden","to":"Haarlem"}', "29 km"),),
        (say("It is ", Output(), ". Mind the tulips."),),
    ),
)

CALL_CUT_SHORT = Script(
    id="call-cut-short",
    name="Call cut short",
    description="A call whose arguments reach the limit: nobody can answer it.",
    question="And the weather in every town of the Netherlands?",
    tools=(WEATHER,),
    turns=(
        (
            say("That is a long list.", phase="commentary"),
            call("get_weather", '{"city":"Aalsm', None, status="incomplete"),
            StopShort("max_output_tokens"),
        ),
    ),
)

FUNCTIONS = (
    FUNCTION_CALL, PARALLEL_CALLS, CALL_AFTER_CALL, CUSTOM_TOOL, TOOL_SEARCH, TOOL_SEARCH_CLIENT,
    CALL_CUT_SHORT,
)  # fmt: skip
