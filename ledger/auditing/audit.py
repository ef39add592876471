"""Audit: everything an export, or a live log, claims is computed again and compared.

Structure: every entry hashes to its leaf, every tile and the root follow from the leaves, the checkpoint and the archived ones are signed
by the keys that entry 0 pins and by witnesses in force, and lie on one history. Meaning: every entry is replayed (ledger/auditing/replay.py).
It trusts nothing but the bytes; whoever trusts a log pins ``found``, the statement hash of entry 0, beforehand.

What needs no order (reading, hashing, signatures) is done 256 entries at a time by worker processes; links, keys, decisions and accounts
follow in one sequential pass, whose memory is bounded (ledger/auditing/).
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry, day_below
from ledger.admission.kind_table import DataSets, Kinds
from ledger.auditing.checkpoints import CheckpointCheck
from ledger.auditing.disk_map import DiskFacts, DiskMap
from ledger.auditing.files import pinned_files, unexpected_files
from ledger.auditing.growth import Growth, TileCheck
from ledger.auditing.reading import BundleRead, CheckedEntry, Task, answers, keyids_in
from ledger.auditing.replay import Replay
from ledger.auditing.report import AuditReport, Finding, difference
from ledger.auditing.state import LogHistory, StateHeader, read_header, wanted_times
from ledger.directory import LOG_MAIN, KeyRecord, LogState
from ledger.model import DataMissing
from ledger.tree.checkpoint import Checkpoint, parse_checkpoint
from ledger.tree.merkle import HASH_BYTES, range_root, root_of
from ledger.tree.note import parse_note
from ledger.tree.tiles import WIDTH, Read, TileReader, find, parse_bundle, split_hashes, tile_at
from signing.phrase import Phrase
from signing.refusal import Refusal

__all__ = ["AuditReport", "Progress", "Watch", "audit"]

MISSING_MAX = 64  # bundles in a row that are not there, after which none is looked for: a checkpoint may name any size
KEEP_EVERY = 256 * WIDTH  # entries between two savings of a kept state: an interrupted audit loses less than half a minute

Watch = Callable[[Entry], None]
Progress = Callable[[int, int], None]


class Options(Struct, frozen=True, kw_only=True):
    """How an audit is run; the verdict does not depend on it."""

    workers: int = 1  # processes beside this one that read and verify; 1 means none
    kept: DiskMap | None = None  # state to go on from and to save into
    listed: Iterable[str] | None = None  # paths of all files of an export, to find those that do not belong there
    replay: type[Replay] = Replay  # who decides again; a measurement leaves decisions out


def audit(
    read: Read, kinds: Kinds, *,
    archived: Iterator[int] | None = None, watch: Watch | None = None, progress: Progress | None = None,
    after: Callable[[Replay], None] | None = None, options: Options | None = None,
) -> AuditReport:  # fmt: skip
    """Audit an export or a live log through ``read(path)``; ``archived`` are the sizes of archived checkpoints to look at.

    ``watch`` sees every readable entry after its replay step (registers, reports); ``progress(done, size)`` is called now and then;
    ``after`` gets the finished replay, whose facts are gone when it returns. Raises Refusal AUDIT_STATE only (``options.kept``).
    """
    report = AuditReport()
    checkpoint = _open_unpinned(read, report)
    if checkpoint is None:
        return report
    report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, b64encode(checkpoint.root).decode()
    options = options or Options()
    disk = DiskMap(None, kinds.encode, kinds.decode) if options.kept is None else options.kept
    try:
        run = _Run(read, kinds, checkpoint, sorted(archived or ()), disk, report, options)
        if run.goes_on(read_header(disk, checkpoint.origin)):
            run.entries(options.workers, watch, progress, saves=options.kept is not None)
            run.conclude(options.listed)
            if options.kept is not None and report.is_clean:
                run.save()
        if after is not None:
            after(run.replay)
    finally:
        if options.kept is None:
            disk.close()
    return report


def _open_unpinned(read: Read, report: AuditReport) -> Checkpoint | None:
    """Read the checkpoint's text; its signature is checked once entry 0 has told the keys."""
    raw = read("checkpoint")
    if raw is None:
        report.add(Finding(code="FILE_MISSING", field="checkpoint"))
        return None
    try:
        return parse_checkpoint(parse_note(raw)[0])
    except Refusal as refusal:
        report.add_refusal(refusal, "checkpoint")
        return None


class _Run:
    """One audit on its way."""

    def __init__(
        self, read: Read, kinds: Kinds, checkpoint: Checkpoint, archived: list[int], disk: DiskMap, report: AuditReport, options: Options
    ) -> None:
        self._read, self._kinds, self._checkpoint, self._archived = read, kinds, checkpoint, archived
        self._disk, self._report = disk, report
        self._tree = TileReader(checkpoint.size, read)
        self.replay = options.replay(
            kinds, DataSets(kinds, read), self._root_at, self._day_below, facts=DiskFacts(DataSets(kinds, read), disk)
        )
        self._history = LogHistory()
        self._tiles = TileCheck(Growth(), checkpoint.size, read, report.add)
        self._wanted = wanted_times([*archived, checkpoint.size])
        self._is_broken_off = False

    def goes_on(self, mark: StateHeader | None) -> bool:
        """Take up a kept state; False if the log does not even reach as far."""
        if mark is None:
            return True
        if mark.size > self._checkpoint.size:
            self._report.add(
                difference(
                    "HISTORY_DIFFERS", "checkpoint", f"size {self._checkpoint.size}", Phrase(f"至少 {mark.size}", f"at least {mark.size}")
                )
            )
            return False
        self.replay.size, self.replay.at_s, self._history = mark.size, mark.at_s, mark.history
        self._tiles.growth = mark.growth
        self._report.since = mark.size
        return True

    def save(self) -> None:
        """Keep what was audited so far."""
        replay, growth, origin = self.replay, self._tiles.growth, self._checkpoint.origin
        root, history = growth.root(), self._history
        mark = StateHeader(origin=origin, size=replay.size, at_s=replay.at_s, root=root, growth=growth, history=history)
        self._disk.keep(msgspec.msgpack.encode(mark))

    def entries(self, workers: int, watch: Watch | None, progress: Progress | None, *, saves: bool) -> None:
        """Every entry that is not decided yet, in order."""
        size, last_kept = self._checkpoint.size, self.replay.size
        self._report.entries = self._tiles.growth.blocks.size * WIDTH
        for task, found in answers(self._tasks(), self._kinds, workers):
            self._bundle(task, found, watch)
            done = min(task.start + WIDTH, size)
            if progress is not None:
                progress(done, size)
            if saves and self._report.is_clean and done - last_kept >= KEEP_EVERY and done < size:
                self.save()
                last_kept = done

    def _tasks(self) -> Iterator[Task]:
        missing = 0
        for start in range(self._tiles.growth.blocks.size * WIDTH, self._checkpoint.size, WIDTH):
            raws = _bundle(self._read, start, self._checkpoint.size, self._report)
            missing = 0 if raws else missing + 1
            if missing > MISSING_MAX:
                self._is_broken_off = True
                self._report.add(
                    difference(
                        "FILE_MISSING",
                        "tile/entries",
                        Phrase(f"{start} 条", f"{start} entries"),
                        Phrase(f"{self._checkpoint.size} 条", f"{self._checkpoint.size} entries"),
                    )
                )
                return
            records: dict[str, KeyRecord | None] = {keyid: self.replay.facts.get(f"key:{keyid}") for keyid in keyids_in(raws)}
            yield Task(start, raws, {name: (record.suite, record.spki) for name, record in records.items() if record is not None})

    def _bundle(self, task: Task, found: BundleRead, watch: Watch | None) -> None:
        number = task.start // WIDTH
        leaves, node = found.leaves, found.node
        if not task.entries:
            leaves = self._stood_in(number)
            node = root_of(split_hashes(leaves))
        kept = self._tiles.growth.tail
        if kept and leaves[: len(kept)] != kept:
            self._report.add(
                difference(
                    "HISTORY_DIFFERS",
                    f"bundle {number}",
                    Phrase("别的条目", "other entries"),
                    Phrase("上次审计过的条目", "those of the audit before"),
                )
            )
        self._tiles.bundle(number, leaves, node)
        self._report.entries += len(task.entries)
        for index, judged in enumerate(found.judged, task.start):
            if index >= self._report.since:
                self._entry(index, judged, watch)
        self.replay.size = max(self.replay.size, min(task.start + WIDTH, self._checkpoint.size))

    def _stood_in(self, number: int) -> bytes:
        """Leaves of a bundle that cannot be read, from its tile: what is missing is named once, and not again as a wrong root."""
        tile = tile_at(0, number, self._checkpoint.size)
        found = find(tile, self._read)
        return (b"" if found is None else found[1])[: tile.width * HASH_BYTES].ljust(tile.width * HASH_BYTES, b"\0")

    def _entry(self, index: int, judged: CheckedEntry, watch: Watch | None) -> None:
        entry, replay = judged.entry, self.replay
        self._report.add(*judged.findings)
        if entry is None:
            replay.size += 1  # it takes its index and nothing else
            return
        if not judged.is_verified:
            self._report.add(*replay.signatures(entry))
        self._report.signatures += len(entry.envelope.signatures)
        try:
            self._report.add(*replay.take(entry))
        except DataMissing as missing:
            self._report.add(
                difference("DATA_DIFFERS", "data", missing, Phrase("该文件", "the file"), index=index, chain=entry.statement.chain)
            )
            replay.skip(entry.statement, index)
        self._history.note(entry, index, replay.facts.state(LOG_MAIN) if entry.statement.chain == LOG_MAIN else None, self._wanted)
        if watch is not None:
            watch(entry)

    def _root_at(self, size: int) -> str | None:
        return b64encode(range_root(0, size, self._tree.hash_at)).decode() if 0 < size <= self._tree.size else None

    def _day_below(self, size: int) -> str:
        return day_below(size, self._tree)

    def conclude(self, listed: Iterable[str] | None) -> None:
        """Tiles at the edge, root, keys, data, checkpoints and files, once the entries have told what they must be."""
        if not self._is_broken_off:
            self._tiles.finish()
        report, checkpoint = self._report, self._checkpoint
        state: LogState | None = self.replay.facts.state(LOG_MAIN)
        if state is None:
            if checkpoint.size:
                report.add(Finding(code="FILE_MISSING", index=0, chain=LOG_MAIN, field="log.found"))
            return
        report.found, report.clock = state.found, state.clock
        root = self._tiles.growth.root() if report.entries == checkpoint.size else None
        check = CheckpointCheck(self._read, state.log_keys, state.origin, self._history, report)
        check.check("checkpoint", checkpoint.size, root)
        whole = replace(checkpoint, root=root or checkpoint.root)
        for size in self._archived:
            check.check_archived(size, whole, self._tree.hash_at)
        check.brackets(state.clock)
        digests = self._history.digests
        report.add(*pinned_files(self._read, state, digests, complete=listed is not None))
        if listed is not None:
            report.add(*unexpected_files(listed, checkpoint.size, digests, self._read))


def _bundle(read: Read, start: int, size: int, report: AuditReport) -> tuple[bytes, ...]:
    tile = tile_at(None, start // WIDTH, size)
    found = find(tile, read)
    if found is None:
        report.add(Finding(code="FILE_MISSING", field=tile.path))
        return ()
    try:
        return parse_bundle(found[1], found[0].width)[: tile.width]
    except Refusal as refusal:
        report.add_refusal(refusal, tile.path)
        return ()
