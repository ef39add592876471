"""From the rows of an export of manifests to what is in the log already, what is ready to be signed, and what is left with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256

from ledger.admission.form import read_body
from ledger.fields import File
from ledger.mass import tonnes
from ledger.times import parse_at
from ledger.ulid import ulid
from liandan.books.fields import FieldRow, heads_of
from liandan.books.mapping import BookMapping
from liandan.intake.model import Spot
from liandan.intake.reading import ReadTables
from liandan.intake.saying import SheetReading
from liandan.ready.filling import Filling
from liandan.ready.model import FieldLoss, LoggedManifest, MatchedRows, Readiness, ReadyGround, ReadyStatement
from manifests.acts import Issue
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal

KIND = "manifest.issue/1"
MEDIA = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xls": "application/vnd.ms-excel", "csv": "text/csv"}
LINES_MAX = 16
_CELLS = {
    "receiver": "receiver", "number": "manifest_no", "carriers": "carrier", "mass_t": "mass", "code": "code", "category": "code", "packs": "packs",
    "method": "method", "hazards": "hazards", "form": "form", "packing": "packing", "components": "components", "name": "waste",
    "internal_name": "internal_name", "departed_at": "departed_at", "completed_at": "received_at",
}  # fmt: skip
"""Which field of a mapping a part of the body stands in."""


def prepare(read: ReadTables, holder: str, mapping: BookMapping, ground: ReadyGround) -> Readiness:
    """The rows of an export, all of one holder's manifests. What is wrong with a row leaves it and its manifest, and nothing else; what is wrong with the
    whole file leaves all."""
    out = read.reading()
    rows = [FieldRow(row, heads_of("platform", mapping)) for table in read.tables.values() for row in table]
    data = {(one.spot.sheet, one.spot.row) for one in out.outcomes if one.outcome != "left_out"}
    if not read.files or any((one.spot.sheet, one.spot.row) not in data for one in out.findings):  # of the heads, a total, the whole file
        return Readiness(rows=len(rows), left=tuple(row.row.spot for row in rows), findings=tuple(out.findings))
    work = _Preparing(read, holder, mapping, ground, out)
    for several in _by_number(rows).values():
        work.take(several)
    counted = {(one.spot.sheet, one.spot.row) for one in out.outcomes if one.outcome == "refused"} - {
        (row.row.spot.sheet, row.row.spot.row) for row in rows
    }
    unread = [Spot(read.files[0].name, sheet, row) for sheet, row in sorted(counted)]
    return Readiness(
        rows=len(rows) + len(unread), matched=tuple(work.matched), ready=tuple(work.ready), left=(*work.left, *unread),
        findings=tuple(out.findings), repairs=tuple(out.repairs), notes=tuple(out.notes),
    )  # fmt: skip


def _by_number(rows: Sequence[FieldRow]) -> dict[str, list[FieldRow]]:
    """Rows by the manifest that they are of; one without a number stands alone."""
    found: dict[str, list[FieldRow]] = {}
    for row in rows:
        number = row.text("manifest_no")
        found.setdefault(number or f"{row.row.spot}", []).append(row)
    return found


class _Preparing:
    """Of one export."""

    def __init__(self, read: ReadTables, holder: str, mapping: BookMapping, ground: ReadyGround, out: SheetReading) -> None:
        file = read.files[0]
        self._scan = File(sha256=file.sha256, size=file.size, media_type=MEDIA[file.sort], name=file.name[:120])
        self._holder, self._mapping, self._ground, self._out = holder, mapping, ground, out
        self.matched, self.ready, self.left = list[MatchedRows](), list[ReadyStatement](), list[Spot]()

    def take(self, rows: Sequence[FieldRow]) -> None:
        """The rows of one manifest."""
        spots = tuple(row.row.spot for row in rows)
        number = rows[0].text("manifest_no")
        known = self._ground.manifests.get(number) if number else None
        if any(self._out.is_bad(spot) for spot in spots):
            self._leave(rows)
        elif known is not None:
            self.matched.append(MatchedRows(number=number, manifest=known.id, rows=spots, differs=self._differs(rows, known)))
        elif (made := self._made(rows, number)) is not None:
            self.ready.append(made)
        else:
            self._leave(rows)

    def _leave(self, rows: Sequence[FieldRow]) -> None:
        """All rows of a manifest wait together: half of it is no manifest."""
        self.left += [row.row.spot for row in rows]

    def _differs(self, rows: Sequence[FieldRow], known: LoggedManifest) -> tuple[tuple[str, str, str], ...]:
        found = list[tuple[str, str, str]]()
        receiver = self._ground.party(rows[0].text("receiver"), rows[0].text("receiver_name"))
        if receiver and receiver != known.receiver:
            found.append(("receiver", receiver, known.receiver))
        codes = sorted({row.text("code") for row in rows})
        if codes != sorted(set(known.codes)):
            found.append(("code", "、".join(codes), "、".join(sorted(set(known.codes)))))
        mass = sum(row.grams("mass") or row.grams("weighed") or 0 for row in rows)
        if mass != known.declared_g:
            found.append(("mass_t", tonnes(mass), tonnes(known.declared_g)))
        return tuple(found)

    def _made(self, rows: Sequence[FieldRow], number: str) -> ReadyStatement | None:
        """A statement, where everything is known and of its form; else what is lacking is told."""
        first, before = rows[0], len(self._out.findings)
        generator = self._ground.party(first.text("generator"), first.text("generator_name"))
        if generator != self._holder:
            told = first.text("generator") or first.text("generator_name")
            field = "generator" if first.has("generator") else "generator_name"
            self._out.refuse(first.at(field), Reason("READY_OTHER", "", told[:100], self._holder))
            return None
        for row in rows[1:]:
            if any(row.text(field) != first.text(field) for field in ("receiver", "receiver_name", "generator", "departed_at")):
                self._out.refuse(row.row.spot, Reason("READY_SEVERAL", "", number, str(first.row.spot)))
                return None
        if len(rows) > LINES_MAX:
            self._out.refuse(
                first.row.spot, Reason("READY_SEVERAL", "", f"{len(rows)}", Phrase(f"至多 {LINES_MAX} 行", f"at most {LINES_MAX} lines"))
            )
            return None
        filling = Filling(rows, generator, self._mapping, self._ground, self._scan, self._out)
        filling.fill()
        if len(self._out.findings) > before:
            return None
        try:
            read_body(filling.body, Issue)
        except Refusal as refusal:
            for reason in refusal.reasons:
                self._tell(rows, reason)
            return None
        return ReadyStatement(
            kind=KIND, chain=_chain(generator, number, filling.body), uscc=generator, number=number, body=filling.body,
            rows=tuple(row.row.spot for row in rows), sources=filling.sources,
        )  # fmt: skip

    def _tell(self, rows: Sequence[FieldRow], reason: Reason) -> None:
        """A reason of the form at the cell that it came from."""
        parts = reason.field.removeprefix("body.").split(".")
        row = (
            rows[int(parts[1])] if parts[0] == "lines" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(rows) else rows[0]
        )
        field = next((_CELLS[part] for part in reversed(parts) if part in _CELLS), "")
        at = row.at(field) if field else row.row.spot
        self._out.refuse(Spot(at.file, at.sheet, at.row, at.column or reason.field, at.letter), reason)


def _chain(generator: str, number: str, body: dict[str, object]) -> str:
    """The same chain whenever the same manifest is prepared, so that nothing is entered twice."""
    paper = body["paper"]
    assert isinstance(paper, dict)
    tail = int.from_bytes(sha256(f"liandan ready {generator} {number}".encode()).digest()[:10])
    return f"manifest/{generator}/{ulid(parse_at(paper['departed_at']) * 1000, tail)}"


def losses(found: Readiness) -> list[FieldLoss]:
    """Field by field where it came from, and how many rows wait for it; those that the export does not give first."""
    sources: dict[str, Counter[str]] = {}
    for one in found.ready:
        for path, source in one.sources.items():
            sources.setdefault(_field(path), Counter())[source] += 1
    left = Counter(_field(field) for _, field in {(one.spot.row, one.reason.field or one.spot.column) for one in found.findings})
    names = sorted({*sources, *left}, key=lambda name: (_given(sources.get(name, {})), name))
    return [FieldLoss(field=name, sources=dict(sources.get(name, {})), left=left.get(name, 0)) for name in names]


def _given(sources: Mapping[str, int]) -> bool:
    return set(sources) == {"export"}


def _field(path: str) -> str:
    """A path without the number of its line: ``lines.mass_t``."""
    return ".".join(part for part in path.removeprefix("body.").split(".") if not part.isdigit())
