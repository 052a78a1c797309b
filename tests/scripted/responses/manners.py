"""How a server behaves."""

from dataclasses import dataclass, field

from ..framing import Framing
from .accent import Accent


@dataclass(kw_only=True)
class Manners:
    """How this server behaves.  A test may change it at any time."""

    framing: Framing = field(default_factory=Framing)
    accent: Accent = field(default_factory=Accent)
    # Whether a stream is compressed for those who say that they can read it.
    gzip: bool = False
    # Servers of other makes have neither.
    has_conversations: bool = True
    has_background: bool = True
    # How old a response may be that is streamed again.
    streamable_seconds: float = 300
    # Whether a stream that is resumed begins behind what is known already.
    honours_starting_after: bool = True
    # Whether a response that is cancelled ends; if not, the answer is kind and nothing happens.
    honours_cancel: bool = True
