"""Which files an entry names for whom, and to whom files named before become readable by it: rows of ``evidence_reference``.

Whoever comes to read a manifest, a carrier that takes it over, reads all its entries, and has the files of all of them.
"""

from collections.abc import AsyncIterator, Iterable, Sequence

import msgspec

from ledger.admission.entry import Entry
from ledger.auditing.disk_map import DiskMap
from ledger.auditing.report import Finding
from ledger.caller import places_of
from ledger.evidence.named import Reference, files_in, references, signers_of
from manifests.view import ManifestView

FOUND_MAX = 100


def references_of(entry: Entry, view: ManifestView | None, before: ManifestView | None, keys: Sequence[str]) -> list[Reference]:
    """Rows of one entry; ``view`` is its manifest after it and ``before`` as it was, ``keys`` are those of its readers (manifests.readers)."""
    signers = signers_of(entry.statement)
    named = [(file.sha256, signers) for file in files_in(entry.statement.body)]
    if view is not None and view.files and before is not None and (view.parties, view.places) != (before.parties, before.places):
        named = [(file.sha256, file.signers) for file in view.files]
    return references(named, keys, entry.statement.chain, places_of(entry), entry.index) if named else []


def merged(referred: Iterable[Reference]) -> list[Reference]:
    """One row for each file and reader: all parties together, the first entry."""
    found: dict[tuple[str, str], Reference] = {}
    for one in referred:
        place = (one.digest, one.reader)
        found[place] = joined(found.get(place), one)
    return list(found.values())


def joined(before: Reference | None, one: Reference) -> Reference:
    """A row after another entry that names the file for the same reader."""
    if before is None:
        return one
    return Reference(one.digest, one.reader, tuple(sorted({*before.parties, *one.parties})), before.index)


class ReferenceFold:
    """The rows as the entries give them, made while the audit reads; most wait in a file."""

    def __init__(self) -> None:
        self._rows = DiskMap(None, msgspec.msgpack.encode, lambda _, raw: msgspec.msgpack.decode(raw, type=Reference), hot=4_000)
        self._count = 0

    def note(self, entry: Entry, view: ManifestView | None, before: ManifestView | None, keys: Sequence[str]) -> None:
        """Another entry, in the order of the log."""
        for one in references_of(entry, view, before, keys):
            held = self._rows.get(f"{one.digest} {one.reader}")
            self._count += held is None
            self._rows.put(f"{one.digest} {one.reader}", joined(held, one))

    async def compare(self, rows: AsyncIterator[Reference]) -> list[Finding]:
        """Findings VIEW_DIFFERS of the rows of a database, in any order, where the projection stands at the audited size."""
        findings, seen = list[Finding](), 0
        async for row in rows:
            expected = self._rows.get(f"{row.digest} {row.reader}")
            seen += expected is not None
            if expected != row and len(findings) < FOUND_MAX:
                findings.append(_differs(f"{row.digest} {row.reader}", str(row), "no row" if expected is None else str(expected)))
        if seen != self._count and len(findings) < FOUND_MAX:
            findings.append(_differs("", f"{seen} rows", f"{self._count} rows"))
        return findings

    def close(self) -> None:
        """Forget everything."""
        self._rows.close()


def _differs(place: str, found: str, expected: str) -> Finding:
    return Finding(code="VIEW_DIFFERS", field=f"evidence_reference {place}".rstrip(), found=found[:300], expected=expected[:300])
