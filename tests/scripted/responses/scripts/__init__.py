"""What each model answers.  The order is the one in which a list shows them."""

from collections.abc import Mapping

from ..moves import Script
from .computers import COMPUTERS
from .endings import ENDINGS
from .functions import FUNCTIONS
from .makes import MAKES
from .oddities import ODDITIES
from .remote import REMOTE
from .texts import TEXTS
from .tools import TOOLS

SCRIPTS: Mapping[str, Script] = {
    script.id: script
    for script in (
        *TEXTS, *TOOLS, *FUNCTIONS, *REMOTE, *COMPUTERS, *ENDINGS, *ODDITIES, *MAKES,
    )
}  # fmt: skip
