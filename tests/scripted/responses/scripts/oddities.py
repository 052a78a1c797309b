"""What no reference tells of, but streams contain."""

from ...moves import Send
from ...parts import Json
from ..accent import Accent
from ..moves import Hush, Say, Script, Tell, Text, Together, Use, say
from ..words.calling import call
from ..words.making import search_web
from ..words.thinking import reason
from .functions import WEATHER

_MELODY: Json = {"notes": ["C4", "E4", "G4"], "tempo": 1.0, "swing": -3e-06}

UNKNOWN_THINGS = Script(
    id="unknown-things",
    name="Unknown things",
    description="Events and an item that nobody has heard of yet.",
    question="Hum something.",
    turns=(
        (
            Send("response.mood.changed", {"mood": "cheerful", "item_id": "msg_none"}),
            # Names that every JavaScript object knows.
            Send("constructor", {"item_id": "constructor"}),
            Send("__proto__", {"item_id": "msg_proto", "__proto__": {"polluted": True}}),
            Use(
                "melody_call",
                {"status": "in_progress", "melody": None},
                (Tell("melody_call.humming", {"note": "C4"}),),
                {"status": "completed", "melody": _MELODY},
            ),
            Send("response.applauded", None),
            say("That was all."),
        ),
    ),
)

INTERLEAVED = Script(
    id="interleaved",
    name="Two at once",
    description="Two messages are written at once, and the second is done first.",
    question="Say it twice.",
    turns=(
        (
            Together(
                (
                    say("The first of two takes its time, and ends when the second has ended."),
                    say("The second is quick."),
                )
            ),
        ),
    ),
)

MISSING_DELTAS = Script(
    id="missing-deltas",
    name="No deltas",
    description="A message and a call that come as a whole.",
    question="Be quick: what is the weather in Oslo?",
    tools=(WEATHER,),
    turns=(
        (
            say("At once.", in_deltas=False),
            call("get_weather", '{"city":"Oslo"}', "snow", in_deltas=False),
        ),
        (say("There is snow, which is no surprise.", in_deltas=False),),
    ),
)

NEVER_DONE = Script(
    id="never-done",
    name="Never done",
    description="Items that are not told to be done, or done and still searching.",
    question="Are you ready?",
    turns=(
        (
            reason("**Getting ready**", is_done=False),
            search_web("how to be ready", status="searching"),
            say("Nearly, and with that I leave it", end="open"),
        ),
    ),
)

KEPT_ALIVE = Script(
    id="kept-alive",
    name="Signs of life",
    description="Signs of life between the words, which take a number each.",
    question="Are you still there?",
    turns=(
        (
            Send("keepalive", {}),
            reason("**Listening**"),
            Send("keepalive", {}),
            say("I am. It was only a long breath."),
        ),
    ),
)

SEVERAL_RESPONSES = Script(
    id="several-responses",
    name="Two responses in one stream",
    description="One response ends and the next begins, and all numbers with it.",
    question="And then?",
    in_one_stream=True,
    turns=(
        (say("First the curtain opens."),),
        (say("And then another curtain opens, behind it."),),
    ),
)

UNANNOUNCED = Script(
    id="unannounced",
    name="Unannounced",
    description="A message that nobody hears of before the response has ended.",
    question="Is there more?",
    turns=((say("That was it."), Hush((say("One thing more: it was nice."),))),),
)

SECOND_THOUGHTS = Script(
    id="second-thoughts",
    name="Second thoughts",
    description="The last event repeats all with another cipher and rounder numbers.",
    question="How sure are you?",
    accent=Accent(rounds=True),
    turns=(
        (
            reason("**Weighing it**", encrypted="gAAAAABnc3VyZSBlbm91Z2g"),
            Say((Text(("Quite sure. ", "Nearly."), is_weighed=True),)),
        ),
    ),
)

TAKEN_UP_AGAIN = Script(
    id="taken-up-again",
    name="Taken up again",
    description="The stream is lost in mid-sentence, and goes on with the very next event.",
    question="Where were we?",
    breaks_after=20,
    turns=(
        (
            reason("**Where was I**"),
            say("On the way home, and just when it began to rain you said that it would stop."),
        ),
    ),
)

ODDITIES = (
    UNKNOWN_THINGS, INTERLEAVED, MISSING_DELTAS, NEVER_DONE, UNANNOUNCED, SECOND_THOUGHTS,
    KEPT_ALIVE, TAKEN_UP_AGAIN, SEVERAL_RESPONSES,
)  # fmt: skip
