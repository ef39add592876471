"""Keys of everybody in the story, made from the seed. Client side only: the server never sees a party's private key."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from signing.keys import PrivateKey
from signing.possession import KeyRegistration, register


class Keyring:
    """Private keys by USCC, deterministic in the seed, so that the same seed writes the same statements."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._keys: dict[str, PrivateKey] = {}

    def key(self, owner: str) -> PrivateKey:
        """The Ed25519 key of a party, or of ``"log"``."""
        if owner not in self._keys:
            self._keys[owner] = PrivateKey.from_seed("ed25519", sha256(f"liandan/demo/{self._seed}/{owner}".encode()).digest())
        return self._keys[owner]

    def keys(self, by: Sequence[str]) -> list[PrivateKey]:
        """One key per signer, in order."""
        return [self.key(uscc) for uscc in by]

    def registration(self, found_or_origin: str, uscc: str) -> KeyRegistration:
        """A party's key with its proof of possession; the first argument is X of formats §5."""
        return register(self.key(uscc), found_or_origin, uscc)
