"""Keys of everybody in the story, made from the seed. Client side only: the server never sees a party's private key."""

from hashlib import sha256

from signing.keys import PrivateKey
from signing.possession import KeyRegistration, register


class Keyring:
    """Private keys by owner, deterministic in the seed, so that the same seed writes the same statements."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._keys: dict[str, PrivateKey] = {}

    def key(self, owner: str) -> PrivateKey:
        """The Ed25519 key of a party (its USCC), of one of its devices (``USCC.phone``), or of ``"log"``."""
        if owner not in self._keys:
            self._keys[owner] = PrivateKey.from_seed("ed25519", sha256(f"liandan/demo/{self._seed}/{owner}".encode()).digest())
        return self._keys[owner]

    def registration(self, found_or_origin: str, owner: str) -> KeyRegistration:
        """A key with its proof of possession for the party it belongs to; the first argument is X of formats §5."""
        return register(self.key(owner), found_or_origin, owner.partition(".")[0])
