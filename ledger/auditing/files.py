"""Files of an export: exactly those that its checkpoint calls for, none of them compressed (formats §4)."""

import re
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256

from ledger.auditing.replay import Finding
from ledger.auditing.report import difference
from ledger.tree.tiles import Read, parse_path, tile_at
from signing.refusal import Refusal

GZIP = b"\x1f\x8b"
_ARCHIVED = re.compile(r"checkpoints/([1-9][0-9]{0,18})")


def unexpected_files(paths: Iterable[str], size: int, digests: Collection[str], read: Read) -> Iterator[Finding]:
    """Findings about files: FILE_UNEXPECTED, FILE_COMPRESSED, and DATA_DIFFERS for data that is not what its name says."""
    for path in paths:
        # Tiles are compared byte by byte elsewhere; anything else begins with text.
        if path.endswith(".gz") or (not path.startswith(("tile/", "data/")) and (read(path) or b"").startswith(GZIP)):
            yield difference("FILE_COMPRESSED", path, "gzip", "plain bytes; gzip is for HTTP only")
        elif not _is_called_for(path, size, digests):
            yield difference("FILE_UNEXPECTED", path, path, "the files of formats §4 only")
        elif path.startswith("data/") and sha256(read(path) or b"").hexdigest() != path.removeprefix("data/"):
            yield difference("DATA_DIFFERS", path, sha256(read(path) or b"").hexdigest(), path.removeprefix("data/"))


def _is_called_for(path: str, size: int, digests: Collection[str]) -> bool:
    if path in ("checkpoint", "log.vkey"):
        return True
    if path.startswith("data/"):
        return path.removeprefix("data/") in digests
    archived = _ARCHIVED.fullmatch(path)
    if archived is not None:
        return int(archived[1]) <= size
    try:
        tile = parse_path(path)
        return tile_at(tile.level, tile.index, size) == tile
    except Refusal:
        return False
