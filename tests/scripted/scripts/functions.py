"""Functions that the caller answers: one, two at once, and one after the other."""

from ..moves import Call, CallFunctions, Script, function, say
from ..parts import Output

_CITY = {"city": {"type": "string", "description": "A city, such as Oslo"}}
WEATHER = function("get_weather", "The weather in a city, now.", _CITY)
TIME = function("get_time", "The time of day in a city.", _CITY)

FUNCTION_CALL = Script(
    id="function-call",
    name="Function call",
    description="Asks you for the weather, waits for your answer, and goes on with it.",
    question="Do I need an umbrella in Bergen?",
    tools=(WEATHER,),
    moves=(
        CallFunctions((Call("get_weather", '{"city": "Bergen"}', "light rain, 9 °C"),)),
        say(
            "I asked, and was told: ",
            Output(),
            ". So take the umbrella, and the good shoes. It is Bergen after all.",
        ),
    ),
)

PARALLEL_CALLS = Script(
    id="parallel-calls",
    name="Two calls at once",
    description="Two calls in one step; the run waits until both are answered.",
    question="Is it a good moment to ring up Aiko in Kyoto?",
    tools=(WEATHER, TIME),
    moves=(
        CallFunctions(
            (
                Call("get_time", '{"city": "Kyoto"}', "19:40"),
                Call("get_weather", '{"city": "Kyoto"}', "clear, 18 °C"),
            )
        ),
        say(
            "In Kyoto it is ",
            Output(0),
            ", and the weather is ",
            Output(1),
            ". Aiko may be out for a walk, but she will not mind.",
        ),
    ),
)

CALL_AFTER_CALL = Script(
    id="call-after-call",
    name="Call after call",
    description="A call, a message, another call, another message: three streams, one run.",
    question="Shall I cycle to work in Utrecht tomorrow?",
    tools=(TIME, WEATHER),
    moves=(
        CallFunctions((Call("get_time", '{"city": "Utrecht"}', "21:15"),)),
        say("It is ", Output(), " now, so I look at the night and the morning."),
        CallFunctions((Call("get_weather", '{"city": "Utrecht"}', "dry, wind from behind"),)),
        say("The answer is: ", Output(), ". Yes, cycle!"),
    ),
)

FUNCTIONS = (FUNCTION_CALL, PARALLEL_CALLS, CALL_AFTER_CALL)
