"""Audit: everything an export, or a live log, claims is computed again and compared.

Structure: every entry hashes to its leaf, every tile and the root follow from the leaves, the checkpoint and the archived ones are signed
by the keys that entry 0 pins and lie on one history. Meaning: every entry is replayed (ledger/replay.py). It trusts nothing but the bytes;
whoever trusts a log pins ``found``, the statement hash of entry 0, beforehand.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256

from msgspec import Struct, field

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.data import DataSets
from ledger.directory import LOG_MAIN, LogState
from ledger.entry import Entry
from ledger.kinds import Kinds
from ledger.merkle import Edge, leaf_hash, range_root
from ledger.note import parse_note
from ledger.replay import Finding, Replay
from ledger.tiles import Read, TileReader, parse_bundle, tile_at, tiles_between
from signing.refusal import Refusal

FINDINGS_MAX = 1000
"""Findings kept; the count goes on."""


class AuditReport(Struct, kw_only=True):
    """Result of an audit. ``findings`` is cut at FINDINGS_MAX, ``count`` is not."""

    origin: str = ""
    found: str = ""
    """Statement hash of ``log.found``: compare it with the one you pinned."""
    size: int = 0
    root: str = ""
    clock: str = ""
    entries: int = 0
    checkpoints: int = 0
    """Archived checkpoints checked."""
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Nothing was found."""
        return self.count == 0

    def add(self, *findings: Finding) -> None:
        """Note findings."""
        self.count += len(findings)
        self.findings += findings[: max(0, FINDINGS_MAX - len(self.findings))]


Watch = Callable[[Entry], None]
Progress = Callable[[int, int], None]


def audit(
    read: Read,
    kinds: Kinds,
    *,
    archived: Iterator[int] | None = None,
    watch: Watch | None = None,
    progress: Progress | None = None,
    after: Callable[[Replay], None] | None = None,
) -> AuditReport:
    """Audit an export or a live log through ``read(path)``; ``archived`` are the sizes of archived checkpoints to look at.

    ``watch`` sees every readable entry after its replay step (registers, reports); ``progress(done, size)`` is called now and then;
    ``after`` gets the finished replay.
    """
    report = AuditReport()
    checkpoint = _open_unpinned(read, report)
    if checkpoint is None:
        return report
    report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, b64encode(checkpoint.root).decode()
    tree = TileReader(checkpoint.size, read)
    replay = Replay(kinds, DataSets(kinds, read), _root_reader(tree))
    edge = Edge()
    for start in range(0, checkpoint.size, 256):
        leaves: list[bytes] = []
        for raw in _bundle(read, start, checkpoint.size, report):
            leaves.append(leaf_hash(raw))
            entry, findings = replay.step(raw)
            report.add(*findings)
            if entry is not None and watch is not None:
                watch(entry)
        _compare_leaves(tree, start, leaves, report)
        edge = edge.append_many(leaves)
        if progress is not None:
            progress(min(start + 256, checkpoint.size), checkpoint.size)
    report.entries = edge.size
    if edge.size == checkpoint.size and edge.root() != checkpoint.root:
        report.add(Finding(code="ROOT_DIFFERS", field="checkpoint", found=report.root, expected=b64encode(edge.root()).decode()))
    _check_tiles(read, checkpoint.size, report)
    _check_pins(read, replay.facts.state(LOG_MAIN), checkpoint, report)
    if after is not None:
        after(replay)
    for size in archived or ():
        _check_archived(read, size, replay.facts.state(LOG_MAIN), tree, report)
    return report


def _open_unpinned(read: Read, report: AuditReport) -> Checkpoint | None:
    """Read the checkpoint's text; its signature is checked once entry 0 has told the keys."""
    raw = read("checkpoint")
    if raw is None:
        report.add(Finding(code="MISSING", field="checkpoint"))
        return None
    try:
        return parse_checkpoint(parse_note(raw)[0])
    except Refusal as refusal:
        report.add(*(_of(reason.code, "checkpoint", reason.found, reason.expected) for reason in refusal.reasons))
        return None


def _bundle(read: Read, start: int, size: int, report: AuditReport) -> list[bytes]:
    tile = tile_at(None, start // 256, size)
    raw = read(tile.path) or (read(tile.full.path) if tile.width < 256 else None)
    if raw is None:
        report.add(Finding(code="MISSING", field=tile.path))
        return []
    try:
        return list(parse_bundle(raw, tile.width))
    except Refusal as refusal:
        report.add(*(_of(reason.code, tile.path, reason.found, reason.expected) for reason in refusal.reasons))
        return []


def _compare_leaves(tree: TileReader, start: int, leaves: list[bytes], report: AuditReport) -> None:
    for offset, leaf in enumerate(leaves):
        try:
            stored = tree.hash_at(0, start + offset)
        except Refusal as refusal:
            report.add(*(_of(reason.code, reason.field, reason.found, reason.expected) for reason in refusal.reasons))
            return
        if stored != leaf:
            report.add(
                Finding(
                    code="LEAF_DIFFERS",
                    index=start + offset,
                    field=tile_at(0, start // 256, tree.size).path,
                    found=stored.hex(),
                    expected=leaf.hex(),
                )
            )


def _check_tiles(read: Read, size: int, report: AuditReport) -> None:
    """Every hash of every upper tile follows from the tile below it."""
    if report.entries != size:
        return
    reader = TileReader(size, read)
    for tile in tiles_between(0, size):
        if tile.level is None or tile.level == 0:
            continue
        raw = read(tile.path) or (read(tile.full.path) if tile.width < 256 else None)
        if raw is None:
            report.add(Finding(code="MISSING", field=tile.path))
            continue
        for position in range(tile.width):
            expected = _subtree(tile.level, tile.index * 256 + position, reader)
            found = raw[position * 32 : position * 32 + 32]
            if found != expected:
                report.add(Finding(code="TILE_DIFFERS", field=f"{tile.path}#{position}", found=found.hex(), expected=expected.hex()))


def _subtree(level: int, index: int, reader: TileReader) -> bytes:
    """Hash of 256 entries of the level below, computed from that level's tile alone."""
    edge = Edge().append_many(reader.hash_at((level - 1) * 8, index * 256 + offset) for offset in range(256))
    return edge.root()


def _check_pins(read: Read, state: LogState | None, checkpoint: Checkpoint, report: AuditReport) -> None:
    """Origin, keys and data files are those that entry 0 and the adoptions name."""
    if state is None:
        if checkpoint.size:
            report.add(Finding(code="MISSING", index=0, chain=LOG_MAIN, field="log.found"))
        return
    report.found, report.clock = state.found, state.clock
    if state.origin != checkpoint.origin:
        report.add(_of("ORIGIN_DIFFERS", "checkpoint", checkpoint.origin, state.origin))
    try:
        open_checkpoint(read("checkpoint") or b"", state.log_keys)
    except Refusal as refusal:
        report.add(*(_of(reason.code, "checkpoint", reason.found, reason.expected) for reason in refusal.reasons))
    vkeys = read("log.vkey")
    if vkeys is not None and vkeys.decode("utf-8", "replace").splitlines() != list(state.log_keys):
        report.add(_of("VKEY_DIFFERS", "log.vkey", "other keys", "log_keys of log.found"))
    for name, pin in state.data.items():
        raw = read(f"data/{pin.sha256}")
        if raw is None or sha256(raw).hexdigest() != pin.sha256:
            report.add(_of("DATA_DIFFERS", f"data/{pin.sha256}", "missing" if raw is None else sha256(raw).hexdigest(), name))


def _check_archived(read: Read, size: int, state: LogState | None, tree: TileReader, report: AuditReport) -> None:
    """An archived checkpoint is signed and is a prefix of this history."""
    report.checkpoints += 1
    where = f"checkpoints/{size}"
    try:
        found = open_checkpoint(read(where) or b"", () if state is None else state.log_keys).checkpoint
        expected = range_root(0, size, tree.hash_at)
    except Refusal as refusal:
        report.add(*(_of(reason.code, where, reason.found, reason.expected) for reason in refusal.reasons))
        return
    if found.size != size or found.root != expected:
        report.add(_of("ROOT_DIFFERS", where, f"{found.size} {b64encode(found.root).decode()}", f"{size} {b64encode(expected).decode()}"))


def _root_reader(tree: TileReader) -> Callable[[int], str | None]:
    return lambda size: b64encode(range_root(0, size, tree.hash_at)).decode() if 0 < size <= tree.size else None


def _of(code: str, where: str, found: str, expected: str) -> Finding:
    return Finding(code=code, field=where, found=found, expected=expected)
