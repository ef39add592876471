"""The published tree as files: what ``/checkpoint`` and ``/tile/…`` serve and what an export copies, byte for byte.

Every write goes to a temporary name, is flushed to disk and renamed, so a reader sees the old file or the new one, never half of one.
"""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from threading import get_ident

import msgspec

from ledger.tree.tiles import find, parse_path

CHECKPOINT = "checkpoint"
ARCHIVE = "checkpoints"
DATA = "data"
VKEYS = "log.vkey"


class StagedFiles(msgspec.Struct, frozen=True):
    """A staged step of publication: the files of a new size, before anything of it is promised."""

    size: int
    files: tuple[tuple[str, bytes], ...]


class LogFiles:
    """One directory per log. Methods block on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("staging", ARCHIVE, DATA):
            (root / folder).mkdir(parents=True, exist_ok=True)

    def read(self, path: str) -> bytes | None:
        """A file by its relative path, or None. Callers pass paths of their own making only, or checked by ``parse_path``."""
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def has(self, path: str) -> bool:
        """Whether a file of our own making is here; ``path`` never leaves the directory."""
        found = (self.root / path).resolve()
        return found.is_relative_to(self.root.resolve()) and found.is_file()

    def read_tile(self, path: str) -> bytes | None:
        """A tile by a path from outside; Refusal TILE_FORM if it is not a tile path. A full tile stands in for a partial one."""
        tile = parse_path(path)
        found = find(tile, self.read)
        if found is None:
            return None
        return found[1] if found[0] == tile or tile.level is None else found[1][: 32 * tile.width]

    def write(self, path: str, content: bytes) -> None:
        """Write one file so that it is whole and on disk before it can be seen. Several may write the same file at once: the last stays."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.{get_ident()}.tmp")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)

    def stage(self, bundle: StagedFiles) -> str:
        """Keep a bundle under its size and digest; returns the digest (hex)."""
        # A publisher that was paused, and replaced meanwhile, may stage the same size once more before its swap fails: under the size alone
        # it would put its bundle in the place of the promised one.
        raw = msgspec.msgpack.encode(bundle)
        digest = sha256(raw).hexdigest()
        self.write(_staged_path(bundle.size, digest), raw)
        _sync_directory(self.root / "staging")
        return digest

    def read_staged(self, size: int, digest: str) -> StagedFiles | None:
        """The staged bundle of a promised size, if it is still there and is the one that was promised."""
        raw = self.read(_staged_path(size, digest))
        if raw is None or sha256(raw).hexdigest() != digest:
            return None
        return msgspec.msgpack.decode(raw, type=StagedFiles)

    def unpack(self, bundle: StagedFiles) -> None:
        """Put a bundle's files in place; doing it twice gives the same files."""
        for path, content in bundle.files:
            self.write(path, content)

    def discard_staged(self, *, below: int) -> None:
        """Forget bundles of sizes that are published."""
        for path in (self.root / "staging").iterdir():
            size = path.name.partition("-")[0]
            if size.isdecimal() and int(size) < below:
                path.unlink(missing_ok=True)

    def replace_checkpoint(self, note: bytes) -> None:
        """The last step of publication: from here everybody may rely on it."""
        self.write(CHECKPOINT, note)
        _sync_directory(self.root)

    def archive(self, size: int, note: bytes) -> None:
        """Keep a checkpoint for ever; the first note of a size stays."""
        if self.read(f"{ARCHIVE}/{size}") is None:
            self.write(f"{ARCHIVE}/{size}", note)

    def archived_sizes(self) -> list[int]:
        """Sizes of the archived checkpoints, ascending."""
        return sorted(int(path.name) for path in (self.root / ARCHIVE).iterdir() if path.name.isdecimal())

    def evidence(self) -> list[str]:
        """Names of the evidence files of freezes, in order."""
        return sorted(path.name for path in (self.root / "evidence").glob("*.json"))

    def put_data(self, contents: Iterable[bytes]) -> None:
        """Keep adopted data files under their SHA-256."""
        for content in contents:
            path = f"{DATA}/{sha256(content).hexdigest()}"
            if self.read(path) is None:
                self.write(path, content)


def _staged_path(size: int, digest: str) -> str:
    return f"staging/{size}-{digest}"


def _sync_directory(directory: Path) -> None:
    """Make renames in a directory durable."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
