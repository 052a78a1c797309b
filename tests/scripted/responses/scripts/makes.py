"""Servers of other makes, each with its own manners."""

from ...framing import Framing
from ..accent import Accent
from ..moves import Script, say
from ..words.calling import call
from ..words.thinking import reason
from .functions import WEATHER

EMPTY_OUTPUT = Script(
    id="empty-output",
    name="Nothing repeated",
    description="The last event has no items, though there were some; the message is never done.",
    question="What was that?",
    in_background=False,
    accent=Accent(repeats_output=False),
    turns=((reason("**Looking back**"), say("That was a train, far away.", end="open")),),
)

NEW_NAMES = Script(
    id="new-names",
    name="New names",
    description="Each event calls its item and its response by a new name.",
    question="What is your name?",
    in_background=False,
    accent=Accent(rotates_ids=True),
    turns=(
        (
            reason("**Looking for a name**"),
            say("Today I am called Ada.", phase="commentary"),
            say("Yesterday I was called Grace, and tomorrow we shall see."),
        ),
    ),
)

NO_NUMBERS = Script(
    id="no-numbers",
    name="No numbers",
    description="Events without a sequence number, as in the early days.",
    question="How many are you?",
    in_background=False,
    accent=Accent(numbers=False),
    tools=(WEATHER,),
    turns=(
        (say("I have not counted.", " Let me ask."), call("get_weather", '{"city":"Rome"}', "hot")),
        (say("It is hot. Nobody counts."),),
    ),
)

ANOTHER_MAKE = Script(
    id="another-make",
    name="Server of another make",
    description="No event names, comments in between, and [DONE] at the end.",
    question="Are you the original?",
    in_background=False,
    accent=Accent(says_done=True),
    framing=Framing(names=False, comment="STILL PROCESSING"),
    turns=((say("No, a cover version, but played with love, and a little slower."),),),
)

MAKES = (EMPTY_OUTPUT, NEW_NAMES, NO_NUMBERS, ANOTHER_MAKE)
