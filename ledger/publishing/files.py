"""The published tree as files: what ``/checkpoint`` and ``/tile/…`` serve and what an export copies, byte for byte.

Two directories: the public one, which any web server may serve as it lies (checkpoints, hash tiles, adopted data, keys), and one for what
only some may read (bundles of entries, what is staged, evidence of freezes). Mirrors and exports keep both in one. What is not public has
mode 0600 in directories of mode 0700, the rest 0644 and 0755, whatever the umask of the process is.

Every write goes to a temporary name, is flushed to disk and renamed, so a reader sees the old file or the new one, never half of one.
"""

import errno
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import get_ident

import msgspec

from ledger.tree.merkle import HASH_BYTES
from ledger.tree.tiles import MAX_ENTRY, WIDTH, find, parse_path
from signing.files import read_if_there
from signing.phrase import Phrase
from signing.refusal import refuse

CHECKPOINT = "checkpoint"
ARCHIVE = "checkpoints"
DATA = "data"
VKEYS = "log.vkey"
STAGING = "staging"
DATA_MAX = 64 * 1024 * 1024
"""Bytes of an adopted data set; the largest of ours has 80 KB."""
DEPTH = 9
"""Folders above the deepest file of a log: ``tile/entries/`` and six groups of digits, with ``.p`` (C2SP tlog-tiles)."""
_NOTE_MAX = 1024 * 1024
_BUNDLE_MAX, _TILE_MAX = WIDTH * (2 + MAX_ENTRY), WIDTH * HASH_BYTES
CLOSED = ("tile/entries", STAGING, "evidence")
"""What only some may read: never in a directory that a web server serves."""


def is_closed(path: str) -> bool:
    """Whether a relative path leads to what only some may read."""
    return any(path == folder or path.startswith(folder + "/") for folder in CLOSED)


def write_whole(base: Path, path: str, temporary: str, content: bytes, *, closed_base: bool = False, is_flushed: bool = True) -> None:
    """Write ``base/path`` under a temporary name, flush it to disk and rename it; modes as this module says, whatever the umask is."""
    target = base / path
    _make_folder(base, Path(path).parent, is_closed=closed_base)
    fresh = target.with_name(temporary)
    mode = 0o600 if closed_base or is_closed(path) else 0o644
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        if is_flushed:
            os.fsync(file.fileno())
    fresh.replace(target)


def _make_folder(base: Path, folder: Path, *, is_closed: bool) -> None:
    """``base/folder`` with everything above it; what is there already keeps its mode."""
    if (base / folder).is_dir():
        return
    if not base.is_dir():
        base.mkdir(parents=True, exist_ok=True)
        base.chmod(0o700 if is_closed else 0o755)
    for part in (*reversed(folder.parents), folder):
        if part != Path() and not (base / part).is_dir():
            (base / part).mkdir(exist_ok=True)
            (base / part).chmod(0o700 if is_closed or _is_closed(part) else 0o755)


def _is_closed(folder: Path) -> bool:
    return is_closed(folder.as_posix())


def close_folders(base: Path, *folders: str) -> None:
    """Take away from others what an older release or another tool made for everybody to read."""
    for folder in folders or CLOSED:
        if (base / folder).is_dir() and (base / folder).stat().st_mode & 0o077:
            (base / folder).chmod(0o700)


class StagedFiles(msgspec.Struct, frozen=True):
    """A staged step of publication: the files of a new size, before anything of it is promised."""

    size: int
    files: tuple[tuple[str, bytes], ...]


class LogFiles:
    """The files of one log. Methods block on disk."""

    def __init__(self, root: Path, closed: Path | None = None) -> None:
        """``root`` is the public directory, ``closed`` the one for what only some may read; without it both lie in ``root``."""
        self.root, self.closed = root, closed or root
        for folder in (ARCHIVE, DATA):
            _make_folder(root, Path(folder), is_closed=False)
        _make_folder(self.closed, Path(STAGING), is_closed=closed is not None)
        close_folders(self.closed, *(CLOSED if closed is None else ("",)))

    def place(self, path: str) -> Path:
        """Where a file is kept."""
        return (self.closed if is_closed(path) else self.root) / path

    def read(self, path: str) -> bytes | None:
        """A file by its relative path, or None. Callers pass paths of their own making only, or checked by ``parse_path``."""
        raw = read_published(self.closed if is_closed(path) else self.root, path)
        # Commands on a stopped log may come before the first start that takes in an older layout, or an export that was put back.
        return read_published(self.root, path) if raw is None and is_closed(path) and self.closed != self.root else raw

    def has(self, path: str) -> bool:
        """Whether a file of our own making is here; ``path`` never leaves the directory."""
        base = self.closed if is_closed(path) else self.root
        found = (base / path).resolve()
        return found.is_relative_to(base.resolve()) and found.is_file()

    def take_in(self) -> int:
        """Move what only some may read out of the public directory, where older releases kept it and where an export or a mirror that is put
        back has it; returns the number of files. Refusal ENTRIES_TWICE, before anything is lost, where both have a file and they differ.
        """
        if self.closed == self.root:
            return 0
        moved = 0
        for folder in CLOSED:
            for source in sorted(path for path in (self.root / folder).rglob("*") if path.is_file()):
                path = source.relative_to(self.root).as_posix()
                if source.name.endswith(".tmp"):
                    source.unlink(missing_ok=True)
                    continue
                self._take(source, path)
                moved += 1
            for empty in (*sorted((self.root / folder).rglob("*"), reverse=True), self.root / folder):
                with suppress(OSError):  # a link to another disk, or something of the operator's own: it hinders no start
                    empty.rmdir()
        return moved

    def _take(self, source: Path, path: str) -> None:
        target, content, kept = self.place(path), read_published(self.root, path), read_published(self.closed, path)
        if kept is not None and content is not None and kept != content:
            if not path.startswith("evidence/"):
                raise refuse("ENTRIES_TWICE", field=path, found=str(source), expected=Phrase(f"与 {target} 相同", f"as in {target}"))
            path = f"{path.removesuffix('.json')}-{sha256(content).hexdigest()[:8]}.json"
            target = self.place(path)
        if content is None:
            return  # another process of this log was quicker
        _make_folder(self.closed, Path(path).parent, is_closed=True)
        try:
            source.chmod(0o600)
            source.replace(target)
            _sync_directory(target.parent)
        except FileNotFoundError:
            return  # the same, a moment later
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self.write(path, content)
            _sync_directory(target.parent)  # two disks: what is gone from one must be on the other
            source.unlink(missing_ok=True)

    def read_tile(self, path: str) -> bytes | None:
        """A tile by a path from outside; Refusal TILE_FORM if it is not a tile path. A full tile stands in for a partial one."""
        tile = parse_path(path)
        found = find(tile, self.read)
        if found is None:
            return None
        return found[1] if found[0] == tile or tile.level is None else found[1][: 32 * tile.width]

    def write(self, path: str, content: bytes) -> None:
        """Write one file so that it is whole and on disk before it can be seen. Several may write the same file at once: the last stays."""
        base = self.closed if is_closed(path) else self.root
        temporary = f".{Path(path).name}.{os.getpid()}.{get_ident()}.tmp"
        write_whole(base, path, temporary, content, closed_base=base != self.root)

    def stage(self, bundle: StagedFiles) -> str:
        """Keep a bundle under its size and digest; returns the digest (hex)."""
        # A publisher that was paused, and replaced meanwhile, may stage the same size once more before its swap fails: under the size alone
        # it would put its bundle in the place of the promised one.
        raw = msgspec.msgpack.encode(bundle)
        digest = sha256(raw).hexdigest()
        self.write(_staged_path(bundle.size, digest), raw)
        _sync_directory(self.closed / STAGING)
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
        for path in (self.closed / STAGING).iterdir():
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
        return sorted(path.name for path in (self.closed / "evidence").glob("*.json"))

    def put_data(self, contents: Iterable[bytes]) -> None:
        """Keep adopted data files under their SHA-256."""
        for content in contents:
            path = f"{DATA}/{sha256(content).hexdigest()}"
            if self.read(path) is None:
                self.write(path, content)


def read_published(root: Path, path: str) -> bytes | None:
    """A file of a log in a directory that anybody may have made; ``path`` is of our own making. None where no regular file is. Of one that is
    larger than its kind can be, as much as shows that.
    """
    return read_if_there(root / path, _most(path) + 1)


def _most(path: str) -> int:
    """Bytes that a file at this path can have."""
    match path.partition("/")[0]:
        case "tile":
            return _BUNDLE_MAX if path.startswith("tile/entries/") else _TILE_MAX
        case "data":
            return DATA_MAX
        case "staging" | "evidence":  # ours alone, and as large as a step of publication
            return sys.maxsize - 1
        case _:
            return _NOTE_MAX


def _staged_path(size: int, digest: str) -> str:
    return f"{STAGING}/{size}-{digest}"


def _sync_directory(directory: Path) -> None:
    """Make renames in a directory durable."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
