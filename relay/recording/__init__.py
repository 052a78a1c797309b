"""Recordings: the upstream's bytes of a run in `NAME.sse`, and beside it in `NAME.json` what they
are and when they came.  Read, checked, played and written here.
"""

from .playing import play
from .reading import Recording, Recordings
from .writing import Recorder

__all__ = ["Recorder", "Recording", "Recordings", "play"]
