"""Room for the bodies of batches that are being read and admitted at the same time, so that many senders at once cost bounded memory."""


class Room:
    """At most ``limit`` bytes held by all batches of this process together."""

    def __init__(self, limit: int) -> None:
        self._limit, self._held = limit, 0

    @property
    def held(self) -> int:
        """Bytes held now."""
        return self._held

    def take(self, size: int) -> bool:
        """Hold that many bytes more; False, and nothing is held, when there is no room for them."""
        if self._held + size > self._limit:
            return False
        self._held += size
        return True

    def give(self, size: int) -> None:
        """Give bytes back."""
        self._held -= size
