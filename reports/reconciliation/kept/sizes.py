"""Drawing at a size: the tree head of the first entries of a log, held against a signed one, so that a closed month is drawn again as it was closed."""

from ledger.tree.checkpoint import Checkpoint
from ledger.tree.merkle import consistency_proof, range_root, verify_consistency
from ledger.tree.tiles import Read, TileReader
from signing.phrase import Phrase
from signing.refusal import refuse

_DIGITS = 19
"""A size has fewer (formats §4)."""


def checkpoint_at(read: Read, newest: Checkpoint, size: int) -> Checkpoint:
    """The head over the first ``size`` entries below a verified one (0: this one itself), proved to be its beginning.

    Refusal SIZE_BEYOND where there are not so many entries; those of tiles and proofs.
    """
    if size in (0, newest.size):
        return newest
    check_size(size, newest.size)
    tree = TileReader(newest.size, read)
    root = range_root(0, size, tree.hash_at)
    verify_consistency(size, newest.size, root, newest.root, consistency_proof(size, newest.size, tree.hash_at))
    return Checkpoint(newest.origin, size, root)


def claimed_origin(read: Read) -> str:
    """Of which log it says that it is, before anything of that is verified."""
    return (read("checkpoint") or b"").split(b"\n", 1)[0].decode("utf-8", "replace")


def claimed_size(read: Read) -> int:
    """Of how many entries a log says that it is, before anything of that is verified; 0 where it does not say."""
    lines = (read("checkpoint") or b"").split(b"\n", 2)
    return int(lines[1]) if len(lines) == 3 and lines[1].isdigit() and len(lines[1]) < _DIGITS else 0


def check_size(size: int, there: int) -> None:
    """Refusal SIZE_BEYOND unless a log of ``there`` entries has had this size."""
    if not 0 < size <= there:
        expected = Phrase(f"1 … {there}（所给账本的规模）", f"1 … {there}, what this log or export has")
        raise refuse("SIZE_BEYOND", field="size", found=size, expected=expected)
