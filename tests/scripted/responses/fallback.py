"""What a model answers that no script is named after."""

from .moves import Script, say


def fallback(model: str, question: str) -> Script:
    return Script(
        id=model,
        name=model,
        description="Answers that there is nobody here.",
        question=question,
        turns=(
            (
                say(
                    f"You said: “{question or 'nothing at all'}”. ",
                    f"This is the scripted server, and {model} is not one of its scripts, so I "
                    "have no opinion about that. But you can see how an answer streams: word by "
                    "word, and it goes on while you reload the page.\n\n",
                    "Try an assistant whose model is a script, such as plain-text, function-call "
                    "or code-interpreter.",
                ),
            ),
        ),
        rate=25,
    )
