"""Ids that look like OpenAI's and are the same each time."""

import string
from random import Random

ALPHABET = string.ascii_letters + string.digits


class Ids:
    """One seed gives one row of ids, so that recordings made anew name the same things."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311 - these ids are meant to be foreseen

    def new(self, prefix: str) -> str:
        return f"{prefix}_{''.join(self._random.choices(ALPHABET, k=24))}"
