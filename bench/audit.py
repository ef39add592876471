"""Audit of an export by worker processes: structure and signatures, decisions beside them, one bad entry among all, a kept state.

``make bench ARGS="audit --manifests 166000 --export DIR"`` audits a million entries; what DIR holds already is not made again.
"""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from msgspec.structs import replace

from bench.export import write_export
from bench.figures import Figure, timed
from bench.limits import hashes_per_s, signatures_per_s
from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Changes, Window, no_reads
from ledger.auditing.audit import AuditReport, Options, audit
from ledger.auditing.disk_map import DiskMap
from ledger.auditing.replay import Replay
from ledger.auditing.report import Finding
from ledger.model import Decision
from ledger.tree.checkpoint import parse_checkpoint
from ledger.tree.note import parse_note
from ledger.tree.tiles import WIDTH, Read, encode_bundle, parse_bundle, tile_at
from liandan.export import archived_in, reader_of
from liandan.process import tune
from liandan.wiring import KINDS

MILLION = 1_000_000
STRUCTURE, DECISIONS = "audit, structure + signatures", "audit, structure + signatures + decisions"
AIMS = {STRUCTURE: (MILLION / 90, MILLION / 60), DECISIONS: (MILLION / 180, MILLION / 120)}
"""Must and goal in entries per second: a million in so many seconds on two cores."""


def measure(manifests: int, export: Path | None = None) -> Iterator[Figure]:
    """Audits of one generated log; ``export`` keeps it, or is one that an earlier run kept."""
    tune()
    cores = os.cpu_count() or 1
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        directory = export or scratch / "export"
        if not (directory / "checkpoint").exists():
            write_export(manifests, directory)
        read, archived = reader_of(directory), archived_in(directory)
        yield _audited(STRUCTURE, read, archived, Options(workers=cores, replay=StructureReplay))
        yield _audited(DECISIONS, read, archived, Options(workers=cores))
        bad, index = with_one_bad_entry(read)
        yield _audited(f"{DECISIONS}, one bad entry", bad, archived, Options(workers=cores), bad=index)
        for name in ("audit that keeps its state", "audit again from the kept state"):
            with closing(DiskMap(scratch / "audit.sqlite3", KINDS.encode, KINDS.decode)) as kept:
                yield _audited(name, read, archived, Options(workers=cores, kept=kept))


class StructureReplay(Replay):
    """Links, keys and the acts of log and parties as ever; every other act is taken as admitted, without a decision."""

    def __init__(self, kinds: Kinds, *arguments: object, **options: object) -> None:
        super().__init__(_undecided(kinds), *arguments, **options)  # type: ignore[arg-type]  # handed on as they came

    def take(self, entry: Entry) -> list[Finding]:
        """The next entry; what the log decided about it is left out of the comparison."""
        if entry.statement.chain_type not in _DECIDED:
            entry = replace(entry, admission=replace(entry.admission, facts=(), decision=_NOTHING))
        return super().take(entry)


_DECIDED, _NOTHING = frozenset({"log", "party"}), Decision(tags=(), alerts=(), accounts=())


def _undecided(kinds: Kinds) -> Kinds:
    """The same table, in which only log and parties decide anything."""
    made = Kinds(())
    made.__dict__.update(kinds.__dict__)
    made.by_name = {
        name: kind
        if kind.chain_type in _DECIDED
        else replace(
            kind,
            window=Window.NONE,
            reads=no_reads,
            listed=None,
            signers=lambda statement, facts: (),
            gate=None,
            rules=(),
            evolve=lambda statement, admission, facts: Changes(),
        )
        for name, kind in kinds.by_name.items()
    }
    made._in_force = dict.fromkeys(kinds.rulesets, made.by_name)
    return made


def with_one_bad_entry(read: Read) -> tuple[Read, int]:
    """The same export with one digit changed in the middle of it, and the index of that entry."""
    size = parse_checkpoint(parse_note(read("checkpoint") or b"")[0]).size
    tile = tile_at(None, size // WIDTH // 2, size)
    entries = list(parse_bundle(read(tile.path) or b"", tile.width))
    place = tile.width // 2
    index = tile.index * WIDTH + place
    entries[place] = entries[place].replace(b'"at":"2026-10-', b'"at":"2026-11-', 1)
    changed = encode_bundle(entries)
    return lambda path: changed if path == tile.path else read(path), index


def _audited(name: str, read: Read, archived: list[int], options: Options, *, bad: int | None = None) -> Figure:
    with timed() as seconds:
        report: AuditReport = audit(read, KINDS, archived=iter(archived), options=options)
    if bad is None:
        assert report.is_clean, report.findings[:3]
    else:
        assert {finding.index for finding in report.findings if finding.index is not None} >= {bad}, report.findings[:3]
    rate = report.entries / seconds()
    own, theirs = (resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    must, goal = AIMS.get(name, AIMS[DECISIONS])
    return Figure(
        name=name,
        value=rate,
        unit="entries/s",
        limit=signatures_per_s(),
        limit_is="signatures/s, all cores",
        must=must,
        goal=goal,
        note=f"{report.entries:,} entries, {options.workers} workers, 10^6 in {MILLION / rate:,.0f} s; peak {own} MB here, "
        f"{theirs} MB per worker; SHA-256 of an entry {hashes_per_s():,.0f}/s",
    )
