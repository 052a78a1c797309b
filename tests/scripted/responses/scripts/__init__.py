"""What each model answers.  The order is the one in which a list shows them."""

from collections.abc import Mapping

from ..moves import Script
from .texts import TEXTS

SCRIPTS: Mapping[str, Script] = {script.id: script for script in (*TEXTS,)}
