"""What no reference tells of: unknown events, parts and tools, and a server of another make."""

from ..files import CHART
from ..moves import Say, Script, Send, UseTool, say
from ..parts import Json, Whole, image, text

_MELODY: Json = {"type": "melody", "melody": {"notes": ["C4", "E4", "G4"], "tempo": 1.0}}

UNKNOWN_THINGS = Script(
    id="unknown-things",
    name="Unknown things",
    description="Events, a tool and a part of a message that nobody has heard of yet.",
    question="Hum something.",
    tools=({"type": "tuning_fork"},),
    moves=(
        Send("thread.mood.changed", {"id": "mood_1", "object": "thread.mood", "mood": "cheerful"}),
        # Names that every JavaScript object knows.
        Send("constructor", {"id": "msg_constructor"}),
        Send("__proto__", {"id": "msg_proto", "__proto__": {"polluted": True}}),
        UseTool(
            "tuning_fork",
            ({"pitch": None}, {"pitch": 440.0}, {"overtones": [880, 1320]}),
            {"pitch": 440.0, "overtones": [880, 1320]},
        ),
        Say((text("Here is a small melody, in a part of a new kind:"), Whole(_MELODY))),
        Send("thread.message.applauded", None),
        say("That was all."),
        Send("thread.run.paused", {"id": "run_of_another", "object": "thread.run"}),
    ),
)

SELF_HOSTED = Script(
    id="self-hosted",
    name="Server of another make",
    description="Leaves out some events, repeats others, and never completes its message.",
    question="Are you the original?",
    omits=frozenset(
        {"thread.run.queued", "thread.run.step.in_progress", "thread.message.in_progress"}
    ),
    repeats=frozenset({"thread.run.created", "thread.message.created", "thread.run.completed"}),
    moves=(
        Say(
            (
                text("No, a cover version, ", "but played with love. Here is our picture:"),
                image(CHART.id),
            ),
            end="open",
        ),
    ),
)

ODDITIES = (UNKNOWN_THINGS, SELF_HOSTED)
