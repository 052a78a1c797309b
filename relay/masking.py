"""The key of the upstream, should the upstream ever write it into what it sends."""

from collections.abc import Sequence

from .settings import Settings

# A shorter one is a word that any text may hold; servers without accounts take any.
_SHORTEST = 8


class Mask:
    """Takes the key out of bytes, and leaves their length as it is."""

    def __init__(self, settings: Settings) -> None:
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
        self._key = key.encode() if len(key) >= _SHORTEST else None
        self._stars = b"*" * len(key.encode())

    def hides(self, data: bytes) -> bool:
        """Whether the key is in it."""
        return self._key is not None and data.find(self._key) >= 0

    def frames(self, frames: Sequence[bytes]) -> Sequence[bytes]:
        """The very same frames if the key is in none of them."""
        if self._key is None or self._key not in b"".join(frames):
            return frames
        return [self.masked(frame) for frame in frames]

    def masked(self, data: bytes) -> bytes:
        return data if self._key is None else data.replace(self._key, self._stars)
