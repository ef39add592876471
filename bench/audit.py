"""Audit of an export by worker processes, from a fresh state and from a kept one; memory and what a million entries would take."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path

from bench.figures import Figure, timed
from bench.limits import hashes_per_s, signatures_per_s
from bench.load import ORIGIN, Load
from ledger.admit import Submission, admit, apply
from ledger.audit import AuditReport, Options, audit
from ledger.auditing.spill import Spill
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.data import DataSets
from ledger.merkle import Edge, leaf_hash
from ledger.model import Moment
from ledger.replay import ReplayFacts
from ledger.rulesets import CURRENT
from ledger.statement import read_statement
from ledger.tiles import new_bundles, new_tiles
from liandan.export import reader_of
from liandan.wiring import KINDS
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope
from whitelist.adopted import data_files

MILLION = 1_000_000


def measure(manifests: int) -> Iterator[Figure]:
    """Audits of one generated log."""
    with tempfile.TemporaryDirectory() as directory:
        export = Path(directory) / "export"
        write_log(manifests, export)
        cores = os.cpu_count() or 1
        for workers in sorted({1, cores}):
            yield _audited(export, workers, None, f"audit, structure + signatures + decisions, {workers} process(es)")
        with_state = Path(directory) / "audit.sqlite3"
        for name in ("audit that keeps its state", "audit again from the kept state"):
            spill = Spill(with_state, KINDS.encode, KINDS.decode)
            yield _audited(export, cores, spill, name)
            spill.close()


def write_log(manifests: int, directory: Path) -> int:
    """An export of whole lives, admitted without a database; the number of entries."""
    load, raws = Load(), []
    data = {f"data/{sha256(raw).hexdigest()}": raw for raw in (file.path.read_bytes() for file in data_files())}
    facts = ReplayFacts(DataSets(KINDS, data.get))
    for raw in chain(load.setup(), chain.from_iterable(map(load.manifest, range(manifests)))):
        envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
        statement, kind = read_statement(envelope, KINDS)
        submission = Submission(envelope=envelope, statement=statement, kind=kind)
        entry = admit(submission, facts, Moment(len(raws), load.now_s, CURRENT), lambda size: None)
        apply(entry, kind, facts)
        raws.append(entry.raw)
    leaves = [leaf_hash(raw) for raw in raws]
    files = {tile.path: content for tile, content in (*new_tiles(0, leaves, data.get), *new_bundles(0, raws, data.get))}
    note = sign_checkpoint(Checkpoint(ORIGIN, len(raws), Edge().append_many(leaves).root()), load.log_key)
    for path, content in {**files, **data, "checkpoint": note}.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    return len(raws)


def _audited(export: Path, workers: int, kept: Spill | None, name: str) -> Figure:
    with timed() as seconds:
        report: AuditReport = audit(reader_of(export), KINDS, options=Options(workers=workers, kept=kept))
    assert report.is_clean, report.findings[:3]
    rate = report.entries / seconds()
    own, theirs = (resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Figure(
        name=name,
        value=rate,
        unit="entries/s",
        limit=signatures_per_s(),
        limit_is="signatures/s, all cores",
        must=MILLION / 180,
        goal=MILLION / 120,
        note=f"{report.entries:,} entries, 10^6 in {MILLION / rate:,.0f} s; peak {own} MB here, {theirs} MB per worker; "
        f"SHA-256 of an entry {hashes_per_s():,.0f}/s",
    )
