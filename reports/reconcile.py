"""Drawing monthly statements: ``begin`` a fold, feed it the log's entries in order, ``finish`` it once per direction; and writing them."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ledger.admission.kind_table import Kinds
from ledger.directory import is_registered, party_name
from ledger.times import parse_at
from manifests.model import ManifestState
from reports.paper.tongue import Tongue, speaking
from reports.reconciliation.checks import Adjustment, StatementScope
from reports.reconciliation.faces.paper import to_pdf
from reports.reconciliation.faces.text import to_json
from reports.reconciliation.faces.workbook import to_xlsx
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.line import LineRow, Period, period_of
from reports.reconciliation.model import MonthlyStatement
from reports.reconciliation.month.breakdown import place_of
from reports.reconciliation.month.checking import ending, party_sums, plans, series, stocks
from reports.reconciliation.month.fold import Direction, Fold
from reports.reconciliation.month.mirror import equations, parts_of
from reports.reconciliation.month.opening import MonthOpening
from signing.phrase import Phrase
from signing.refusal import refuse
from signing.uscc import check_uscc
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


def check_scope(direction: Direction | None, party: str, authority: str) -> None:
    """Refusal DIRECTION_FORM also where nobody is named, USCC for a code that nobody has, SCOPE_UNKNOWN where several are named."""
    if direction is not None or not (party or authority):
        check_direction(*(direction or ("", "")))
    for field, code in (("party", party), ("authority", authority)):
        if code and not check_uscc(code):
            raise refuse(
                "USCC", field=field, found=code, expected=Phrase("18 位，末位为校验码", "18 characters, the last one a check character")
            )
    named = list(filter(None, (direction and "-".join(direction), party, authority)))
    if len(named) > 1:
        raise refuse("SCOPE_UNKNOWN", field="from, to, party, authority", found=", ".join(named))


def scope_of(fold: Fold, direction: Direction | None = None, party: str = "", authority: str = "") -> StatementScope:
    """Of whom a statement tells: of one direction, of one party, or of all directions that touch an authority's regions.

    Refusal SCOPE_UNKNOWN where the log knows no such party or authority; :func:`check_scope`.
    """
    check_scope(direction, party, authority)
    if direction is not None:
        return StatementScope(direction=direction)
    founder = fold.log().founder(party or authority)
    if party and founder is None and is_registered(fold.facts, party):
        return StatementScope(party=party)
    if authority and founder is not None and founder.regions:
        return StatementScope(authority=authority, regions=founder.regions)
    raise refuse("SCOPE_UNKNOWN", field="party" if party else "authority", found=party or authority)


def scopes_of(
    fold: Fold, directions: Iterable[Direction] = (), parties: Iterable[str] = (), authorities: Iterable[str] = ()
) -> list[StatementScope]:
    """:func:`scope_of` each."""
    found = [scope_of(fold, direction) for direction in directions]
    return [*found, *(scope_of(fold, party=one) for one in parties), *(scope_of(fold, authority=one) for one in authorities)]


def finish(fold: Fold, of: StatementScope | Direction, root: str) -> MonthlyStatement:
    """The statement of a scope of what was fed; ``root`` (base64) is the checkpoint's at that size."""
    scope = of if isinstance(of, StatementScope) else StatementScope(direction=of)
    log = fold.log()
    has_begun = parse_at(fold.at) >= fold.period.start_s  # nobody knows what will be under way on a day that has not come
    rows, duplicates = (fold.rows(scope), fold.duplicates(scope)) if has_begun else ((), ())
    openings = [MonthOpening(fold, way, scope) for way in fold.ways(scope)] if has_begun else []
    adjustments = tuple(sorted((one for opening in openings for one in opening.adjustments), key=lambda one: one.index))
    later = tuple(sorted((one for opening in openings for one in opening.later()), key=lambda one: one.index))
    mirror, total = equations(fold.period, rows, openings)
    terms = fold.tolerance() if THRESHOLDS in log.data else None
    limits = None if terms is None else terms.limits
    as_of_s = min(parse_at(fold.at), fold.period.end_s)
    stocked = stocks(fold, scope, openings, as_of_s, limits)
    ends = ending(fold, [scope.party] if scope.party else [row.receiver for row in rows], as_of_s, limits) if has_begun else ()
    parties = {uscc for row in rows for uscc in (*row.parties, row.carrier) if uscc}
    parties |= {trunk.split("/")[1] for duplicate in duplicates for trunk in duplicate.manifests}
    accounts = fold.accounts(scope) if has_begun else ()
    parties |= (
        {one.owner for one in duplicates}
        | {one.owner for one in accounts}
        | {line.plan[0].split("/")[1] for line in rows if line.plan is not None}
    )
    parties |= {stock.holder for stock in stocked} | {end.holder for end in ends} | {scope.party or scope.authority}
    parties.discard("")
    source, target = scope.direction or ("", "")
    return MonthlyStatement(
        period=fold.period,
        from_province=source,
        to_province=target,
        origin=log.origin,
        found=log.found,
        size=fold.size,
        root=root,
        drawn_at=fold.at,
        is_demo=log.clock != "real",
        names={uscc: party_name(fold.facts, uscc) for uscc in sorted(parties)},
        rows=rows,
        mirror=mirror,
        total=total,
        duplicates=duplicates,
        emergencies=fold.emergencies(rows, scope),
        accounts=accounts,
        tolerances=fold.tolerances(scope),
        terms=terms,
        codes=_names_of_codes(fold, rows, (*adjustments, *later)),
        divisions=_names_of_places(fold, rows),
        scope=scope,
        parts=parts_of(fold, scope, rows, openings),
        bases=tuple(opening.base for opening in openings if opening.base is not None),
        adjustments=adjustments,
        adjusted_later=later,
        stocks=stocked,
        sums=party_sums(rows, fold.period, scope.party),
        series=series(fold, rows, scope),
        plans=plans(fold, rows, scope.party) if has_begun else (),
        ending=ends,
        threads=fold.threads(),
    )


def _names_of_codes(fold: Fold, rows: Iterable[LineRow], adjustments: Iterable[Adjustment]) -> dict[str, str]:
    """By code what most of its lines call it, of equally many the first in order; what the catalogue says of a code is a sentence. Of a code that is
    adjusted alone what the adjusted line calls it."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        names[row.code][row.name] += 1
    for one in adjustments:
        state = fold.facts.state(one.manifest)
        if one.code not in names and isinstance(state, ManifestState):
            names[one.code][state.lines[one.line - 1].name] += 1
    return {code: min(found, key=lambda name: (-found[name], name)) for code, found in sorted(names.items())}


def _names_of_places(fold: Fold, rows: Iterable[LineRow]) -> dict[str, str]:
    known: Divisions | None = fold.facts.data("divisions")
    divisions = {code for row in rows for code in (row.origin, row.destination)}
    codes = divisions | set(map(place_of, divisions))
    return {} if known is None else {code: name for code in sorted(codes) if (name := known.full_name(code)) != code}


def to_bytes(statement: MonthlyStatement, suffix: str, tongue: Tongue = "zh") -> bytes:
    """The statement as ``pdf``, ``xlsx`` or ``json``; same statement, same bytes. The JSON is of both languages."""
    with speaking(tongue):
        return {"pdf": to_pdf, "xlsx": to_xlsx, "json": to_json}[suffix](statement)


def file_name(statement: MonthlyStatement, suffix: str, tongue: Tongue = "zh") -> str:
    """``reconciliation-2026-10-51-50.pdf``; a provisional one and an English one are called so."""
    return f"{statement.stem}.{suffix}" if tongue == "zh" or suffix == "json" else f"{statement.stem}.{tongue}.{suffix}"


def write_all(fold: Fold, scopes: Iterable[StatementScope], root: str, directory: Path, tongues: Sequence[Tongue] = ("zh",)) -> list[Path]:
    """Write the statements of these scopes; of none, those of all directions of the log."""
    wanted = list(scopes) or [StatementScope(direction=direction) for direction in fold.directions()]
    return [path for scope in wanted for path in write(finish(fold, scope, root), directory, tongues)]


def write(statement: MonthlyStatement, directory: Path, tongues: Sequence[Tongue] = ("zh",)) -> list[Path]:
    """Write ``reconciliation-<month>-<from>-<to>.{pdf,xlsx,json}`` in these languages; OSError where that fails."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = {file_name(statement, suffix, tongue): (suffix, tongue) for suffix in SUFFIXES for tongue in tongues}
    for name, (suffix, tongue) in wanted.items():
        (directory / name).write_bytes(to_bytes(statement, suffix, tongue))
    return [directory / name for name in wanted]
