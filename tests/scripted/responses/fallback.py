"""What a model answers that no script is named after."""

from .moves import Script, say


def fallback(model: str, question: str) -> Script:
    return Script(
        id=model,
        name=model,
        description="Says what you said.",
        question=question,
        turns=(
            (
                say(
                    f"You said: “{question or 'nothing at all'}”. ",
                    "I am the scripted server and have no model, so I have no opinion about that. "
                    "But you can see how an answer streams: word by word, and it goes on while "
                    "you reload the page, or stop it.\n\n",
                    "Another assistant, such as Function call or Code interpreter, has a script "
                    "of its own.",
                ),
            ),
        ),
        rate=25,
    )


# As an assistant to choose, though it is no script.
ECHO = Script(
    id="echo", name="Echo", description="Says what you said.", question="Hello?", turns=()
)
