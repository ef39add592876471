"""What a run leaves behind: the statements to be signed, the rows that are left with their reasons, a summary with the loss of each field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ledger.labels import labels
from liandan.intake.answers import told_findings
from liandan.ready.model import SOURCE_WORDS, Readiness
from liandan.ready.preparing import losses
from manifests.acts import Issue
from reports.tables.writing import MARK, csv_text

STATEMENTS, LEFT, DIFFERS, SUMMARY = "ready.ndjson", "left.csv", "differs.csv", "summary.json"
LINE_MAX = 256 * 1024


class ReadyLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of ``ready.ndjson``: a statement that nobody has signed."""

    kind: str
    chain: str
    body: dict[str, Any]


def summary_of(found: Readiness) -> dict[str, Any]:
    """Figures of a run, and of each field where it came from; the share is of rows."""
    lost = losses(found)
    return {
        "rows": found.rows, "matched": sum(len(one.rows) for one in found.matched), "differing": sum(len(one.rows) for one in found.matched if one.differs),
        "ready": sum(len(one.rows) for one in found.ready), "statements": len(found.ready), "left": len(found.left),
        "share": round(found.done / found.rows, 6) if found.rows else 0.0,
        "fields": [{"field": one.field, "sources": one.sources, "left": one.left, "from_export": one.sources.get("export", 0) > 0} for one in lost],
    }  # fmt: skip


def write_files(directory: Path, found: Readiness) -> list[Path]:
    """The files of a run in a new or empty directory; FileExistsError where one of them is there."""
    directory.mkdir(parents=True, exist_ok=True)
    lines = b"".join(msgspec.json.encode(ReadyLine(kind=one.kind, chain=one.chain, body=one.body)) + b"\n" for one in found.ready)
    left = [("file", "sheet", "row", "column", "cell", "code", "message", "what to do", "found", "expected"), *_left(found)]
    differs = [("number", "manifest", "row", "field", "export", "log"), *_differs(found)]
    content = {
        STATEMENTS: lines, LEFT: MARK.encode() + csv_text(left), DIFFERS: MARK.encode() + csv_text(differs),
        SUMMARY: msgspec.json.format(msgspec.json.encode(summary_of(found)), indent=1) + b"\n",
    }  # fmt: skip
    for name, raw in content.items():
        with (directory / name).open("xb") as out:
            out.write(raw)
    return [directory / name for name in content]


def _left(found: Readiness) -> Iterator[tuple[str | int, ...]]:
    for one in told_findings(found.findings, "zh"):
        yield one.file, one.sheet, one.row, one.column, one.cell, one.code, one.message, one.what_to_do, one.found, one.expected


def _differs(found: Readiness) -> Iterator[tuple[str, ...]]:
    for one in found.matched:
        for field, export, log in one.differs:
            yield one.number, one.manifest, str(one.rows[0].row), field, export, log


def read_statements(raw: bytes) -> list[ReadyLine]:
    """The statements of a file; ValueError for what is none, with the number of its line."""
    found = []
    for number, line in enumerate(raw.splitlines(), 1):
        if line.strip():
            try:
                found.append(msgspec.json.decode(line, type=ReadyLine))
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                raise ValueError(f"{number}: {error}") from None
    return found


def told(found: Readiness) -> list[str]:
    """The summary for people."""
    summary = summary_of(found)
    lines = [
        f"{summary['rows']} 行：账本中已有 {summary['matched']} 行（其中不同的 {summary['differing']} 行），备好 {summary['ready']} 行（{summary['statements']} 份声明），"
        f"留下 {summary['left']} 行；不用手的占 {summary['share']:.2%}",
        f"  {summary['rows']} rows: {summary['matched']} in the log, {summary['ready']} ready, {summary['left']} left",
        "各项从哪里来 / where each field came from:",
    ]
    words = labels(Issue)
    for one in losses(found):
        sources = "、".join(f"{SOURCE_WORDS[source][0]} {count}" for source, count in one.sources.items() if source in SOURCE_WORDS)  # type: ignore[index]
        left = f"；缺，留下 {one.left} 处" if one.left else ""
        word, _ = words.get(one.field.replace("lines.", "lines.*."), ("", ""))
        lines.append(f"  {word and f'{word} '}{one.field}：{sources or '—'}{left}")
    return lines
