"""Drawing monthly statements: ``begin`` a fold, feed it the log's entries in order, ``finish`` it once per direction; and writing them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger.admission.kind_table import Kinds
from ledger.directory import party_name
from reports.reconciliation.fold import Direction, Fold
from reports.reconciliation.gathering import Gathering
from reports.reconciliation.model import LineRow, MirrorEquation, MonthlyStatement, Period, period_of
from reports.reconciliation.paper import to_pdf
from reports.reconciliation.text import to_json
from reports.reconciliation.workbook import to_xlsx
from signing.refusal import refuse

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_PROVINCE = re.compile(r"[1-8][0-9]")
SUFFIXES = ("pdf", "xlsx", "json")


def check_month(month: str) -> Period:
    """The period of ``YYYY-MM``; Refusal MONTH_FORM."""
    if not _MONTH.fullmatch(month) or month < "1992-01":
        raise refuse("MONTH_FORM", field="month", found=month, expected="YYYY-MM")
    return period_of(month)


def check_direction(from_province: str, to_province: str) -> Direction:
    """The direction; Refusal DIRECTION_FORM unless it names two different provinces by their two digits."""
    if not _PROVINCE.fullmatch(from_province) or not _PROVINCE.fullmatch(to_province) or from_province == to_province:
        raise refuse("DIRECTION_FORM", field="from, to", found=f"{from_province}, {to_province}", expected="2 digits each, two provinces")
    return from_province, to_province


def begin(month: str, kinds: Kinds, dataset: Callable[[str, str], Any]) -> Fold:
    """A fold to feed the log's entries to, in order; Refusal MONTH_FORM."""
    return Fold(check_month(month), Gathering(kinds, dataset))


def finish(fold: Fold, direction: Direction, root: str) -> MonthlyStatement:
    """The statement of one direction of what was fed; ``root`` (base64) is the checkpoint's at that size."""
    rows, log = fold.rows(direction), fold.log()
    mirror = tuple(_mirror(code, [row for row in rows if row.code == code], fold.period) for code in sorted({row.code for row in rows}))
    parties = {uscc for row in rows for uscc in (row.generator, row.receiver, row.carrier) if uscc}
    terms = [name for name in MirrorEquation.__struct_fields__ if name != "code"]
    return MonthlyStatement(
        period=fold.period,
        from_province=direction[0],
        to_province=direction[1],
        origin=log.origin,
        found=log.found,
        size=fold.size,
        root=root,
        drawn_at=fold.at,
        is_demo=log.clock != "real",
        names={uscc: party_name(fold.facts, uscc) for uscc in sorted(parties)},
        rows=rows,
        mirror=mirror,
        total=MirrorEquation(code="", **{term: sum(getattr(part, term) for part in mirror) for term in terms}),
        duplicates=fold.duplicates(direction),
        accounts=fold.accounts(direction),
        tolerances=fold.tolerances(direction),
    )


def _mirror(code: str, rows: list[LineRow], period: Period) -> MirrorEquation:
    """The equation of one code. Each term is summed for itself; that they agree is the check (R-93)."""
    received = [row for row in rows if period.holds(row.received_s)]
    return MirrorEquation(
        code=code,
        opening_g=sum(row.declared_g for row in rows if row.is_under_way_at(period.start_s)),
        departed_g=sum(row.declared_g for row in rows if period.holds(row.departed_s)),
        accepted_g=sum(row.accepted_g or 0 for row in received),
        refused_g=sum(row.refused_g or 0 for row in received),
        difference_g=sum(row.difference_g or 0 for row in received),
        closing_g=sum(row.declared_g for row in rows if row.is_under_way_at(period.end_s)),
        waiting_g=sum(row.declared_g for row in rows if row.is_waiting_at(period.end_s)),
        voided_g=sum(row.declared_g for row in rows if period.holds(row.voided_s)),
        declined_g=sum(row.declared_g for row in rows if period.holds(row.declined_s)),
    )


def to_bytes(statement: MonthlyStatement, suffix: str) -> bytes:
    """The statement as ``pdf``, ``xlsx`` or ``json``; same statement, same bytes."""
    return {"pdf": to_pdf, "xlsx": to_xlsx, "json": to_json}[suffix](statement)


def write(statement: MonthlyStatement, directory: Path) -> list[Path]:
    """Write all three files ``reconciliation-<month>-<from>-<to>.{pdf,xlsx,json}``; OSError where that fails."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = [directory / f"{statement.stem}.{suffix}" for suffix in SUFFIXES]
    for path, suffix in zip(paths, SUFFIXES, strict=True):
        path.write_bytes(to_bytes(statement, suffix))
    return paths
