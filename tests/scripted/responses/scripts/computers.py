"""Computers: the server's, and the client's own shell, files and screen."""

from ...parts import Output
from ..files import CHART, CONTAINER
from ..moves import Script, say
from ..words.computing import (
    patch,
    run_in_container,
    run_in_shell,
    run_locally,
    shell_output,
    use_computer,
)
from ..words.thinking import compact

HOSTED_SHELL = Script(
    id="hosted-shell",
    name="Shell at the server",
    description="Commands that run in a container, and what they print.",
    question="How many words has the garden book?",
    tools=({"type": "shell", "environment": {"type": "container_auto"}},),
    turns=(
        (
            run_in_container(CONTAINER, "wc -w garden-notebook.txt", "ls"),
            shell_output("15 garden-notebook.txt\n", "garden-notebook.txt  honey.csv\n"),
            say("Fifteen. It is a short book about a small garden."),
        ),
    ),
)

_LISTED = (
    '[{"stdout":"letters  photos\\n","stderr":"","outcome":{"type":"exit","exit_code":0}},'
    '{"stdout":"","stderr":"no such file\\n","outcome":{"type":"exit","exit_code":1}}]'
)

SHELL = Script(
    id="shell",
    name="Your shell",
    description="Two commands that your own shell is asked to run.",
    question="What is in my folder?",
    tools=({"type": "shell", "environment": {"type": "local"}},),
    turns=(
        (run_in_shell(_LISTED, "ls", "cat diary"),),
        (say("Letters and photos. There is no diary, or it is well hidden."),),
    ),
)

LOCAL_SHELL = Script(
    id="local-shell",
    name="Local shell",
    description="A command as older models ask for it.",
    question="Which year is it on my computer?",
    tools=({"type": "local_shell"},),
    turns=(
        (run_locally(["date", "+%Y"], "1999"),),
        (say("It says ", Output(), ". You may want to set the clock."),),
    ),
)

APPLY_PATCH = Script(
    id="apply-patch",
    name="Patch",
    description="A change of a file that you are asked to make.",
    question="Correct the spelling in my list.",
    tools=({"type": "apply_patch"},),
    turns=(
        (
            patch(
                "shopping.txt",
                "@@\n-potatos\n+potatoes\n",
                '{"status":"completed","output":"1 line changed"}',
            ),
        ),
        (say("One letter was missing; now the potatoes have all of theirs."),),
    ),
)

COMPUTER_USE = Script(
    id="computer-use",
    name="Your screen",
    description="A click, of which you are asked to send a picture.",
    question="Press the button, please.",
    tools=({"type": "computer"},),
    turns=(
        (
            use_computer(
                {"type": "click", "button": "left", "x": 160, "y": 100},
                f'{{"file_id":"{CHART.id}"}}',
            ),
        ),
        (say("Pressed. I see bars, and they look like honey."),),
    ),
)

COMPACTION = Script(
    id="compaction",
    name="Compaction",
    description="A long conversation is made short before the answer.",
    question="After all that we have said: tea or coffee?",
    turns=((compact("gAAAAABnVGVhIGl0IGlzLg"), say("Tea. It is late.")),),
)

COMPUTERS = (HOSTED_SHELL, SHELL, LOCAL_SHELL, APPLY_PATCH, COMPUTER_USE, COMPACTION)
