"""Text, an image beside it, several messages, a refusal, and every kind of letter."""

from ..files import CHART
from ..moves import Say, Script, say
from ..parts import Exactly, Refusal, image, text

PLAIN_TEXT = Script(
    id="plain-text",
    name="Plain text",
    description="One message, word by word.",
    question="Why do bees dance?",
    moves=(
        say(
            "To tell their sisters where the flowers are. A honeybee that has found a good meadow "
            "comes home and walks a small figure of eight on the comb. The angle of her walk says "
            "which way to fly, measured from the sun; the longer she waggles, the farther it is. "
            "The others follow her in the dark with their feelers, and then off they go.\n\n"
            "So a beehive is a place where directions are given by dancing. We could do worse."
        ),
    ),
)

SEVERAL_MESSAGES = Script(
    id="several-messages",
    name="Several messages",
    description="Three messages in one run, one after the other.",
    question="Plan a Saturday in three steps, please.",
    moves=(
        say("Morning: walk to the market before it is busy, and buy the bread that is still warm."),
        say("Noon: eat half of the bread on a bench by the river. Share the crumbs with no one."),
        say("Evening: toast what is left, ring up an old friend, and ask how they really are."),
    ),
)

IMAGE_AND_TEXT = Script(
    id="image-and-text",
    name="Image and text",
    description="Two parts begin in one delta: an image, and a text that is still empty.",
    question="Draw the honey harvest by month.",
    moves=(
        Say(
            (
                image(CHART.id),
                text(
                    Exactly(""),
                    "Here is the honey by month. It climbs until the lime trees flower in July, ",
                    "and then the bees keep the rest for themselves, as they should.",
                ),
            ),
            together=True,
        ),
    ),
)

REFUSAL = Script(
    id="refusal",
    name="Refusal",
    description="A message that says no, as a part of its own kind.",
    question="Write my neighbour's diary for me, with all the secrets.",
    moves=(
        Say(
            (
                Refusal(
                    "I'm sorry, I won't make up someone's private diary. I'd gladly help with a "
                    "story about a neighbour who does not exist."
                ),
            )
        ),
    ),
)

UNICODE = Script(
    id="unicode",
    name="Every letter",
    description="Emoji, an emoji cut in two, Arabic, Hebrew, and signs that look like line ends.",
    question="Say hello in as many ways as you can.",
    moves=(
        say(
            "Hello 🌍! ",
            # One character beyond the basic plane, cut in the middle as UTF-16 cuts it.
            Exactly("Here it comes in two halves: \ud83d"),
            Exactly("\ude00 and whole again. "),
            Exactly("A family of four, joined: 👩‍👩"),
            Exactly("‍👧‍👦. "),
            "مرحبا بالعالم، ",
            "שלום עולם, ",
            "你好世界, नमस्ते दुनिया, ",
            Exactly("e\u0301 is é in two signs, "),
            Exactly(
                "and a\u2028line\u2029paragraph\u0085next line\x0band\x0cfeed stay in one event. "
            ),
            Exactly("Mathematical: \U0001d4bd\U0001d452\U0001d4c1\U0001d4c1\U0001d45c. "),
            Exactly('\u202eright to left\u202c, \u200bno width, nul \x00, and a \\ "quote".'),
            "\r\nA new line,\n\n and a tab\tat the end. 👋🏽",
        ),
    ),
)

TEXTS = (PLAIN_TEXT, SEVERAL_MESSAGES, IMAGE_AND_TEXT, REFUSAL, UNICODE)
