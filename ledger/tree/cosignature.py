"""Cosignatures: what a witness (and, with ML-DSA-44, the log itself) says about a tree head.

Source: C2SP tlog-cosignature. Type 04 signs the checkpoint text under Ed25519, type 06 a (sub)tree under ML-DSA-44 with an empty context.
A signature is a big-endian u64 of POSIX seconds and the raw signature: 72 and 2,428 bytes.
"""

from msgspec import Struct

from ledger.tree.note import SigningKey, Vkey

MAX_TIMESTAMP = 2**63 - 1


class Subtree(Struct, frozen=True):
    """What type 06 speaks of: the leaves ``[start, end)`` of a log under one root; a checkpoint is ``[0, size)``."""

    origin: str
    start: int
    end: int
    root: bytes


def v1_message(timestamp: int, text: bytes) -> bytes:
    """What type 04 signs: two header lines and the whole checkpoint text with its final LF."""
    return b"cosignature/v1\ntime %d\n" % timestamp + text


def subtree_message(cosigner: str, timestamp: int, subtree: Subtree) -> bytes:
    """What type 06 signs: the ``cosigned_message`` structure."""
    name, log = cosigner.encode(), subtree.origin.encode()
    head, sizes = b"subtree/v1\n\x00%c%b" % (len(name), name), subtree.start.to_bytes(8) + subtree.end.to_bytes(8)
    return head + timestamp.to_bytes(8) + b"%c%b" % (len(log), log) + sizes + subtree.root


def timestamp_of(signature: bytes) -> int:
    """The POSIX seconds a cosignature carries; the caller has verified it."""
    return int.from_bytes(signature[:8], "big")


def cosign_v1(key: SigningKey, text: bytes, timestamp: int) -> bytes:
    """Type 04 over a checkpoint text, at a time (seconds, not 0)."""
    assert key.suite == "ed25519", "cosignature/v1 is Ed25519"
    assert 0 < timestamp <= MAX_TIMESTAMP, "a v1 cosignature states a time"
    return timestamp.to_bytes(8, "big") + key.sign(v1_message(timestamp, text))


def verify_v1(vkey: Vkey, text: bytes, signature: bytes) -> bool:
    """Whether a type 04 cosignature holds; one without a time does not."""
    timestamp = timestamp_of(signature)
    return 0 < timestamp <= MAX_TIMESTAMP and vkey.holds(v1_message(timestamp, text), signature[8:])


def cosign_subtree(key: SigningKey, cosigner: str, timestamp: int, subtree: Subtree) -> bytes:
    """Type 06 over a subtree; ``timestamp`` 0 makes no statement that it is the largest seen."""
    assert key.suite == "ml-dsa-44", "subtree/v1 is ML-DSA-44"
    assert 0 <= timestamp <= MAX_TIMESTAMP, "timestamp out of range"
    assert subtree.start == 0 or timestamp == 0, "only a whole tree can be the largest seen"
    return timestamp.to_bytes(8, "big") + key.sign(subtree_message(cosigner, timestamp, subtree))


def verify_subtree(vkey: Vkey, subtree: Subtree, signature: bytes) -> bool:
    """Whether a type 06 cosignature holds for a subtree; never for a name or origin above 255 bytes."""
    timestamp = timestamp_of(signature)
    if timestamp > MAX_TIMESTAMP or (subtree.start and timestamp):
        return False
    if not (0 < len(vkey.name.encode()) < 256 and 0 < len(subtree.origin.encode()) < 256):
        return False
    return vkey.holds(subtree_message(vkey.name, timestamp, subtree), signature[8:])
