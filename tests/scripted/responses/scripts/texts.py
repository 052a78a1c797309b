"""Text, an image beside it, several messages, a refusal, and every kind of letter."""

from ..moves import Script, say

PLAIN_TEXT = Script(
    id="plain-text",
    name="Plain text",
    description="One message, word by word.",
    question="Why do cats purr?",
    turns=(
        (
            say(
                "Nobody knows for certain. A cat purrs when she is content, but also when she is "
                "hurt or afraid, so it is more than a smile. The hum comes from her larynx, some "
                "twenty-five times a second, breathing in and breathing out, and bones are said "
                "to heal well at that pace.\n\n"
                "So perhaps it is a way to say: stay here, it does us both good.",
            ),
        ),
    ),
)

TEXTS = (PLAIN_TEXT,)
