"""What each assistant does.  The order is the one in which a list shows them."""

from collections.abc import Mapping

from ..moves import Script
from .endings import ENDINGS
from .functions import FUNCTIONS
from .lengths import LENGTHS
from .oddities import ODDITIES
from .texts import TEXTS
from .tools import TOOLS

SCRIPTS: Mapping[str, Script] = {
    script.id: script for script in (*TEXTS, *TOOLS, *FUNCTIONS, *ENDINGS, *ODDITIES, *LENGTHS)
}
