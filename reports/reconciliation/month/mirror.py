"""The mirror equation (R-93): each term summed for itself, over lines, over what they opened as, over adjustments; that they agree is the check."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from msgspec.structs import replace

from reports.reconciliation.checks import ROLES, StatementScope
from reports.reconciliation.line import LineRow, Period
from reports.reconciliation.model import MirrorEquation, MirrorPart
from reports.reconciliation.month.fold import Fold
from reports.reconciliation.month.opening import MonthOpening

_TERMS = [name for name in MirrorEquation.__struct_fields__ if name != "code"]
_ADJUSTED = ("departed_g", "accepted_g", "refused_g", "difference_g")


def equations(
    period: Period, rows: Sequence[LineRow], openings: Sequence[MonthOpening]
) -> tuple[tuple[MirrorEquation, ...], MirrorEquation]:
    """The equations by code of lines of several ways, and the total."""
    opened = [row for opening in openings for row in opening.rows([row for row in rows if row.way == opening.way])]
    adjustments = [one for opening in openings for one in opening.adjustments]
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in opened:
        if row.is_under_way_at(period.start_s):
            sums[row.code]["opening_g"] += row.declared_g
    for one in adjustments:
        for term in _ADJUSTED:
            sums[one.code][f"adjusted_{term}"] += getattr(one, term)
    for row in rows:
        found = sums[row.code]
        if period.holds(row.departed_s):
            found["departed_g"] += row.declared_g
        if period.holds(row.received_s):
            found["accepted_g"] += row.accepted_g or 0
            found["refused_g"] += row.refused_g or 0
            found["difference_g"] += row.difference_g or 0
        if row.is_under_way_at(period.end_s):
            found["closing_g"] += row.declared_g
        if row.is_waiting_at(period.end_s):
            found["waiting_g"] += row.declared_g
        if period.holds(row.voided_s):
            found["voided_g"] += row.declared_g
        if period.holds(row.declined_s):
            found["declined_g"] += row.declared_g
    mirror = tuple(MirrorEquation(code=code, **found) for code, found in sorted(sums.items()))
    return mirror, MirrorEquation(code="", **{term: sum(getattr(part, term) for part in mirror) for term in _TERMS})


def parts_of(fold: Fold, scope: StatementScope, rows: Sequence[LineRow], openings: Sequence[MonthOpening]) -> tuple[MirrorPart, ...]:
    """The equations of every direction of an authority's statement; of a party's, of each of its roles."""
    found = []
    for opening in openings if scope.authority else ():
        mirror, total = equations(fold.period, [row for row in rows if row.way == opening.way], [opening])
        found.append(MirrorPart(direction=opening.way, mirror=mirror, total=total))
    for role in ROLES if scope.party else ():
        alone = replace(scope, role=role)
        mine = [MonthOpening(fold, opening.way, alone) for opening in openings]
        mirror, total = equations(fold.period, list(filter(alone.takes, rows)), mine)
        found.append(MirrorPart(role=role, mirror=mirror, total=total))
    return tuple(part for part in found if part.mirror)
