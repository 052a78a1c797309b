"""One word, and five thousand."""

from itertools import chain, islice
from random import Random

from ..moves import Script, say
from ..parts import Exactly, tokens

DELTAS = 5_000

_WEATHER = ("Fog until noon.", "Clear and cold.", "Rain from the west.", "Wind, and more wind.",
            "Still as a pond.", "Sun on the water.")  # fmt: skip
_SIGHTS = ("gulls", "sails on the horizon", "seals on the rocks", "curious puffins",
           "letters in the post boat", "shooting stars", "porpoises", "cups of tea")  # fmt: skip
_THOUGHTS = (
    "The lamp was lit at dusk and burned well.",
    "Polished the lens, and saw my own nose in it, very large.",
    "Read the same book again; it has become better.",
    "The cat brought a fish and looked at me for praise.",
    "Wrote to my sister that all is well, which is true.",
    "Nothing to report, and that is the best report.",
)


def _logbook() -> list[str]:
    """The tokens of a lighthouse keeper's diary, exactly as many as there are to be deltas."""
    chance = Random("lighthouse")  # noqa: S311 - the same story each time

    def day(number: int) -> list[str]:
        seen = f"Counted {chance.randint(2, 19)} {chance.choice(_SIGHTS)}."
        words = (chance.choice(_WEATHER), seen, chance.choice(_THOUGHTS))
        return tokens(f"Day {number}. {' '.join(words)}\n")

    return [*islice(chain.from_iterable(day(number) for number in range(1, 1_000)), DELTAS)]


ONE_WORD = Script(
    id="one-word",
    name="One word",
    description="The shortest answer there is.",
    question="Ready?",
    moves=(say(Exactly("Yes")),),
)

LONG_ANSWER = Script(
    id="long-answer",
    name="Long answer",
    description=f"A lighthouse keeper's diary in {DELTAS} deltas.",
    question="May I read your diary?",
    moves=(say(*(Exactly(token) for token in _logbook())),),
    rate=400,
)

LENGTHS = (ONE_WORD, LONG_ANSWER)
