"""The log that stock tools read: founded, 700 entries, an Ed25519 and an ML-DSA-44 key, and its exports at any smaller size."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from msgspec import structs

from ledger.admission.entry import Entry
from ledger.admission.personality import CURRENT, RULESETS
from ledger.kinds.founding import Adopted
from ledger.tree.checkpoint import Checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.merkle import consistency_proof, inclusion_proof
from ledger.tree.proof import Proof
from ledger.tree.tiles import TileReader
from signing.keys import PrivateKey
from tests.workbench import ORIGIN, Workbench, key_of, uscc

SIZE = 700
"""Two full tiles, a partial of 188, one tile above them."""
SIZES = (1, 2, 255, 256, 257, 511, 512, SIZE)
ML_DSA = PrivateKey.from_seed("ml-dsa-44", sha256(b"test log ml-dsa").digest())
VKEYS = log_vkeys(ORIGIN, [key_of("log"), ML_DSA])
"""Of the log: Ed25519 first."""

Files = Mapping[str, bytes]


class DemoLog(Workbench):
    """A workbench whose log has two keys."""

    def post(self, kind: str, chain: str, by: tuple[str, ...], body: Any, **changes: Any) -> Entry:  # as the workbench has it
        """The founding names both keys and the real ruleset; all else as the workbench does it."""
        if kind == "log.found/1":
            rules = RULESETS[CURRENT]
            body = structs.replace(body, log_keys=VKEYS, ruleset=Adopted(rules.name, rules.version, rules.sha256))
        return super().post(kind, chain, by, body, **changes)

    def grow(self, size: int = SIZE) -> DemoLog:
        """Register fictitious firms until the log has ``size`` entries."""
        for serial in range(len(self.entries), size):
            self.register(uscc("510100", 1000 + serial))
        return self

    def export_at(self, size: int) -> Files:
        """What an export held when the log had ``size`` entries."""
        cut = copy.copy(self)
        cut.entries = self.entries[:size]
        files = cut.export()
        note = self.note_at(size, files)
        return {**files, "checkpoint": note, f"checkpoints/{size}": note, "log.vkey": "".join(f"{vkey}\n" for vkey in VKEYS).encode()}

    def note_at(self, size: int, files: Files) -> bytes:
        """The log's checkpoint with both lines."""
        return sign_checkpoint(Checkpoint(ORIGIN, size, TileReader(size, files.get).root()), self.log_key, ML_DSA)


def size_of(files: Files) -> int:
    """Size of the checkpoint of an export."""
    return int(files["checkpoint"].split(b"\n")[1])


def prove(files: Files, index: int) -> Proof:
    """Our proof of one entry, from an export alone."""
    size = size_of(files)
    return Proof(index=index, hashes=inclusion_proof(index, size, TileReader(size, files.get).hash_at), checkpoint=files["checkpoint"])


def prove_growth(files: Files, old: int) -> tuple[bytes, ...]:
    """Our consistency proof from ``old`` to the export's size."""
    size = size_of(files)
    return consistency_proof(old, size, TileReader(size, files.get).hash_at)
