"""Text, several messages, thoughts, a refusal, every kind of letter, and very many of them."""

from itertools import chain, islice
from random import Random

from ...parts import Exactly, Refusal, tokens
from ..moves import Say, Script, say
from ..words.thinking import reason, think_aloud

DELTAS = 1_200

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

SEVERAL_MESSAGES = Script(
    id="several-messages",
    name="Several messages",
    description="A word on the way, and then the answer: two messages of one response.",
    question="Which of my plants wants more light?",
    turns=(
        (
            say("Let me think of each window in turn.", phase="commentary"),
            reason("**Going round the flat**\n\nThe fern is content, the lemon tree is not."),
            say(
                "The lemon tree. It wants the south window, and it will thank you with flowers. "
                "Leave the fern where it is.",
                phase="final_answer",
            ),
        ),
    ),
)

REASONING = Script(
    id="reasoning",
    name="Reasoning",
    description="Two pieces of a summary, and then a short answer.",
    question="A snail climbs three feet a day and slips two a night. How long for ten feet?",
    turns=(
        (
            reason(
                "**Counting the days**\n\nEach day and night together bring one foot.",
                "**Looking at the last day**\n\nOnce she is over the top she slips no more.",
                encrypted="gAAAAABnU25haWxzIGFyZSBwYXRpZW50Lg",
            ),
            say("Eight days. On the eighth she is over the top before the night comes."),
        ),
    ),
)

THINKING_ALOUD = Script(
    id="thinking-aloud",
    name="Thinking aloud",
    description="A model that tells its thoughts as they are.",
    question="What rhymes with orange?",
    turns=(
        (
            think_aloud("Door hinge, nearly. Sporange is a part of a fern, and a real word."),
            say("Sporange, which is the part of a fern where the spores are. Few poems need it."),
        ),
    ),
)

REFUSAL = Script(
    id="refusal",
    name="Refusal",
    description="A message that says no, as a part of its own kind.",
    question="Tell me the password of my neighbour's wifi.",
    turns=(
        (
            Say(
                (
                    Refusal(
                        "I'm sorry, I can't help with getting into someone else's network. Ring "
                        "the bell and ask, and take some cake along."
                    ),
                )
            ),
        ),
    ),
)

UNICODE = Script(
    id="unicode",
    name="Every letter",
    description="Emoji, an emoji cut in two, Arabic, Hebrew, and signs that look like line ends.",
    question="Say goodbye in as many ways as you can.",
    turns=(
        (
            say(
                "Goodbye 🌙! ",
                # One character beyond the basic plane, cut in the middle as UTF-16 cuts it.
                Exactly("A fox in two halves: \ud83e"),
                Exactly("\udd8a and whole again. "),
                Exactly("A pilot, joined: 👩🏽"),
                Exactly("\u200d✈\ufe0f. "),
                "مع السلامة، ",
                "להתראות, ",
                "再见, फिर मिलेंगे, ",
                Exactly("o\u0308 is ö in two signs, "),
                Exactly("a\u2028line\u2029paragraph\u0085next line\x0band\x0cfeed stay one, "),
                Exactly("\U0001d4d1\U0001d502\U0001d4ee, "),
                Exactly('\u202eright to left\u202c, \u200bno width, nul \x00, and a \\ "quote".'),
                "\r\nA new line,\n\n and a tab\tat the end. 👋🏿",
            ),
        ),
    ),
)


def _timetable() -> list[str]:
    """Trains on a quiet line, in exactly as many tokens as there are to be deltas."""
    chance = Random("timetable")  # noqa: S311 - the same trains each time
    places = ("the mill", "the old bridge", "the orchard", "the harbour", "nowhere in particular")
    sights = ("a heron", "two goats", "somebody waving", "rain", "the sea, for a moment")

    def train(number: int) -> list[str]:
        minute = chance.randrange(60)
        place, sight = chance.choice(places), chance.choice(sights)
        return tokens(f"{number}. At {minute:02d} past, to {place}. Seen: {sight}.\n")

    return [*islice(chain.from_iterable(train(number) for number in range(1, 999)), DELTAS)]


LONG_ANSWER = Script(
    id="long-answer",
    name="Long answer",
    description=f"A railway's timetable in {DELTAS:,} deltas.",
    question="When do the trains go?",
    turns=((say(*(Exactly(token) for token in _timetable())),),),
    rate=200,
)

TEXTS = (
    PLAIN_TEXT, SEVERAL_MESSAGES, REASONING, THINKING_ALOUD, REFUSAL, UNICODE, LONG_ANSWER,
)  # fmt: skip
