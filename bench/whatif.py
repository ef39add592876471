"""A year replayed under a draft: seconds and memory of ``liandan whatif``, beside reading the same entries and nothing else.

The year is made at any size: sixteen receivers on a list, three of four lanes decided on it and one by letter, whole lives of manifests evenly
over the year. The draft changes every row, so every trip on the list is judged anew; half of the rows are too small for their decisions. Every
piece of work runs in a process of its own. ``--export DIR`` keeps the year that was made, or uses the one that is there.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from bench.export import write_export
from bench.figures import Figure
from bench.load import FROM, TO, Lane, Load
from bench.reconcile import apart
from ledger.admission.entry import read_entry
from ledger.publishing.files import LogFiles
from ledger.times import parse_at
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.tiles import TileReader
from liandan.export import reader_of
from liandan.wiring import KINDS
from reports.whatif.draft import read_draft
from reports.whatif.laboratory import try_out
from reports.whatif.result import result_of
from reports.whatif.writing import write
from whitelist.acts.list_rows import Row
from whitelist.listing import rows_hash

LIST = "list/2026-51-50-cy"
FIRST, LAST = parse_at("2026-01-05T08:00:00+08:00"), parse_at("2026-12-21T08:00:00+08:00")
MUST_S, MUST_MB = 600, 1024
"""Of 100,000 manifests, on two cores."""
DECIDED_T, QUOTA_T = "20000000", "20000000.000000"
BY_LETTER = 4
"""Every so many lanes one is decided by letter, for its row has a tonne."""
_WASTE = {"name": "废铅蓄电池", "code": "900-052-31", "category": "HW31", "hazards": ["T", "C"], "method": "R4"}
_LETTER = {"letter_no": "甲环固函〔2026〕2号", "letter_date": "2026-01-04"}


class YearLoad(Load):
    """The usual lives, on decisions of a list, over a year."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = FIRST

    def setup(self) -> Iterator[bytes]:
        """Founding, parties, permits; the list; decisions on it and by letter."""
        yield self.founded()
        for lane in self.lanes:
            yield from self.settled(lane)
        rows = [self.row(lane, "1.000000" if number % BY_LETTER == 0 else QUOTA_T) for number, lane in enumerate(self.lanes)]
        days = {"effective_from": "2026-01-01", "effective_to": "2026-12-31"}
        yield self.post(
            "list.propose/1", LIST, (FROM,),
            {**_LETTER, **days, "kind": "mutual", "suspension_stops": "issue", "rows": len(rows), "pages": 1},
        )  # fmt: skip
        yield self.post("list.rows/1", LIST, (FROM,), {"page": 0, "rows": rows})
        listed = [msgspec.convert(row, Row).listed("") for row in rows]
        yield self.post("list.countersign/1", LIST, (TO,), {"rows_hash": rows_hash(listed), **_LETTER})
        for number, lane in enumerate(self.lanes):
            yield from self._decided(number, lane)

    def row(self, lane: Lane, quota_t: str) -> dict[str, Any]:
        """The row of a lane's receiver."""
        waste = {"category": "HW31", "scope": "INCLUDE", "codes": ["900-052-31"]}
        return {"receiver": lane.receiver, "permit": lane.permit, "waste": waste, "methods": ["R4"], "quota_t": quota_t}

    def _decided(self, number: int, lane: Lane) -> Iterator[bytes]:
        line = {**_WASTE, "mass_t": DECIDED_T, "listing": {"list": LIST, "row": number}}
        origin = {"division": "510112", "address": "虚构路1号"}
        asked = {"receiver": lane.receiver, "permit": lane.permit, "origin": origin, "applied_to": "2026-12-31", "lines": [line]}
        yield self.post("approval.apply/1", lane.approval, (lane.generator,), asked)
        if number % BY_LETTER == 0:
            yield self.post("approval.consult/1", lane.approval, (FROM,), _LETTER)
            yield self.post("approval.reply/1", lane.approval, (TO,), {**_LETTER, "agree": True})
        granted = [{"line": 0, "mass_t": DECIDED_T}]
        body = {"approve": True, "no": f"甲环固转〔2026〕{number}号", "valid_to": "2026-12-31", "lines": granted}
        yield self.post("approval.decide/1", lane.approval, (FROM,), body)


def made(directory: Path, manifests: int) -> int:
    """The export of a year; the number of its entries."""
    return write_export(manifests, directory, lambda first: FIRST + (LAST - FIRST) * first // max(manifests, 1), YearLoad())


def drafted(manifests: int) -> bytes:
    """A draft that changes every row: those by letter would fit, half of the others hold half of what moved, and all ask for notice."""
    load = YearLoad()
    half_t = f"{manifests * 5.6 / 2 / len(load.lanes):.6f}"
    quotas = [QUOTA_T if number % 2 == 0 else half_t for number in range(len(load.lanes))]
    rows = [load.row(lane, quota) | {"conditions": {"pre_notice_days": 3}} for lane, quota in zip(load.lanes, quotas, strict=True)]
    return json.dumps({"list": LIST, "rows": rows}).encode()


def measure(manifests: int, export: Path | None = None) -> Iterator[Figure]:
    """A year of so many manifests."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        directory = (export or scratch) / f"year-{manifests}"
        if not (directory / "checkpoint").exists():
            made(directory, manifests)
        whole = apart(partial(_read, directory))
        spent = apart(partial(_try, directory, drafted(manifests), scratch / "out"))
        must = 1000 * MUST_S * manifests / 100_000
        each = ", ".join(f"{what} {seconds:.1f}" for what, seconds in spent.each.items())
        yield Figure(
            name=f"a year of {manifests:,} manifests under a draft", value=1000 * spent.cpu_s, unit="ms CPU", limit=1000 * whole.cpu_s,
            limit_is="reading its entries", must=must, goal=must / 2, note=f"peak {spent.peak_mb:.0f} MB (must {MUST_MB}); s: {each}",
        )  # fmt: skip


def _read(directory: Path) -> dict[str, float]:
    files = LogFiles(directory)
    vkeys = (files.read("log.vkey") or b"").decode().splitlines()
    size = open_checkpoint(files.read("checkpoint") or b"", vkeys).checkpoint.size
    for raw in TileReader(size, files.read).entries(0, size):
        read_entry(raw, KINDS)
    return {}


def _try(directory: Path, draft: bytes, out: Path) -> dict[str, float]:
    began = time.perf_counter()
    result = result_of(try_out(reader_of(directory), KINDS, lambda look: read_draft(draft)))
    tried = time.perf_counter()
    write(result, out, ("zh", "en"))
    assert result.all.stopped, "half of the rows are too small"
    return {
        "wall, replayed": tried - began,
        "wall, written": time.perf_counter() - tried,
        "stopped": result.all.stopped,
        "noticed": result.all.noticed,
    }
