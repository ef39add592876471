"""The Merkle tree of the log: hashes, the right edge it grows by, and both kinds of proof.

RFC 6962 §2.1 and RFC 9162 §2.1 with SHA-256. A hash is 32 bytes. The perfect subtree ``(level, index)`` covers the leaves
``[index << level, (index + 1) << level)``; proofs are built over any callable that knows the hashes of such subtrees, so tiles can serve
them. Verifiers check the length of a proof before they hash anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from hashlib import sha256

from msgspec import Struct

from signing.phrase import Phrase
from signing.refusal import refuse

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
EMPTY_ROOT = sha256(b"").digest()  # root of the tree without leaves

HashAt = Callable[[int, int], bytes]  # (level, index) to the hash of a perfect subtree


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry as a leaf: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


class Edge(Struct, frozen=True, gc=False):
    """All that is needed to append: one hash per set bit of ``size``, the largest subtree first (a compact range)."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append_many(self, leaf_hashes: Iterable[bytes]) -> Edge:
        """The edge after more leaves; this one stays as it is."""
        hashes, size = list(self.hashes), self.size
        for leaf in leaf_hashes:
            node, carry = leaf, size
            while carry & 1:
                node = sha256(b"\x01" + hashes.pop() + node).digest()
                carry >>= 1
            hashes.append(node)
            size += 1
        return Edge(size, tuple(hashes))

    def root(self) -> bytes:
        """Root of the tree of this size."""
        return _join(self.hashes)

    def to_bytes(self) -> bytes:
        """``size`` as a big-endian u64, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @staticmethod
    def from_bytes(raw: bytes) -> Edge:
        """Inverse of ``to_bytes``; refuses TILE_FORM."""
        size = int.from_bytes(raw[:8], "big")
        if len(raw) < 8 or size > MAX_SIZE or len(raw) != 8 + HASH_BYTES * size.bit_count():
            raise refuse(
                "TILE_FORM",
                field="edge",
                found=Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"),
                expected=Phrase("8 字节的条目数，其后每个为 1 的比特对应 32 字节", "u64 size, then 32 bytes per set bit of it"),
            )
        return Edge(size, tuple(raw[at : at + HASH_BYTES] for at in range(8, len(raw), HASH_BYTES)))


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Root over leaf hashes: MTH of RFC 6962 §2.1."""
    return Edge().append_many(leaf_hashes).root()


def range_root(start: int, end: int, hash_at: HashAt) -> bytes:
    """MTH of the leaves ``[start, end)``, where ``start`` is a multiple of the largest power of two that is not above the width."""
    width = end - start
    if width & -width == width > 0:  # one perfect subtree: most siblings of a proof are
        level = width.bit_length() - 1
        return hash_at(level, start >> level)
    return _join([hash_at(level, index) for level, index in perfect_subtrees(start, end)])


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> tuple[bytes, ...]:
    """Proof that leaf ``index`` is in the tree of ``size``, the leaf's sibling first (RFC 6962 §2.1.1). PROOF_FORM if there is none."""
    if not 0 <= index < size <= MAX_SIZE:
        raise refuse("PROOF_FORM", field="index", found=index, expected=Phrase(f"0 <= 序位 < {size}", f"0 <= index < {size}"))
    start, end, siblings = 0, size, []
    while end - start > 1:
        split = _split(start, end)
        if index < split:
            siblings.append(range_root(split, end, hash_at))
            end = split
        else:
            siblings.append(range_root(start, split, hash_at))
            start = split
    return tuple(reversed(siblings))


def consistency_proof(old: int, new: int, hash_at: HashAt) -> tuple[bytes, ...]:
    """Proof that the tree of size ``new`` extends the one of size ``old`` (RFC 6962 §2.1.2); empty for ``old`` 0 and ``old == new``."""
    if not 0 <= old <= new <= MAX_SIZE:
        raise refuse("PROOF_FORM", field="size", found=old, expected=f"0 <= size <= {new}")
    start, end, hashes = 0, new, []
    while old not in (0, end):
        split = _split(start, end)
        if old <= split:
            hashes.append(range_root(split, end, hash_at))
            end = split
        else:
            hashes.append(range_root(start, split, hash_at))
            start = split
    if start:
        hashes.append(range_root(start, end, hash_at))
    return tuple(reversed(hashes))


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash ``leaf`` stands at ``index`` under ``root``; refuses PROOF_WRONG."""
    if not 0 <= index < size <= MAX_SIZE:
        raise refuse("PROOF_WRONG", field="index", found=index, expected=Phrase(f"0 <= 序位 < {size}", f"0 <= index < {size}"))
    inner = (index ^ (size - 1)).bit_length()
    _check_hashes(proof, inner + (index >> inner).bit_count(), leaf, root)
    node = _climb(leaf, proof[:inner], index)
    node = _climb(node, proof[inner:], -1)  # the border: all on the left
    if node != root:
        raise refuse("PROOF_WRONG", field="root", found=node.hex(), expected=root.hex())


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree (size2, root2) extends (size1, root1); refuses PROOF_WRONG, and also ``size1`` 0, from which nothing follows."""
    # Inner hashes lie beside the path of leaf ``size1 - 1`` below the point where it parts from that of leaf ``size2 - 1``, border hashes
    # above it: the old root is joined from those on the left only, the new one from all.
    if not 0 < size1 <= size2 <= MAX_SIZE:
        raise refuse("PROOF_WRONG", field="size", found=size1, expected=f"0 < size <= {size2}")
    if size1 == size2:
        _check_hashes(proof, 0)
        if root1 != root2:
            raise refuse("PROOF_WRONG", field="root", found=root2.hex(), expected=root1.hex())
        return
    inner = ((size1 - 1) ^ (size2 - 1)).bit_length()
    border = ((size1 - 1) >> inner).bit_count()
    shift = (size1 & -size1).bit_length() - 1
    inner -= shift
    seeded = size1 != 1 << shift
    _check_hashes(proof, seeded + inner + border, root1, root2)
    seed, rest = (proof[0], proof[1:]) if seeded else (root1, proof)
    path = (size1 - 1) >> shift
    old = seed
    for level, hash_ in enumerate(rest[:inner]):
        old = node_hash(hash_, old) if path >> level & 1 else old
    new = _climb(seed, rest[:inner], path)
    for hash_ in rest[inner:]:
        old, new = node_hash(hash_, old), node_hash(hash_, new)
    for name, found, expected in (("old root", old, root1), ("new root", new, root2)):
        if found != expected:
            raise refuse("PROOF_WRONG", field=name, found=found.hex(), expected=expected.hex())


def _climb(node: bytes, siblings: Sequence[bytes], path: int) -> bytes:
    """Join a node with its siblings bottom-up; bit k of ``path`` tells whether it is a right child at level k."""
    for level, sibling in enumerate(siblings):
        node = node_hash(sibling, node) if path >> level & 1 else node_hash(node, sibling)
    return node


def _check_hashes(proof: Sequence[bytes], length: int, *others: bytes) -> None:
    if len(proof) != length:
        raise refuse("PROOF_WRONG", field="length", found=len(proof), expected=length)
    if any(len(hash_) != HASH_BYTES for hash_ in (*proof, *others)):
        raise refuse(
            "PROOF_WRONG",
            field="hash",
            found=Phrase("另一长度", "another length"),
            expected=Phrase(f"{HASH_BYTES} 字节", f"{HASH_BYTES} bytes"),
        )


def _join(hashes: Sequence[bytes]) -> bytes:
    """Root over perfect subtrees of falling size: joined from the right."""
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes)) if hashes else EMPTY_ROOT


def _split(start: int, end: int) -> int:
    """Where RFC 6962 splits ``[start, end)``: after the largest power of two below the width."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def perfect_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """(level, index) of the subtrees that ``[start, end)`` falls into, as ``range_root`` asks, the largest first."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level
