"""Bringing a directory of Parquet files up to a log: from its published files, or from an export that is audited while it is read.

What is there already stays as it is; rows of new entries go to new files. That the log is the one of before, and its history a continuation, is
shown by the root at the earlier size.
"""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

from ledger.admission.entry import Entry
from ledger.admission.kind_table import DataSets, Kinds
from ledger.auditing.audit import audit
from ledger.publishing.files import ARCHIVE, CHECKPOINT, VKEYS
from ledger.tree.checkpoint import Checkpoint, parse_checkpoint
from ledger.tree.merkle import range_root
from ledger.tree.note import parse_note
from ledger.tree.tiles import Read, TileReader
from reports.parquet.checking import RowsAgain
from reports.parquet.contents import CONTENTS, ParquetContents, check_files, read_contents
from reports.parquet.postings import posted
from reports.parquet.writing import ParquetWriter, write_contents
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.gathered.pages import Unfit
from reports.reconciliation.kept.keeping import KeptIn, with_gathering
from signing.phrase import Phrase
from signing.refusal import refuse

Progress = Callable[[int, int], None]


def export_published(
    read: Read,
    look: Callable[[], Checkpoint],
    kinds: Kinds,
    directory: Path,
    kept: KeptIn | None,
    progress: Progress,
    told: Callable[[str], None] = lambda what: None,
) -> ParquetContents:
    """From the published files of an installation, which its publisher has decided; ``kept`` is of this directory alone, so that a second
    export costs what is new. Refusal PARQUET_DIRECTORY, EXPORT_FORKED, ENGINE_MISSING; those of ``with_gathering``."""
    before = read_contents(directory)
    since = 0 if before is None else before.size
    with ParquetWriter(directory, () if before is None else before.files) as writer:
        begun: list[int] = []

        def step(gathering: Gathering, entry: Entry) -> None:
            if entry.index == 0 or not begun:
                writer.start_over()
                begun[:] = [entry.index]
            if begun[0] > since:
                raise Unfit("ahead of the files")  # killed between the keeping and the list of files
            _take(writer, gathering, entry, kinds, since)

        def work(gathering: Gathering, checkpoint: Checkpoint) -> ParquetContents:
            if (begun[0] if begun else checkpoint.size) > since:
                raise Unfit("ahead of the files")
            return _conclude(writer, gathering, checkpoint, read, before)

        def looked() -> Checkpoint:
            checkpoint = look()
            check_history(directory, checkpoint, read, before)
            return checkpoint

        return with_gathering(read, looked, kinds, work, kept, progress, told, step=step)


def export_audited(read: Read, kinds: Kinds, directory: Path, progress: Progress) -> ParquetContents:
    """From an export, every entry of which is decided again. Refusal EXPORT_AUDIT where it is not clean; the others as above."""
    before = read_contents(directory)
    check_history(directory, _claimed(read), read, before)
    with ParquetWriter(directory, () if before is None else before.files) as writer:
        since = 0 if before is None else before.size
        gathering = Gathering(kinds, DataSets(kinds, read))
        checkpoint = audited(read, kinds, lambda entry: _take(writer, gathering, entry, kinds, since), progress)
        return _conclude(writer, gathering, checkpoint, read, before)


def check_audited(read: Read, kinds: Kinds, directory: Path, contents: ParquetContents, progress: Progress) -> None:
    """The rows that are listed are those of the entries of this export, which is audited meanwhile, and so is what the list says of the log: by
    ``at`` it is told which months have begun. Refusal EXPORT_AUDIT, EXPORT_FORKED, PARQUET_DIRECTORY, PARQUET_ROWS."""
    check_history(directory, _claimed(read), read, contents)
    again, gathering = RowsAgain(contents), Gathering(kinds, DataSets(kinds, read))
    there: list[tuple[str, str, bool]] = []

    def take(entry: Entry) -> None:
        rows = list(posted(gathering, entry, kinds))
        again.take(entry.index, gathering.to.month, rows)
        if entry.index + 1 == contents.size:
            there.append(_said_of(gathering))

    audited(read, kinds, take, progress)
    again.conclude()
    said = (contents.found, contents.at, contents.is_demo)
    if there != [said]:
        raise refuse("PARQUET_DIRECTORY", field=CONTENTS, found=" ".join(map(str, said)), expected=" ".join(map(str, *there)))


def _said_of(gathering: Gathering) -> tuple[str, str, bool]:
    """What a list says of its log beside the checkpoint: its first statement, the moment of its last entry, whether it is a demonstration."""
    log = gathering.log()
    return log.found, gathering.to.at, log.clock != "real"


def audited(read: Read, kinds: Kinds, watch: Callable[[Entry], None], progress: Progress) -> Checkpoint:
    """The checkpoint of an export that audits clean. Refusal EXPORT_AUDIT."""
    report = audit(read, kinds, watch=watch, progress=progress)
    if not report.is_clean:
        first = report.findings[0]
        raise refuse("EXPORT_AUDIT", field=first.field, found=f"{report.count}: {first.code} #{first.index}")
    return Checkpoint(report.origin, report.size, TileReader(report.size, read).root())


def _take(writer: ParquetWriter, gathering: Gathering, entry: Entry, kinds: Kinds, since: int) -> None:
    rows = list(posted(gathering, entry, kinds))
    if entry.index >= since:
        writer.take(entry.index, gathering.to.month, rows)


def _conclude(
    writer: ParquetWriter, gathering: Gathering, checkpoint: Checkpoint, read: Read, before: ParquetContents | None
) -> ParquetContents:
    if before is not None:
        check_files(writer.directory, before)
        if before.size == checkpoint.size:
            return before
    writer.end_month(checkpoint.size)
    found, at, is_demo = _said_of(gathering)
    contents = ParquetContents(
        origin=checkpoint.origin,
        found=found,
        size=checkpoint.size,
        root=b64encode(checkpoint.root).decode(),
        at=at,
        is_demo=is_demo,
        checkpoint=_note_of(checkpoint, read),
        vkeys=tuple((read(VKEYS) or b"").decode().splitlines()),
        files=tuple(sorted(writer.files, key=lambda file: (file.table, file.first))),
    )
    write_contents(writer.directory, contents)
    return contents


def check_history(directory: Path, checkpoint: Checkpoint, read: Read, before: ParquetContents | None) -> None:
    """What was exported before is the beginning of this log. Refusal PARQUET_DIRECTORY for another log, PARQUET_SHORT for one that does not reach
    so far, EXPORT_FORKED for another history."""
    if before is None:
        return
    if before.origin != checkpoint.origin:
        raise refuse("PARQUET_DIRECTORY", field=str(directory), found=before.origin, expected=checkpoint.origin)
    if before.size > checkpoint.size:
        raise refuse("PARQUET_SHORT", field=str(directory), found=checkpoint.size, expected=f">= {before.size}")
    root = b64encode(range_root(0, before.size, TileReader(checkpoint.size, read).hash_at)).decode()
    if root != before.root:
        raise refuse("EXPORT_FORKED", field=str(directory), found=before.root, expected=root)


def _claimed(read: Read) -> Checkpoint:
    """What an export says that it is; its audit shows whether it is so. Refusal NOT_FOUND, those of notes."""
    if (note := read(CHECKPOINT)) is None:
        raise refuse("NOT_FOUND", field=CHECKPOINT, expected=Phrase("账本的导出件", "an export of a log"))
    return parse_checkpoint(parse_note(note)[0])


def _note_of(checkpoint: Checkpoint, read: Read) -> str:
    """Its note; the newest may be of entries that came meanwhile, the archived one is not."""
    notes = [raw for path in (CHECKPOINT, f"{ARCHIVE}/{checkpoint.size}") if (raw := read(path)) is not None]
    return next(raw.decode() for raw in notes if parse_checkpoint(parse_note(raw)[0]).size == checkpoint.size)
