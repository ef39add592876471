"""Drawing monthly statements: ``begin`` a fold, feed it the log's entries in order, ``finish`` it once per direction; and writing them."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ledger.admission.kind_table import Kinds
from ledger.directory import party_name
from ledger.times import parse_at
from reports.paper.tongue import Tongue, speaking
from reports.reconciliation.fold import Direction, Fold
from reports.reconciliation.gathering import Gathering
from reports.reconciliation.model import LineRow, MirrorEquation, MonthlyStatement, Period, period_of
from reports.reconciliation.paper import to_pdf
from reports.reconciliation.text import to_json
from reports.reconciliation.workbook import to_xlsx
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.divisions import Divisions
from whitelist.thresholds import NAME as THRESHOLDS

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
FIRST_MONTH, LAST_MONTH = "1992-01", "9999-11"
"""Before, Shanghai had another offset at times; of the month after the last, no first moment can be written down."""
_PROVINCE = re.compile(r"[1-8][0-9]")
SUFFIXES = ("pdf", "xlsx", "json")


def check_month(month: str) -> Period:
    """The period of ``YYYY-MM``; Refusal MONTH_FORM."""
    if not _MONTH.fullmatch(month) or not FIRST_MONTH <= month <= LAST_MONTH:
        raise refuse("MONTH_FORM", field="month", found=month, expected=f"YYYY-MM, {FIRST_MONTH} … {LAST_MONTH}")
    return period_of(month)


def check_direction(from_province: str, to_province: str) -> Direction:
    """The direction; Refusal DIRECTION_FORM unless it names two different provinces by their two digits."""
    if not _PROVINCE.fullmatch(from_province) or not _PROVINCE.fullmatch(to_province) or from_province == to_province:
        raise refuse(
            "DIRECTION_FORM",
            field="from, to",
            found=f"{from_province}, {to_province}",
            expected=Phrase("各 2 位，两个省", "2 digits each, two provinces"),
        )
    return from_province, to_province


def begin(month: str, kinds: Kinds, dataset: Callable[[str, str], Any]) -> Fold:
    """A fold to feed the log's entries to, in order; Refusal MONTH_FORM."""
    return Fold(check_month(month), Gathering(kinds, dataset))


def finish(fold: Fold, direction: Direction, root: str) -> MonthlyStatement:
    """The statement of one direction of what was fed; ``root`` (base64) is the checkpoint's at that size."""
    log = fold.log()
    has_begun = parse_at(fold.at) >= fold.period.start_s  # nobody knows what will be under way on a day that has not come
    rows, duplicates = (fold.rows(direction), fold.duplicates(direction)) if has_begun else ((), ())
    mirror = tuple(_mirror(code, [row for row in rows if row.code == code], fold.period) for code in sorted({row.code for row in rows}))
    parties = {uscc for row in rows for uscc in (row.generator, row.receiver, row.carrier) if uscc}
    parties |= {trunk.split("/")[1] for duplicate in duplicates for trunk in duplicate.manifests}
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
        duplicates=duplicates,
        emergencies=fold.emergencies(rows),
        accounts=fold.accounts(direction) if has_begun else (),
        tolerances=fold.tolerances(direction),
        terms=fold.tolerance() if THRESHOLDS in log.data else None,
        codes=_names_of_codes(rows),
        divisions=_names_of_places(fold, rows),
    )


def _names_of_codes(rows: Iterable[LineRow]) -> dict[str, str]:
    """By code what most of its lines call it, of equally many the first in order; what the catalogue says of a code is a sentence."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        names[row.code][row.name] += 1
    return {code: min(found, key=lambda name: (-found[name], name)) for code, found in sorted(names.items())}


def _names_of_places(fold: Fold, rows: Iterable[LineRow]) -> dict[str, str]:
    known: Divisions | None = fold.facts.data("divisions")
    codes = {code for row in rows for code in (row.origin, row.destination)}
    return {} if known is None else {code: name for code in sorted(codes) if (name := known.full_name(code)) != code}


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


def to_bytes(statement: MonthlyStatement, suffix: str, tongue: Tongue = "zh") -> bytes:
    """The statement as ``pdf``, ``xlsx`` or ``json``; same statement, same bytes. The JSON is of both languages."""
    with speaking(tongue):
        return {"pdf": to_pdf, "xlsx": to_xlsx, "json": to_json}[suffix](statement)


def file_name(statement: MonthlyStatement, suffix: str, tongue: Tongue = "zh") -> str:
    """``reconciliation-2026-10-51-50.pdf``; a provisional one and an English one are called so."""
    return f"{statement.stem}.{suffix}" if tongue == "zh" or suffix == "json" else f"{statement.stem}.{tongue}.{suffix}"


def write(statement: MonthlyStatement, directory: Path, tongues: Sequence[Tongue] = ("zh",)) -> list[Path]:
    """Write ``reconciliation-<month>-<from>-<to>.{pdf,xlsx,json}`` in these languages; OSError where that fails."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = {file_name(statement, suffix, tongue): (suffix, tongue) for suffix in SUFFIXES for tongue in tongues}
    for name, (suffix, tongue) in wanted.items():
        (directory / name).write_bytes(to_bytes(statement, suffix, tongue))
    return [directory / name for name in wanted]
