"""Files of an export: exactly those that its checkpoint and its entries call for, none of them compressed (formats §4)."""

import re
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256

from ledger.auditing.report import Finding, difference
from ledger.directory import LogState
from ledger.tree.tiles import Read, parse_path, tile_at
from signing.phrase import Phrase
from signing.refusal import Refusal

GZIP = b"\x1f\x8b"
_ARCHIVED = re.compile(r"checkpoints/([1-9][0-9]{0,18})")


def unexpected_files(paths: Iterable[str], size: int, digests: Collection[str], read: Read) -> Iterator[Finding]:
    """Findings about files: FILE_UNEXPECTED, FILE_COMPRESSED, and DATA_DIFFERS for data that is not what its name says."""
    for path in paths:
        # Tiles are compared byte by byte elsewhere; anything else begins with text.
        if path.endswith(".gz") or (not path.startswith(("tile/", "data/")) and (read(path) or b"").startswith(GZIP)):
            yield difference(
                "FILE_COMPRESSED", path, "gzip", Phrase("未压缩的字节；gzip 只用于 HTTP 传输", "plain bytes; gzip is for HTTP only")
            )
        elif not _is_called_for(path, size, digests):
            yield difference("FILE_UNEXPECTED", path, path, Phrase("只有证据格式 §4 的文件", "the files of formats §4 only"))
        elif path.startswith("data/") and (found := sha256(read(path) or b"").hexdigest()) != path.removeprefix("data/"):
            yield difference("DATA_DIFFERS", path, found, path.removeprefix("data/"))


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


def pinned_files(read: Read, state: LogState, digests: Iterable[str], *, complete: bool) -> Iterator[Finding]:
    """Keys and data files are those that entry 0 and the adoptions name; a ``complete`` export has all of them, others those in force."""
    vkeys = read("log.vkey")
    if vkeys is None and complete:
        yield Finding(code="FILE_MISSING", field="log.vkey")
    if vkeys is not None and vkeys != "".join(f"{vkey}\n" for vkey in state.log_keys).encode():
        yield difference(
            "VKEY_DIFFERS", "log.vkey", Phrase("别的密钥", "other keys"), Phrase("log.found 的 log_keys", "log_keys of log.found")
        )
    in_force = {pin.sha256: name for name, pin in state.data.items()}
    for digest in dict.fromkeys([*in_force, *digests]):
        raw = read(f"data/{digest}")
        if raw is None and not complete and digest not in in_force:
            continue
        found = "missing" if raw is None else sha256(raw).hexdigest()
        if found != digest:
            yield difference("DATA_DIFFERS", f"data/{digest}", found, in_force.get(digest, digest))
